#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/peak_memory.h"
#include "base/run_files.h"
#include "comm/agreement.h"
#include "linalg/kernels.h"
#include "train/build.h"
#include "train/cautions.h"
#include "train/contradictions.h"
#include "train/dataset.h"
#include "train/decide.h"
#include "train/environment.h"
#include "train/evaluation_record.h"
#include "train/memory_plan.h"
#include "train/phase_clock.h"
#include "train/progress_record.h"
#include "train/run_checkpoints.h"
#include "train/run_notices.h"
#include "train/run_position.h"
#include "train/run_rollback.h"
#include "train/run_scorer.h"
#include "train/run_soundness.h"
#include "train/run_times.h"
#include "train/sessions.h"
#include "train/soundness.h"
#include "train/start_record.h"
#include "train/starting_weights.h"
#include "train/step_counts.h"
#include "train/step_engine.h"
#include "train/summary_record.h"
#include "train/threshold.h"
#include "train/unmoved_weights.h"
#include "train/weight_measures.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The parts that a run uses; all of them live longer than the run.
struct RunParts {
  const Job& job;
  const std::string& resolved_job;
  const Communicator& comm;
  const TrainOptions& options;
  const std::map<std::string, std::string>& versions;  // versions of the environment
  const Dataset& data;
  const Network<float>& network;
  StepEngine<float>& engine;
  RunCheckpoints& checkpoints;
  RunScorer& scorer;
  const StartingWeights& start;
  StepProbe* monitor;  // null: the job has none
  const RunReporter& reporter;
};

// One training run. Every rank has one and does the same steps; each member function is collective
// unless its comment says otherwise.
class Run {
 public:
  explicit Run(const RunParts& parts)
      : parts_(parts),
        counts_{.per_epoch = parts.engine.steps_per_epoch(), .total = parts.engine.total_steps()},
        soundness_(parts.comm, parts.network, parts.scorer, parts.start) {
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
      parts_.reporter.tell(parts_.checkpoints.restore(
          position_, best_weights_,
          {.must_exist = parts_.options.resume == Resume::must,
           .allow_changed_data = parts_.options.allow_changed_data,
           .allow_changed_environment = parts_.options.allow_changed_environment,
           .file = parts_.options.resume_from}));
    }
    if (parts_.job.checkpointing.enabled) {
      parts_.reporter.tell(parts_.checkpoints.try_directory());
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
    tell_start();
    parts_.engine.clock().enter(Phase::waiting);
    times_.emplace(parts_.engine.clock());
    if (parts_.comm.is_root()) unmoved_weights_.emplace(weights_digest());
  }

  void prepare_rollbacks() {
    parts_.engine.set_rate_factor(position_.rollbacks.rate_factor);
    if (!rollback_) {
      position_.rollbacks.target.reset();
    } else if (const auto warning = rollback_->prepare(position_)) {
      parts_.reporter.tell({*warning});
    }
  }

  void tell_start() {
    RunStart start = start_record(parts_.job, parts_.options.layout, parts_.data, counts_,
                                  parts_.engine.weights().size(), position_.step);
    const std::vector<HostTraffic> traffic = parts_.engine.exchange().traffic();
    start.hosts = static_cast<int>(traffic.size());
    start.exchanged_bytes = largest_traffic(traffic);
    start.evaluations = position_.evaluations;
    start.flow_records = position_.flow_records;
    start.program = parts_.options.program;
    start.launch = parts_.options.launch;
    start.run_dir = parts_.options.run_dir.string();
    start.resolved_job = parts_.resolved_job;
    start.environment = parts_.versions;
    const bool memory_refused =
        parts_.comm.any(parts_.engine.exchange().shared_memory_was_refused() ? 1 : 0) != 0;
    parts_.reporter.report([&](TrainingObserver& observer) { observer.on_start(start); });
    if (position_.step == 0) parts_.reporter.tell(parts_.start.notices());
    if (parts_.options.with_cautions) {
      parts_.reporter.tell(job_cautions(parts_.job));
      if (const auto caution = precision_caution(parts_.job.network, kernels().instructions)) {
        parts_.reporter.tell({*caution});
      }
      parts_.reporter.tell(parts_.data.cautions);
    }
    if (memory_refused) {
      parts_.reporter.tell(
          {"ranks of one host exchange messages, because they could not share memory; check "
           "that /dev/shm has room (exchange.shared_memory)"});
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
    const bool evaluates = evaluates_after(parts_.job.evaluation, counts_, position_.step);
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
    if (saves_after(parts_.job.checkpointing, counts_, position_.step, reasons)) save(stops);
    return stop_reason;
  }

  // Returns what some rank asks for; nothing when the run rolls back.
  std::optional<StepRequests> take_step() {
    const StepRequests requests = own_requests();
    const bool looks = parts_.monitor != nullptr && parts_.monitor->looks_at(position_.step);
    if (looks) parts_.monitor->before_step(position_.step);
    if (parts_.options.touch_weights) {
      parts_.options.touch_weights(position_.step, parts_.engine.weights());
    }
    const StepOutcome outcome = train_step(requests);
    if (outcome.requests.end_save) parts_.reporter.tell(parts_.checkpoints.end_save());
    if (outcome.nonfinite && rollback_) {
      roll_back(*outcome.nonfinite, position_.step);
      return std::nullopt;
    }
    if (looks && !outcome.nonfinite) {
      const FlowRecord record = parts_.monitor->after_step(position_.step);
      if (position_.flow_records) ++*position_.flow_records;
      parts_.reporter.report([&](TrainingObserver& observer) { observer.on_flow(record); });
    }
    if (outcome.nonfinite) {
      note_skipped_step(*outcome.nonfinite);
    } else {
      position_.interval_rows +=
          batch_rows(parts_.data.geometry, position_.step % counts_.per_epoch);
    }
    ++position_.step;
    return outcome.requests;
  }

  // Does not communicate, but lets a save go on that has begun.
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
      parts_.reporter.tell({*notice});
    }
  }

  StepOutcome train_step(const StepRequests& requests) {
    try {
      return parts_.engine.train_step(position_.step, requests);
    } catch (const AgreedError&) {
      tell_flow_verdict();  // if a run diverges, it may show the reason
      throw;
    }
  }

  // Returns to an earlier state, because of `what` in the step after `step`.
  void roll_back(const std::string& what, std::uint64_t step) {
    if (rollback_->why_not(position_)) {
      tell_flow_verdict();
      const Error error =
          parts_.engine.diverged(step, why_it_ends(what), /*before_update=*/step == 0);
      throw AgreedError(error.code(), error.what());
    }
    parts_.reporter.tell({rollback_->roll_back(position_, what)});
    parts_.reporter.report(
        [&](TrainingObserver& observer) { observer.on_rollback(position_.step); });
    times_->start_interval();
  }

  // A divergence, with the reason why the run does not roll back. Does not communicate.
  [[nodiscard]] std::string why_it_ends(const std::string& what) const {
    const auto obstacle = rollback_ ? rollback_->why_not(position_) : std::nullopt;
    return obstacle ? fmt::format("{} (no rollback: {})", what, *obstacle) : what;
  }

  // Does not communicate.
  void tell_progress() {
    if (!parts_.comm.is_root() || !times_->tells_progress()) return;
    parts_.reporter.tell(progress_record(counts_, position_.step, parts_.data.geometry,
                                         parts_.engine.own_losses(), position_.interval_rows,
                                         times_->seconds_of_interval()));
  }

  // ---- evaluations ----

  // Returns nothing when the run rolls back, because it has diverged; then nothing is recorded.
  std::optional<StoppingVerdict> evaluate() {
    const double seconds = times_->step_seconds_of_interval();
    parts_.engine.clock().enter(Phase::evaluation);
    const Scores scores = parts_.scorer.during_run(parts_.engine.weights());
    const auto shard_losses =
        parts_.comm.gather(std::span<const LossSums>(parts_.engine.own_losses()));
    Evaluation evaluation;
    if (parts_.comm.is_root()) {
      evaluation = describe(
          scores,
          {.shard_losses = shard_losses, .rows = position_.interval_rows, .step_seconds = seconds});
    }
    const Soundness soundness = soundness_.judge(evaluation, scores);
    if (rollback_ && is_divergence(soundness) && !rollback_->why_not(position_)) {
      parts_.engine.clock().enter(Phase::waiting);
      roll_back(divergence(soundness), position_.step);
      return std::nullopt;
    }
    StoppingVerdict verdict;
    agree(parts_.comm, [&] {
      if (parts_.comm.is_root() && soundness == Soundness::sound) {
        verdict = take_decision(scores.dev);
      }
    });
    evaluation.best = verdict.best;
    position_.threshold = threshold_of(scores.dev.metrics);
    parts_.reporter.report([&](TrainingObserver& observer) { observer.on_evaluation(evaluation); });
    if (position_.evaluations) ++*position_.evaluations;
    if (soundness != Soundness::sound) agree(parts_.comm, [&] { throw failure_of(soundness); });
    parts_.comm.broadcast(verdict);
    tell_unmoved_weights();

    parts_.engine.set_losses({});
    position_.interval_rows = 0;
    parts_.engine.clock().enter(Phase::waiting);
    times_->start_interval();
    if (rollback_) rollback_->keep(position_);
    return verdict;
  }

  // Called on rank 0; does not communicate.
  [[nodiscard]] Evaluation describe(const Scores& scores, const TrainedInterval& interval) {
    Evaluation evaluation = evaluation_record(position_.step, counts_.epochs(position_.step),
                                              scores, measured_weights(), interval);
    evaluation.weights_digest = digest_hex(digest_of(std::as_bytes(parts_.engine.weights())));
    evaluation.learning_rate = parts_.engine.learning_rate(position_.step - 1);
    evaluation.gradient_norm = parts_.engine.gradient_norm();
    evaluation.skipped_steps = position_.skipped_steps;
    evaluation.rollbacks = position_.rollbacks.count;
    note_session();
    evaluation.seconds = total_seconds(position_.sessions);
    return evaluation;
  }

  // Does not communicate.
  [[nodiscard]] Error failure_of(Soundness soundness) const {
    if (soundness == Soundness::dev_cost_not_finite) return dev_cost_error(position_.step);
    return parts_.engine.diverged(position_.step - 1, why_it_ends(divergence(soundness)));
  }

  // Called on rank 0; does not communicate.
  StoppingVerdict take_decision(const SetScore& dev) {
    const Decision decision = decide(parts_.job, position_.stopping, dev, position_.step);
    position_.stopping = decision.stopping;
    if (decision.verdict.best && keeps_best_weights(parts_.job)) {
      best_weights_.assign(parts_.engine.weights().begin(), parts_.engine.weights().end());
    }
    return decision.verdict;
  }

  // Does not communicate.
  void tell_unmoved_weights() {
    if (!parts_.comm.is_root() || !unmoved_weights_->observe(weights_digest())) return;
    parts_.reporter.tell(
        {unmoved_weights_caution(position_.step, parts_.engine.learning_rate(position_.step - 1))});
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
    note_session();
    parts_.reporter.report([](TrainingObserver& observer) { observer.on_save(); });
    parts_.reporter.tell(parts_.checkpoints.save(position_, last));
    parts_.engine.clock().enter(Phase::waiting);
  }

  // After an error that all ranks have: the state that is being saved is still good.
  void end_begun_save() {
    try {
      parts_.reporter.tell(parts_.checkpoints.end_save());
    } catch (const AgreedError& error) {
      parts_.reporter.tell({fmt::format("warning: {}", error.what())});
    }
  }

  // Returns whether the weights are now those of the best evaluation.
  [[nodiscard]] bool restore_best_weights() {
    bool restores = parts_.comm.is_root() && !best_weights_.empty();
    parts_.comm.broadcast(restores);
    if (!restores) return false;
    if (parts_.comm.is_root()) std::ranges::copy(best_weights_, parts_.engine.weights().begin());
    parts_.comm.broadcast(parts_.engine.weights());
    return true;
  }

  // Does the last evaluation, on all sets.
  Summary finish(const std::string& stop_reason) {
    const bool finished = stop_reason != kInterrupted;
    parts_.engine.clock().enter(Phase::evaluation);
    RunEnd end;
    end.stop_reason = stop_reason;
    end.counts = counts_;
    end.restored_best = finished && restore_best_weights();
    end.weights = parts_.engine.weights();
    end.scores = parts_.scorer.at_end(end.weights, parts_.options.with_test,
                                      finished ? parts_.options.take_answers : TakeAnswers());
    parts_.engine.clock().enter(Phase::waiting);
    end.peak_memory_bytes = parts_.comm.max(peak_memory_bytes());
    if (has_error_rate(parts_.network.spec().loss)) {
      end.train_error_floor =
          error_floor(parts_.data.train, parts_.data.geometry.train_examples, parts_.comm);
    }
    end.measures = measured_weights();
    note_session();
    end.position = position_;
    Summary summary =
        summary_record(parts_.job, parts_.options.layout, parts_.data, end, parts_.versions);
    tell_flow_verdict();
    parts_.reporter.tell(end_notices(parts_.job, position_, end.scores,
                                     {.with_cautions = parts_.options.with_cautions,
                                      .finished = finished,
                                      .dev_error = summary.dev_error,
                                      .dev_examples = parts_.data.dev.total}));
    parts_.reporter.report([&](TrainingObserver& observer) { observer.on_finish(summary); });
    return summary;
  }

  // ---- small functions, none of which communicates ----

  void tell_flow_verdict() const {
    if (!parts_.comm.is_root() || parts_.monitor == nullptr) return;
    if (const auto verdict = parts_.monitor->verdict()) parts_.reporter.tell({*verdict});
  }

  [[nodiscard]] bool at_end() const { return counts_.at_end(position_.step); }

  // Updates this session to now.
  void note_session() {
    RunSession& session = position_.sessions.back();
    session.last_step = position_.step;
    times_->note(session);
  }

  [[nodiscard]] std::uint64_t weights_digest() const {
    return digest_without_biases(parts_.network.layout(), parts_.engine.weights());
  }

  [[nodiscard]] WeightMeasures measured_weights() const {
    return measure_weights(parts_.engine.regularizer(), parts_.network.layout(),
                           parts_.engine.weights());
  }

  RunParts parts_;
  StepCounts counts_;
  RunSoundness soundness_;
  std::optional<RunRollback> rollback_;  // if the job rolls back
  RunPosition position_;
  std::uint64_t skipped_in_session_ = 0;
  std::vector<float> best_weights_;                // on rank 0, when they will be restored
  std::optional<RunTimes> times_;                  // from the end of start() on
  std::optional<UnmovedWeights> unmoved_weights_;  // the same, on rank 0
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
  std::unique_ptr<StepProbe> monitor;
  if (job.monitor) {
    monitor = options.make_monitor({job, comm, options.layout, data, network, engine});
  }
  const RunReporter reporter(comm, observers);
  engine.clock().add(Phase::load, seconds_since(before_loading));
  return Run({job, resolved_job, comm, options, versions, data, network, engine, checkpoints,
              scorer, start, monitor.get(), reporter})
      .run();
}

}  // namespace lockstep
