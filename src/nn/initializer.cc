#include "nn/initializer.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/random.h"

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

// The two weights at positions 2 * pair and 2 * pair + 1 of a layer.
std::array<double, 2> unit_variance_pair(const InitializerSpec& initializer, RandomKey key,
                                         std::uint32_t layer, std::uint64_t pair) {
  const RandomCounter counter = {layer, 0, static_cast<std::uint32_t>(pair >> 32),
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

}  // namespace

template <typename T>
void initialize_parameters(const NetworkSpec& spec, std::uint32_t seed, std::span<T> flat) {
  const ParameterLayout layout = parameter_layout(spec);
  check(flat.size() == layout.size, "the parameter vector has the network's size");
  std::fill(flat.begin(), flat.end(), T(0));
  const RandomKey key{seed, Purpose::initialization};
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const DenseSpec& layer = spec.layers[i];
    if (layer.initializer.variance == WeightVariance::identity) {
      set_diagonal(tensor_view(layout.weight(i), flat), layer.initializer.multiplier);
      continue;
    }
    const double deviation =
        std::sqrt(weight_variance(layer.initializer, layer.inputs, layer.outputs));
    if (deviation == 0) continue;
    const std::span<T> weights = tensor_view(layout.weight(i), flat).values();
    for (std::uint64_t pair = 0; 2 * pair < weights.size(); ++pair) {
      const auto values =
          unit_variance_pair(layer.initializer, key, static_cast<std::uint32_t>(i), pair);
      weights[2 * pair] = static_cast<T>(deviation * values[0]);
      if (2 * pair + 1 < weights.size()) {
        weights[2 * pair + 1] = static_cast<T>(deviation * values[1]);
      }
    }
  }
}

template void initialize_parameters(const NetworkSpec&, std::uint32_t, std::span<float>);
template void initialize_parameters(const NetworkSpec&, std::uint32_t, std::span<double>);

}  // namespace lockstep
