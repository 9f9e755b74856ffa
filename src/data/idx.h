#pragma once
// IDX files, the format of MNIST: 00 00 type ndim, ndim dimensions of 32 bits,
// the values; everything big-endian. Gzip or not, told by content.
// Format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database".

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "data/source.h"

namespace lockstep {

// The beginning of an IDX file. Row i holds the values of example i.
struct IdxHeader {
  ElementType type = ElementType::u8;
  std::vector<std::uint32_t> dimensions;  // the first counts examples
  std::uint64_t rows = 0;
  std::uint64_t row_values = 0;
  std::uint64_t content_bytes = 0;  // of the decompressed file, this header included
};

// Reads and checks the beginning of an IDX file. Throws what ExampleSource
// throws; in particular when the file cannot hold what the header implies,
// before anything is allocated for it.
IdxHeader read_idx_header(const std::filesystem::path& path);

// Examples in a pair of IDX files: features [n, ...], all dimensions after the
// first flattened, and labels [n] or [n, width]; and perhaps a third of their
// groups, integers [n]. Without a path for labels the examples have none.
class IdxExampleSource : public ExampleSource {
 public:
  IdxExampleSource(std::filesystem::path features, std::optional<std::filesystem::path> labels,
                   std::optional<std::filesystem::path> groups = std::nullopt);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  std::vector<std::uint64_t> read_groups() override;
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override;

 private:
  // Labels of these rows, or of all; sets labels_digest_.
  std::vector<float> read_labels_of(std::optional<std::span<const std::uint32_t>> ids);

  std::filesystem::path features_path_;
  std::optional<std::filesystem::path> labels_path_;
  std::optional<std::filesystem::path> groups_path_;
  IdxHeader features_;
  IdxHeader labels_;
  IdxHeader groups_;
  SourceInfo info_;
  std::optional<std::uint64_t> features_digest_;
  std::optional<std::uint64_t> labels_digest_;
  std::optional<std::uint64_t> groups_digest_;
};

}  // namespace lockstep
