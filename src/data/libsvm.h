#pragma once
// libsvm files (also svmlight): one example per line, LABEL INDEX:VALUE ... Indices count
// from 1 and ascend; features that are not named are 0; # begins a comment. Gzip or not,
// recognized by content. Format: C.-C. Chang, C.-J. Lin, LIBSVM's README.
//
// Empty lines are skipped, except in a file to predict whose lines have no labels: there
// an empty line is an example whose features are all 0.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/libsvm_line.h"
#include "data/source.h"

namespace lockstep {

// The number of features of a libsvm file, and its origin.
struct LibsvmFeatures {
  std::optional<std::uint64_t> count;  // absent: the largest index of the file
  std::string given_by;                // "the model has", for errors; with a count
};

// Examples in a libsvm file, stored dense, as floats. Opening reads the file
// once and checks every line; the labels and groups (qid) stay in memory.
//
// In addition to ExampleSource: Error(data) lists the first ten bad lines, as
// file:line:column. A file is refused if its largest index alone would make the dense
// examples more than 256 times as large as the file (and larger than 16 MiB), because
// the index may be a mistake; a count of features shows that it is intended.
class LibsvmExampleSource : public ExampleSource {
 public:
  // If not `labelled`, labels may be missing and are skipped: the examples are to be
  // predicted. Empty lines that are examples are reported in info().notices; they are an
  // error where only some lines have labels.
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
