#include "checkpoint/arrays.h"

#include <bit>

#include <fmt/format.h>

#include "base/digest.h"

namespace lockstep {

// Chunks and digests are defined on little-endian bytes and use the bytes in memory unchanged.
static_assert(std::endian::native == std::endian::little);

std::vector<NamedArray> arrays_of(Checkpoint& checkpoint) {
  std::vector<NamedArray> arrays;
  arrays.push_back({"weights", checkpoint.weights});
  for (std::size_t i = 0; i < checkpoint.optimizer_slots.size(); ++i) {
    arrays.push_back({checkpoint.optimizer_slot_names[i], checkpoint.optimizer_slots[i]});
  }
  arrays.push_back({"mean", checkpoint.mean});
  arrays.push_back({"inverse_deviation", checkpoint.inverse_deviation});
  return arrays;
}

std::string chunk_name(const std::string& array, std::uint64_t offset) {
  return fmt::format("tensor chunk {}[{}..]", array, offset);
}

std::string digest_of_weights(std::span<const float> weights) {
  return digest_hex(digest_of(std::as_bytes(weights)));
}

}  // namespace lockstep
