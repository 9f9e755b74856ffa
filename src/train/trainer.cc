#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/peak_memory.h"
#include "base/run_files.h"
#include "comm/agreement.h"
#include "nn/initializer.h"
#include "train/build.h"
#include "train/cautions.h"
#include "train/contradictions.h"
#include "train/dataset.h"
#include "train/decide.h"
#include "train/dev_size.h"
#include "train/environment.h"
#include "train/evaluation_record.h"
#include "train/memory_plan.h"
#include "train/phase_clock.h"
#include "train/progress_record.h"
#include "train/run_checkpoints.h"
#include "train/run_position.h"
#include "train/run_scorer.h"
#include "train/run_times.h"
#include "train/sessions.h"
#include "train/soundness.h"
#include "train/start_record.h"
#include "train/step_counts.h"
#include "train/step_engine.h"
#include "train/summary_record.h"
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
  StepProbe* monitor;  // null: the job has none
  const RunReporter& reporter;
};

// One training run. Every rank has one and does the same steps; each member function is collective
// unless its comment says otherwise.
class Run {
 public:
  explicit Run(const RunParts& parts)
      : job_(parts.job),
        comm_(parts.comm),
        options_(parts.options),
        data_(parts.data),
        engine_(parts.engine),
        reporter_(parts.reporter),
        parts_(parts),
        counts_{.per_epoch = parts.engine.steps_per_epoch(), .total = parts.engine.total_steps()} {}

  Summary run() {
    start();
    std::string stop_reason = reason_not_to_start();
    while (stop_reason.empty()) {
      const bool stop_requested = take_step();
      tell_progress();
      if (evaluates_after(job_.evaluation, counts_, position_.step)) stop_reason = evaluate();
      if (stop_reason.empty() && at_end()) stop_reason = reason_at_end(job_.training);
      if (stop_reason.empty() && stop_requested) stop_reason = interrupt();
    }
    return finish(stop_reason);
  }

 private:
  // ---- the start ----

  // Sets the weights and the position to where the run starts or resumes, and reports it.
  void start() {
    if (comm_.is_root()) {
      initialize_parameters(parts_.network.spec(), job_.seed, engine_.weights());
    }
    if (options_.resume != Resume::never) {
      reporter_.tell(parts_.checkpoints.restore(
          position_, best_weights_, options_.resume == Resume::must, options_.allow_changed_data));
    }
    position_.sessions.push_back({.first_step = position_.step,
                                  .last_step = position_.step,
                                  .ranks = static_cast<std::uint32_t>(options_.layout.ranks),
                                  .threads = static_cast<std::uint32_t>(options_.layout.threads),
                                  .seconds = 0,
                                  .phases = {}});
    comm_.broadcast(engine_.weights());
    tell_start();
    engine_.clock().enter(Phase::waiting);
    times_.emplace(engine_.clock());
    if (comm_.is_root()) unmoved_weights_.emplace(weights_digest());
  }

  void tell_start() {
    RunStart start = start_record(job_, options_.layout, data_, counts_, engine_.weights().size(),
                                  position_.step);
    start.program = options_.program;
    start.run_dir = options_.run_dir.string();
    start.resolved_job = parts_.resolved_job;
    start.environment = parts_.versions;
    const bool memory_refused =
        comm_.any(engine_.exchange().shared_memory_was_refused() ? 1 : 0) != 0;
    reporter_.report([&](TrainingObserver& observer) { observer.on_start(start); });
    if (options_.with_cautions) {
      reporter_.tell(job_cautions(job_));
      reporter_.tell(data_.cautions);
    }
    if (memory_refused) {
      reporter_.tell(
          {"ranks of one host exchange messages, because they could not share memory; check "
           "that /dev/shm has room (exchange.shared_memory)"});
    }
  }

  // The reason why a resumed run is already at its end; empty: steps remain.
  [[nodiscard]] std::string reason_not_to_start() const {
    bool stopped = had_stopped_early(job_, position_.stopping);
    comm_.broadcast(stopped);
    if (stopped) return kStoppedEarly;
    if (at_end()) return reason_at_end(job_.training);
    return position_.step > 0 ? asked_to_stop() : "";
  }

  // ---- steps ----

  // Returns whether some rank was requested to stop.
  bool take_step() {
    const bool asked = options_.stop_requested(position_.step);
    const bool looks = parts_.monitor != nullptr && parts_.monitor->looks_at(position_.step);
    if (looks) parts_.monitor->before_step(position_.step);
    const bool stop_requested = train_step(asked);
    if (looks) {
      const FlowRecord record = parts_.monitor->after_step(position_.step);
      reporter_.report([&](TrainingObserver& observer) { observer.on_flow(record); });
    }
    position_.interval_rows += batch_rows(data_.geometry, position_.step % counts_.per_epoch);
    ++position_.step;
    return stop_requested;
  }

  bool train_step(bool asked_to_stop) {
    try {
      return engine_.train_step(position_.step, asked_to_stop);
    } catch (const AgreedError&) {
      tell_flow_verdict();  // if a run diverges, it may show the reason
      throw;
    }
  }

  // Does not communicate.
  void tell_progress() {
    if (!comm_.is_root() || !times_->tells_progress()) return;
    reporter_.tell(progress_record(counts_, position_.step, data_.geometry, engine_.own_losses(),
                                   position_.interval_rows, times_->seconds_of_interval()));
  }

  // ---- evaluations ----

  // Returns the reason to stop; empty: continue.
  std::string evaluate() {
    const double seconds = times_->step_seconds_of_interval();
    engine_.clock().enter(Phase::evaluation);
    const Scores scores = parts_.scorer.during_run(engine_.weights());
    const auto shard_losses = comm_.gather(std::span<const LossSums>(engine_.own_losses()));
    Evaluation evaluation;
    if (comm_.is_root()) {
      evaluation = describe(
          scores,
          {.shard_losses = shard_losses, .rows = position_.interval_rows, .step_seconds = seconds});
    }
    const Soundness soundness = agreed_soundness(evaluation, scores);
    StoppingVerdict verdict;
    if (comm_.is_root() && soundness == Soundness::sound) verdict = take_decision(scores.dev);
    evaluation.best = verdict.best;
    reporter_.report([&](TrainingObserver& observer) { observer.on_evaluation(evaluation); });
    if (soundness != Soundness::sound) agree(comm_, [&] { throw failure_of(soundness); });
    comm_.broadcast(verdict);
    tell_unmoved_weights();

    engine_.set_losses({});
    position_.interval_rows = 0;
    std::string stop_reason = verdict.stop ? kStoppedEarly : "";
    if (stop_reason.empty() && !at_end()) stop_reason = asked_to_stop();
    if (saves_after_evaluation(job_.checkpointing, counts_, position_.step, verdict.best,
                               !stop_reason.empty())) {
      save(verdict.best);
    }
    engine_.clock().enter(Phase::waiting);
    times_->start_interval();
    return stop_reason;
  }

  // Called on rank 0; does not communicate.
  [[nodiscard]] Evaluation describe(const Scores& scores, const TrainedInterval& interval) {
    Evaluation evaluation = evaluation_record(position_.step, counts_.epochs(position_.step),
                                              scores, measured_weights(), interval);
    evaluation.learning_rate = engine_.learning_rate(position_.step - 1);
    evaluation.gradient_norm = engine_.gradient_norm();
    note_session();
    evaluation.seconds = total_seconds(position_.sessions);
    return evaluation;
  }

  // Judges rank 0's arguments; every rank gets the verdict.
  [[nodiscard]] Soundness agreed_soundness(const Evaluation& evaluation, const Scores& scores) {
    const double train_loss = mean_loss(scores.train).value_or(0);
    Soundness soundness = Soundness::sound;
    if (comm_.is_root()) {
      soundness = judge(parts_.network.spec(), evaluation.cost, train_loss, evaluation.dev_cost);
    }
    comm_.broadcast(soundness);
    if (soundness != Soundness::beyond_guessing) return soundness;
    if (!initial_loss_) initial_loss_ = loss_of_initial_weights();
    if (comm_.is_root()) soundness = confirm(train_loss, *initial_loss_);
    comm_.broadcast(soundness);
    return soundness;
  }

  // The mean loss on the sample of training examples before the first step, on rank 0. It is a
  // function of the job, and so is the same after a resume.
  [[nodiscard]] double loss_of_initial_weights() const {
    std::vector<float> initial(engine_.weights().size());
    initialize_parameters<float>(parts_.network.spec(), job_.seed, initial);
    return mean_loss(parts_.scorer.sample(initial)).value_or(0);
  }

  // Does not communicate.
  [[nodiscard]] Error failure_of(Soundness soundness) const {
    if (soundness == Soundness::dev_cost_not_finite) return dev_cost_error(position_.step);
    return engine_.diverged(position_.step - 1, divergence(soundness));
  }

  // Called on rank 0; does not communicate.
  StoppingVerdict take_decision(const SetScore& dev) {
    const Decision decision = decide(job_, position_.stopping, dev, position_.step);
    position_.stopping = decision.stopping;
    if (decision.verdict.best && keeps_best_weights(job_)) {
      best_weights_.assign(engine_.weights().begin(), engine_.weights().end());
    }
    return decision.verdict;
  }

  // Does not communicate.
  void tell_unmoved_weights() {
    if (!comm_.is_root() || !unmoved_weights_->observe(weights_digest())) return;
    reporter_.tell(
        {unmoved_weights_caution(position_.step, engine_.learning_rate(position_.step - 1))});
  }

  // The reason to stop that the caller of train() gives after an evaluation.
  [[nodiscard]] std::string asked_to_stop() const {
    std::string reason = comm_.is_root() ? options_.stop_after_evaluation() : "";
    comm_.broadcast(reason);
    return reason;
  }

  // ---- the end ----

  // Returns the stop reason.
  std::string interrupt() {
    if (job_.checkpointing.enabled) save(false);
    return kInterrupted;
  }

  // Writes the state after position_.step.
  void save(bool best) {
    engine_.clock().enter(Phase::checkpoint);
    note_session();
    reporter_.tell(parts_.checkpoints.save(position_, best));
    engine_.clock().enter(Phase::waiting);
  }

  // Returns whether the weights are now those of the best evaluation.
  [[nodiscard]] bool restore_best_weights() {
    bool restores = comm_.is_root() && !best_weights_.empty();
    comm_.broadcast(restores);
    if (!restores) return false;
    if (comm_.is_root()) std::ranges::copy(best_weights_, engine_.weights().begin());
    comm_.broadcast(engine_.weights());
    return true;
  }

  // Does the last evaluation, on all sets.
  Summary finish(const std::string& stop_reason) {
    const bool finished = stop_reason != kInterrupted;
    engine_.clock().enter(Phase::evaluation);
    RunEnd end;
    end.stop_reason = stop_reason;
    end.counts = counts_;
    end.restored_best = finished && restore_best_weights();
    end.weights = engine_.weights();
    end.scores = parts_.scorer.at_end(end.weights, options_.with_test,
                                      finished ? options_.take_answers : TakeAnswers());
    engine_.clock().enter(Phase::waiting);
    end.peak_memory_bytes = comm_.max(peak_memory_bytes());
    if (has_error_rate(parts_.network.spec().loss)) {
      end.train_error_floor = error_floor(data_.train, data_.geometry.train_examples, comm_);
    }
    end.measures = measured_weights();
    note_session();
    end.position = position_;
    Summary summary = summary_record(job_, options_.layout, data_, end, parts_.versions);
    if (comm_.is_root()) tell_last_cautions(finished, end.scores, summary.dev_error);
    reporter_.report([&](TrainingObserver& observer) { observer.on_finish(summary); });
    return summary;
  }

  // Called on rank 0; does not communicate.
  void tell_last_cautions(bool finished, const Scores& scores, std::optional<double> dev_error) {
    if (options_.with_cautions && finished) {
      if (const auto caution = dropout_caution(job_.network, scores)) reporter_.tell({*caution});
    }
    tell_flow_verdict();
    if (options_.with_cautions && dev_error) {
      reporter_.tell(warnings_of_dev_size(job_, *dev_error, data_.dev.total));
    }
  }

  // ---- small functions, none of which communicates ----

  void tell_flow_verdict() const {
    if (!comm_.is_root() || parts_.monitor == nullptr) return;
    if (const auto verdict = parts_.monitor->verdict()) reporter_.tell({*verdict});
  }

  [[nodiscard]] bool at_end() const { return counts_.at_end(position_.step); }

  // Updates this session to now.
  void note_session() {
    RunSession& session = position_.sessions.back();
    session.last_step = position_.step;
    times_->note(session);
  }

  [[nodiscard]] std::uint64_t weights_digest() const {
    return digest_without_biases(parts_.network.layout(), engine_.weights());
  }

  [[nodiscard]] WeightMeasures measured_weights() const {
    return measure_weights(engine_.regularizer(), parts_.network.layout(), engine_.weights());
  }

  const Job& job_;
  const Communicator& comm_;
  const TrainOptions& options_;
  const Dataset& data_;
  StepEngine<float>& engine_;
  const RunReporter& reporter_;
  RunParts parts_;
  StepCounts counts_;

  RunPosition position_;
  std::vector<float> best_weights_;                // on rank 0, when they will be restored
  std::optional<RunTimes> times_;                  // from the end of start() on
  std::optional<UnmovedWeights> unmoved_weights_;  // the same, on rank 0
  std::optional<double> initial_loss_;             // on rank 0; computed when it is needed
};

}  // namespace

Summary train(const Job& job, const std::string& resolved_job, const Communicator& comm,
              const TrainOptions& options, const TrainingObservers& observers) {
  check_layout(options.layout, job.training.shards);
  if (job.monitor && !options.make_monitor) {
    throw AgreedError(
        ExitCode::usage,
        "the job has a `monitor`, which this kind of run does not support; remove it");
  }
  const Clock::time_point before_loading = Clock::now();
  const std::map<std::string, std::string> versions = environment();
  const Dataset data = load_dataset(job, comm, options.layout);
  const Network<float> network(build_network(job.network, data.features));
  StepEngine<float> engine(job, comm, options.layout, data, network, /*dropout=*/true);
  RunCheckpoints checkpoints(options.run_dir / kCheckpointFolder, job, resolved_job, versions, comm,
                             data, network, engine);
  RunScorer scorer(job, comm, options.layout, data, network, engine.pool());
  std::unique_ptr<StepProbe> monitor;
  if (job.monitor) {
    monitor = options.make_monitor({job, comm, options.layout, data, network, engine});
  }
  const RunReporter reporter(comm, observers);
  engine.clock().add(Phase::load, seconds_since(before_loading));
  return Run({job, resolved_job, comm, options, versions, data, network, engine, checkpoints,
              scorer, monitor.get(), reporter})
      .run();
}

}  // namespace lockstep
