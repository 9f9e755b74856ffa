#include "nn/prediction.h"

#include <algorithm>
#include <cmath>

#include "nn/layers.h"

namespace lockstep {
namespace {

template <typename T>
void softmax(std::span<T> row) {
  const T top = *std::ranges::max_element(row);
  T total = 0;
  for (T& value : row) {
    value = std::exp(value - top);
    total += value;
  }
  for (T& value : row) value /= total;
}

template <typename T>
T sigmoid(T z) {
  const T e = std::exp(-std::abs(z));
  return (z >= T(0) ? T(1) : e) / (T(1) + e);
}

}  // namespace

template <typename T>
void to_predictions(Loss loss, Matrix<T> logits) {
  if (loss == Loss::squared_error) return;
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<T> row = logits.row(r);
    if (loss == Loss::softmax_cross_entropy) {
      softmax(row);
    } else {
      for (T& value : row) value = sigmoid(value);
    }
  }
}

template <typename T>
std::uint64_t decided_class(std::span<const T> row) {
  return static_cast<std::uint64_t>(std::ranges::max_element(row) - row.begin());
}

template void to_predictions(Loss, Matrix<float>);
template void to_predictions(Loss, Matrix<double>);
template std::uint64_t decided_class(std::span<const float>);
template std::uint64_t decided_class(std::span<const double>);

bool decides_by_unit(const NetworkSpec& network, std::uint64_t label_width) {
  return network.loss == Loss::logistic && label_width == output_size(network);
}

}  // namespace lockstep
