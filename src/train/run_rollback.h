#pragma once
// The rollbacks of a run: keeps the state to which it would return, and returns to it.

#include <cstdint>
#include <optional>
#include <string>

#include "comm/communicator.h"
#include "config/job.h"
#include "train/rollback.h"
#include "train/run_checkpoints.h"
#include "train/run_position.h"
#include "train/starting_weights.h"
#include "train/step_engine.h"

namespace lockstep {

class RunRollback {
 public:
  // For a job with ROLLBACK. All references must live as long as this.
  RunRollback(const Job& job, const Communicator& comm, const StartingWeights& start,
              StepEngine<float>& engine, RunCheckpoints& checkpoints)
      : job_(job), comm_(comm), start_(start), engine_(engine), checkpoints_(checkpoints) {}

  // Collective, at the start, with the run's state in `position` and the engine, on all ranks:
  // keeps the state to which it refers. If it refers to none, because the run could not roll back
  // so far, that is the one of the last evaluation or, if its file is gone, this one. Returns what
  // a person should know, on all ranks.
  std::optional<std::string> prepare(RunPosition& position);

  // Keeps the state after an evaluation that does not end the run. Does not communicate.
  void keep(RunPosition& position);

  // Why a run that has diverged cannot return; nothing if it can. Does not communicate.
  [[nodiscard]] std::optional<std::string> why_not(const RunPosition& position) const;

  // Collective, if nothing is in the way: returns to the state that is kept, with a smaller rate.
  // Returns what a person should know of it; `what`: the divergence.
  std::string roll_back(RunPosition& position, const std::string& what);

 private:
  // Collective. Keeps the state after `step` steps. Returns why it cannot be read; then nothing has
  // changed.
  std::optional<std::string> keep_step(std::uint64_t step, RunPosition& position);
  // Loads the state after `step` steps into `position` and the engine. Returns why it cannot be
  // read, having changed nothing.
  std::optional<std::string> load(std::uint64_t step, RunPosition& position);

  const Job& job_;
  const Communicator& comm_;
  const StartingWeights& start_;
  StepEngine<float>& engine_;
  RunCheckpoints& checkpoints_;
  std::optional<RollbackState> kept_;  // absent: the state that position names cannot be read
};

}  // namespace lockstep
