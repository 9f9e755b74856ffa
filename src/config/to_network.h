#pragma once

#include "config/job.h"

namespace lockstep {

namespace proto {
class Network;
class Output;
class Regularization;
}  // namespace proto

// Whether the loss of an output predicts values instead of classes.
bool predicts_values(const proto::Output& output);

// Converts the network of a validated job with every default filled in. Layers without
// their own lambdas take those of `of_job`.
NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job);

}  // namespace lockstep
