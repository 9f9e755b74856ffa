#pragma once
// The ordered exchange: every rank's partial gradient sums become, on the owner
// of each piece of the parameter vector, the one global gradient; and the
// owners' updated weights become everyone's. An allreduce with the optimizer in
// the middle (a reduce-scatter, then an allgather), in which every float
// addition follows the gradient tree and none is left to MPI.
//
// exchange_plan.h says who adds up what; here it is done. Ranks of one host read each
// other's sums and weights where they stand; between hosts they travel as messages,
// weights once to each host.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/range.h"
#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/exchange_plan.h"
#include "comm/gradient_tree.h"
#include "comm/ownership.h"

namespace lockstep {

template <typename T>
class GradientExchange {
 public:
  // Collective over comm, which must live as long as this. `workers[w]` is the plan of
  // worker w, for all workers of all ranks in rank order (threads of a rank are
  // neighbours). Ranks that give the same `host` share memory (see HostMemory):
  // comm.host_leader(), or comm.rank() to exchange messages only. Neither that nor
  // `host_stage`, whether a host adds up its sums before they travel, changes a bit.
  GradientExchange(const Communicator& comm, const Ownership& ownership,
                   std::span<const WorkerPlan> workers, std::uint64_t shards, int threads, int host,
                   HostStage host_stage = HostStage::left_out);
  ~GradientExchange();

  // All parameters: this rank's copy of the weights. Not initialised.
  [[nodiscard]] std::span<T> weights();
  [[nodiscard]] std::span<const T> weights() const;
  // Of worker `thread` of this rank: as many as its plan takes, of all parameters
  // each. Not initialised.
  [[nodiscard]] std::vector<std::span<T>> buffers(int thread);
  // What reduce has left of the global gradient: of all parameters, of which only
  // the owned pieces have a meaning. Until a buffer is written to.
  [[nodiscard]] std::span<const T> gradient() const;
  // Whether this rank reads all others' memory.
  [[nodiscard]] bool shares_memory() const;
  // Whether memory should have been shared with other ranks and could not be.
  [[nodiscard]] bool shared_memory_was_refused() const;

  // Collective, when the sums that the plans hold stand in the buffers. Calls
  // use_gradient(range, gradient) for every owned piece, cut among the pool's
  // workers; `gradient` is the global sum over all shards, in memory that may
  // be overwritten: that of gradient(). Buffers may be written to afterwards.
  using UseGradient = std::function<void(Range, std::span<T>)>;
  void reduce(WorkerPool& pool, const UseGradient& use_gradient);

  // Collective, when every owner has updated its pieces of weights(): each rank
  // gets those of the others.
  void share_weights(WorkerPool& pool);

  [[nodiscard]] const Ownership& ownership() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
