#pragma once
// What a run decides: when it evaluates, what is the best evaluation, when it stops
// and when it saves. Pure functions of the job and of numbers; none communicates.

#include <cstdint>
#include <optional>
#include <string>

#include "config/job.h"
#include "train/early_stopping.h"
#include "train/scores.h"
#include "train/step_counts.h"

namespace lockstep {

// Stop reasons of Summary that the trainer itself gives.
inline constexpr const char* kStoppedEarly = "early_stopping";
inline constexpr const char* kInterrupted = "interrupted";

// The stop reason of a run that has taken all of its steps: "steps" or "epochs",
// whichever the job counts.
std::string reason_at_end(const TrainingConfig& training);

// Whether an evaluation follows the first `step` steps: where one is due, and at the end.
bool evaluates_after(const EvaluationConfig& evaluation, const StepCounts& counts,
                     std::uint64_t step);

// The number by which an evaluation is judged; none without a dev set.
std::optional<DevMetric> dev_metric(const Job& job, const SetScore& dev);

// What follows from an evaluation.
struct Decision {
  StoppingVerdict verdict;
  EarlyStoppingState stopping;  // from now on
};

// Judges the evaluation after `step` steps, with the score `dev`, by the evaluations
// before it, which `stopping` sums up. Without a dev set nothing is best and nothing stops.
Decision decide(const Job& job, const EarlyStoppingState& stopping, const SetScore& dev,
                std::uint64_t step);

// Whether a run that stands so has no patience left, as a resumed one may have.
bool had_stopped_early(const Job& job, const EarlyStoppingState& stopping);

// Whether the weights of the best evaluation are kept, to be the run's at its end.
bool keeps_best_weights(const Job& job);

// Whether the state is saved after an evaluation at `step`, which was the best so far or
// not, and at which the run stops or not.
bool saves_after_evaluation(const CheckpointingConfig& checkpointing, const StepCounts& counts,
                            std::uint64_t step, bool is_best, bool stops);

// What a run's summary calls the checkpoint that it is of; empty: none is kept.
std::string summarized_checkpoint(const CheckpointingConfig& checkpointing, bool restored_best);

}  // namespace lockstep
