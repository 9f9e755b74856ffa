#include "reference/initial.h"

#include <array>
#include <cmath>

#include "reference/random.h"

namespace reference {

static double variance_of(const Layer& layer, double inputs, double outputs) {
  switch (layer.initializer) {
    case Initializer::he:
      return layer.multiplier * 2.0 / inputs;
    case Initializer::xavier:
    case Initializer::lecun:
      return layer.multiplier / inputs;
    case Initializer::glorot:
      return layer.multiplier * 2.0 / (inputs + outputs);
    default:
      return 0.0;
  }
}

// Two values of variance 1.
static std::array<double, 2> pair_of(Initializer initializer, const Words& draw) {
  if (initializer != Initializer::lecun) return normals(draw);
  const auto value = [](double u) { return std::sqrt(3.0) * (2.0 * u - 1.0); };
  return {value(uniform(draw[0], draw[1])), value(uniform(draw[2], draw[3]))};
}

static Tensor initial_weights(const Job& job, std::size_t l, std::size_t inputs) {
  const Layer& layer = job.layers[l];
  Tensor weights(layer.units * inputs);
  if (layer.initializer == Initializer::identity) {
    for (std::size_t i = 0; i < std::min(layer.units, inputs); ++i) {
      weights[i * inputs + i] = static_cast<float>(layer.multiplier);
    }
    return weights;
  }
  if (layer.initializer == Initializer::zero) return weights;
  const double deviation =
      std::sqrt(variance_of(layer, static_cast<double>(inputs), static_cast<double>(layer.units)));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::uint64_t pair = i / 2;
    const Words draw =
        philox({job.seed, Purpose::initialization},
               {static_cast<std::uint32_t>(l), 0, static_cast<std::uint32_t>(pair >> 32U),
                static_cast<std::uint32_t>(pair)});
    weights[i] = static_cast<float>(deviation * pair_of(layer.initializer, draw)[i % 2]);
  }
  return weights;
}

Parameters initial_parameters(const Job& job, std::size_t features) {
  Parameters parameters;
  std::size_t inputs = features;
  for (std::size_t l = 0; l < job.layers.size(); ++l) {
    parameters.push_back(initial_weights(job, l, inputs));
    parameters.emplace_back(job.layers[l].units, 0.0F);
    inputs = job.layers[l].units;
  }
  return parameters;
}

}  // namespace reference
