#include "nn/softmax.h"

#include <algorithm>

#include "numerics/lanes.h"

namespace lockstep {

template <typename T>
SoftmaxRow<T> softmax(std::span<const T> z, std::span<T> probabilities) {
  const auto best = std::ranges::max_element(z);
  SoftmaxRow<T> row{static_cast<std::size_t>(best - z.begin()), *best, T(0)};
  numerics::for_each_pack<T>(z.size(), [&]<typename Pack>(std::size_t i) {
    const Pack e = numerics::exp(numerics::load<Pack>(z.data() + i) - Pack(row.top));
    if (!probabilities.empty()) numerics::store(e, probabilities.data() + i);
    row.total = numerics::plus(row.total, e);
  });
  numerics::for_each_pack<T>(probabilities.size(), [&]<typename Pack>(std::size_t i) {
    T* p = probabilities.data() + i;
    numerics::store(numerics::load<Pack>(p) / Pack(row.total), p);
  });
  return row;
}

template SoftmaxRow<float> softmax(std::span<const float>, std::span<float>);
template SoftmaxRow<double> softmax(std::span<const double>, std::span<double>);

}  // namespace lockstep
