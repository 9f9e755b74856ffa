#pragma once
// Who adds up which sums, and which of them travel: the gradient tree cut along the
// machine. Pure integer arithmetic; nothing here communicates or sees a gradient.
//
// Sums are joined in stages, all by the one tree of gradient_tree.h: a worker (a thread)
// joins the gradients of its shards (WorkerPlan), a rank the sums of its workers, a host
// those of its ranks where the plan says so, and the owner of a piece of the parameters
// those of the world. A stage that joins more leaves fewer sums to travel and less to add
// for the stages after it; the order of additions stays the tree's.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "comm/gradient_tree.h"
#include "comm/ownership.h"

namespace lockstep {

// Where a sum over the leaves of a tree node stands: number `buffer` of all the buffers of
// the workers of `rank`.
struct PlacedSum {
  TreeNode node;
  int rank = 0;
  std::uint32_t buffer = 0;
  friend bool operator==(const PlacedSum&, const PlacedSum&) = default;
};

struct JoinStage {
  std::vector<PlacedSum> sums;      // that there are, left to right
  std::vector<Addition> additions;  // in order; of positions in `sums`
  std::vector<PlacedSum> joined;    // that remain, left to right, each where its first part stood
};

// Joins `sums`, left to right, as far as possible.
JoinStage join_sums(std::vector<PlacedSum> sums, std::uint64_t shards);

// Which ranks are on one host, and so read each other's memory.
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
  // The rank on the host of `rank` that deals with `owner`, on another host, for all of them.
  [[nodiscard]] int courier(int rank, int owner) const {
    const std::vector<int>& all = members(rank);
    return all[static_cast<std::size_t>(owner) % all.size()];
  }

 private:
  std::vector<int> leaders_;
  std::vector<std::vector<int>> members_;  // by leader; of others empty
};

// Whether the sums of a host's ranks are joined before they travel.
enum class HostStage { left_out, joined };

// A sum that comes to an owner as a message.
struct Incoming {
  std::size_t sum = 0;  // its position in the world's sums
  int sender = 0;
  friend bool operator==(const Incoming&, const Incoming&) = default;
};

struct ExchangePlan {
  Hosts hosts;
  std::vector<JoinStage> of_ranks;  // by rank; one buffer of the rank has its first sum
  std::vector<JoinStage> of_hosts;  // by leader, of others empty; without additions if left out
  JoinStage of_world;               // leaves the whole tree, where its first sum stands

  [[nodiscard]] const JoinStage& of_rank(int rank) const {
    return of_ranks[static_cast<std::size_t>(rank)];
  }
  [[nodiscard]] const JoinStage& of_host(int rank) const {
    return of_hosts[static_cast<std::size_t>(hosts.leader(rank))];
  }
  // Whether `rank` joins its host's sums of what `owner` owns: the owner on its own host, a
  // courier elsewhere.
  [[nodiscard]] bool joins_host(int rank, int owner) const {
    return hosts.share(rank, owner) ? rank == owner : rank == hosts.courier(rank, owner);
  }
  // What travels to `owner`, in the order of the world's sums. Each sum is sent by the rank
  // that has it, or, where the host's sums were joined, by the one that joined them.
  [[nodiscard]] std::vector<Incoming> incoming(int owner) const;
};

// `workers[w]` is the plan of worker w, for all workers of all ranks in rank order
// (`threads` neighbours are one rank). Together they have all shards.
ExchangePlan plan_exchange(std::span<const WorkerPlan> workers, std::uint64_t shards, int threads,
                           const Hosts& hosts, HostStage host_stage);

// Bytes that an exchange takes on a rank besides weights and buffers, at most: the others'
// sums that come in as messages, or their memory that it looks into.
std::uint64_t exchange_buffer_bytes(const Ownership& ownership, std::span<const WorkerPlan> workers,
                                    std::uint64_t shards, int threads, int rank,
                                    std::uint64_t bytes_per_value);

}  // namespace lockstep
