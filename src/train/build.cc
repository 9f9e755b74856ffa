#include "train/build.h"

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

// The limit is far beyond any memory, and far below sizes whose sums in bytes overflow.
void check_size(const NetworkSpec& network) {
  constexpr double kMostParameters = 1e12;
  double parameters = 0;
  for (const DenseSpec& layer : network.layers) {
    parameters += static_cast<double>(layer.outputs) * (static_cast<double>(layer.inputs) + 1);
  }
  if (parameters <= kMostParameters) return;
  throw Error(ExitCode::usage, fmt::format("the network has {:.3g} parameters; expected at most "
                                           "{:g}: make its layers narrower (network.layer units)",
                                           parameters, kMostParameters));
}

}  // namespace

NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features) {
  NetworkSpec spec;
  spec.inputs = features;
  spec.input_keep_prob = config.input_keep_prob;
  spec.loss = config.output.loss;
  std::uint64_t inputs = features;
  for (const DenseConfig& layer : config.hidden) {
    spec.layers.push_back(
        {inputs, layer.units, layer.activation, layer.keep_prob, layer.initializer});
    inputs = layer.units;
  }
  spec.layers.push_back(
      {inputs, config.output.units, Activation::linear, 1.0, config.output.initializer});
  check_size(spec);
  return spec;
}

RegularizationSpec build_regularization(const Job& job) {
  RegularizationSpec spec;
  for (const DenseConfig& layer : job.network.hidden) spec.layers.push_back(layer.penalty);
  spec.layers.push_back(job.network.output.penalty);
  spec.include_biases = job.regularization.include_biases;
  return spec;
}

}  // namespace lockstep
