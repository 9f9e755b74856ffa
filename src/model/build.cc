#include "model/build.h"

#include <fmt/format.h>

#include "base/error.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

// The limit is far beyond any memory, and far below sizes whose sums in bytes overflow.
void check_size(const NetworkSpec& network) {
  constexpr double kMostParameters = 1e12;
  const double parameters = parameter_count(network);
  if (parameters <= kMostParameters) return;
  throw Error(ExitCode::usage, fmt::format("the network has {:.3g} parameters; expected at most "
                                           "{:g}: make its layers narrower (network.layer units)",
                                           parameters, kMostParameters));
}

}  // namespace

NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features) {
  NetworkSpec spec;
  spec.input = {features};
  spec.input_keep_prob = config.input_keep_prob;
  spec.loss = config.output.loss;
  spec.huber_delta = config.output.huber_delta;
  spec.precision = config.precision;
  std::uint32_t before = 0;
  for (const LayerConfig& layer : config.hidden) {
    spec.layers.push_back({layer.kind, layer.epilogue, {before}});
    ++before;
  }
  spec.layers.push_back(
      {.kind = DenseSpec{config.output.units, config.output.initializer},
       .epilogue = {.bias = true, .activation = Activation::linear, .keep_prob = 1},
       .inputs = {before}});
  check_size(spec);
  return spec;
}

NetworkSpec for_evaluation(NetworkSpec spec, const NetworkConfig& config) {
  spec.precision = config.evaluation_precision;
  return spec;
}

bool is_frozen(const NetworkConfig& config, std::size_t layer) {
  return layer < config.hidden.size() ? config.hidden[layer].frozen : config.output.frozen;
}

std::vector<Range> frozen_ranges(const NetworkConfig& config, const ParameterTable& table) {
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < table.layers.size(); ++i) {
    if (is_frozen(config, i)) ranges.push_back(table.layers[i]);
  }
  return ranges;
}

RegularizationSpec build_regularization(const Job& job) {
  RegularizationSpec spec;
  for (const LayerConfig& layer : job.network.hidden) spec.layers.push_back(layer.penalty);
  spec.layers.push_back(job.network.output.penalty);
  spec.include_biases = job.regularization.include_biases;
  return spec;
}

}  // namespace lockstep
