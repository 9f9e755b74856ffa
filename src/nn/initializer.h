#pragma once
// Initial parameters, as every layer needs them: drawn with the variance of its initializer
// (lecture 1.11), with random numbers keyed by the position of each weight, or all the same, as
// biases are.

#include <cstdint>
#include <span>

#include "nn/spec.h"

namespace lockstep {

// Variance of the random initial weights of a layer with I inputs and O outputs; 0 for the kinds
// that are not random.
double weight_variance(const InitializerSpec& initializer, std::uint64_t inputs,
                       std::uint64_t outputs);

// Fills the flat parameter vector of `spec`. The same seed gives the same
// values (rounded to T) in float and in double.
template <typename T>
void initialize_parameters(const NetworkSpec& spec, std::uint32_t seed, std::span<T> flat);

}  // namespace lockstep
