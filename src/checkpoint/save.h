#pragma once
// Checkpoint -> file.

#include <cstdint>
#include <filesystem>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// 16 MiB of numbers: encoding needs a chunk twice, and larger ones are no faster.
inline constexpr std::uint64_t kDefaultChunkElements = std::uint64_t{4} << 20;

// Writes `path` atomically: afterwards it is the whole checkpoint, or what it
// was before. `chunk_elements` (at most 64 MiB of floats) sets the size of the
// chunks that arrays are cut into. The same checkpoint gives the same bytes.
// Does not communicate. Throws Error(io) with the bytes needed.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     std::uint64_t chunk_elements = kDefaultChunkElements);

}  // namespace lockstep
