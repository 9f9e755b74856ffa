#pragma once
// Where examples come from. One implementation for each file format.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/examples.h"
#include "data/spec.h"
#include "data/table.h"

namespace lockstep {

// What a source declares, known without reading its values.
struct SourceInfo {
  std::string name;         // of the file with the features, for people
  std::string labels_name;  // of the file with the labels; may be the same; empty: no labels
  std::uint64_t examples = 0;
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;       // 0: examples to predict, without labels
  ElementType type = ElementType::u8;  // of the features
  std::optional<ImageShape> image;     // where the format says it
  // Why there is none where one was to be expected, and what to say; or empty.
  std::string image_hint = {};
  // Labels are class numbers below this for certain, and need not be checked.
  std::optional<std::uint64_t> classes = std::nullopt;
  // The error of the best possible classifier (1.2), where it is known.
  std::optional<double> bayes_error = std::nullopt;
  // Of tables: the columns, and what they become. Their values (f32) may be NaN
  // where one is missing and the table's rules allow it.
  std::shared_ptr<const FittedTable> table = nullptr;
  // What a person should know of how the files were read, a line each, in words that
  // begin with the file. The same for every reader.
  std::vector<std::string> notices = {};
};

// A set of labelled examples in files. Constructing one opens the files and
// checks what they declare. Nothing here communicates.
//
// All members throw Error: missing_input for a file that is not there or not
// readable, data for content that is not what it should be. The message names
// the file, what was expected and what was found.
class ExampleSource {
 public:
  ExampleSource() = default;
  virtual ~ExampleSource() = default;
  ExampleSource(const ExampleSource&) = delete;
  ExampleSource& operator=(const ExampleSource&) = delete;

  // At least one example, one feature and, unless the source was opened
  // without, one label each; fewer than 2^32 examples.
  [[nodiscard]] virtual const SourceInfo& info() const = 0;

  // The labels of all examples: [examples, label_width], row-major, finite.
  // Empty without labels.
  virtual std::vector<float> read_labels() = 0;

  // Group of every example, for splits by group (1.1): examples of one group
  // never straddle. Empty: the source has no groups.
  virtual std::vector<std::uint64_t> read_groups();

  // The examples with these numbers: ascending, distinct, below info().examples.
  // Streams the files whole and checks them, but keeps only those rows, so that
  // memory is proportional to them. Values are finite as float, or missing (see
  // SourceInfo).
  virtual Examples read(std::span<const std::uint32_t> ids) = 0;

  // Digest of the whole decompressed content of the files, whichever rows were
  // kept. Only after read().
  [[nodiscard]] virtual std::uint64_t fingerprint() const = 0;

  // Where people find these examples: file and line. Empty where they are only
  // counted, as rows from 0. For messages; may read the files again.
  virtual std::vector<std::string> places(std::span<const std::uint64_t> examples);
};

// A source whose files can be read by several readers at once, each its part: a
// stretch of the examples in their order. Readers have to tell each other what
// they found: in each round every reader calls tell(), the words are brought to all
// (that is not the business of this room), and every reader calls hear() with those
// of all parts in order. A reader that is alone needs none of it.
//
//   rounds 0 to kSurveyRounds - 1; then everything but examples is known to all,
//   read_next() until nothing is left; then round kSurveyRounds.
//
// hear() throws the same on all readers. read() is for a reader that is alone.
class PartedSource : public ExampleSource {
 public:
  static constexpr int kSurveyRounds = 3;

  virtual std::string tell(int round) = 0;
  virtual void hear(int round, std::span<const std::string> of_parts) = 0;

  // The next examples of this part, at most so many; without labels, which all
  // readers have from read_labels().
  virtual Examples read_next(std::uint64_t rows) = 0;
};

}  // namespace lockstep
