#pragma once
// Saves a checkpoint to a file.

#include <cstdint>
#include <filesystem>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// 16 MiB of numbers: encoding holds a chunk twice, and larger chunks are not faster.
inline constexpr std::uint64_t kDefaultChunkElements = std::uint64_t{4} << 20;

// Writes `path` atomically: afterwards it holds the whole checkpoint or its previous
// content. `chunk_elements` (at most 64 MiB of floats) is the size of the chunks into
// which arrays are divided. The same checkpoint gives the same bytes. Does not
// communicate. Throws Error(io) with the bytes needed.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     std::uint64_t chunk_elements = kDefaultChunkElements);

}  // namespace lockstep
