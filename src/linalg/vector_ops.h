#pragma once
// Elementwise operations and ordered sums on flat spans. Elementwise results do
// not depend on how a vector is cut into spans; sums are added in one fixed
// order, in double.

#include <span>

namespace lockstep {

// into[i] += from[i]
template <typename T>
void add_to(std::span<T> into, std::span<const T> from);

// Whether no value is NaN or infinite.
template <typename T>
bool all_finite(std::span<const T> values);

// Whether every absolute value is at most `limit`; false if any value is NaN.
template <typename T>
bool all_within(std::span<const T> values, T limit);

// Sum of squares in double, in a fixed order that depends on size alone.
template <typename T>
double sum_of_squares(std::span<const T> values);

// Sum of absolute values in double, in a fixed order that depends on size alone.
template <typename T>
double sum_of_magnitudes(std::span<const T> values);

// The largest absolute value; 0 for no values.
template <typename T>
T largest_magnitude(std::span<const T> values);

}  // namespace lockstep
