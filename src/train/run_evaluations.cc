#include "train/run_evaluations.h"

#include <algorithm>
#include <span>

#include "base/digest.h"
#include "comm/agreement.h"
#include "metrics/threshold.h"
#include "train/decide.h"
#include "train/evaluation_record.h"
#include "train/phase_clock.h"
#include "train/sessions.h"
#include "train/weight_measures.h"

namespace lockstep {

void RunEvaluations::start() {
  if (parts_.comm.is_root()) unmoved_weights_.emplace(weights_digest());
}

MeasuredEvaluation RunEvaluations::measure(RunPosition& position, const RunTimes& times) {
  parts_.engine.clock().enter(Phase::evaluation);
  MeasuredEvaluation measured;
  measured.scores = parts_.scorer.during_run(parts_.engine.weights());
  const auto shard_losses =
      parts_.comm.gather(std::span<const LossSums>(parts_.engine.own_losses()));
  if (parts_.comm.is_root()) {
    measured.evaluation = describe(measured.scores, shard_losses, position, times);
  }
  measured.soundness = soundness_.judge(measured.evaluation, measured.scores);
  return measured;
}

StoppingVerdict RunEvaluations::record(MeasuredEvaluation measured, RunPosition& position) {
  const bool sound = measured.soundness == Soundness::sound;
  StoppingVerdict verdict;
  agree(parts_.comm, [&] {
    if (parts_.comm.is_root() && sound) verdict = take_decision(measured.scores.dev, position);
  });
  measured.evaluation.best = verdict.best;
  position.threshold = threshold_of(measured.scores.dev.metrics);
  parts_.reporter.report(
      [&](TrainingObserver& observer) { observer.on_evaluation(measured.evaluation); });
  if (position.evaluations) ++*position.evaluations;
  parts_.comm.broadcast(verdict);
  if (parts_.comm.is_root() && sound) tell_unmoved_weights(position.step);

  parts_.engine.set_losses({});
  position.interval_rows = 0;
  return verdict;
}

bool RunEvaluations::restore_best_weights() {
  bool restores = parts_.comm.is_root() && !best_weights_.empty();
  parts_.comm.broadcast(restores);
  if (!restores) return false;
  if (parts_.comm.is_root()) std::ranges::copy(best_weights_, parts_.engine.weights().begin());
  parts_.comm.broadcast(parts_.engine.weights());
  return true;
}

Evaluation RunEvaluations::describe(const Scores& scores, std::span<const LossSums> shard_losses,
                                    RunPosition& position, const RunTimes& times) const {
  const WeightMeasures measures = measure_weights(
      parts_.engine.regularizer(), parts_.network.parameter_table(), parts_.engine.weights());
  Evaluation evaluation =
      evaluation_record(position.step, parts_.counts.epochs(position.step), scores, measures,
                        {.shard_losses = shard_losses,
                         .rows = position.interval_rows,
                         .step_seconds = times.step_seconds_of_interval()});
  evaluation.weights_digest = digest_hex(digest_of(std::as_bytes(parts_.engine.weights())));
  evaluation.learning_rate = parts_.engine.learning_rate(position.step - 1);
  evaluation.gradient_norm = parts_.engine.gradient_norm();
  evaluation.skipped_steps = position.skipped_steps;
  evaluation.rollbacks = position.rollbacks.count;
  times.note(position);
  evaluation.seconds = total_seconds(position.sessions);
  return evaluation;
}

StoppingVerdict RunEvaluations::take_decision(const SetScore& dev, RunPosition& position) {
  const Decision decision = decide(parts_.job, position.stopping, dev, position.step);
  position.stopping = decision.stopping;
  if (decision.verdict.best && keeps_best_weights(parts_.job)) {
    best_weights_.assign(parts_.engine.weights().begin(), parts_.engine.weights().end());
  }
  return decision.verdict;
}

void RunEvaluations::tell_unmoved_weights(std::uint64_t step) {
  if (!unmoved_weights_->observe(weights_digest())) return;
  parts_.reporter.notify({unmoved_weights_caution(step, parts_.engine.learning_rate(step - 1))});
}

std::uint64_t RunEvaluations::weights_digest() const {
  return digest_without_biases(parts_.network.parameter_table(), parts_.engine.weights());
}

}  // namespace lockstep
