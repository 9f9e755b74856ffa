#include "config/to_network.h"

#include "config/from_proto.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

InitializerSpec to_initializer(const proto::Initializer& initializer) {
  return {.variance = from_proto<WeightVariance>(initializer.kind()),
          .multiplier = initializer.multiplier()};
}

LayerPenalty to_penalty(const proto::LayerRegularization& own,
                        const proto::Regularization& of_job) {
  return {.l2_lambda = own.has_l2_lambda() ? own.l2_lambda() : of_job.l2_lambda(),
          .l1_lambda = own.has_l1_lambda() ? own.l1_lambda() : of_job.l1_lambda()};
}

}  // namespace

bool predicts_values(const proto::Output& output) {
  return predicts_values(from_proto<Loss>(output.loss()));
}

NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job) {
  const proto::Output& output = network.output();
  NetworkConfig config{.input_keep_prob = network.input_keep_prob(),
                       .hidden = {},
                       .output = {.units = output.units(),
                                  .loss = from_proto<Loss>(output.loss()),
                                  .initializer = to_initializer(output.initializer()),
                                  .penalty = to_penalty(output.regularization(), of_job),
                                  .huber_delta = output.huber_delta(),
                                  .frozen = output.frozen()}};
  for (const proto::DenseLayer& layer : network.layer()) {
    config.hidden.push_back({.kind = DenseSpec{layer.units(), to_initializer(layer.initializer())},
                             .epilogue = {.bias = true,
                                          .activation = from_proto<Activation>(layer.activation()),
                                          .keep_prob = layer.keep_prob()},
                             .penalty = to_penalty(layer.regularization(), of_job),
                             .frozen = layer.frozen()});
  }
  return config;
}

}  // namespace lockstep
