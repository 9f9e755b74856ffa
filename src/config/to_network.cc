#include "config/to_network.h"

#include "base/check.h"
#include "config/from_proto.h"
#include "nn/activations.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

Activation to_activation(proto::Activation activation) {
  const auto named = activation_named(proto::Activation_Name(activation));
  check(named.has_value(), "every activation of the schema has a row in nn/activations.h");
  return *named;
}

InitializerSpec to_initializer(const proto::Initializer& initializer) {
  return {from_proto<WeightVariance>(initializer.kind()), initializer.multiplier()};
}

LayerPenalty to_penalty(const proto::LayerRegularization& own,
                        const proto::Regularization& of_job) {
  return {own.has_l2_lambda() ? own.l2_lambda() : of_job.l2_lambda(),
          own.has_l1_lambda() ? own.l1_lambda() : of_job.l1_lambda()};
}

}  // namespace

bool predicts_values(const proto::Output& output) {
  return predicts_values(from_proto<Loss>(output.loss()));
}

NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job) {
  const proto::Output& output = network.output();
  NetworkConfig config{
      network.input_keep_prob(),
      {},
      {output.units(), from_proto<Loss>(output.loss()), to_initializer(output.initializer()),
       to_penalty(output.regularization(), of_job), output.huber_delta(), output.frozen()}};
  for (const proto::DenseLayer& layer : network.layer()) {
    config.hidden.push_back({.kind = DenseSpec{layer.units(), to_initializer(layer.initializer())},
                             .epilogue = {.bias = true,
                                          .activation = to_activation(layer.activation()),
                                          .keep_prob = layer.keep_prob()},
                             .penalty = to_penalty(layer.regularization(), of_job),
                             .frozen = layer.frozen()});
  }
  return config;
}

}  // namespace lockstep
