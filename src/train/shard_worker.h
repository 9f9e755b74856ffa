#pragma once
// One worker's part of a training step: forward and backward passes for its shards, and the
// additions of its part of the gradient tree.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "comm/gradient_tree.h"
#include "nn/network.h"
#include "train/dataset.h"
#include "train/pass_loader.h"
#include "train/phase_clock.h"

namespace lockstep {

template <typename T>
class ShardWorker {
 public:
  // `network`, `dataset` and `helpers`, which gather batches ahead of time, must live as long as
  // the worker. `buffers` are for gradient sums: as many as the plan takes, each as long as all
  // parameters.
  ShardWorker(const Network<T>& network, const Dataset& dataset, WorkerPlan plan,
              std::vector<std::span<T>> buffers, std::uint32_t seed, bool dropout,
              HelperPool& helpers);

  // Computes the gradient sums of global step `step` (from 0) at `weights`. They end in the
  // buffers that the plan holds at the end.
  void run(std::span<const T> weights, std::uint64_t step);

  // Losses of own shards, summed over the steps since clear_losses().
  [[nodiscard]] std::span<const LossSums> losses() const { return losses_; }
  void set_losses(std::span<const LossSums> losses);
  // A shard whose loss is not finite, if any.
  [[nodiscard]] std::optional<std::uint64_t> nonfinite_shard() const;

  [[nodiscard]] const WorkerPlan& plan() const { return plan_; }
  PhaseClock& clock() { return clock_; }

 private:
  void run_pass(std::span<const T> weights, const Pass& pass, const std::optional<Pass>& next);
  // Does the additions that follow leaf `index`, in the part `range` of the sums.
  void add_up(std::size_t index, Range range);

  const Network<T>& network_;
  const Dataset& dataset_;
  WorkerPlan plan_;
  std::uint32_t seed_;
  bool dropout_;
  Workspace<T> workspace_;
  PassLoader<T> loader_;
  std::vector<std::span<T>> buffers_;
  std::vector<LossSums> losses_;
  PhaseClock clock_;
};

}  // namespace lockstep
