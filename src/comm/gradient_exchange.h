#pragma once
// The ordered exchange: the partial gradient sums of all ranks become the one global gradient,
// each piece on its owner, and the owners' updated weights are distributed to all ranks. It is an
// allreduce with the optimizer in the middle (a reduce-scatter, then an allgather). Every float
// addition follows the gradient tree; MPI adds nothing.
//
// exchange_plan.h decides who adds up what; this class does it. Ranks of one host read each
// other's sums and weights in place; between hosts they travel as messages, weights once to each
// host.
//
// In bfloat16 every sum of the tree is rounded, wherever it is made, so that what travels takes
// half the bytes; and owners send the changes of their weights in bfloat16, which the others add to
// their copies (docs/numerics.md).

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/range.h"
#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/exchange_plan.h"
#include "comm/exchange_traffic.h"
#include "comm/gradient_tree.h"
#include "comm/ownership.h"
#include "linalg/bfloat16.h"
#include "linalg/precision.h"

namespace lockstep {

template <typename T>
class GradientExchange {
 public:
  // Collective over comm, which must live as long as this. `ranks` are the plans of all ranks,
  // which together have all shards. Ranks that give the same `host` share memory (see HostMemory):
  // pass comm.host_leader(), or comm.rank() to exchange messages only. It does not change a bit of
  // the result; `precision` does, and is float32 for double.
  GradientExchange(const Communicator& comm, const Ownership& ownership,
                   std::span<const WorkerPlan> ranks, std::uint64_t shards, int host,
                   Precision precision = Precision::float32);
  ~GradientExchange();

  // All parameters, in this rank's copy of the weights. Not initialized.
  [[nodiscard]] std::span<T> weights();
  [[nodiscard]] std::span<const T> weights() const;
  // The buffers of this rank: as many as its plan takes, each as large as all parameters. Not
  // initialized.
  [[nodiscard]] std::vector<std::span<T>> buffers();
  // The global gradient after reduce, until a buffer is written to. It is as long as all
  // parameters, but only the owned pieces are meaningful.
  [[nodiscard]] std::span<const T> gradient() const;
  // Whether this rank reads the memory of all other ranks.
  [[nodiscard]] bool shares_memory() const;
  // Whether memory was to be shared with other ranks but could not be.
  [[nodiscard]] bool shared_memory_was_refused() const;

  // Collective, when the buffers hold the sums of the plans. Calls use_gradient(range, gradient)
  // for every owned piece, divided among the pool's workers. `gradient` is the global sum over all
  // shards, in the memory of gradient(), which may be overwritten. Afterwards buffers may be
  // written to.
  using UseGradient = std::function<void(Range, std::span<T>)>;
  void reduce(WorkerPool& pool, const UseGradient& use_gradient);
  // Begins what reduce() ends, while later sums are still computed: this rank's sums of all
  // parameters from `first` on are complete. Starts the messages of those buckets, and uses the
  // gradients that have arrived, on this thread. Does not wait for other ranks, which may or may
  // not call it. Ranks that share memory with others leave everything to reduce().
  void reduce_early(std::uint64_t first, const UseGradient& use_gradient);

  // Collective, when every owner has updated its pieces of weights(): each rank receives the
  // pieces of the others.
  void share_weights(WorkerPool& pool);

  // Where owners write the changes of their pieces, all parameters long; empty if no rank of
  // another host needs them, and in float32.
  [[nodiscard]] std::span<Bfloat16> changes();
  // Collective, in bfloat16, when every owner has added the changes of its pieces to weights(),
  // which were the same on all ranks: they are the same again.
  void share_changes(WorkerPool& pool);

  [[nodiscard]] const Ownership& ownership() const;
  // What every host sends and receives in one step.
  [[nodiscard]] std::vector<HostTraffic> traffic() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
