#include "train/trainer.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include <sys/resource.h>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "base/worker_pool.h"
#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "comm/gradient_exchange.h"
#include "linalg/vector_ops.h"
#include "nn/initializer.h"
#include "nn/regularizer.h"
#include "train/build.h"
#include "train/dataset.h"
#include "train/early_stopping.h"
#include "train/environment.h"
#include "train/evaluator.h"
#include "train/memory_plan.h"
#include "train/owned_optimizer.h"
#include "train/phase_clock.h"
#include "train/resume.h"
#include "train/shard_worker.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

// What rank 0 decides after an evaluation and every rank does.
struct Decision {
  bool best = false;
  bool stop = false;
};

std::optional<double> error_rate(Loss loss, const LossSums& sums, std::uint64_t examples) {
  if (examples == 0 || !has_error_rate(loss)) return std::nullopt;
  return sums.errors / static_cast<double>(examples);
}

std::optional<double> mean_loss(const LossSums& sums, std::uint64_t examples) {
  if (examples == 0) return std::nullopt;
  return sums.loss / static_cast<double>(examples);
}

std::string digest_of_weights(std::span<const float> weights) {
  return digest_hex(digest_of(std::as_bytes(weights)));
}

std::vector<WorkerPlan> plan_workers(const Layout& layout, std::uint64_t shards) {
  std::vector<WorkerPlan> plans;
  const auto workers = static_cast<std::uint64_t>(layout.workers());
  for (std::uint64_t worker = 0; worker < workers; ++worker) {
    plans.push_back(plan_worker(worker_shards(shards, workers, worker), shards));
  }
  return plans;
}

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
        regularizer_(build_regularizer(job.regularization)),
        schedule_(build_schedule(job.schedule)),
        pool_(options.layout.threads),
        plans_(plan_workers(options.layout, job.training.shards)),
        ownership_(Ownership::with_bucket_bytes(network_.layout().size, job.exchange.bucket_bytes,
                                                sizeof(float), options.layout.ranks)),
        exchange_(comm, ownership_, plans_, job.training.shards, options.layout.threads),
        optimizer_(build_optimizer(job.optimizer), ownership_, comm.rank()),
        evaluator_(comm, pool_, network_, data_.normalizer, data_.label_width),
        sample_blocks_(
            training_blocks(data_, options.layout, comm.rank(), job.evaluation.train_examples)),
        weights_(network_.layout().size),
        workers_(static_cast<std::size_t>(options.layout.threads)) {
    steps_per_epoch_ = steps_per_epoch(data_.geometry);
    total_steps_ = total_steps(job.training, data_.geometry);
    // Each worker allocates its own buffers, so that they are near its core.
    pool_.run([&](int thread) {
      const int worker = options_.layout.worker(comm_.rank(), thread);
      workers_[static_cast<std::size_t>(thread)] = std::make_unique<ShardWorker<float>>(
          network_, data_, plans_[static_cast<std::size_t>(worker)], job_.seed, /*dropout=*/true);
    });
    clock().add(Phase::load, std::chrono::duration<double>(Clock::now() - created_).count());
  }

  Summary run() {
    if (comm_.is_root()) initialize_parameters(network_.spec(), job_.seed, std::span(weights_));
    restore_checkpoint();
    comm_.broadcast(std::span(weights_));
    announce_start();

    clock().enter(Phase::waiting);
    started_ = interval_start_ = Clock::now();
    std::string stop_reason = had_stopped_early() ? "early_stopping" : "";
    while (stop_reason.empty()) {
      if (step_ >= total_steps_) {
        stop_reason = job_.training.steps ? "steps" : "epochs";
        break;
      }
      options_.on_step(step_);
      const bool stop_requested = train_step();
      report_progress();
      const bool due = step_ % (steps_per_epoch_ * job_.evaluation.every_epochs) == 0;
      if (due || step_ == total_steps_) {
        if (evaluate_and_decide().stop) stop_reason = "early_stopping";
      }
      if (stop_requested && stop_reason.empty() && step_ < total_steps_) {
        stop_reason = "interrupted";
        if (job_.checkpointing.enabled) save(false);
      }
    }
    return finish(stop_reason);
  }

 private:
  PhaseClock& clock() { return workers_.front()->clock(); }

  [[nodiscard]] double learning_rate(std::uint64_t step) const {
    return base_learning_rate(job_.optimizer) *
           schedule_factor(schedule_, static_cast<double>(step),
                           static_cast<double>(steps_per_epoch_),
                           static_cast<double>(total_steps_));
  }
  [[nodiscard]] double epoch() const {
    return static_cast<double>(step_) / static_cast<double>(steps_per_epoch_);
  }
  // Seconds spent on training steps, evaluation and saving left out.
  [[nodiscard]] double step_seconds() {
    double seconds = 0;
    for (const Phase phase : {Phase::data, Phase::forward, Phase::backward, Phase::exchange,
                              Phase::optimizer, Phase::waiting}) {
      seconds += clock().seconds(phase);
    }
    return seconds;
  }

  // One update of the weights. Returns whether some rank was asked to stop.
  bool train_step() {
    pool_.run(
        [&](int thread) { workers_[static_cast<std::size_t>(thread)]->run(weights_, step_); });

    // The control word: local facts that all ranks must act on together.
    enum Flag : std::uint64_t { stop_requested = 1, loss_not_finite = 2 };
    std::uint64_t flags = 0;
    if (options_.stop_requested()) flags |= stop_requested;
    for (const auto& worker : workers_) {
      if (worker->nonfinite_shard()) flags |= loss_not_finite;
    }
    flags = comm_.any(flags);
    if ((flags & loss_not_finite) != 0) throw_diverged();

    clock().enter(Phase::exchange);
    const bool finite = reduce_gradient();
    if (comm_.any(finite ? 0 : 1) != 0) throw_diverged();

    clock().enter(Phase::optimizer);
    const double rate = learning_rate(step_);
    optimizer_.update(pool_, {rate, step_ + 1}, weights_, workers_.front()->held().front());

    clock().enter(Phase::exchange);
    exchange_.share_weights(std::span(weights_));
    clock().enter(Phase::waiting);

    const std::uint64_t rows = batch_rows(data_.geometry, step_ % steps_per_epoch_);
    interval_rows_ += rows;
    trained_rows_ += rows;
    ++step_;
    return (flags & stop_requested) != 0;
  }

  // Makes the owned pieces of the gradient of J: the sum over all shards
  // divided by the batch's rows, and the penalty's part. Returns whether they
  // are finite.
  bool reduce_gradient() {
    std::vector<HeldSums<float>> held;
    held.reserve(workers_.size());
    for (const auto& worker : workers_) held.push_back(worker->held());
    const std::uint64_t rows = batch_rows(data_.geometry, step_ % steps_per_epoch_);
    const auto scale = static_cast<float>(1.0 / static_cast<double>(rows));
    std::atomic<bool> finite = true;
    exchange_.reduce(pool_, held, [&](Range range, std::span<float> gradient) {
      for (float& value : gradient) value *= scale;
      add_l2_gradient<float>(regularizer_, network_.layout(), range,
                             std::span(weights_).subspan(range.begin, range.size()),
                             data_.geometry.train_examples, gradient);
      if (!all_finite<float>(gradient)) finite = false;
    });
    return finite;
  }

  // Collective, after all ranks know that something is not finite.
  [[noreturn]] void throw_diverged() {
    agree(comm_, [&] {
      for (const auto& worker : workers_) {
        const auto shard = worker->nonfinite_shard();
        if (shard) throw diverged(fmt::format("the loss of shard {} is not finite", *shard));
      }
    });
    agree(comm_, [&] { throw diverged("the gradient is not finite"); });
    std::abort();  // not reached: the last agreement always throws
  }

  [[nodiscard]] Error diverged(const std::string& what) const {
    return {ExitCode::diverged,
            fmt::format("diverged at step {}: {}, with learning rate {:g}; no weight was touched, "
                        "and the last checkpoint is as it was; try a smaller learning rate",
                        step_ + 1, what, learning_rate(step_))};
  }

  void report_progress() {
    const auto now = Clock::now();
    if (!comm_.is_root() || now - last_progress_ < std::chrono::milliseconds(200)) return;
    last_progress_ = now;
    double loss = 0;
    for (const auto& worker : workers_) {
      for (const LossSums& shard : worker->losses()) loss += shard.loss;
    }
    // Rank 0 shows its own shards' share.
    const double rows = static_cast<double>(interval_rows_) *
                        static_cast<double>(data_.own_shards.size()) /
                        static_cast<double>(data_.geometry.shards);
    const double seconds = std::chrono::duration<double>(now - interval_start_).count();
    const Progress progress{step_, total_steps_, epoch(), loss / rows,
                            static_cast<double>(interval_rows_) / seconds};
    for (const auto& observer : observers_) observer->on_progress(progress);
  }

  // Collective. The own shards' losses of this rank since the last evaluation.
  [[nodiscard]] std::vector<LossSums> own_losses() const {
    std::vector<LossSums> losses;
    for (const auto& worker : workers_) {
      losses.insert(losses.end(), worker->losses().begin(), worker->losses().end());
    }
    return losses;
  }

  struct Scores {
    LossSums train, dev, test;
    std::uint64_t train_examples = 0;
  };

  // Collective; rank 0 gets the sums.
  Scores score(const EvaluationBlocks& train, std::uint64_t train_examples, bool with_test) {
    Scores scores;
    scores.train = evaluator_.evaluate(weights_, data_.train, train);
    scores.train_examples = train_examples;
    scores.dev = evaluator_.evaluate(weights_, data_.dev.examples, data_.dev.blocks);
    if (with_test) {
      scores.test = evaluator_.evaluate(weights_, data_.test.examples, data_.test.blocks);
    }
    return scores;
  }

  // J of the weights, with its penalty.
  [[nodiscard]] double cost_of(const Scores& scores) const {
    return scores.train.loss / static_cast<double>(scores.train_examples) + penalty();
  }
  [[nodiscard]] double penalty() const {
    return l2_penalty<float>(regularizer_, network_.layout(), weights_,
                             data_.geometry.train_examples);
  }

  // The number that says which evaluation is best; none without a dev set.
  [[nodiscard]] std::optional<double> dev_metric(const Evaluation& evaluation) const {
    const bool by_cost = job_.early_stopping
                             ? job_.early_stopping->metric == StoppingMetric::dev_cost
                             : !has_error_rate(network_.spec().loss);
    return by_cost ? evaluation.dev_cost : evaluation.dev_error;
  }

  // Collective.
  Decision evaluate_and_decide() {
    const double seconds = step_seconds() - interval_step_seconds_;
    clock().enter(Phase::evaluation);
    const Scores scores =
        score(sample_blocks_,
              training_block_examples(data_.geometry, job_.evaluation.train_examples), false);
    const auto shard_losses = comm_.gather(std::span<const LossSums>(own_losses()));
    Decision decision;
    bool finite = true;
    if (comm_.is_root()) {
      LossSums batches;
      for (const LossSums& shard : shard_losses) batches += shard;
      Evaluation evaluation;
      evaluation.step = step_;
      evaluation.epoch = epoch();
      evaluation.cost = cost_of(scores);
      evaluation.penalty = penalty();
      evaluation.batch_cost = batches.loss / static_cast<double>(interval_rows_);
      evaluation.train_error =
          error_rate(network_.spec().loss, scores.train, scores.train_examples);
      evaluation.dev_error = error_rate(network_.spec().loss, scores.dev, data_.dev.total);
      evaluation.dev_cost = mean_loss(scores.dev, data_.dev.total);
      evaluation.learning_rate = learning_rate(step_ - 1);
      evaluation.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
      evaluation.examples_per_second = static_cast<double>(interval_rows_) / seconds;
      finite = std::isfinite(evaluation.cost) && std::isfinite(evaluation.dev_cost.value_or(0));
      const auto metric = dev_metric(evaluation);
      if (metric && finite) {
        const auto& stopping = job_.early_stopping;
        const StoppingVerdict verdict =
            observe(stopping_, *metric, step_, stopping ? stopping->min_improvement : 0.0,
                    stopping ? std::optional(stopping->patience) : std::nullopt);
        decision = {verdict.best, verdict.stop};
        if (verdict.best && job_.early_stopping) best_weights_ = weights_;
      }
      evaluation.best = decision.best;
      agree_reported([&](TrainingObserver& observer) { observer.on_evaluation(evaluation); });
    } else {
      agree_reported({});
    }
    comm_.broadcast(decision);
    comm_.broadcast(finite);
    if (!finite) agree(comm_, [&] { throw diverged("the cost is not finite"); });

    for (const auto& worker : workers_) {
      worker->set_losses(std::vector<LossSums>(worker->plan().shards.size()));
    }
    interval_rows_ = 0;
    const bool last = decision.stop || step_ == total_steps_;
    const bool due = step_ % (steps_per_epoch_ * job_.checkpointing.every_epochs) == 0;
    if (job_.checkpointing.enabled && (due || decision.best || last)) save(decision.best);
    clock().enter(Phase::waiting);
    interval_step_seconds_ = step_seconds();
    interval_start_ = Clock::now();
    return decision;
  }

  // Collective. Lets rank 0's observers write; a failure reaches all ranks.
  void agree_reported(const std::function<void(TrainingObserver&)>& call) {
    agree(comm_, [&] {
      if (!call) return;
      for (const auto& observer : observers_) call(*observer);
    });
  }

  [[nodiscard]] std::filesystem::path checkpoint_dir() const { return options_.run_dir / "ckpt"; }

  // Collective. Writes the state after step_.
  void save(bool best) {
    clock().enter(Phase::checkpoint);
    Checkpoint checkpoint;
    checkpoint.optimizer_slot_names = optimizer_.slot_names();
    for (std::size_t slot = 0; slot < checkpoint.optimizer_slot_names.size(); ++slot) {
      auto& flat = checkpoint.optimizer_slots.emplace_back(comm_.is_root() ? weights_.size() : 0);
      exchange_.collect_owned(optimizer_.slot(slot), std::span(flat));
    }
    for (const LossSums& shard : comm_.gather(std::span<const LossSums>(own_losses()))) {
      checkpoint.shard_loss_sums.push_back(shard.loss);
    }
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      checkpoint.lockstep_version = environment_["lockstep"];
      checkpoint.environment = environment_;
      checkpoint.resolved_job = resolved_job_;
      checkpoint.step = step_;
      for (const ParameterTensor& tensor : network_.layout().tensors) {
        std::vector<std::uint64_t> shape{tensor.rows};
        if (tensor.kind == ParameterKind::weight) shape.push_back(tensor.columns);
        checkpoint.tensors.push_back({tensor.name, shape, tensor.offset});
      }
      checkpoint.weights = weights_;
      checkpoint.mean = data_.normalizer.mean;
      checkpoint.inverse_deviation = data_.normalizer.inverse_deviation;
      checkpoint.best_metric = stopping_.best_metric;
      checkpoint.best_step = stopping_.best_step;
      checkpoint.evaluations_without_improvement = stopping_.evaluations_without_improvement;
      checkpoint.batch_rows = interval_rows_;
      checkpoint.train_fingerprint = data_.train_fingerprint;
      checkpoint.dev_fingerprint = data_.dev.fingerprint;
      checkpoint.test_fingerprint = data_.test.fingerprint;
      notices_ = save_step(checkpoint_dir(), checkpoint, job_.checkpointing.keep_last, best);
    });
    report_notices();
    clock().enter(Phase::waiting);
  }

  // Collective. Goes on from the newest checkpoint, if the options say so.
  void restore_checkpoint() {
    if (options_.resume == Resume::never) return;
    Checkpoint checkpoint;
    bool found_any = false;
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      auto found = find_latest(checkpoint_dir());
      if (!found) {
        if (options_.resume == Resume::automatic) return;
        throw Error(ExitCode::missing_input,
                    fmt::format("no checkpoint to resume from in {}", checkpoint_dir().string()));
      }
      notices_ = found->notices;
      const auto changes =
          check_resumable(found->checkpoint, {resolved_job_, data_.train_fingerprint,
                                              data_.dev.fingerprint, options_.allow_changed_data});
      notices_.insert(notices_.end(), changes.begin(), changes.end());
      if (found->checkpoint.weights.size() != weights_.size()) {
        throw Error(ExitCode::data,
                    fmt::format("{} has {} parameters, the network {}", found->path.string(),
                                found->checkpoint.weights.size(), weights_.size()));
      }
      notices_.push_back(
          fmt::format("resuming {} after step {}", found->path.string(), found->checkpoint.step));
      if (job_.early_stopping && found->checkpoint.best_metric) {
        auto best = find_best(checkpoint_dir());
        if (!best) throw Error(ExitCode::data, "the best checkpoint is missing");
        best_weights_ = std::move(best->checkpoint.weights);
      }
      checkpoint = std::move(found->checkpoint);
      found_any = true;
    });
    comm_.broadcast(found_any);
    if (!found_any) {
      if (comm_.is_root()) notices_.push_back("no checkpoint yet: starting fresh");
      return report_notices();
    }
    step_ = first_step_ = checkpoint.step;
    comm_.broadcast(step_);
    first_step_ = step_;
    if (comm_.is_root()) {
      weights_ = checkpoint.weights;
      stopping_ = {checkpoint.best_metric, checkpoint.best_step,
                   checkpoint.evaluations_without_improvement};
    }
    for (std::size_t slot = 0; slot < optimizer_.slot_names().size(); ++slot) {
      const auto flat = comm_.is_root() ? std::span<const float>(checkpoint.optimizer_slots[slot])
                                        : std::span<const float>();
      exchange_.distribute_owned(flat, optimizer_.slot(slot));
    }
    comm_.broadcast(checkpoint.shard_loss_sums);
    comm_.broadcast(checkpoint.batch_rows);
    interval_rows_ = checkpoint.batch_rows;
    for (const auto& worker : workers_) {
      std::vector<LossSums> losses;
      for (std::uint64_t s = worker->plan().shards.begin; s < worker->plan().shards.end; ++s) {
        losses.push_back({checkpoint.shard_loss_sums[s], 0});
      }
      worker->set_losses(losses);
    }
    report_notices();
  }

  // Shows what rank 0 has to say and forgets it.
  void report_notices() {
    for (const std::string& notice : std::exchange(notices_, {})) {
      for (const auto& observer : observers_) observer->on_notice(notice);
    }
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
    start.parameters = weights_.size();
    start.train_examples = data_.geometry.train_examples;
    start.dev_examples = data_.dev.total;
    start.test_examples = data_.test.total;
    start.steps_per_epoch = steps_per_epoch_;
    start.total_steps = total_steps_;
    start.first_step = first_step_;
    start.environment = environment_;
    agree_reported([&](TrainingObserver& observer) { observer.on_start(start); });
  }

  // Collective. A resumed run may have stopped for good before.
  [[nodiscard]] bool had_stopped_early() const {
    bool stopped = job_.early_stopping &&
                   stopping_.evaluations_without_improvement >= job_.early_stopping->patience;
    comm_.broadcast(stopped);
    return stopped;
  }

  // Collective. The last evaluation, on everything.
  Summary finish(const std::string& stop_reason) {
    clock().enter(Phase::evaluation);
    bool restores_best = comm_.is_root() && !best_weights_.empty() && stop_reason != "interrupted";
    comm_.broadcast(restores_best);
    if (restores_best) {
      if (comm_.is_root()) weights_ = best_weights_;
      comm_.broadcast(std::span(weights_));
    }
    const Scores scores = score(training_blocks(data_, options_.layout, comm_.rank(), 0),
                                data_.geometry.train_examples, true);
    clock().enter(Phase::waiting);
    const std::uint64_t peak_memory = comm_.max(peak_memory_bytes());

    Summary summary;
    summary.stop_reason = stop_reason;
    const Loss loss = network_.spec().loss;
    summary.epochs = epoch();
    summary.steps = step_;
    if (stopping_.best_metric) summary.best_step = stopping_.best_step;
    summary.train_error = error_rate(loss, scores.train, scores.train_examples);
    summary.dev_error = error_rate(loss, scores.dev, data_.dev.total);
    summary.test_error = error_rate(loss, scores.test, data_.test.total);
    summary.train_cost = cost_of(scores);
    summary.dev_cost = mean_loss(scores.dev, data_.dev.total);
    summary.test_cost = mean_loss(scores.test, data_.test.total);
    summary.examples_per_second = static_cast<double>(trained_rows_) / step_seconds();
    summary.seconds = clock().by_name();
    summary.weights_digest = digest_of_weights(weights_);
    summary.peak_memory_bytes = peak_memory;
    summary.ranks = options_.layout.ranks;
    summary.threads = options_.layout.threads;
    summary.shards = static_cast<int>(job_.training.shards);
    summary.versions = environment_;
    agree_reported([&](TrainingObserver& observer) { observer.on_finish(summary); });
    return summary;
  }

  static std::uint64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  }

  const Job& job_;
  std::string resolved_job_;
  const Communicator& comm_;
  const TrainOptions& options_;
  const std::vector<std::unique_ptr<TrainingObserver>>& observers_;

  Clock::time_point created_ = Clock::now();  // before the data is loaded
  Dataset data_;
  Network<float> network_;
  L2Spec regularizer_;
  LearningRateSchedule schedule_;
  WorkerPool pool_;
  std::vector<WorkerPlan> plans_;  // of all workers of all ranks
  Ownership ownership_;
  GradientExchange<float> exchange_;
  OwnedOptimizer<float> optimizer_;
  Evaluator evaluator_;
  EvaluationBlocks sample_blocks_;  // of training examples, evaluated during the run
  std::vector<float> weights_;
  std::vector<std::unique_ptr<ShardWorker<float>>> workers_;

  std::uint64_t steps_per_epoch_ = 1;
  std::uint64_t total_steps_ = 0;
  std::uint64_t first_step_ = 0;
  std::uint64_t step_ = 0;           // steps done
  std::uint64_t interval_rows_ = 0;  // since the last evaluation
  std::uint64_t trained_rows_ = 0;   // by this process

  // Rank 0 only.
  EarlyStoppingState stopping_;
  std::vector<float> best_weights_;  // kept when they will be restored
  std::vector<std::string> notices_;
  std::map<std::string, std::string> environment_ = environment();

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
  return Run(job, resolved_job, comm, options, observers).run();
}

}  // namespace lockstep
