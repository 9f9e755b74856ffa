#include "train/trainer.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/peak_memory.h"
#include "base/run_files.h"
#include "base/seconds_since.h"
#include "comm/agreement.h"
#include "model/build.h"
#include "records/stop_reason.h"
#include "sets/contradictions.h"
#include "sets/dataset.h"
#include "train/decide.h"
#include "train/environment.h"
#include "train/memory_plan.h"
#include "train/phase_clock.h"
#include "train/progress_record.h"
#include "train/run_checkpoints.h"
#include "train/run_evaluations.h"
#include "train/run_notices.h"
#include "train/run_parts.h"
#include "train/run_position.h"
#include "train/run_rollback.h"
#include "train/run_scorer.h"
#include "train/run_start.h"
#include "train/run_times.h"
#include "train/soundness.h"
#include "train/starting_weights.h"
#include "train/step_counts.h"
#include "train/step_engine.h"
#include "train/summary_record.h"
#include "train/weight_measures.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

// One training run. Every rank has one and does the same steps; each member function is collective
// unless its comment says otherwise.
class Run {
 public:
  explicit Run(const RunParts& parts)
      : parts_(parts), evaluations_(parts), times_(parts.engine.clock()) {
    if (parts.job.training.on_nonfinite == OnNonfinite::roll_back) {
      rollback_.emplace(parts.job, parts.comm, parts.start, parts.engine, parts.checkpoints);
    }
  }

  Summary run() {
    try {
      start();
      std::string stop_reason = reason_not_to_start();
      while (stop_reason.empty()) stop_reason = train_one_step();
      return finish(stop_reason);
    } catch (const AgreedError&) {
      end_begun_save();
      throw;
    }
  }

 private:
  // ---- the start ----

  // Sets the weights and the position to where the run starts or resumes, and reports it.
  void start() {
    if (parts_.comm.is_root()) parts_.start.set(parts_.engine.weights());
    if (parts_.options.resume != Resume::never) {
      parts_.reporter.notify(parts_.checkpoints.restore(
          position_, evaluations_.best_weights(),
          {.must_exist = parts_.options.resume == Resume::must,
           .allow_changed_data = parts_.options.allow_changed_data,
           .allow_changed_environment = parts_.options.allow_changed_environment,
           .file = parts_.options.resume_from}));
    }
    if (parts_.job.checkpointing.enabled) {
      parts_.reporter.notify(parts_.checkpoints.try_directory());
    }
    position_.sessions.push_back(
        {.first_step = position_.step,
         .last_step = position_.step,
         .ranks = static_cast<std::uint32_t>(parts_.options.layout.ranks),
         .threads = static_cast<std::uint32_t>(parts_.options.layout.threads),
         .seconds = 0,
         .phases = {}});
    parts_.comm.broadcast(parts_.engine.weights());
    prepare_rollbacks();
    evaluations_.start();
    report_start(parts_, position_);
    parts_.engine.clock().enter(Phase::waiting);
    times_ = RunTimes(parts_.engine.clock());
  }

  void prepare_rollbacks() {
    parts_.engine.set_rate_factor(position_.rollbacks.rate_factor);
    if (!rollback_) {
      position_.rollbacks.target.reset();
    } else if (const auto warning = rollback_->prepare(position_)) {
      parts_.reporter.notify({*warning});
    }
  }

  // The reason why a resumed run is already at its end; empty: steps remain.
  [[nodiscard]] std::string reason_not_to_start() const {
    bool stopped = had_stopped_early(parts_.job, position_.stopping);
    parts_.comm.broadcast(stopped);
    if (stopped) return kStoppedEarly;
    if (at_end()) return reason_at_end(parts_.job.training);
    return position_.step > 0 ? asked_to_stop() : "";
  }

  // ---- steps ----

  // With the evaluation and the save that are due after it. Returns the reason to stop; empty:
  // continue. When the run rolls back, nothing is due, and ranks repeat their requests.
  std::string train_one_step() {
    const std::optional<StepRequests> requests = take_step();
    if (!requests) return "";
    tell_progress();
    const bool evaluates = evaluates_after(parts_.job.evaluation, parts_.counts, position_.step);
    const auto verdict = evaluates ? evaluate() : StoppingVerdict();
    if (!verdict) return "";

    std::string stop_reason = verdict->stop ? kStoppedEarly : "";
    if (stop_reason.empty() && evaluates && !at_end()) stop_reason = asked_to_stop();
    if (stop_reason.empty() && at_end()) stop_reason = reason_at_end(parts_.job.training);
    if (stop_reason.empty() && requests->stop) stop_reason = kInterrupted;

    const bool stops = !stop_reason.empty();
    const SaveReasons reasons{.is_best = verdict->best,
                              .is_target = evaluates && rollback_,
                              .stops = stops,
                              .requested = requests->save};
    if (saves_after(parts_.job.checkpointing, parts_.counts, position_.step, reasons)) save(stops);
    return stop_reason;
  }

  // Returns what some rank asks for; nothing when the run rolls back.
  std::optional<StepRequests> take_step() {
    const StepRequests requests = own_requests();
    const std::vector<StepProbe*> looking = probes_that_look();
    for (StepProbe* probe : looking) probe->before_step(position_.step);
    const StepOutcome outcome = train_step(requests);
    if (outcome.requests.end_save) parts_.reporter.notify(parts_.checkpoints.end_save());
    if (outcome.nonfinite && rollback_) {
      roll_back(*outcome.nonfinite, position_.step);
      return std::nullopt;
    }
    if (outcome.nonfinite) {
      note_skipped_step(*outcome.nonfinite);
    } else {
      for (StepProbe* probe : looking) record(probe->after_step(position_.step));
      position_.interval_rows +=
          batch_rows(parts_.data.geometry, position_.step % parts_.counts.per_epoch);
    }
    ++position_.step;
    return outcome.requests;
  }

  // Does not communicate, but advances a save that has begun.
  StepRequests own_requests() {
    RunCheckpoints& checkpoints = parts_.checkpoints;
    return {.stop = parts_.options.stop_requested(position_.step),
            .save = parts_.comm.is_root() && checkpoints.is_time(),
            .end_save = checkpoints.advance()};
  }

  // Does not communicate.
  void note_skipped_step(const std::string& why) {
    ++position_.skipped_steps;
    if (const auto notice = skipped_step_notice(position_.step + 1, ++skipped_in_session_, why)) {
      parts_.reporter.notify({*notice});
    }
  }

  StepOutcome train_step(const StepRequests& requests) {
    try {
      return parts_.engine.train_step(position_.step, requests);
    } catch (const AgreedError&) {
      tell_flow_verdicts();  // if a run diverges, it may show the reason
      throw;
    }
  }

  // Returns to an earlier state, because of `what` in the step after `step`.
  void roll_back(const std::string& what, std::uint64_t step) {
    if (rollback_->why_not(position_)) {
      tell_flow_verdicts();
      const Error error =
          parts_.engine.diverged(step, why_it_ends(what), /*before_update=*/step == 0);
      throw AgreedError(error.code(), error.what());
    }
    parts_.reporter.notify({rollback_->roll_back(position_, what)});
    parts_.reporter.report(
        [&](TrainingObserver& observer) { observer.on_rollback(position_.step); });
    times_.start_interval();
  }

  // A divergence, with the reason why the run does not roll back. Does not communicate.
  [[nodiscard]] std::string why_it_ends(const std::string& what) const {
    const auto obstacle = rollback_ ? rollback_->why_not(position_) : std::nullopt;
    return obstacle ? fmt::format("{} (no rollback: {})", what, *obstacle) : what;
  }

  // Does not communicate.
  void tell_progress() {
    if (!parts_.comm.is_root() || !times_.tells_progress()) return;
    parts_.reporter.notify(progress_record(parts_.counts, position_.step, parts_.data.geometry,
                                           parts_.engine.own_losses(), position_.interval_rows,
                                           times_.seconds_of_interval()));
  }

  // ---- evaluations ----

  // Returns nothing when the run rolls back, because it has diverged; then nothing is recorded.
  std::optional<StoppingVerdict> evaluate() {
    MeasuredEvaluation measured = evaluations_.measure(position_, times_);
    const Soundness soundness = measured.soundness;
    if (rollback_ && is_divergence(soundness) && !rollback_->why_not(position_)) {
      parts_.engine.clock().enter(Phase::waiting);
      roll_back(divergence(soundness), position_.step);
      return std::nullopt;
    }
    const StoppingVerdict verdict = evaluations_.record(std::move(measured), position_);
    if (parts_.comm.is_root()) parts_.reporter.notify(parts_.checkpoints.look_after());
    if (soundness != Soundness::sound) agree(parts_.comm, [&] { throw failure_of(soundness); });
    parts_.engine.clock().enter(Phase::waiting);
    times_.start_interval();
    if (rollback_) rollback_->keep(position_);
    return verdict;
  }

  // Does not communicate.
  [[nodiscard]] Error failure_of(Soundness soundness) const {
    if (soundness == Soundness::dev_cost_not_finite) return dev_cost_error(position_.step);
    return parts_.engine.diverged(position_.step - 1, why_it_ends(divergence(soundness)));
  }

  // The reason to stop that the caller of train() gives after an evaluation.
  [[nodiscard]] std::string asked_to_stop() const {
    std::string reason = parts_.comm.is_root() ? parts_.options.stop_after_evaluation() : "";
    parts_.comm.broadcast(reason);
    return reason;
  }

  // ---- saves and the end ----

  // Saves the state after position_.step; `last`: the run ends with it.
  void save(bool last) {
    parts_.engine.clock().enter(Phase::checkpoint);
    times_.note(position_);
    parts_.reporter.report([](TrainingObserver& observer) { observer.on_save(); });
    parts_.reporter.notify(parts_.checkpoints.save(position_, last));
    parts_.engine.clock().enter(Phase::waiting);
  }

  // After an error that all ranks have: the state that is being saved is still good.
  void end_begun_save() {
    try {
      parts_.reporter.notify(parts_.checkpoints.end_save());
    } catch (const AgreedError& error) {
      parts_.reporter.notify({fmt::format("warning: {}", error.what())});
    }
  }

  // Does the last evaluation, on all sets.
  Summary finish(const std::string& stop_reason) {
    const bool finished = stop_reason != kInterrupted;
    parts_.engine.clock().enter(Phase::evaluation);
    RunEnd end;
    end.stop_reason = stop_reason;
    end.counts = parts_.counts;
    end.restored_best = finished && evaluations_.restore_best_weights();
    end.weights = parts_.engine.weights();
    end.scores = parts_.scorer.at_end(end.weights, parts_.options.with_test,
                                      finished ? parts_.options.take_answers : TakeAnswers());
    parts_.engine.clock().enter(Phase::waiting);
    end.peak_memory_bytes = parts_.comm.max(peak_memory_bytes());
    if (has_error_rate(parts_.network.spec().loss)) {
      end.train_error_floor =
          error_floor(parts_.data.train, parts_.data.geometry.train_examples, parts_.comm);
    }
    end.measures =
        measure_weights(parts_.engine.regularizer(), parts_.network.parameter_table(), end.weights);
    times_.note(position_);
    end.position = position_;
    Summary summary =
        summary_record(parts_.job, parts_.options.layout, parts_.data, end, parts_.versions);
    tell_flow_verdicts();
    parts_.reporter.notify(end_notices(parts_.job, position_, end.scores,
                                       {.with_cautions = parts_.options.with_cautions,
                                        .finished = finished,
                                        .dev_error = summary.dev_error,
                                        .dev_examples = parts_.data.dev.total}));
    parts_.reporter.report([&](TrainingObserver& observer) { observer.on_finish(summary); });
    return summary;
  }

  // ---- small functions, none of which communicates ----

  // The probes that look at the next step.
  [[nodiscard]] std::vector<StepProbe*> probes_that_look() const {
    std::vector<StepProbe*> looking;
    for (const auto& probe : parts_.probes) {
      if (probe->looks_at(position_.step)) looking.push_back(probe.get());
    }
    return looking;
  }

  void record(const std::optional<FlowRecord>& flow) {
    if (!flow) return;
    if (position_.flow_records) ++*position_.flow_records;
    parts_.reporter.report([&](TrainingObserver& observer) { observer.on_flow(*flow); });
  }

  void tell_flow_verdicts() const {
    if (!parts_.comm.is_root()) return;
    for (const auto& probe : parts_.probes) {
      if (const auto verdict = probe->verdict()) parts_.reporter.notify({*verdict});
    }
  }

  [[nodiscard]] bool at_end() const { return parts_.counts.at_end(position_.step); }

  RunParts parts_;
  std::optional<RunRollback> rollback_;  // if the job rolls back
  RunEvaluations evaluations_;
  RunTimes times_;  // of the steps, from the end of start() on
  RunPosition position_;
  std::uint64_t skipped_in_session_ = 0;
};

}  // namespace

Summary train(const Job& job, const std::string& resolved_job, const Communicator& comm,
              const TrainOptions& options, const TrainingObservers& observers) {
  check_ranks(options.layout.ranks, job.training.shards);
  if (job.monitor && !options.make_monitor) {
    throw AgreedError(
        ExitCode::usage,
        "the job has a `monitor`, which this kind of run does not support; remove it");
  }
  const Clock::time_point before_loading = Clock::now();
  std::map<std::string, std::string> versions = environment();
  const Dataset data = load_dataset(job, comm, options.layout);
  const Network<float> network(build_network(job.network, data.features));
  const Network<float> evaluated(for_evaluation(network.spec(), job.network));
  StepEngine<float> engine(job, comm, options.layout, data, network, /*dropout=*/true);
  const StartingWeights start(job, comm, data, network.spec());
  RunCheckpoints checkpoints(options.run_dir / kCheckpointFolder, job, resolved_job, versions, comm,
                             data, network, engine, start);
  RunScorer scorer(job, comm, options.layout, data, evaluated, engine.pool());
  const ProbedRun probed{job, comm, options.layout, data, network, engine};
  std::vector<std::unique_ptr<StepProbe>> probes;
  if (job.monitor) probes.push_back(options.make_monitor(probed));
  for (const MakeStepProbe& make_probe : options.make_probes) probes.push_back(make_probe(probed));
  const RunReporter reporter(comm, observers);
  engine.clock().add(Phase::load, seconds_since(before_loading));
  const StepCounts counts{.per_epoch = engine.steps_per_epoch(), .total = engine.total_steps()};
  return Run({.job = job,
              .resolved_job = resolved_job,
              .comm = comm,
              .options = options,
              .versions = versions,
              .data = data,
              .network = network,
              .engine = engine,
              .checkpoints = checkpoints,
              .scorer = scorer,
              .start = start,
              .probes = probes,
              .reporter = reporter,
              .counts = counts})
      .run();
}

}  // namespace lockstep
