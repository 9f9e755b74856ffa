#pragma once
// The interface to sources of examples. Each file format has one implementation.

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

// What a source declares; known without reading its values.
struct SourceInfo {
  std::string name;         // name of the file with the features, for people
  std::string labels_name;  // name of the file with the labels; may be the same; empty: no labels
  std::uint64_t examples = 0;
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;       // 0: examples to predict, without labels
  ElementType type = ElementType::u8;  // type of the features
  std::optional<ImageShape> image;     // where the format tells it
  // If `image` is absent but was to be expected: why, and what to set; otherwise empty.
  std::string image_hint = {};
  // If set, labels are guaranteed to be class numbers below this and need no check.
  std::optional<std::uint64_t> classes = std::nullopt;
  // The error of the best possible classifier (1.2), where it is known.
  std::optional<double> bayes_error = std::nullopt;
  // For tables: the columns and their features. Values (f32) may be NaN where they are
  // missing and the table's rules allow it.
  std::shared_ptr<const FittedTable> table = nullptr;
  // Notices for the user about how the files were read: one line each, beginning with the
  // file. The same for every reader.
  std::vector<std::string> notices = {};
};

// A set of labelled examples in files. Constructing one opens the files and
// checks what they declare. Nothing here communicates.
//
// All members throw Error: missing_input for a file that is missing or unreadable,
// data for invalid content. The message names the file, what was expected and what
// was found.
class ExampleSource {
 public:
  ExampleSource() = default;
  virtual ~ExampleSource() = default;
  ExampleSource(const ExampleSource&) = delete;
  ExampleSource& operator=(const ExampleSource&) = delete;

  // There is at least one example, with at least one feature and, unless the source was
  // opened without labels, one label; fewer than 2^32 examples.
  [[nodiscard]] virtual const SourceInfo& info() const = 0;

  // The labels of all examples: [examples, label_width], row-major, finite.
  // Empty without labels.
  virtual std::vector<float> read_labels() = 0;

  // Group of every example, for splits by group (1.1), which never divide a group. Empty
  // if the source has no groups.
  virtual std::vector<std::uint64_t> read_groups();

  // How much every example counts in training, finite and not negative. Empty if the source does
  // not say.
  virtual std::vector<float> read_weights();

  // The examples with these numbers: ascending, distinct, below info().examples.
  // Streams the whole files and checks them, but keeps only those rows, so that
  // memory is proportional to them. Values are finite as float, or missing (see
  // SourceInfo).
  virtual Examples read(std::span<const std::uint32_t> ids) = 0;

  // Digest of the whole decompressed content of the files, independent of the rows
  // kept. Only after read().
  [[nodiscard]] virtual std::uint64_t fingerprint() const = 0;

  // Places of these examples for messages: file and line. Empty where examples are only
  // numbered, as rows from 0. May read the files again.
  virtual std::vector<std::string> places(std::span<const std::uint64_t> examples);
};

// A source whose files several readers can read at once. Each reads a part: consecutive
// examples. Readers exchange what they find in rounds: in each round every reader calls
// tell(), the caller brings the messages to all readers (nothing here communicates), and
// every reader calls hear() with the messages of all parts in order. A sole reader needs
// no rounds.
//
//   rounds 0 to kSurveyRounds - 1; then all readers know everything but the examples,
//   read_next() until nothing is left; then round kSurveyRounds.
//
// hear() throws the same error on all readers. Only a sole reader may call read().
class PartedSource : public ExampleSource {
 public:
  static constexpr int kSurveyRounds = 3;

  virtual std::string tell(int round) = 0;
  virtual void hear(int round, std::span<const std::string> of_parts) = 0;

  // The next examples of this part, at most `rows`. They have no labels; all readers
  // get those from read_labels().
  virtual Examples read_next(std::uint64_t rows) = 0;
};

}  // namespace lockstep
