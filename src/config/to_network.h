#pragma once

#include "config/job.h"

namespace lockstep {

namespace proto {
class Network;
class Regularization;
}  // namespace proto

// Of a validated job with every default filled in; `of_job` holds the lambdas of layers
// that have none of their own.
NetworkConfig to_network(const proto::Network& network, const proto::Regularization& of_job);

}  // namespace lockstep
