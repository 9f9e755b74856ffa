#pragma once
// The weights of a run and one step of training: the forward and backward passes of every rank, the
// ordered exchange, and the optimizer on owned pieces.

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/helper_pool.h"
#include "base/worker_pool.h"
#include "comm/communicator.h"
#include "comm/gradient_exchange.h"
#include "comm/layout.h"
#include "config/job.h"
#include "nn/network.h"
#include "nn/regularizer.h"
#include "optim/schedule.h"
#include "sets/dataset.h"
#include "train/gradient_norm.h"
#include "train/owned_optimizer.h"
#include "train/phase_clock.h"
#include "train/rank_passes.h"
#include "train/weight_copies.h"

namespace lockstep {

// What a rank asks of all ranks, which learn of it in the next step.
struct StepRequests {
  bool stop = false;      // the run is to end
  bool save = false;      // it is time to save
  bool end_save = false;  // a save in the background has ended
};

// What became of a step; the same on all ranks.
struct StepOutcome {
  StepRequests requests;  // those that some rank has made
  // What was not finite, so that the step changed neither weights nor the optimizer; absent: it
  // changed them.
  std::optional<std::string> nonfinite = {};
};

// T is float in training and double in a gradient check.
template <typename T>
class StepEngine {
 public:
  // Collective. `job`, `comm`, `data` and `network` must live as long as the engine; the weights
  // are zero at first.
  StepEngine(const Job& job, const Communicator& comm, const Layout& layout, const Dataset& data,
             const Network<T>& network, bool dropout);

  // The weights, all parameters, the same on every rank.
  [[nodiscard]] std::span<T> weights() { return exchange_.weights(); }
  [[nodiscard]] std::span<const T> weights() const { return exchange_.weights(); }

  // Collective. Updates the weights with the batch of global step `step` (from 0);
  // `requests` may differ between ranks. When a loss or the gradient is not finite, the job
  // decides: the step changes nothing and its losses are forgotten, or AgreedError (diverged) is
  // thrown.
  // Throws AgreedError (internal) when it compares the ranks' copies of the weights and one is
  // damaged. In all these cases no weight has been changed.
  StepOutcome train_step(std::uint64_t step, const StepRequests& requests);

  // Collective; the first half of a step, for callers that examine the gradient. Computes every
  // rank's sums over the batch of `step`. Returns the or of all ranks' `flags`.
  std::uint64_t sum_gradients(std::uint64_t step, std::uint64_t flags);
  // Collective, after sum_gradients. Computes the owned pieces of the gradient of J: the sum over
  // all shards divided by the batch's rows, plus the penalty's part. Returns whether the optimizer
  // can use them on this rank: they are finite and, unless they are clipped, within
  // largest_gradient().
  bool reduce_gradient(std::uint64_t step);
  // The gradient, valid after reduce_gradient until the next sums. It is as long as all
  // parameters, but only owned pieces are meaningful.
  [[nodiscard]] std::span<const T> owned_gradient() const { return exchange_.gradient(); }

  [[nodiscard]] double learning_rate(std::uint64_t step) const;
  // From now on, the rate of every step is this factor times that of the job.
  void set_rate_factor(double factor) { rate_factor_ = factor; }
  // Norm of the gradient of J in the last step before clipping; none without clipping.
  [[nodiscard]] std::optional<double> gradient_norm() const { return gradient_norm_; }
  [[nodiscard]] std::uint64_t steps_per_epoch() const { return steps_per_epoch_; }
  [[nodiscard]] std::uint64_t total_steps() const { return total_steps_; }

  // The loss sums of this rank's shards since the last evaluation, in order.
  [[nodiscard]] std::vector<LossSums> own_losses() const;
  // Takes this rank's part of the `losses` of all shards; an empty span clears them.
  void set_losses(std::span<const LossSums> losses);
  // Takes losses as own_losses() returned them.
  void set_own_losses(std::span<const LossSums> losses) { passes_.set_losses(losses); }

  [[nodiscard]] GradientExchange<T>& exchange() { return exchange_; }
  [[nodiscard]] OwnedOptimizer<T>& optimizer() { return optimizer_; }
  [[nodiscard]] const Regularizer& regularizer() const { return regularizer_; }
  [[nodiscard]] WorkerPool& pool() { return pool_; }
  // The clock of this rank's first thread.
  [[nodiscard]] PhaseClock& clock() { return passes_.clock(); }
  [[nodiscard]] const PhaseClock& clock() const { return passes_.clock(); }

  // The error for a value that is not finite in the step after `step`; `before_update`: no weight
  // was updated before.
  [[nodiscard]] Error diverged(std::uint64_t step, const std::string& what,
                               bool before_update = false) const;

 private:
  // Computes this rank's sums of a step; exchanges those of later layers while earlier ones are
  // computed, if `early`, in which case reduce_gradient must follow.
  void run_passes(std::uint64_t step, bool early);
  // Returns the function that turns the sum over all shards into the gradient of J, for an owned
  // piece. It clears usable_ if the optimizer cannot use the gradient.
  typename GradientExchange<T>::UseGradient finish_gradient(std::uint64_t step);
  // The second half of a step with a gradient that the optimizer can use. Collective.
  void update_weights(std::uint64_t step);
  // Collective, called when all ranks know that some loss is not finite: says which one.
  std::string nonfinite_loss();
  // Collective, the same for the gradient, after reduce_gradient, whose result is lost.
  std::string unusable_gradient(std::uint64_t step);
  // Collective. Names the ranks, their hosts and shards whose own sums are not finite.
  std::string origin_of_gradient(std::uint64_t step);
  // Returns `why` unless the job stops at such a step; then throws AgreedError (diverged).
  std::string continue_or_throw(std::uint64_t step, const std::string& why) const;

  const Job& job_;
  const Communicator& comm_;
  const Dataset& data_;
  const Network<T>& network_;
  Regularizer regularizer_;
  LearningRateSchedule schedule_;
  double rate_factor_ = 1;
  std::uint64_t steps_per_epoch_;
  std::uint64_t total_steps_;
  WorkerPool pool_;
  HelperPool helpers_;
  Ownership ownership_;
  GradientExchange<T> exchange_;
  OwnedOptimizer<T> optimizer_;
  std::optional<GradientNorm> norm_;  // with clipping only
  std::optional<double> gradient_norm_;
  std::atomic<bool> usable_ = true;  // whether the optimizer can use the gradient, on this rank
  RankPasses<T> passes_;
  WeightCopies copies_;
};

}  // namespace lockstep
