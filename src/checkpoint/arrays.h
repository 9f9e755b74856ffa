#pragma once
// The float arrays of a checkpoint in file order, which saving and loading share.

#include <span>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Optimizers have two or three slots; the bound makes a forged header harmless.
inline constexpr std::uint64_t kMostStoredSlots = 64;

template <typename Float>
struct NamedArray {
  std::string name;  // for messages
  std::span<Float> values;
};

// Weights, optimizer slots, means, inverse deviations. Views into `checkpoint`.
std::vector<NamedArray<const float>> arrays_of(const Checkpoint& checkpoint);
std::vector<NamedArray<float>> arrays_of(Checkpoint& checkpoint);

// "tensor chunk weights[16777216..]"
std::string chunk_name(const std::string& array, std::uint64_t offset);

// xxh64 over all weights in order, in hexadecimal.
std::string digest_of_weights(std::span<const float> weights);

}  // namespace lockstep
