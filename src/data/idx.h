#pragma once
// IDX files, the format of MNIST: 00 00 type ndim, ndim dimensions of 32 bits,
// the values; everything big-endian. Gzip or not, recognized by content.
// Format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database".

#include <filesystem>
#include <memory>
#include <optional>

#include "data/array_file.h"
#include "data/array_source.h"

namespace lockstep {

// Opens an IDX file. Three dimensions are [images, height, width].
std::unique_ptr<ArrayFile> open_idx(const std::filesystem::path& path);

// Examples in a pair of IDX files, features and labels, and optionally a third with
// their groups. Without a path for labels the examples have no labels.
class IdxExampleSource : public ArrayExampleSource {
 public:
  explicit IdxExampleSource(const std::filesystem::path& features,
                            const std::optional<std::filesystem::path>& labels = std::nullopt,
                            const std::optional<std::filesystem::path>& groups = std::nullopt);
};

}  // namespace lockstep
