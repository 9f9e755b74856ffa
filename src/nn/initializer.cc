#include "nn/initializer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "nn/layers.h"
#include "nn/parameters.h"

namespace lockstep {

double weight_variance(const InitializerSpec& initializer, std::uint64_t inputs,
                       std::uint64_t outputs) {
  const auto i = static_cast<double>(inputs);
  const auto o = static_cast<double>(outputs);
  switch (initializer.variance) {
    case WeightVariance::he:
      return initializer.multiplier * 2.0 / i;
    case WeightVariance::xavier:
    case WeightVariance::lecun:
      return initializer.multiplier / i;
    case WeightVariance::glorot:
      return initializer.multiplier * 2.0 / (i + o);
    case WeightVariance::zero:
    case WeightVariance::identity:
      return 0;
  }
  check(false, "a known weight variance");
  return 0;
}

namespace {

// The two values at positions 2 * pair and 2 * pair + 1 of the tensor with the id `id`: its layer,
// from 0, and its number in the layer.
std::array<double, 2> unit_variance_pair(const InitializerSpec& initializer, RandomKey key,
                                         std::array<std::uint32_t, 2> id, std::uint64_t pair) {
  const RandomCounter counter = {id[0], id[1], static_cast<std::uint32_t>(pair >> 32),
                                 static_cast<std::uint32_t>(pair)};
  if (initializer.variance != WeightVariance::lecun) return random_normals(key, counter);
  const RandomWords words = random_words(key, counter);
  const double half_width = std::sqrt(3.0);  // Var(U(-h, h)) = h^2 / 3
  return {half_width * (2.0 * uniform_from_words(words[0], words[1]) - 1.0),
          half_width * (2.0 * uniform_from_words(words[2], words[3]) - 1.0)};
}

template <typename T>
void set_diagonal(Matrix<T> weights, double value) {
  for (std::uint64_t i = 0; i < std::min(weights.rows, weights.columns); ++i) {
    weights.row(i)[i] = static_cast<T>(value);
  }
}

template <typename T>
void fill(const FilledWith& filled, RandomKey /*key*/, std::array<std::uint32_t, 2> /*id*/,
          Matrix<T> tensor) {
  std::ranges::fill(tensor.values(), static_cast<T>(filled.value));
}

template <typename T>
void fill(const DrawnWith& drawn, RandomKey key, std::array<std::uint32_t, 2> id,
          Matrix<T> tensor) {
  const std::span<T> values = tensor.values();
  std::ranges::fill(values, T(0));
  if (drawn.initializer.variance == WeightVariance::identity) {
    return set_diagonal(tensor, drawn.initializer.multiplier);
  }
  const double deviation =
      std::sqrt(weight_variance(drawn.initializer, drawn.inputs, drawn.outputs));
  if (deviation == 0) return;
  for (std::uint64_t pair = 0; 2 * pair < values.size(); ++pair) {
    const auto two = unit_variance_pair(drawn.initializer, key, id, pair);
    values[2 * pair] = static_cast<T>(deviation * two[0]);
    if (2 * pair + 1 < values.size()) values[2 * pair + 1] = static_cast<T>(deviation * two[1]);
  }
}

}  // namespace

template <typename T>
void initialize_parameters(const NetworkSpec& spec, std::uint32_t seed, std::span<T> flat) {
  const ParameterTable table = parameter_table(spec);
  check(flat.size() == table.size, "the parameter vector has the network's size");
  const RandomKey key{seed, Purpose::initialization};
  const std::vector<LayerNeeds> needs = needs_of(spec);
  for (std::uint32_t layer = 0; layer < needs.size(); ++layer) {
    const auto tensors = table.of_layer(layer);
    for (std::uint32_t t = 0; t < tensors.size(); ++t) {
      std::visit(
          [&](const auto& initial) {
            fill(initial, key, {layer, t}, tensor_view(tensors[t], flat));
          },
          needs[layer].tensors[t].initial);
    }
  }
}

template void initialize_parameters(const NetworkSpec&, std::uint32_t, std::span<float>);
template void initialize_parameters(const NetworkSpec&, std::uint32_t, std::span<double>);

}  // namespace lockstep
