#include "plan/node_traffic.h"

#include "base/number_text.h"
#include "comm/exchange_traffic.h"
#include "sets/assign_shards.h"

namespace lockstep {
namespace {

std::uint64_t bytes_of_step(const Job& job, const NetworkSpec& network,
                            const BatchGeometry& geometry, const Layout& layout,
                            const Hosts& hosts) {
  const ShardAssignment assignment = assign_shards(job, network, geometry, layout, hosts);
  return largest_traffic(step_traffic(job, network, assignment, layout, hosts));
}

}  // namespace

std::vector<NodeTraffic> traffic_of_nodes(const Job& job, const NetworkSpec& network,
                                          const BatchGeometry& geometry, const Layout& layout,
                                          const Hosts& hosts) {
  const auto nodes = static_cast<int>(hosts.all_leaders().size());
  const std::uint64_t bytes = bytes_of_step(job, network, geometry, layout, hosts);
  std::vector<NodeTraffic> traffic = {{nodes, bytes}};
  if (layout.ranks % nodes != 0) return traffic;
  const int ranks_on_a_node = layout.ranks / nodes;
  const auto fewer_at = [&](int other) {
    const Layout changed{other * ranks_on_a_node, layout.threads, layout.prefetch_threads};
    if (static_cast<std::uint32_t>(changed.ranks) > job.training.shards) return false;
    const std::uint64_t there =
        bytes_of_step(job, network, geometry, changed, even_hosts(changed.ranks, other));
    // A difference that people would not see is none.
    if (format_bytes(there) == format_bytes(bytes) || there > bytes) return false;
    traffic.push_back({other, there});
    return true;
  };
  for (int other = nodes - 1; other > 1 && !fewer_at(other); --other) continue;
  for (int other = nodes + 1; other <= 2 * nodes && !fewer_at(other); ++other) continue;
  return traffic;
}

}  // namespace lockstep
