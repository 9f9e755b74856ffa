#include "comm/shard_assignment.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <ranges>
#include <utility>

namespace lockstep {
namespace {

constexpr std::uint64_t kImpossible = std::numeric_limits<std::uint64_t>::max();

// The places at which the shards of two hosts may meet: multiples of a power of two. There are few,
// because the time of the search grows with the square of their number.
std::vector<std::uint64_t> possible_cuts(std::uint64_t shards) {
  constexpr std::uint64_t kMostCuts = 512;
  const std::uint64_t grid = std::bit_ceil((shards + kMostCuts - 1) / kMostCuts);
  std::vector<std::uint64_t> cuts;
  for (std::uint64_t cut = 0; cut < shards; cut += grid) cuts.push_back(cut);
  cuts.push_back(shards);
  return cuts;
}

// For each possible cut, the best way to give the shards in front of it to the hosts so far.
struct Prefix {
  std::uint64_t sums = kImpossible;
  std::size_t previous = 0;  // the position of the cut before the last of these hosts
};

// The prefixes that end with a host of `workers` workers after the prefixes `before`.
std::vector<Prefix> with_host(const std::vector<Prefix>& before,
                              const std::vector<std::uint64_t>& cuts, std::uint64_t workers,
                              std::uint64_t most) {
  const std::uint64_t shards = cuts.back();
  std::vector<Prefix> after(cuts.size());
  for (std::size_t end = 0; end < cuts.size(); ++end) {
    for (std::size_t begin = end; begin-- > 0;) {
      const Range range{cuts[begin], cuts[end]};
      if (range.size() > workers * most) break;
      if (range.size() < workers || before[begin].sums == kImpossible) continue;
      const std::uint64_t sums = before[begin].sums + remaining_sums(range, shards);
      if (sums < after[end].sums) after[end] = {sums, begin};
    }
  }
  return after;
}

}  // namespace

ShardAssignment even_assignment(std::uint64_t shards, std::uint64_t workers) {
  ShardAssignment assignment;
  for (std::uint64_t worker = 0; worker < workers; ++worker) {
    assignment.push_back(even_part(shards, workers, worker));
  }
  return assignment;
}

std::uint64_t remaining_sums(Range range, std::uint64_t shards) {
  // Seen from the end of the tree, everything behind it belongs to the same nodes.
  const std::uint64_t end = range.end == shards ? std::bit_ceil(shards) : range.end;
  std::uint64_t sums = 0;
  for (std::uint64_t begin = range.begin; begin < std::min(end, range.end); ++sums) {
    std::uint64_t leaves = begin == 0 ? std::bit_floor(end) : begin & (~begin + 1);
    while (leaves > end - begin) leaves /= 2;
    begin += leaves;
  }
  return sums;
}

ShardAssignment assignment_with_few_sums(std::uint64_t shards,
                                         std::span<const std::uint64_t> workers,
                                         std::uint64_t most) {
  const std::vector<std::uint64_t> cuts = possible_cuts(shards);
  std::vector<std::vector<Prefix>> by_hosts = {std::vector<Prefix>(cuts.size())};
  by_hosts.front().front().sums = 0;
  for (const std::uint64_t of_host : workers) {
    by_hosts.push_back(with_host(by_hosts.back(), cuts, of_host, most));
  }
  std::size_t end = cuts.size() - 1;
  if (by_hosts.back()[end].sums == kImpossible) return {};

  std::vector<ShardAssignment> hosts;  // last host first
  for (std::size_t host = workers.size(); host > 0; --host) {
    const std::size_t begin = by_hosts[host][end].previous;
    ShardAssignment of_host = even_assignment(cuts[end] - cuts[begin], workers[host - 1]);
    for (Range& range : of_host) range = {range.begin + cuts[begin], range.end + cuts[begin]};
    hosts.push_back(std::move(of_host));
    end = begin;
  }
  ShardAssignment all;
  for (const ShardAssignment& host : hosts | std::views::reverse) {
    all.insert(all.end(), host.begin(), host.end());
  }
  return all;
}

}  // namespace lockstep
