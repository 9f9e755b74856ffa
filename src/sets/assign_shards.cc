#include "sets/assign_shards.h"

#include <algorithm>
#include <utility>

#include "comm/gradient_tree.h"
#include "comm/ownership.h"
#include "nn/layers.h"
#include "nn/parameters.h"

namespace lockstep {
namespace {

// The nominal rate of a thread, in floating-point operations per second. Cores with AVX2 or AVX-512
// reach 0.5 to 2 times as much.
constexpr double kFlopsPerSecond = 1e11;

// The operations of forward and backward pass for each multiplication and addition of the forward
// pass: two for the output, two for the gradient of the weights, two for that of the inputs.
constexpr double kFlopsPerMultiplyAdd = 6;

// The numbers of neighbouring ranks on one host, in rank order.
std::vector<std::uint64_t> ranks_of_hosts(const Hosts& hosts) {
  std::vector<std::uint64_t> ranks;
  for (int rank = 0; rank < hosts.ranks(); ++rank) {
    if (rank == 0 || !hosts.share(rank - 1, rank)) ranks.push_back(0);
    ++ranks.back();
  }
  return ranks;
}

std::uint64_t largest_part(const ShardAssignment& assignment) {
  return std::ranges::max(assignment, {}, &Range::size).size();
}

// Assignments that send fewer and fewer sums, from the even one to one in which the largest part is
// twice as large.
std::vector<ShardAssignment> candidates(std::uint64_t shards, const Hosts& hosts) {
  std::vector<ShardAssignment> all = {
      even_assignment(shards, static_cast<std::uint64_t>(hosts.ranks()))};
  const std::vector<std::uint64_t> ranks = ranks_of_hosts(hosts);
  if (ranks.size() == 1) return all;
  constexpr std::uint64_t kSteps = 8;
  const std::uint64_t even = largest_part(all.front());
  for (std::uint64_t more = 0; more <= kSteps; ++more) {
    const std::uint64_t most = even + even * more / kSteps;
    ShardAssignment candidate = assignment_with_few_sums(shards, ranks, most);
    if (!candidate.empty()) all.push_back(std::move(candidate));
  }
  return all;
}

}  // namespace

std::vector<HostTraffic> step_traffic(const Job& job, const NetworkSpec& network,
                                      const ShardAssignment& assignment, const Layout& layout,
                                      const Hosts& hosts) {
  const std::uint64_t shards = job.training.shards;
  const ExchangePlan plan = plan_exchange(plan_workers(assignment, shards), shards, hosts);
  const auto ownership = Ownership::with_bucket_bytes(
      parameter_table(network).size, job.exchange.bucket_bytes, sizeof(float), layout.ranks);
  return traffic_of_step(plan, ownership, bytes_of(job.exchange.precision));
}

ShardAssignment assign_shards(const Job& job, const NetworkSpec& network,
                              const BatchGeometry& geometry, const Layout& layout,
                              const Hosts& hosts) {
  const double seconds_per_shard = kFlopsPerMultiplyAdd * multiply_adds(network) *
                                   static_cast<double>(geometry.rows_per_shard) /
                                   (kFlopsPerSecond * layout.threads);
  const double bytes_per_second = job.exchange.link_gigabits_per_second * 1e9 / 8;
  const auto seconds = [&](const ShardAssignment& assignment) {
    const std::uint64_t bytes =
        largest_traffic(step_traffic(job, network, assignment, layout, hosts));
    return static_cast<double>(largest_part(assignment)) * seconds_per_shard +
           static_cast<double>(bytes) / bytes_per_second;
  };
  std::vector<ShardAssignment> all = candidates(job.training.shards, hosts);
  if (all.size() == 1) return all.front();
  return std::ranges::min(all, {}, seconds);
}

}  // namespace lockstep
