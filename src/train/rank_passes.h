#pragma once
// A rank's part of a training step: forward and backward passes for its shards, which all its
// threads share, and the additions of its part of the gradient tree.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/team.h"
#include "nn/network.h"
#include "sets/dataset.h"
#include "train/pass_loader.h"
#include "train/phase_clock.h"
#include "train/tile_sums.h"

namespace lockstep {

template <typename T>
class RankPasses {
 public:
  // `network`, `data` and `helpers`, which gather batches ahead of time, must live as long as this.
  // The sums go into `buffers`, as many as plan_of_rank has, each as long as all parameters, in
  // `precision` (see add_tile).
  RankPasses(const Network<T>& network, const Dataset& data, std::vector<std::span<T>> buffers,
             Precision precision, std::uint32_t seed, bool dropout, int threads,
             HelperPool& helpers);
  // Bytes of its activations, panels and inputs that are gathered ahead.
  static std::uint64_t bytes(const NetworkSpec& network, const BatchGeometry& geometry,
                             std::uint64_t shards, bool ahead);

  // Called by the leading thread of a team: the sums of all parameters from `first` on are
  // complete.
  using OnComplete = std::function<void(std::uint64_t first)>;

  // Called by all threads of a team. Computes the gradient sums of global step `step` (from 0) at
  // `weights`, which end in the buffers as plan_of_rank says. Calls `on_complete`, if it is not
  // empty, for one layer after the other.
  void run(std::span<const T> weights, std::uint64_t step, const Team& team,
           const OnComplete& on_complete = {});

  // Losses of own shards, summed over the steps since they were set.
  [[nodiscard]] std::span<const LossSums> losses() const { return losses_; }
  void set_losses(std::span<const LossSums> losses);
  // A shard whose loss is not finite, if any.
  [[nodiscard]] std::optional<std::uint64_t> nonfinite_shard() const;

  [[nodiscard]] Range shards() const { return plan_.shards; }
  // The clock of the first thread.
  PhaseClock& clock() { return clocks_.front(); }
  [[nodiscard]] const PhaseClock& clock() const { return clocks_.front(); }

 private:
  void run_pass(std::span<const T> weights, const Pass& pass, const PassLeaves& leaves,
                const std::optional<Pass>& next, const Team& team, const OnComplete& on_complete);
  // Adds the losses of a pass, row by row, to those of its shards.
  void take_losses(const Pass& pass);

  const Network<T>& network_;
  const Dataset& data_;
  WorkerPlan plan_;
  std::vector<std::span<T>> buffers_;
  Precision precision_;
  std::uint32_t seed_;
  bool dropout_;
  Workspace<T> workspace_;
  Panels<T> panels_;
  PassLoader<T> loader_;
  std::vector<LossSums> row_losses_;   // of the rows of a pass
  std::vector<LossSums> step_losses_;  // of the rows of a step, for each own shard
  std::vector<LossSums> losses_;       // for each own shard
  std::vector<PhaseClock> clocks_;     // of each thread
};

}  // namespace lockstep
