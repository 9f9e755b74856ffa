#pragma once

#include "config/job.h"

namespace lockstep {

namespace proto {
class Network;
class Regularization;
}  // namespace proto

// Converts the network of a validated job with every default filled in. Layers without
// their own lambdas take those of `of_job`.
NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job);

}  // namespace lockstep
