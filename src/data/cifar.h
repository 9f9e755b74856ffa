#pragma once
// The binary version of CIFAR-10 and CIFAR-100: records of one label byte (two
// in CIFAR-100: coarse, then fine) and 32 x 32 pixels in three planes, red,
// green and blue. Gzip or not, recognized by content.
// Format: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images".

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "data/row_reader.h"
#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

// Examples in one or several files, one after the other, such as the five batches of
// CIFAR-10's training set. The size of a plain file is checked when it is opened; a
// compressed file is read once to find its size. Labels are checked against the
// classes of the kind.
class CifarExampleSource : public ExampleSource {
 public:
  // If not `labelled`, labels are skipped: the examples are to be predicted.
  CifarExampleSource(const std::vector<std::filesystem::path>& files, CifarKind kind,
                     bool labelled);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override;

 private:
  struct File {
    std::filesystem::path path;
    std::uint64_t records = 0;
  };

  // Reads the labels of these records or of all, and their pixels if `values` is given.
  std::vector<float> read_records(OptionalIds ids, std::vector<std::byte>* values);

  CifarKind kind_;
  std::vector<File> files_;
  SourceInfo info_;
  std::optional<std::uint64_t> digest_;
};

}  // namespace lockstep
