#pragma once
// What nodes send to each other in a step. Pure.

#include <cstdint>
#include <vector>

#include "comm/exchange_plan.h"
#include "comm/layout.h"
#include "config/job.h"
#include "data/shards.h"
#include "nn/spec.h"

namespace lockstep {

struct NodeTraffic {
  int nodes = 1;
  std::uint64_t bytes = 0;  // that a node sends at most in a step
};

// The traffic of the hosts, and of the numbers of nodes of the same kind that send less: the
// nearest ones below and above, up to twice as many.
std::vector<NodeTraffic> traffic_of_nodes(const Job& job, const NetworkSpec& network,
                                          const BatchGeometry& geometry, const Layout& layout,
                                          const Hosts& hosts);

}  // namespace lockstep
