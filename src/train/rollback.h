#pragma once
// The return of a run to its last evaluation after it has diverged (training.on_nonfinite:
// ROLLBACK).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/checkpoint.h"
#include "comm/communicator.h"
#include "config/job.h"
#include "nn/loss.h"
#include "train/run_position.h"
#include "train/step_engine.h"

namespace lockstep {

// Why a run that diverged after `steps` steps cannot return to its target; nothing if it can. Pure.
std::optional<std::string> why_no_rollback(const RollbackConfig& config, const Rollbacks& rollbacks,
                                           std::uint64_t steps);

// `rollbacks` after one more return. Pure.
Rollbacks after_rollback(const RollbackConfig& config, Rollbacks rollbacks);

// What a run reports about its return after `steps` steps; `what`: the divergence. Pure.
std::string rollback_notice(const RollbackConfig& config, const Rollbacks& rollbacks,
                            std::uint64_t steps, const std::string& what);

// A state of the run in memory. Every rank has the values that it owns.
class RollbackState {
 public:
  // Does not communicate. Copies the state of `engine`, whose weights all ranks must have.
  void take(const RunPosition& position, StepEngine<float>& engine, int rank);
  // Collective. Puts the state back: the engine's, and the place in the data and in the records of
  // `position`. There is a state.
  void restore(RunPosition& position, StepEngine<float>& engine, int rank) const;

 private:
  std::uint64_t step_ = 0;
  std::uint64_t interval_rows_ = 0;
  std::optional<std::uint64_t> flow_records_;
  std::vector<LossSums> losses_;           // of own shards
  std::vector<float> weights_;             // owned pieces, end to end
  std::vector<std::vector<float>> slots_;  // the same for each slot of the optimizer
};

}  // namespace lockstep
