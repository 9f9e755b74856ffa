#include "train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/peak_memory.h"
#include "comm/agreement.h"
#include "nn/guessing.h"
#include "nn/initializer.h"
#include "nn/regularizer.h"
#include "nn/weight_statistics.h"
#include "train/build.h"
#include "train/cautions.h"
#include "train/contradictions.h"
#include "train/dataset.h"
#include "train/dev_size.h"
#include "train/early_stopping.h"
#include "train/environment.h"
#include "train/evaluator.h"
#include "train/memory_plan.h"
#include "train/phase_clock.h"
#include "train/run_checkpoints.h"
#include "train/scores.h"
#include "train/sessions.h"
#include "train/step_engine.h"
#include "train/step_probe.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What rank 0 decides after an evaluation and every rank does.
struct Decision {
  bool best = false;
  bool stop = false;
};

// One training run. Every rank has one and goes through the same steps.
class Run {
 public:
  Run(const Job& job, std::string resolved_job, const Communicator& comm,
      const TrainOptions& options, const std::vector<std::unique_ptr<TrainingObserver>>& observers)
      : job_(job),
        resolved_job_(std::move(resolved_job)),
        comm_(comm),
        options_(options),
        observers_(observers),
        data_(load_dataset(job, comm, options.layout)),
        network_(build_network(job.network, data_.features)),
        engine_(job, comm, options.layout, data_, network_, /*dropout=*/true),
        checkpoints_(options.run_dir / "ckpt", job_, resolved_job_, environment_, comm, data_,
                     network_, engine_),
        evaluator_(comm, engine_.pool(), network_, data_.normalizer, data_.label_width),
        sample_blocks_(training_blocks(data_.geometry, options.layout, comm.rank(),
                                       data_.shard_rows, job.evaluation.train_examples)) {
    if (job.monitor) {
      monitor_ = options.make_monitor({job_, comm_, options_.layout, data_, network_, engine_});
    }
    engine_.clock().add(Phase::load, seconds_since(created_));
  }

  Summary run() {
    if (comm_.is_root()) initialize_parameters(network_.spec(), job_.seed, engine_.weights());
    if (options_.resume != Resume::never) {
      show(checkpoints_.restore(position_, best_weights_, options_.resume == Resume::must,
                                options_.allow_changed_data));
    }
    first_step_ = position_.step;
    position_.sessions.push_back({.first_step = first_step_,
                                  .last_step = first_step_,
                                  .ranks = static_cast<std::uint32_t>(options_.layout.ranks),
                                  .threads = static_cast<std::uint32_t>(options_.layout.threads),
                                  .seconds = 0,
                                  .phases = {}});
    comm_.broadcast(engine_.weights());
    announce_start();

    engine_.clock().enter(Phase::waiting);
    started_ = interval_start_ = Clock::now();
    last_weights_ = weights_digest();
    std::string stop_reason = had_stopped_early() ? "early_stopping" : "";
    if (stop_reason.empty() && first_step_ > 0 && !at_end()) stop_reason = asked_to_stop();
    while (stop_reason.empty()) {
      if (at_end()) {
        stop_reason = job_.training.steps ? "steps" : "epochs";
        break;
      }
      options_.on_step(position_.step);
      const bool stop_requested = train_step();
      report_progress();
      if (due(job_.evaluation.every_epochs) || at_end()) {
        stop_reason = evaluate_and_decide();
      }
      if (stop_requested && stop_reason.empty() && !at_end()) {
        stop_reason = "interrupted";
        if (job_.checkpointing.enabled) save(false);
      }
    }
    return finish(stop_reason);
  }

 private:
  [[nodiscard]] double epoch_of(std::uint64_t step) const {
    return static_cast<double>(step) / static_cast<double>(engine_.steps_per_epoch());
  }
  [[nodiscard]] double epoch() const { return epoch_of(position_.step); }
  [[nodiscard]] bool at_end() const { return position_.step >= engine_.total_steps(); }
  [[nodiscard]] bool due(std::uint64_t every_epochs) const {
    return position_.step % (engine_.steps_per_epoch() * every_epochs) == 0;
  }
  // Seconds spent on training steps, evaluation and saving left out.
  [[nodiscard]] double step_seconds() const { return seconds_of_steps(engine_.clock().by_name()); }

  // Brings this session up to now.
  void note_session() {
    RunSession& session = position_.sessions.back();
    session.last_step = position_.step;
    session.seconds = seconds_since(started_);
    session.phases = engine_.clock().by_name();
  }

  // Training examples of the steps before `step`.
  [[nodiscard]] std::uint64_t rows_before(std::uint64_t step) const {
    const std::uint64_t in_epoch = step % engine_.steps_per_epoch();
    std::uint64_t rows = step / engine_.steps_per_epoch() * data_.geometry.train_examples;
    for (std::uint64_t i = 0; i < in_epoch; ++i) rows += batch_rows(data_.geometry, i);
    return rows;
  }

  // Of the weights now, on rank 0, without biases: those start at 0, and so move by
  // updates that are too small for any weight.
  [[nodiscard]] std::uint64_t weights_digest() const {
    Digest digest;
    if (!comm_.is_root()) return 0;
    for (const ParameterTensor& tensor : network_.layout().tensors) {
      if (tensor.kind != ParameterKind::weight) continue;
      const Range range = tensor.range();
      digest.add(std::as_bytes(engine_.weights().subspan(range.begin, range.size())));
    }
    return digest.value();
  }

  // Collective. Returns whether some rank was asked to stop.
  bool train_step() {
    const bool looks = monitor_ && monitor_->looks_at(position_.step);
    if (looks) monitor_->before_step(position_.step);
    const bool stop = [&] {
      try {
        return engine_.train_step(position_.step, options_.stop_requested());
      } catch (const AgreedError&) {
        show_flow_verdict();  // a run that diverges: it may say why
        throw;
      }
    }();
    if (looks) {
      const FlowRecord record = monitor_->after_step(position_.step);
      agree_reported([&](TrainingObserver& observer) { observer.on_flow(record); });
    }
    position_.interval_rows +=
        batch_rows(data_.geometry, position_.step % engine_.steps_per_epoch());
    ++position_.step;
    return stop;
  }

  void report_progress() {
    const auto now = Clock::now();
    if (!comm_.is_root() || now - last_progress_ < std::chrono::milliseconds(200)) return;
    last_progress_ = now;
    double loss = 0;
    for (const LossSums& shard : engine_.own_losses()) loss += shard.loss;
    // Rank 0 shows its own shards' share.
    const double rows = static_cast<double>(position_.interval_rows) *
                        static_cast<double>(data_.own_shards.size()) /
                        static_cast<double>(data_.geometry.shards);
    const double seconds = std::chrono::duration<double>(now - interval_start_).count();
    const Progress progress{position_.step, engine_.total_steps(), epoch(), loss / rows,
                            static_cast<double>(position_.interval_rows) / seconds};
    for (const auto& observer : observers_) observer->on_progress(progress);
  }

  // What looks at the answers of an evaluation on the train and dev sets; empty: nothing.
  struct AnswerVisits {
    Evaluator::Visit train;
    Evaluator::Visit dev;
  };

  // Collective; rank 0 gets the sums.
  Scores score(const EvaluationBlocks& train, std::uint64_t train_examples, bool with_test,
               const AnswerVisits& visits = {}) {
    const auto held_out = [&](const HeldOutSet& set, const Evaluator::Visit& visit = {}) {
      return SetScore{evaluator_.evaluate(engine_.weights(), set.examples, set.blocks, visit),
                      set.total};
    };
    Scores scores;
    scores.train = {evaluator_.evaluate(engine_.weights(), data_.train, train, visits.train),
                    train_examples};
    scores.train_dev = held_out(data_.train_dev);
    scores.dev = held_out(data_.dev, visits.dev);
    if (with_test) scores.test = held_out(data_.test);
    return scores;
  }

  // What `Record` (Evaluation or Summary) says of the weights themselves.
  // Returns J, the mean loss with the penalty.
  template <typename Record>
  double describe_weights(const Scores& scores, Record& record) const {
    const Penalty penalty = engine_.regularizer().penalty(engine_.weights());
    record.l2_penalty = penalty.l2;
    record.l1_penalty = penalty.l1;
    const WeightStatistics statistics = weight_statistics(network_.layout(), engine_.weights());
    record.weights_norm = statistics.norm;
    record.weights_near_zero = statistics.near_zero;
    return mean_loss(scores.train).value_or(0) + penalty.sum();
  }

  // The number that says which evaluation is best; none without a dev set.
  [[nodiscard]] std::optional<DevMetric> dev_metric(const SetScore& dev) const {
    if (dev.examples == 0) return std::nullopt;
    if (stopping_metric(job_) == StoppingMetric::dev_cost) return DevMetric{*mean_loss(dev)};
    return DevMetric{*error_rate(dev), dev.sums.decisions};
  }

  // Collective. What the options' owner says after an evaluation.
  [[nodiscard]] std::string asked_to_stop() const {
    std::string reason = comm_.is_root() ? options_.stop_after_evaluation() : "";
    comm_.broadcast(reason);
    return reason;
  }

  // Collective. Returns why to stop; empty: go on.
  std::string evaluate_and_decide() {
    const double seconds = step_seconds() - interval_step_seconds_;
    engine_.clock().enter(Phase::evaluation);
    const Scores scores =
        score(sample_blocks_,
              training_block_examples(data_.geometry, job_.evaluation.train_examples), false);
    const auto shard_losses = comm_.gather(std::span<const LossSums>(engine_.own_losses()));
    Evaluation evaluation;
    if (comm_.is_root()) evaluation = describe(scores, shard_losses, seconds);
    const Soundness soundness = judge(evaluation, mean_loss(scores.train).value_or(0));
    Decision decision;
    if (comm_.is_root() && soundness == Soundness::sound) decision = decide(scores.dev);
    evaluation.best = decision.best;
    agree_reported([&](TrainingObserver& observer) { observer.on_evaluation(evaluation); });
    comm_.broadcast(decision);
    if (soundness != Soundness::sound) agree(comm_, [&] { throw failure_of(soundness); });
    tell_unmoved_weights();

    engine_.set_losses({});
    position_.interval_rows = 0;
    std::string stop_reason = decision.stop ? "early_stopping" : "";
    if (stop_reason.empty() && !at_end()) stop_reason = asked_to_stop();
    const bool last = !stop_reason.empty() || at_end();
    if (job_.checkpointing.enabled &&
        (due(job_.checkpointing.every_epochs) || decision.best || last)) {
      save(decision.best);
    }
    engine_.clock().enter(Phase::waiting);
    interval_step_seconds_ = step_seconds();
    interval_start_ = Clock::now();
    return stop_reason;
  }

  // On rank 0. `seconds` were spent on the steps since the last evaluation.
  [[nodiscard]] Evaluation describe(const Scores& scores, std::span<const LossSums> shard_losses,
                                    double seconds) {
    LossSums batches;
    for (const LossSums& shard : shard_losses) batches += shard;
    Evaluation evaluation;
    evaluation.step = position_.step;
    evaluation.epoch = epoch();
    evaluation.cost = describe_weights(scores, evaluation);
    evaluation.penalty = evaluation.l2_penalty + evaluation.l1_penalty;
    evaluation.batch_cost = batches.loss / static_cast<double>(position_.interval_rows);
    evaluation.train_error = error_rate(scores.train);
    evaluation.train_dev_error = error_rate(scores.train_dev);
    evaluation.train_dev_cost = mean_loss(scores.train_dev);
    evaluation.dev_error = error_rate(scores.dev);
    evaluation.dev_cost = mean_loss(scores.dev);
    evaluation.learning_rate = engine_.learning_rate(position_.step - 1);
    note_session();
    evaluation.seconds = total_seconds(position_.sessions);
    evaluation.examples_per_second = static_cast<double>(position_.interval_rows) / seconds;
    return evaluation;
  }

  // On rank 0.
  Decision decide(const SetScore& dev) {
    const auto metric = dev_metric(dev);
    if (!metric) return {};
    const auto& stopping = job_.early_stopping;
    const StoppingVerdict verdict = observe(
        position_.stopping, *metric, position_.step, stopping ? stopping->min_improvement : 0.0,
        stopping ? std::optional(stopping->patience) : std::nullopt);
    if (verdict.best && job_.early_stopping) {
      best_weights_.assign(engine_.weights().begin(), engine_.weights().end());
    }
    return {verdict.best, verdict.stop};
  }

  // Tells once, on rank 0, that steps were taken since the last evaluation and not a
  // bit of the weights, biases aside, has changed.
  void tell_unmoved_weights() {
    if (!comm_.is_root()) return;
    const std::uint64_t now = weights_digest();
    if (now == last_weights_ && !told_unmoved_weights_) {
      told_unmoved_weights_ = true;
      show({fmt::format(
          "caution: no weight has changed by a bit in the steps before step {}: their gradient is "
          "0, or its updates (learning rate {:g}) are too small for float beside the weights",
          position_.step, engine_.learning_rate(position_.step - 1))});
    }
    last_weights_ = now;
  }

  // Whether a run can go on after an evaluation.
  enum class Soundness { sound, cost_not_finite, beyond_guessing, dev_cost_not_finite };

  // Collective; the arguments are rank 0's.
  Soundness judge(const Evaluation& evaluation, double train_loss) {
    Soundness soundness = Soundness::sound;
    if (comm_.is_root()) {
      if (!std::isfinite(evaluation.cost)) {
        soundness = Soundness::cost_not_finite;
      } else if (is_beyond_guessing(network_.spec(), train_loss)) {
        soundness = Soundness::beyond_guessing;
      } else if (!std::isfinite(evaluation.dev_cost.value_or(0))) {
        soundness = Soundness::dev_cost_not_finite;
      }
    }
    comm_.broadcast(soundness);
    if (soundness != Soundness::beyond_guessing) return soundness;
    // Inputs that are far from 1 make large losses before anything is learnt.
    if (!initial_loss_) initial_loss_ = loss_of_initial_weights();
    if (comm_.is_root() && train_loss <= kBeyondGuessing * *initial_loss_) {
      soundness = Soundness::sound;
    }
    comm_.broadcast(soundness);
    return soundness;
  }

  // Collective. The mean loss on the sample of training examples before the first
  // step, on rank 0: a function of the job, and so the same after a resume.
  double loss_of_initial_weights() {
    std::vector<float> initial(engine_.weights().size());
    initialize_parameters<float>(network_.spec(), job_.seed, initial);
    const LossSums sums = evaluator_.evaluate(initial, data_.train, sample_blocks_);
    return sums.loss / static_cast<double>(
                           training_block_examples(data_.geometry, job_.evaluation.train_examples));
  }

  [[nodiscard]] Error failure_of(Soundness soundness) const {
    const std::uint64_t step = position_.step;
    if (soundness == Soundness::dev_cost_not_finite) {
      return {ExitCode::data,
              fmt::format("the dev cost is not finite at step {}, although J is: some example of "
                          "the dev set has values so far from those of the training set that its "
                          "outputs are beyond float; look for extreme values in the dev set, or "
                          "split it off the training source",
                          step)};
    }
    return engine_.diverged(
        step - 1,
        soundness == Soundness::cost_not_finite
            ? "the cost is not finite"
            : fmt::format("the training loss is more than {:g} times that of guessing and "
                          "of the initial weights",
                          kBeyondGuessing));
  }

  // Collective. Lets rank 0's observers write; a failure reaches all ranks.
  void agree_reported(const std::function<void(TrainingObserver&)>& call) {
    agree(comm_, [&] {
      if (!call) return;
      for (const auto& observer : observers_) call(*observer);
    });
  }

  // Collective. Writes the state after position_.step.
  void save(bool best) {
    engine_.clock().enter(Phase::checkpoint);
    note_session();
    show(checkpoints_.save(position_, best));
    engine_.clock().enter(Phase::waiting);
  }

  void show(const std::vector<std::string>& notices) {
    for (const std::string& notice : notices) {
      for (const auto& observer : observers_) observer->on_notice(notice);
    }
  }

  void show_flow_verdict() {
    if (!comm_.is_root() || !monitor_) return;
    if (const auto verdict = monitor_->verdict()) show({*verdict});
  }

  // Collective.
  void announce_start() {
    RunStart start;
    start.program = options_.program;
    start.job_name = job_.name;
    start.run_dir = options_.run_dir.string();
    start.resolved_job = resolved_job_;
    start.ranks = options_.layout.ranks;
    start.threads = options_.layout.threads;
    start.shards = static_cast<int>(job_.training.shards);
    start.parameters = engine_.weights().size();
    start.train_examples = data_.geometry.train_examples;
    start.train_dev_examples = data_.train_dev.total;
    start.dev_examples = data_.dev.total;
    start.test_examples = data_.test.total;
    start.dev_and_test_differ =
        job_.data.dev_and_test_from == DevAndTestFrom::different_distributions &&
        data_.dev.total > 0 && data_.test.total > 0;
    start.train_fingerprint = data_.train_fingerprint;
    start.dev_fingerprint = data_.dev.fingerprint;
    start.steps_per_epoch = engine_.steps_per_epoch();
    start.total_steps = engine_.total_steps();
    start.first_step = first_step_;
    start.monitor_every_steps = job_.monitor ? job_.monitor->every_steps : 0;
    start.environment = environment_;
    const bool memory_refused =
        comm_.any(engine_.exchange().shared_memory_was_refused() ? 1 : 0) != 0;
    agree_reported([&](TrainingObserver& observer) { observer.on_start(start); });
    if (options_.with_cautions) {
      show(job_cautions(job_));
      show(data_.cautions);
    }
    if (memory_refused) {
      show(
          {"ranks of one node exchange messages, because they could not share memory; is there "
           "room in /dev/shm? (exchange.shared_memory)"});
    }
  }

  // Collective. A resumed run may have stopped for good before.
  [[nodiscard]] bool had_stopped_early() const {
    bool stopped = job_.early_stopping && position_.stopping.evaluations_without_improvement >=
                                              job_.early_stopping->patience;
    comm_.broadcast(stopped);
    return stopped;
  }

  // Collective. On all training examples; hands the answers on where they are wanted.
  Scores score_all(bool finished) {
    const EvaluationBlocks train =
        training_blocks(data_.geometry, options_.layout, comm_.rank(), data_.shard_rows, 0);
    const std::uint64_t examples = data_.geometry.train_examples;
    if (!options_.take_answers || !finished) return score(train, examples, options_.with_test);
    AnswerCollector of_train(network_.spec(), data_.label_width, options_.layout.threads);
    AnswerCollector of_dev = of_train;
    const Scores scores =
        score(train, examples, options_.with_test,
              {[&](auto thread, auto logits, auto labels) { of_train.add(thread, logits, labels); },
               [&](auto thread, auto logits, auto labels) { of_dev.add(thread, logits, labels); }});
    const Answers answers{of_train.all(comm_), of_dev.all(comm_)};
    agree(comm_, [&] {
      if (comm_.is_root()) options_.take_answers(answers);
    });
    return scores;
  }

  // Collective. The last evaluation, on everything.
  Summary finish(const std::string& stop_reason) {
    engine_.clock().enter(Phase::evaluation);
    bool restores_best = comm_.is_root() && !best_weights_.empty() && stop_reason != "interrupted";
    comm_.broadcast(restores_best);
    if (restores_best) {
      if (comm_.is_root()) std::ranges::copy(best_weights_, engine_.weights().begin());
      comm_.broadcast(engine_.weights());
    }
    const Scores scores = score_all(stop_reason != "interrupted");
    engine_.clock().enter(Phase::waiting);
    const std::uint64_t peak_memory = comm_.max(peak_memory_bytes());

    Summary summary;
    summary.stop_reason = stop_reason;
    summary.epochs = epoch();
    summary.steps = position_.step;
    if (position_.stopping.best_metric) {
      summary.best_step = position_.stopping.best_step;
      summary.best_epoch = epoch_of(position_.stopping.best_step);
    }
    summary.train_error = error_rate(scores.train);
    if (has_error_rate(network_.spec().loss)) {
      summary.train_error_floor = error_floor(data_.train, data_.geometry.train_examples, comm_);
    }
    summary.train_dev_error = error_rate(scores.train_dev);
    summary.dev_error = error_rate(scores.dev);
    summary.test_error = error_rate(scores.test);
    summary.train_cost = describe_weights(scores, summary);
    summary.train_dev_cost = mean_loss(scores.train_dev);
    summary.dev_cost = mean_loss(scores.dev);
    summary.test_cost = mean_loss(scores.test);
    note_session();
    summary.sessions = position_.sessions;
    summary.seconds = total_phases(position_.sessions);
    const std::uint64_t rows =
        rows_before(position_.step) - rows_before(position_.sessions.front().first_step);
    summary.examples_per_second = static_cast<double>(rows) / seconds_of_steps(summary.seconds);
    summary.weights_digest = digest_hex(digest_of(std::as_bytes(engine_.weights())));
    if (job_.checkpointing.enabled) {
      summary.checkpoint = restores_best ? "ckpt/best" : "ckpt/latest";
    }
    summary.peak_memory_bytes = peak_memory;
    summary.ranks = options_.layout.ranks;
    summary.threads = options_.layout.threads;
    summary.shards = static_cast<int>(job_.training.shards);
    summary.versions = environment_;
    summary.train_examples = data_.geometry.train_examples;
    summary.train_dev_examples = data_.train_dev.total;
    summary.dev_examples = data_.dev.total;
    summary.test_examples = data_.test.total;
    summary.train_fingerprint = data_.train_fingerprint;
    summary.dev_fingerprint = data_.dev.fingerprint;
    summary.features = data_.features;
    summary.images = data_.image.has_value();
    if (comm_.is_root() && options_.with_cautions && stop_reason != "interrupted") {
      if (const auto caution = dropout_caution(job_.network, scores)) show({*caution});
    }
    show_flow_verdict();
    if (comm_.is_root() && options_.with_cautions && summary.dev_error) {
      show(warnings_of_dev_size(job_, *summary.dev_error, data_.dev.total));
    }
    agree_reported([&](TrainingObserver& observer) { observer.on_finish(summary); });
    return summary;
  }

  const Job& job_;
  std::string resolved_job_;
  const Communicator& comm_;
  const TrainOptions& options_;
  const std::vector<std::unique_ptr<TrainingObserver>>& observers_;
  std::map<std::string, std::string> environment_ = environment();

  Clock::time_point created_ = Clock::now();  // before the data is loaded
  Dataset data_;
  Network<float> network_;
  StepEngine<float> engine_;
  RunCheckpoints checkpoints_;
  Evaluator evaluator_;
  EvaluationBlocks sample_blocks_;      // of training examples, evaluated during the run
  std::unique_ptr<StepProbe> monitor_;  // null: the job has none

  RunPosition position_;
  std::uint64_t first_step_ = 0;
  std::vector<float> best_weights_;  // on rank 0, when they will be restored

  std::uint64_t last_weights_ = 0;  // digest at the last evaluation, on rank 0
  bool told_unmoved_weights_ = false;
  std::optional<double> initial_loss_;  // on rank 0; worked out where it is needed

  // Timings.
  Clock::time_point started_;
  Clock::time_point interval_start_;
  Clock::time_point last_progress_;
  double interval_step_seconds_ = 0;
};

}  // namespace

Summary train(const Job& job, const std::string& resolved_job, const Communicator& comm,
              const TrainOptions& options,
              const std::vector<std::unique_ptr<TrainingObserver>>& observers) {
  check_layout(options.layout, job.training.shards);
  if (job.monitor && !options.make_monitor) {
    throw AgreedError(ExitCode::usage,
                      "the job has a `monitor`, which cannot look at this kind of run; remove it");
  }
  return Run(job, resolved_job, comm, options, observers).run();
}

}  // namespace lockstep
