#include "linalg/vector_ops.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace lockstep {
namespace {

// Sum of term(value) in double, in eight lanes that are then added in order.
template <typename T, typename Term>
double sum_in_lanes(std::span<const T> values, const Term& term) {
  std::array<double, 8> lanes{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    lanes[i % 8] += term(static_cast<double>(values[i]));
  }
  double total = 0;
  for (const double lane : lanes) total += lane;
  return total;
}

}  // namespace

template <typename T>
void add_to(std::span<T> into, std::span<const T> from) {
  T* __restrict destination = into.data();
  const T* __restrict source = from.data();
  for (std::size_t i = 0; i < into.size(); ++i) destination[i] += source[i];
}

template <typename T>
bool all_finite(std::span<const T> values) {
  // 0 * x is 0 for a finite x and NaN otherwise. Independent lanes let the
  // compiler vectorize the loop. The result, zero or NaN, does not depend on order.
  std::array<T, 8> lanes{};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += values[i + lane] * T(0);
  }
  for (; i < values.size(); ++i) lanes[0] += values[i] * T(0);
  T total = 0;
  for (const T lane : lanes) total += lane;
  return total == T(0);
}

template <typename T>
bool all_within(std::span<const T> values, T limit) {
  int beyond = 0;  // without a branch, so that the loop is vectorized
  for (const T value : values) beyond |= static_cast<int>(!(std::abs(value) <= limit));
  return beyond == 0;
}

template <typename T>
double sum_of_squares(std::span<const T> values) {
  return sum_in_lanes(values, [](double value) { return value * value; });
}

template <typename T>
double sum_of_magnitudes(std::span<const T> values) {
  return sum_in_lanes(values, [](double value) { return std::abs(value); });
}

template <typename T>
T largest_magnitude(std::span<const T> values) {
  T largest = 0;
  for (const T value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

template void add_to(std::span<float>, std::span<const float>);
template void add_to(std::span<double>, std::span<const double>);
template bool all_finite(std::span<const float>);
template bool all_finite(std::span<const double>);
template bool all_within(std::span<const float>, float);
template bool all_within(std::span<const double>, double);
template double sum_of_squares(std::span<const float>);
template double sum_of_squares(std::span<const double>);
template double sum_of_magnitudes(std::span<const float>);
template double sum_of_magnitudes(std::span<const double>);
template float largest_magnitude(std::span<const float>);
template double largest_magnitude(std::span<const double>);

}  // namespace lockstep
