#pragma once
// The weights of a run and one step of training them: every worker's forward
// and backward passes, the ordered exchange, the optimizer on owned pieces.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/helper_pool.h"
#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/gradient_exchange.h"
#include "config/job.h"
#include "nn/network.h"
#include "nn/regularizer.h"
#include "optim/schedule.h"
#include "train/dataset.h"
#include "train/gradient_norm.h"
#include "train/layout.h"
#include "train/owned_optimizer.h"
#include "train/phase_clock.h"
#include "train/shard_worker.h"

namespace lockstep {

// T is float in training and double in a gradient check.
template <typename T>
class StepEngine {
 public:
  // Collective. `job`, `comm`, `data` and `network` must live as long as the
  // engine; weights are zero.
  StepEngine(const Job& job, const Communicator& comm, const Layout& layout, const Dataset& data,
             const Network<T>& network, bool dropout);

  // Of all parameters, the same on every rank.
  [[nodiscard]] std::span<T> weights() { return exchange_.weights(); }
  [[nodiscard]] std::span<const T> weights() const { return exchange_.weights(); }

  // Collective. Updates the weights with the batch of global step `step` (from
  // 0). Returns whether `stop_requested` on some rank. Throws AgreedError
  // (diverged) before a weight is touched when a loss or the gradient is not
  // finite.
  bool train_step(std::uint64_t step, bool stop_requested);

  // Collective; the first half of a step, for those who want to look at the
  // gradient. Every worker's sums over the batch of `step`. Returns the or of
  // all ranks' `flags`.
  std::uint64_t sum_gradients(std::uint64_t step, std::uint64_t flags);
  // Collective, after sum_gradients. The owned pieces of the gradient of J: the
  // sum over all shards divided by the batch's rows, and the penalty's part.
  // Returns whether the optimizer can take them on this rank: they are finite, and,
  // unless they are clipped, within largest_gradient().
  bool reduce_gradient(std::uint64_t step);
  // After reduce_gradient, until the next sums: all parameters long, but only
  // owned pieces have a meaning.
  [[nodiscard]] std::span<const T> owned_gradient() const { return exchange_.gradient(); }

  [[nodiscard]] double learning_rate(std::uint64_t step) const;
  // Of the gradient of J in the last step, before it was clipped; none without clipping.
  [[nodiscard]] std::optional<double> gradient_norm() const { return gradient_norm_; }
  [[nodiscard]] std::uint64_t steps_per_epoch() const { return steps_per_epoch_; }
  [[nodiscard]] std::uint64_t total_steps() const { return total_steps_; }

  // The loss sums of this rank's shards since the last evaluation, in order.
  [[nodiscard]] std::vector<LossSums> own_losses() const;
  // Takes this rank's part of `losses` of all shards; none clears them.
  void set_losses(std::span<const LossSums> losses);

  [[nodiscard]] GradientExchange<T>& exchange() { return exchange_; }
  [[nodiscard]] OwnedOptimizer<T>& optimizer() { return optimizer_; }
  [[nodiscard]] const Regularizer& regularizer() const { return regularizer_; }
  [[nodiscard]] WorkerPool& pool() { return pool_; }
  // Of this rank's first thread.
  [[nodiscard]] PhaseClock& clock() { return workers_.front()->clock(); }
  [[nodiscard]] const PhaseClock& clock() const { return workers_.front()->clock(); }

  // What to say when something is not finite in the step after `step`; whether it was
  // so before any weight was updated.
  [[nodiscard]] Error diverged(std::uint64_t step, const std::string& what,
                               bool before_update = false) const;

 private:
  // Collective, after all ranks know that something is not finite.
  [[noreturn]] void throw_diverged(std::uint64_t step);

  const Job& job_;
  const Communicator& comm_;
  const Dataset& data_;
  const Network<T>& network_;
  Regularizer regularizer_;
  LearningRateSchedule schedule_;
  std::uint64_t steps_per_epoch_;
  std::uint64_t total_steps_;
  WorkerPool pool_;
  HelperPool helpers_;             // before the workers, who wait for them
  std::vector<WorkerPlan> plans_;  // of all workers of all ranks
  Ownership ownership_;
  GradientExchange<T> exchange_;
  OwnedOptimizer<T> optimizer_;
  std::optional<GradientNorm> norm_;  // with clipping
  std::optional<double> gradient_norm_;
  std::vector<std::unique_ptr<ShardWorker<T>>> workers_;  // one for each thread
};

}  // namespace lockstep
