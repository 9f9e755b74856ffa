#include "train/exchange_overlap.h"

#include <algorithm>
#include <vector>

#include "nn/layers.h"
#include "nn/parameters.h"

namespace lockstep {
namespace {

// For each layer, the seconds from the end of its part of the backward pass to the end of the pass.
// A forward pass has the multiply-adds of the layer once; a backward pass has them for the weights
// and, but for the first layer, for the input.
std::vector<double> seconds_left(const NetworkSpec& network, double pass_seconds) {
  const std::vector<LayerNeeds> layers = needs_of(network);
  std::vector<double> left(layers.size());
  double backward = 0;  // of the layers before
  double forward = 0;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    left[layer] = backward;
    const auto once = static_cast<double>(layers[layer].multiply_adds);
    forward += once;
    backward += layer == 0 ? once : 2 * once;
  }
  for (double& seconds : left) seconds *= pass_seconds / (forward + backward);
  return left;
}

}  // namespace

double hidden_seconds(const NetworkSpec& network, const Ownership& ownership, double pass_seconds,
                      double exchange_seconds) {
  const ParameterTable table = parameter_table(network);
  const std::vector<double> left = seconds_left(network, pass_seconds);
  double free = -pass_seconds;  // when the link is free, seconds after the end of the passes
  for (std::uint64_t bucket = ownership.buckets(); bucket-- > 0;) {
    const std::uint64_t begin = bucket * ownership.bucket;
    const std::uint64_t end = std::min(begin + ownership.bucket, table.size);
    const auto last =
        std::ranges::find_if(table.layers, [&](const Range& layer) { return begin < layer.end; });
    const auto layer = static_cast<std::size_t>(last - table.layers.begin());
    const double share = static_cast<double>(end - begin) / static_cast<double>(table.size);
    free = std::max(free, -left[layer]) + share * exchange_seconds;
  }
  return std::clamp(exchange_seconds - free, 0.0, exchange_seconds);
}

}  // namespace lockstep
