#pragma once
// The ordered exchange: every rank's partial gradient sums become, on the owner
// of each piece of the parameter vector, the one global gradient; and the
// owners' updated weights become everyone's. An allreduce with the optimizer in
// the middle (a reduce-scatter, then an allgather), in which every float
// addition follows the gradient tree and none is left to MPI.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/range.h"
#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/gradient_tree.h"

namespace lockstep {

// The parameter vector is exchanged in buckets; each bucket is cut among the
// ranks on a grid of blocks. Pure arithmetic; never affects a result.
struct Ownership {
  std::uint64_t parameters;
  std::uint64_t bucket;  // parameters in a bucket (the last may be smaller)
  int ranks;

  static constexpr std::uint64_t kBlock = 1024;

  static Ownership with_bucket_bytes(std::uint64_t parameters, std::uint64_t bucket_bytes,
                                     std::uint64_t bytes_per_value, int ranks);
  [[nodiscard]] std::uint64_t buckets() const;
  // The part of bucket `index` that `rank` owns, in the parameter vector.
  [[nodiscard]] Range piece(std::uint64_t index, int rank) const;
  // All pieces of a rank, in order.
  [[nodiscard]] std::vector<Range> pieces(int rank) const;
  [[nodiscard]] std::uint64_t owned(int rank) const;
};

// The partial sums one worker holds after a backward pass: for each node of
// its plan, in order, a buffer of all parameters.
template <typename T>
using HeldSums = std::vector<std::span<T>>;

template <typename T>
class GradientExchange {
 public:
  // `plans[w]` is the plan of worker w, for all workers of all ranks in rank
  // order (threads of a rank are neighbours). No communication.
  GradientExchange(const Communicator& comm, const Ownership& ownership,
                   std::span<const WorkerPlan> plans, std::uint64_t shards, int threads);
  ~GradientExchange();

  // Collective. `held[t]` are the sums of this rank's worker t. Calls
  // use_gradient(range, gradient) for every owned piece, cut among the pool's
  // workers; `gradient` is the global sum over all shards, in memory that may
  // be overwritten and stays in place until the next call.
  using UseGradient = std::function<void(Range, std::span<T>)>;
  void reduce(WorkerPool& pool, std::span<const HeldSums<T>> held, const UseGradient& use_gradient);

  // Collective. `weights` (all parameters) gets each owner's pieces.
  void share_weights(std::span<T> weights);

  // Collective. `owned` (this rank's pieces end to end) of all ranks, put
  // together into `flat` (all parameters) on rank 0; elsewhere `flat` is empty.
  void collect_owned(std::span<const T> owned, std::span<T> flat) const;
  // Collective. The reverse of collect_owned.
  void distribute_owned(std::span<const T> flat, std::span<T> owned) const;

  [[nodiscard]] const Ownership& ownership() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Bytes of the receive buffers that a rank's GradientExchange will allocate.
std::uint64_t exchange_buffer_bytes(const Ownership& ownership, std::span<const WorkerPlan> plans,
                                    std::uint64_t shards, int threads, int rank,
                                    std::uint64_t bytes_per_value);

}  // namespace lockstep
