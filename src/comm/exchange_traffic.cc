#include "comm/exchange_traffic.h"

#include <algorithm>

namespace lockstep {
namespace {

class Count {
 public:
  Count(const ExchangePlan& plan, const Ownership& ownership, std::uint64_t bytes_per_value)
      : plan_(plan),
        ownership_(ownership),
        bytes_per_value_(bytes_per_value),
        by_leader_(static_cast<std::size_t>(plan.hosts.ranks())) {}

  // Counts that `from` sends its part of every piece of `owner`, or the piece itself, to `to`.
  void pieces_of(int owner, int from, int to) {
    const std::uint64_t bytes = ownership_.owned(owner) * bytes_per_value_;
    of_host(from).sent_bytes += bytes;
    of_host(from).sent_messages += full_pieces(owner);
    of_host(to).received_bytes += bytes;
  }

  [[nodiscard]] std::vector<HostTraffic> by_hosts() const {
    std::vector<HostTraffic> all;
    for (const int leader : plan_.hosts.all_leaders()) {
      all.push_back(by_leader_[static_cast<std::size_t>(leader)]);
      all.back().leader = leader;
    }
    return all;
  }

 private:
  HostTraffic& of_host(int rank) {
    return by_leader_[static_cast<std::size_t>(plan_.hosts.leader(rank))];
  }
  // Pieces without a parameter are not sent.
  [[nodiscard]] std::uint64_t full_pieces(int owner) const {
    const std::vector<Range> pieces = ownership_.pieces(owner);
    return static_cast<std::uint64_t>(
        std::ranges::count_if(pieces, [](const Range& piece) { return !piece.empty(); }));
  }

  const ExchangePlan& plan_;
  const Ownership& ownership_;
  std::uint64_t bytes_per_value_;
  std::vector<HostTraffic> by_leader_;
};

}  // namespace

std::vector<HostTraffic> traffic_of_step(const ExchangePlan& plan, const Ownership& ownership,
                                         std::uint64_t bytes_per_value) {
  Count count(plan, ownership, bytes_per_value);
  const std::vector<int> leaders = plan.hosts.all_leaders();
  for (int owner = 0; owner < plan.hosts.ranks(); ++owner) {
    for (const Incoming& sum : plan.incoming(owner)) count.pieces_of(owner, sum.sender, owner);
    for (const int leader : leaders) {
      if (!plan.hosts.share(leader, owner)) {
        count.pieces_of(owner, owner, plan.hosts.courier(leader, owner));
      }
    }
  }
  return count.by_hosts();
}

std::uint64_t largest_traffic(const std::vector<HostTraffic>& traffic) {
  std::uint64_t largest = 0;
  for (const HostTraffic& host : traffic) {
    largest = std::max({largest, host.sent_bytes, host.received_bytes});
  }
  return largest;
}

}  // namespace lockstep
