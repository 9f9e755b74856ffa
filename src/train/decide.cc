#include "train/decide.h"

#include "base/run_files.h"
#include "metrics/dev_metric.h"
#include "records/stop_reason.h"

namespace lockstep {

std::string reason_at_end(const TrainingConfig& training) {
  return training.steps ? kAllSteps : kAllEpochs;
}

bool evaluates_after(const EvaluationConfig& evaluation, const StepCounts& counts,
                     std::uint64_t step) {
  return counts.completes(evaluation.every_epochs, step) || counts.at_end(step);
}

std::uint64_t last_evaluation(const EvaluationConfig& evaluation, const StepCounts& counts,
                              std::uint64_t step) {
  if (counts.at_end(step)) return step;
  return step - step % (counts.per_epoch * evaluation.every_epochs);
}

Decision decide(const Job& job, const EarlyStoppingState& stopping, const SetScore& dev,
                std::uint64_t step) {
  Decision decision{.verdict = {}, .stopping = stopping};
  const auto metric = dev_metric(stopping_metric(job), dev);
  if (!metric) return decision;
  const auto& rule = job.early_stopping;
  decision.verdict = observe(decision.stopping, *metric, step, rule ? rule->min_improvement : 0.0,
                             rule ? std::optional(rule->patience) : std::nullopt);
  return decision;
}

bool had_stopped_early(const Job& job, const EarlyStoppingState& stopping) {
  return job.early_stopping &&
         stopping.evaluations_without_improvement >= job.early_stopping->patience;
}

bool keeps_best_weights(const Job& job) { return job.early_stopping.has_value(); }

bool saves_after(const CheckpointingConfig& checkpointing, const StepCounts& counts,
                 std::uint64_t step, const SaveReasons& reasons) {
  if (!checkpointing.enabled) return false;
  if (reasons.is_best || reasons.is_target || reasons.stops || reasons.requested) return true;
  if (checkpointing.every_steps > 0 && step % checkpointing.every_steps == 0) return true;
  return checkpointing.every_epochs > 0 && counts.completes(checkpointing.every_epochs, step);
}

std::string summarized_checkpoint(const CheckpointingConfig& checkpointing, bool restored_best) {
  if (!checkpointing.enabled) return "";
  return restored_best ? kBestOfRun : kLatestOfRun;
}

}  // namespace lockstep
