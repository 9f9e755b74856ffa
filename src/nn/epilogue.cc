#include "nn/epilogue.h"

#include <algorithm>

#include "nn/activation.h"

namespace lockstep {
namespace {

// The same values with a row for each position, as wide as `bias`; unchanged without one.
template <typename T, typename U>
Matrix<T> by_position(Matrix<T> values, std::span<U> bias) {
  if (bias.empty()) return values;
  return {values.data, values.rows * values.columns / bias.size(), bias.size()};
}

}  // namespace

bool keeps_slopes(const EpilogueSpec& epilogue) {
  return epilogue.activation != Activation::linear || DropoutRate(epilogue.keep_prob).drops();
}

template <typename T>
void epilogue_forward(const EpilogueSpec& epilogue, std::span<const T> bias, LayerMasks<T> masks,
                      Matrix<T> values, Matrix<T> slopes) {
  if (!keeps_slopes(epilogue)) return epilogue_predict(epilogue, bias, values);
  const Matrix<T> out = by_position(values, bias);
  const Matrix<T> slopes_out = by_position(slopes, bias);
  const std::uint64_t positions = values.rows == 0 ? 0 : out.rows / values.rows;
  for (std::uint64_t r = 0; r < values.rows; ++r) {
    const std::span<const T> mask = masks.row(r, values.columns);
    for (std::uint64_t p = 0; p < positions; ++p) {
      const auto of_position = mask.empty() ? mask : mask.subspan(p * out.columns, out.columns);
      activate_row(epilogue.activation, bias, of_position, out.row(r * positions + p),
                   slopes_out.row(r * positions + p));
    }
  }
}

template <typename T>
void epilogue_predict(const EpilogueSpec& epilogue, std::span<const T> bias, Matrix<T> values) {
  if (bias.empty() && epilogue.activation == Activation::linear) return;
  activate(epilogue.activation, bias, by_position(values, bias));
}

template <typename T>
void epilogue_backward(const EpilogueSpec& epilogue, Matrix<const T> slopes, Matrix<T> delta,
                       std::span<T> bias_gradient, bool accumulate) {
  if (!accumulate) std::ranges::fill(bias_gradient, T(0));
  T* __restrict sum = bias_gradient.data();
  const bool has_slopes = keeps_slopes(epilogue);
  const Matrix<T> out = by_position(delta, bias_gradient);
  for (std::uint64_t r = 0; r < out.rows; ++r) {
    T* __restrict row = out.row(r).data();
    if (has_slopes) {
      const T* __restrict slope = slopes.data + r * out.columns;
      for (std::uint64_t i = 0; i < out.columns; ++i) row[i] *= slope[i];
    }
    if (bias_gradient.empty()) continue;
    for (std::uint64_t c = 0; c < out.columns; ++c) sum[c] += row[c];
  }
}

template void epilogue_forward(const EpilogueSpec&, std::span<const float>, LayerMasks<float>,
                               Matrix<float>, Matrix<float>);
template void epilogue_forward(const EpilogueSpec&, std::span<const double>, LayerMasks<double>,
                               Matrix<double>, Matrix<double>);
template void epilogue_predict(const EpilogueSpec&, std::span<const float>, Matrix<float>);
template void epilogue_predict(const EpilogueSpec&, std::span<const double>, Matrix<double>);
template void epilogue_backward(const EpilogueSpec&, Matrix<const float>, Matrix<float>,
                                std::span<float>, bool);
template void epilogue_backward(const EpilogueSpec&, Matrix<const double>, Matrix<double>,
                                std::span<double>, bool);

}  // namespace lockstep
