#include "nn/weight_statistics.h"

#include <algorithm>
#include <cmath>

#include "linalg/vector_ops.h"

namespace lockstep {

template <typename T>
WeightStatistics weight_statistics(const ParameterTable& table, std::span<const T> weights) {
  double squares = 0;
  std::uint64_t near_zero = 0;
  std::uint64_t count = 0;
  for (const ParameterTensor& tensor : table.tensors) {
    if (tensor.role != ParameterRole::weight) continue;
    const std::span<const T> values = weights.subspan(tensor.offset, tensor.range().size());
    squares += sum_of_squares(values);
    const double usual = 1.0 / std::sqrt(static_cast<double>(tensor.columns()));
    const double largest = static_cast<double>(largest_magnitude(values));
    const double limit = kNearZero * std::max(largest, usual);
    near_zero += static_cast<std::uint64_t>(
        std::ranges::count_if(values, [&](T value) { return std::abs(value) <= limit; }));
    count += values.size();
  }
  const double fraction =
      count == 0 ? 0 : static_cast<double>(near_zero) / static_cast<double>(count);
  return {std::sqrt(squares), fraction};
}

template WeightStatistics weight_statistics(const ParameterTable&, std::span<const float>);
template WeightStatistics weight_statistics(const ParameterTable&, std::span<const double>);

}  // namespace lockstep
