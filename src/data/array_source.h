#pragma once
// Examples in a set of array files (IDX, NPY): features [n, ...], labels [n] or
// [n, width], groups [n].

#include <memory>
#include <optional>

#include "data/array_file.h"
#include "data/source.h"

namespace lockstep {

// Flattens all dimensions of the features after the first. Without a file of labels the
// examples have no labels. Groups are integers, for splits by group.
class ArrayExampleSource : public ExampleSource {
 public:
  // `labels` and `groups` may be null. Throws Error(data) when the arrays do not
  // belong together.
  ArrayExampleSource(std::unique_ptr<ArrayFile> features, std::unique_ptr<ArrayFile> labels,
                     std::unique_ptr<ArrayFile> groups);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  std::vector<std::uint64_t> read_groups() override;
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override;

 private:
  // Reads the labels of these rows, or of all; sets labels_digest_.
  std::vector<float> read_labels_of(OptionalIds ids);

  std::unique_ptr<ArrayFile> features_;
  std::unique_ptr<ArrayFile> labels_;
  std::unique_ptr<ArrayFile> groups_;
  SourceInfo info_;
  std::optional<std::uint64_t> features_digest_;
  std::optional<std::uint64_t> labels_digest_;
  std::optional<std::uint64_t> groups_digest_;
};

}  // namespace lockstep
