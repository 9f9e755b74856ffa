#include "config/to_network.h"

#include "base/check.h"
#include "nn/activations.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

Activation to_activation(proto::Activation activation) {
  const auto named = activation_named(proto::Activation_Name(activation));
  check(named.has_value(), "every activation of the schema has a row in nn/activations.h");
  return *named;
}

WeightVariance to_initializer_kind(proto::Initializer::Kind kind) {
  switch (kind) {
    case proto::Initializer::HE:
      return WeightVariance::he;
    case proto::Initializer::XAVIER:
      return WeightVariance::xavier;
    case proto::Initializer::GLOROT:
      return WeightVariance::glorot;
    case proto::Initializer::LECUN:
      return WeightVariance::lecun;
    case proto::Initializer::ZERO:
      return WeightVariance::zero;
    case proto::Initializer::IDENTITY:
      return WeightVariance::identity;
    case proto::Initializer::AUTO:
      break;
  }
  check(false, "AUTO has been resolved");
  return {};
}

Loss to_loss(proto::Output::Loss loss) {
  switch (loss) {
    case proto::Output::SOFTMAX_CROSS_ENTROPY:
      return Loss::softmax_cross_entropy;
    case proto::Output::LOGISTIC:
      return Loss::logistic;
    case proto::Output::SQUARED_ERROR:
      return Loss::squared_error;
    case proto::Output::ABSOLUTE_ERROR:
      return Loss::absolute_error;
    case proto::Output::HUBER:
      return Loss::huber;
  }
  check(false, "every loss of the schema has a kind");
  return {};
}

InitializerSpec to_initializer(const proto::Initializer& initializer) {
  return {to_initializer_kind(initializer.kind()), initializer.multiplier()};
}

LayerPenalty to_penalty(const proto::LayerRegularization& own,
                        const proto::Regularization& of_job) {
  return {own.has_l2_lambda() ? own.l2_lambda() : of_job.l2_lambda(),
          own.has_l1_lambda() ? own.l1_lambda() : of_job.l1_lambda()};
}

}  // namespace

bool predicts_values(const proto::Output& output) {
  return predicts_values(to_loss(output.loss()));
}

NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job) {
  const proto::Output& output = network.output();
  NetworkConfig config{
      network.input_keep_prob(),
      {},
      {output.units(), to_loss(output.loss()), to_initializer(output.initializer()),
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
