#pragma once
// libsvm files (also svmlight): one example a line, LABEL INDEX:VALUE ...,
// indices from 1 and ascending, what is not named is 0, # begins a comment. Gzip
// or not, told by content. Format: C.-C. Chang, C.-J. Lin, LIBSVM's README.
//
// An empty line is no example, unless the file is one to predict whose lines have no
// labels: what is not named is 0, so an empty line is the example of zeros there.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/libsvm_line.h"
#include "data/source.h"

namespace lockstep {

// The number of features of a libsvm file, and who says so.
struct LibsvmFeatures {
  std::optional<std::uint64_t> count;  // absent: the largest index of the file
  std::string given_by;                // "the model has", for errors; with a count
};

// Examples in a libsvm file, stored dense, as floats. Opening reads the file
// once and checks every line; the labels and groups (qid) stay in memory.
//
// Beyond what ExampleSource says: Error(data) lists the first ten bad lines, as
// file:line:column. A file whose largest index alone would make the dense
// examples more than 256 times as large as the file (and than 16 MiB) is refused:
// the index may be a slip; a count says that it is meant.
class LibsvmExampleSource : public ExampleSource {
 public:
  // Without `labelled`, labels may be missing and are passed over: examples to
  // predict. Empty lines that are examples are told of in info().notices; where only
  // some lines have labels, they are an error.
  LibsvmExampleSource(std::filesystem::path path, const LibsvmFeatures& features, bool labelled);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override { return labels_; }
  std::vector<std::uint64_t> read_groups() override { return groups_; }
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override;
  std::vector<std::string> places(std::span<const std::uint64_t> examples) override;

 private:
  [[nodiscard]] bool is_example(const LibsvmLine& line) const {
    return !line.blank || (line.empty && empty_is_example_);
  }

  std::filesystem::path path_;
  bool labelled_;
  bool empty_is_example_ = false;
  SourceInfo info_;
  std::vector<float> labels_;
  std::vector<std::uint64_t> groups_;  // empty: no line has one
  std::uint64_t digest_ = 0;
};

}  // namespace lockstep
