#pragma once
// Saves a checkpoint to a file.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/range.h"
#include "checkpoint/checkpoint.h"

namespace lockstep {

// 16 MiB of numbers: encoding holds a chunk twice, and larger chunks are not faster.
inline constexpr std::uint64_t kDefaultChunkElements = std::uint64_t{4} << 20;

// The parameters and optimizer state of a checkpoint, which need not be in memory as a whole.
struct ParameterSource {
  std::uint64_t parameters = 0;
  std::string weights_digest;  // as digest_of_weights()
  // Returns the values `range` of array `array` (0: the weights; i: optimizer slot i - 1), valid
  // until the next call. Asked for in order, from the first value to the last.
  std::function<std::span<const float>(std::uint32_t array, Range range)> values;
};

// The arrays of `checkpoint`, which must live as long as the result.
ParameterSource parameters_of(const Checkpoint& checkpoint);

// Writes `path` atomically: afterwards it holds the whole checkpoint or its previous
// content. `chunk_elements` (at most 64 MiB of floats) is the size of the chunks into
// which arrays are divided. The same checkpoint gives the same bytes. Does not
// communicate. Throws Error(io) with the bytes needed.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     std::uint64_t chunk_elements = kDefaultChunkElements);

// The same, with the weights and optimizer slots of `source`, chunk by chunk; those of `checkpoint`
// are ignored.
void save_checkpoint(const Checkpoint& checkpoint, const ParameterSource& source,
                     const std::filesystem::path& path,
                     std::uint64_t chunk_elements = kDefaultChunkElements);

}  // namespace lockstep
