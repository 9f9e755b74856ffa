#include "nn/regularizer.h"

#include <algorithm>

#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

bool is_penalised(const L2Spec& spec, const ParameterTensor& tensor) {
  return spec.lambda != 0 && (tensor.kind == ParameterKind::weight || spec.include_biases);
}

}  // namespace

template <typename T>
double l2_penalty(const L2Spec& spec, const ParameterLayout& layout, std::span<const T> weights,
                  std::uint64_t train_examples) {
  double squares = 0;
  for (const ParameterTensor& tensor : layout.tensors) {
    if (!is_penalised(spec, tensor)) continue;
    const Range range = tensor.range();
    squares += sum_of_squares(weights.subspan(range.begin, range.size()));
  }
  return spec.lambda / (2.0 * static_cast<double>(train_examples)) * squares;
}

template <typename T>
void add_l2_gradient(const L2Spec& spec, const ParameterLayout& layout, Range range,
                     std::span<const T> weights, std::uint64_t train_examples,
                     std::span<T> gradient) {
  const T factor = static_cast<T>(spec.lambda / static_cast<double>(train_examples));
  for (const ParameterTensor& tensor : layout.tensors) {
    if (!is_penalised(spec, tensor)) continue;
    const std::uint64_t begin = std::max(range.begin, tensor.range().begin);
    const std::uint64_t end = std::min(range.end, tensor.range().end);
    if (begin >= end) continue;
    T* __restrict g = gradient.data() + (begin - range.begin);
    const T* __restrict w = weights.data() + (begin - range.begin);
    for (std::uint64_t i = 0; i < end - begin; ++i) g[i] += factor * w[i];
  }
}

template double l2_penalty(const L2Spec&, const ParameterLayout&, std::span<const float>,
                           std::uint64_t);
template double l2_penalty(const L2Spec&, const ParameterLayout&, std::span<const double>,
                           std::uint64_t);
template void add_l2_gradient(const L2Spec&, const ParameterLayout&, Range, std::span<const float>,
                              std::uint64_t, std::span<float>);
template void add_l2_gradient(const L2Spec&, const ParameterLayout&, Range, std::span<const double>,
                              std::uint64_t, std::span<double>);

}  // namespace lockstep
