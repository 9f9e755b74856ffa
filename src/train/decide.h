#pragma once
// The decisions of a run: when it evaluates, which evaluation is the best, when it stops and when
// it saves. Pure functions of the job and of numbers; none communicates.

#include <cstdint>
#include <string>

#include "config/job.h"
#include "metrics/scores.h"
#include "train/early_stopping.h"
#include "train/step_counts.h"

namespace lockstep {

// The stop reason of a run that has done all of its steps: kAllSteps or kAllEpochs, depending on
// how the job gives its length.
std::string reason_at_end(const TrainingConfig& training);

// Whether an evaluation follows the first `step` steps: when one is due, and at the end.
bool evaluates_after(const EvaluationConfig& evaluation, const StepCounts& counts,
                     std::uint64_t step);

// The step of the last evaluation that is due up to `step`; 0: none is.
std::uint64_t last_evaluation(const EvaluationConfig& evaluation, const StepCounts& counts,
                              std::uint64_t step);

// The consequences of an evaluation.
struct Decision {
  StoppingVerdict verdict;
  EarlyStoppingState stopping;  // the new state
};

// Judges the evaluation after `step` steps, with the score `dev`, against the earlier evaluations,
// which `stopping` sums up. Without a dev set no evaluation is the best and none stops the run.
// Throws what dev_metric() does.
Decision decide(const Job& job, const EarlyStoppingState& stopping, const SetScore& dev,
                std::uint64_t step);

// Whether a run in this state has no patience left, which is possible for a resumed run.
bool had_stopped_early(const Job& job, const EarlyStoppingState& stopping);

// Whether the weights of the best evaluation are kept, to become the run's weights at its end.
bool keeps_best_weights(const Job& job);

// What is known of the first `step` steps when a save is considered.
struct SaveReasons {
  bool is_best = false;    // they were evaluated as the best so far
  bool is_target = false;  // the run may roll back to their state
  bool stops = false;      // the run stops after them
  bool requested = false;  // time is up
};

// Whether the state is saved after the first `step` steps.
bool saves_after(const CheckpointingConfig& checkpointing, const StepCounts& counts,
                 std::uint64_t step, const SaveReasons& reasons);

// Name of the checkpoint that a run's summary describes; empty: none is kept.
std::string summarized_checkpoint(const CheckpointingConfig& checkpointing, bool restored_best);

}  // namespace lockstep
