#pragma once
// Chooses which worker computes which shards. On one host the shards are dealt out evenly. On
// several hosts a slightly uneven assignment may send far fewer sums between them; what a step
// would take decides. Pure; the choice never changes a result.

#include "comm/exchange_plan.h"
#include "comm/exchange_traffic.h"
#include "comm/layout.h"
#include "comm/shard_assignment.h"
#include "config/job.h"
#include "data/shards.h"
#include "nn/spec.h"

namespace lockstep {

// The assignment for which a step takes the least time by estimate: the computation of the worker
// with the most shards at a nominal rate, and the bytes of the host that sends or receives the most
// at job.exchange.link_gigabits_per_second.
ShardAssignment assign_shards(const Job& job, const NetworkSpec& network,
                              const BatchGeometry& geometry, const Layout& layout,
                              const Hosts& hosts);

// What each host sends and receives in one step with that assignment.
std::vector<HostTraffic> step_traffic(const Job& job, const NetworkSpec& network,
                                      const ShardAssignment& assignment, const Layout& layout,
                                      const Hosts& hosts);

}  // namespace lockstep
