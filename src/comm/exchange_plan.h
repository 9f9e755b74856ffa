#pragma once
// Decides who adds up which sums and which of them travel: cuts the gradient tree along the ranks
// and hosts. Pure integer arithmetic; nothing here communicates or reads a gradient.
//
// Sums are joined in stages, all by the one tree of gradient_tree.h: a rank joins the gradients of
// its shards (WorkerPlan), a host the sums of its ranks, and the owner of a piece of the parameters
// those of the world. The more a stage joins, the fewer
// sums travel and the less the next stages add; the order of additions is always the tree's.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "comm/gradient_tree.h"
#include "comm/ownership.h"

namespace lockstep {

// The place of a sum over the leaves of a tree node: number `buffer` among the buffers of `rank`.
struct PlacedSum {
  TreeNode node;
  int rank = 0;
  std::uint32_t buffer = 0;
  friend bool operator==(const PlacedSum&, const PlacedSum&) = default;
};

struct JoinStage {
  std::vector<PlacedSum> sums;      // the existing sums, left to right
  std::vector<Addition> additions;  // in order; `into` and `from` are positions in `sums`
  std::vector<PlacedSum> joined;    // the remaining sums, each at the place of its first part
};

// Joins `sums`, given left to right, as far as possible.
JoinStage join_sums(std::vector<PlacedSum> sums, std::uint64_t shards);

// Which ranks are on the same host, and so can read each other's memory.
class Hosts {
 public:
  // `leaders`: for each rank the lowest rank on its host.
  explicit Hosts(std::vector<int> leaders);

  [[nodiscard]] int ranks() const { return static_cast<int>(leaders_.size()); }
  [[nodiscard]] int leader(int rank) const { return leaders_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] bool share(int a, int b) const { return leader(a) == leader(b); }
  // The leaders of all hosts, ascending.
  [[nodiscard]] std::vector<int> all_leaders() const;
  // The ranks on the host of `rank`, ascending.
  [[nodiscard]] const std::vector<int>& members(int rank) const {
    return members_[static_cast<std::size_t>(leader(rank))];
  }
  // The rank on the host of `rank` that exchanges messages with `owner`, on another host, for all
  // ranks of its host.
  [[nodiscard]] int courier(int rank, int owner) const {
    const std::vector<int>& all = members(rank);
    return all[static_cast<std::size_t>(owner) % all.size()];
  }

 private:
  std::vector<int> leaders_;
  std::vector<std::vector<int>> members_;  // by leader; empty for other ranks
};

// Hosts whose neighbouring ranks are divided among them as evenly as possible.
Hosts even_hosts(int ranks, int hosts);

// A sum that an owner receives as a message.
struct Incoming {
  std::size_t sum = 0;  // its position in the world's sums
  int sender = 0;
  friend bool operator==(const Incoming&, const Incoming&) = default;
};

struct ExchangePlan {
  Hosts hosts;
  std::vector<JoinStage> of_hosts;  // by leader, empty for others
  JoinStage of_world;               // its result is the whole tree, at the place of its first sum

  [[nodiscard]] const JoinStage& of_host(int rank) const {
    return of_hosts[static_cast<std::size_t>(hosts.leader(rank))];
  }
  // Whether `rank` joins its host's sums of the pieces of `owner`: on the owner's host the owner
  // does, on other hosts the courier.
  [[nodiscard]] bool joins_host(int rank, int owner) const {
    return hosts.share(rank, owner) ? rank == owner : rank == hosts.courier(rank, owner);
  }
  // The sums that travel to `owner`, in the order of the world's sums. Each is sent by the rank
  // that has it, or, where the host's sums were joined, by the rank that joined them.
  [[nodiscard]] std::vector<Incoming> incoming(int owner) const;
};

// Plans the exchange. `ranks` are the plans of all ranks, which together have all shards.
ExchangePlan plan_exchange(std::span<const WorkerPlan> ranks, std::uint64_t shards,
                           const Hosts& hosts);

// The most buckets whose messages arrive at a time.
constexpr std::uint64_t kBucketsInFlight = 4;

// The most bytes that an exchange takes on a rank besides weights and buffers: for sums of other
// ranks that arrive as messages, or for the memory of other ranks that it reads.
std::uint64_t exchange_buffer_bytes(const Ownership& ownership, std::span<const WorkerPlan> ranks,
                                    int rank, std::uint64_t bytes_per_value);

// The most bytes that an exchange in bfloat16 takes in addition: for sums that leave and arrive,
// and for changes of weights.
std::uint64_t packed_bytes(const Ownership& ownership, std::span<const WorkerPlan> ranks, int rank);

}  // namespace lockstep
