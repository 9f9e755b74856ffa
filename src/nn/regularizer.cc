#include "nn/regularizer.h"

#include <algorithm>

#include "base/check.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

template <typename T>
void add_l2(T factor, const T* __restrict w, T* __restrict g, std::uint64_t size) {
  for (std::uint64_t i = 0; i < size; ++i) g[i] += factor * w[i];
}

template <typename T>
void add_l1(T factor, const T* __restrict w, T* __restrict g, std::uint64_t size) {
  for (std::uint64_t i = 0; i < size; ++i) {
    g[i] += w[i] > T(0) ? factor : w[i] < T(0) ? -factor : T(0);
  }
}

}  // namespace

Regularizer::Regularizer(const RegularizationSpec& spec, const ParameterTable& table,
                         std::uint64_t train_examples)
    : train_examples_(static_cast<double>(train_examples)) {
  if (spec.layers.empty()) return;
  check(spec.layers.size() == table.layers.size(), "every layer has a penalty");
  for (const ParameterTensor& tensor : table.tensors) {
    const LayerPenalty& lambda = spec.layers[tensor.layer];
    if (lambda.l2_lambda == 0 && lambda.l1_lambda == 0) continue;
    if (is_penalized(tensor, spec.include_biases)) parts_.push_back({tensor.range(), lambda});
  }
}

template <typename T>
Penalty Regularizer::penalty(std::span<const T> weights) const {
  Penalty total;
  for (const auto& [range, lambda] : parts_) {
    const std::span<const T> values = weights.subspan(range.begin, range.size());
    if (lambda.l2_lambda != 0) total.l2 += lambda.l2_lambda * sum_of_squares(values);
    if (lambda.l1_lambda != 0) total.l1 += lambda.l1_lambda * sum_of_magnitudes(values);
  }
  return {total.l2 / (2 * train_examples_), total.l1 / (2 * train_examples_)};
}

template <typename T>
void Regularizer::add_gradient(Range range, std::span<const T> weights,
                               std::span<T> gradient) const {
  const auto first = std::ranges::partition_point(
      parts_, [&](const Part& part) { return part.range.end <= range.begin; });
  for (auto part = first; part != parts_.end() && part->range.begin < range.end; ++part) {
    const std::uint64_t begin = std::max(range.begin, part->range.begin);
    const std::uint64_t size = std::min(range.end, part->range.end) - begin;
    const T* w = weights.data() + (begin - range.begin);
    T* g = gradient.data() + (begin - range.begin);
    const auto& [l2_lambda, l1_lambda] = part->lambda;
    if (l2_lambda != 0) add_l2(static_cast<T>(l2_lambda / train_examples_), w, g, size);
    if (l1_lambda != 0) add_l1(static_cast<T>(l1_lambda / (2 * train_examples_)), w, g, size);
  }
}

template Penalty Regularizer::penalty(std::span<const float>) const;
template Penalty Regularizer::penalty(std::span<const double>) const;
template void Regularizer::add_gradient(Range, std::span<const float>, std::span<float>) const;
template void Regularizer::add_gradient(Range, std::span<const double>, std::span<double>) const;

}  // namespace lockstep
