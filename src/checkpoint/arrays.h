#pragma once
// The float arrays of a checkpoint in file order.

#include <span>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Far more slots than any optimizer has; the bound makes a forged header harmless.
inline constexpr std::uint64_t kMostStoredSlots = 64;

struct NamedArray {
  std::string name;  // for messages
  std::span<float> values;
};

// Weights, optimizer slots, means, inverse deviations. Views into `checkpoint`.
std::vector<NamedArray> arrays_of(Checkpoint& checkpoint);

// "tensor chunk weights[16777216..]"
std::string chunk_name(const std::string& array, std::uint64_t offset);

// xxh64 over all weights in order, in hexadecimal.
std::string digest_of_weights(std::span<const float> weights);

}  // namespace lockstep
