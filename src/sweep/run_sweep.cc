#include "sweep/run_sweep.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/failure.h"
#include "base/number_text.h"
#include "base/run_files.h"
#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "comm/shared_flag.h"
#include "config/metric.h"
#include "evaluate/evaluate_checkpoint.h"
#include "records/stop_reason.h"
#include "sweep/stored_trial.h"
#include "sweep/termination.h"
#include "sweep/trial_cost.h"
#include "sweep/trial_data.h"
#include "train/memory_plan.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Notices of a trial, preceded by its name.
class NamedNotices : public TrainingObserver {
 public:
  NamedNotices(std::string name, const std::function<void(const std::string&)>& log)
      : name_(std::move(name)), log_(log) {}
  void on_notice(const std::string& notice) override { log_(name_ + ": " + notice); }

 private:
  std::string name_;
  const std::function<void(const std::string&)>& log_;
};

TrialResult result_of(const Summary& summary) {
  TrialResult result;
  result.status = summary.stop_reason == kPaused     ? TrialStatus::paused
                  : summary.stop_reason == kHopeless ? TrialStatus::terminated
                                                     : TrialStatus::finished;
  result.epochs = summary.epochs;
  result.steps = summary.steps;
  result.train_error = summary.train_error;
  result.train_cost = summary.train_cost;
  result.dev_error = summary.dev_error;
  result.dev_cost = summary.dev_cost;
  result.dev_metrics = summary.dev_metrics;
  result.best_epoch = summary.best_epoch;
  result.weights_digest = summary.weights_digest;
  return result;
}

// Throws Error(data) for a trial that ended but has no number by which it could be compared.
void require_metric(Metric metric, const TrialResult& result) {
  if (result.status == TrialStatus::diverged || metric_of(metric, result)) return;
  throw Error(ExitCode::data, why_missing("the sweep compares trials", metric));
}

std::string describe(const TrialResult& result) {
  if (result.status == TrialStatus::diverged) return result.message;
  std::string text =
      fmt::format("{} at epoch {}", status_name(result.status), format_epoch(result.epochs));
  if (result.dev_error || result.dev_cost) text += ':';
  if (result.dev_error) text += " dev error " + format_percent(result.dev_error);
  if (result.dev_cost) text += " dev cost " + format_cost(result.dev_cost);
  return text;
}

class SweepRun {
 public:
  SweepRun(const LoadedSweep& loaded, const std::vector<Trial>& trials, const Communicator& comm,
           const SweepOptions& options)
      : sweep_(loaded.sweep),
        trials_(trials),
        comm_(comm),
        options_(options),
        group_number_(static_cast<int>(static_cast<std::int64_t>(comm.rank()) * options.groups /
                                       comm.size())),
        group_(comm.split(group_number_)),
        records_(trials.size()) {
    for (const Trial& trial : trials_) records_[trial.number].job_digest = digest_of_job(trial);
  }

  SweepOutcome run() {
    if (options_.resume) take_up();
    while (run_next_phase()) {
    }
    warn_of_lost_trials();
    return {phase_to_train().has_value(), std::move(records_)};
  }

  void use_checkpoint(const Trial& trial, const TrialResult& result, const UseCheckpoint& use) {
    std::optional<FailedTrial> failure;
    if (group_number_ == 0) {
      failure = end_of(0, trial, [&] { use(checkpoint_of(trial, result), group_, layout()); });
    }
    comm_.wait_for_all([] {});
    throw_first(failure);
  }

 private:
  [[nodiscard]] Layout layout() const {
    return {group_.size(), options_.threads, options_.prefetch_threads};
  }
  [[nodiscard]] fs::path directory(const Trial& trial) const {
    return options_.run_dir / trial_directory(trial.number);
  }

  // Collective. Reads the records of trials that the run directory holds.
  void take_up() {
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      for (const Trial& trial : trials_) {
        auto found = read_stored_trial(sweep_, trial, options_.run_dir);
        if (found) records_[trial.number] = *std::move(found);
      }
    });
    for (TrialRecord& record : records_) share(record, 0);
  }

  // Collective. Gives every rank the record of `owner`, a rank.
  void share(TrialRecord& record, int owner) {
    const bool own = comm_.rank() == owner;
    const auto texts = comm_.gather_text(own ? record_to_json(record) : "");
    std::string text;
    if (comm_.is_root()) text = texts[static_cast<std::size_t>(owner)];
    comm_.broadcast(text);
    record = record_from_json(text, "a record that was sent");
  }

  // The first rank of a group.
  [[nodiscard]] int root_of(int group) const {
    // The smallest rank with rank * groups / size == group.
    const auto size = static_cast<std::int64_t>(comm_.size());
    return static_cast<int>((group * size + options_.groups - 1) / options_.groups);
  }

  // The next trials to train here; none at the end of the sweep, or of the part.
  [[nodiscard]] std::optional<SweepPhase> phase_to_train() const {
    auto phase = next_phase(sweep_, records_);
    if (!phase || !options_.part) return phase;
    const auto own = trials_of_part(*options_.part, trials_, options_.features);
    std::erase_if(phase->trials,
                  [&](std::uint32_t number) { return !std::ranges::binary_search(own, number); });
    return phase->trials.empty() ? std::nullopt : phase;
  }

  // Collective over comm. Returns false at the end, and when a stop was requested.
  bool run_next_phase() {
    const auto phase = phase_to_train();
    return phase && run_phase(*phase);
  }

  // Collective over comm. Returns false when a stop was requested.
  bool run_phase(const SweepPhase& phase) {
    std::vector<double> costs;
    costs.reserve(phase.trials.size());
    for (const std::uint32_t number : phase.trials) {
      costs.push_back(estimated_cost(trials_[number].loaded.job, options_.features));
    }
    const std::vector<int> group_of = share_out(costs, options_.groups);
    SharedFlag stop(comm_);
    SharedFlag failed(comm_);  // when raised, the other groups end as if interrupted
    const auto asked_to_stop = [&](std::optional<std::uint64_t> step) {
      if (options_.stop_requested(step)) stop.raise();
      return stop.raised();
    };
    const auto has_to_end = [&](std::optional<std::uint64_t> step) {
      const bool asked = asked_to_stop(step);
      return failed.raised() || asked;
    };
    std::optional<FailedTrial> failure;
    bool has_begun = false;
    for (std::size_t i = 0; i < phase.trials.size() && !failure; ++i) {
      if (group_of[i] != group_number_) continue;
      // Every group begins a trial, whichever fails first: if the data of all trials is refused,
      // the error is that of the first trial.
      const bool ends = has_begun ? has_to_end(std::nullopt) : asked_to_stop(std::nullopt);
      if (group_.any(ends ? 1 : 0) != 0) break;
      has_begun = true;
      const Trial& trial = trials_[phase.trials[i]];
      failure = end_of(i, trial, [&] { run_trial(trial, phase, has_to_end); });
      if (failure && group_.is_root()) failed.raise();
    }
    comm_.wait_for_all([&] { has_to_end(std::nullopt); });
    failed.settle();
    const bool stopped = stop.settle();
    throw_first(failure);
    for (std::size_t i = 0; i < phase.trials.size(); ++i) {
      share(records_[phase.trials[i]], root_of(group_of[i]));
    }
    return !stopped;
  }

  // Why a trial ended the sweep, as its group has agreed.
  struct FailedTrial {
    std::uint64_t position = 0;  // of the trial in its phase
    ExitCode code = ExitCode::internal;
    std::string message;
  };

  // Collective over the group. Returns the error that the group agrees on in `work`, with the name
  // of the trial, or none if `work` succeeds. An error of this rank alone is thrown with the name.
  template <typename Work>
  std::optional<FailedTrial> end_of(std::uint64_t position, const Trial& trial, const Work& work) {
    const auto named = [&](const std::string& message) {
      return describe_trial(sweep_, trial) + ": " + message;
    };
    try {
      work();
      return std::nullopt;
    } catch (const AgreedError& error) {
      return FailedTrial{position, error.code(), named(error.what())};
    } catch (...) {  // an error of this rank alone
      const Failure failure = failure_of(std::current_exception());
      throw Error(failure.code, named(failure.message));
    }
  }

  // Collective over comm. If groups have failures, every rank throws that of the earliest trial.
  void throw_first(const std::optional<FailedTrial>& failure) {
    constexpr auto kNone = std::numeric_limits<std::uint64_t>::max();
    const auto positions = comm_.all_gather(failure ? failure->position : kNone);
    const auto first = std::ranges::min_element(positions);
    if (*first == kNone) return;
    const auto owner = static_cast<std::size_t>(first - positions.begin());
    const auto codes = comm_.all_gather(failure ? failure->code : ExitCode::ok);
    const auto messages = comm_.share_text(failure ? failure->message : "");
    throw AgreedError(codes[owner], messages[owner]);
  }

  // Collective over the group. Makes the directory of a trial; returns whether it has a state.
  bool make_directory(const Trial& trial) {
    bool has_state = false;
    agree(group_, [&] {
      if (!group_.is_root()) return;
      std::error_code error;
      fs::create_directories(directory(trial), error);
      if (error) {
        throw Error(ExitCode::io, fmt::format("cannot create {}: {}", directory(trial).string(),
                                              error.message()));
      }
      // A state that the record does not mention belongs to another sweep.
      has_state = (options_.resume || !records_[trial.number].results.empty()) &&
                  fs::exists(directory(trial) / kTrialRecord) &&
                  fs::exists(directory(trial) / kCheckpointFolder);
    });
    group_.broadcast(has_state);
    return has_state;
  }

  // Collective over the group.
  void run_trial(const Trial& trial, const SweepPhase& phase, const StopRequested& asked_to_stop) {
    TrialRecord& record = records_[trial.number];
    const fs::path path = directory(trial) / kTrialRecord;
    const bool has_state = make_directory(trial);

    const std::string name = fmt::format("trial {}", trial.number);
    TrainOptions options;
    options.program = options_.program;
    options.run_dir = directory(trial);
    options.layout = layout();
    options.resume = has_state ? Resume::automatic : Resume::never;
    options.allow_changed_data = options_.allow_changed_data;
    options.allow_changed_environment = options_.allow_changed_environment;
    options.with_test = false;
    options.with_cautions = false;
    options.stop_requested = asked_to_stop;
    options.make_monitor = options_.make_monitor;
    options.stop_after_evaluation = [&] { return why_to_stop(phase, record); };
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (group_.is_root()) {
      if (auto same_data = same_data_as_before(trial)) observers.push_back(std::move(same_data));
      observers.push_back(std::make_unique<TrialRecorder>(record, path));
      observers.push_back(std::make_unique<NamedNotices>(name, options_.log));
      for (auto& observer : options_.make_observers(trial.loaded)) {
        observers.push_back(std::move(observer));
      }
    }

    TrialResult result;
    try {
      const Summary summary =
          train(trial.loaded.job, trial.loaded.resolved_text, group_, options, observers);
      if (summary.stop_reason == kInterrupted) return;
      result = result_of(summary);
    } catch (const AgreedError& error) {
      if (error.code() != ExitCode::diverged) throw;
      result.status = TrialStatus::diverged;
      result.message = error.what();
      if (!record.curve.empty()) {
        result.epochs = record.curve.back().epoch;
        result.steps = record.curve.back().step;
      }
    }
    agree(group_, [&] {
      if (!group_.is_root()) return;
      if (options_.compares) require_metric(sweep_.metric, result);
      record.results.push_back(result);
      write_record(record, path);
      options_.log(fmt::format("{} {}", describe_trial(sweep_, trial), describe(result)));
    });
  }

  // Observer that refuses a trial whose files have changed since an earlier trial read them; null
  // when no trial has read them, or changes are allowed.
  [[nodiscard]] std::unique_ptr<TrainingObserver> same_data_as_before(const Trial& trial) const {
    if (options_.allow_changed_data) return nullptr;
    const Trial* other = trial_with_same_sources(trial, trials_, records_);
    if (other == nullptr) return nullptr;
    return std::make_unique<SameData>(*records_[other->number].data,
                                      describe_trial(sweep_, *other));
  }

  // Called on the first rank of a group, after an evaluation of the trial of `record`.
  [[nodiscard]] std::string why_to_stop(const SweepPhase& phase, const TrialRecord& record) const {
    if (record.curve.empty()) return "";
    if (phase.pause_epoch && record.curve.back().epoch >= *phase.pause_epoch) return kPaused;
    const auto* rule = std::get_if<MedianRule>(&sweep_.termination);
    if (rule == nullptr || phase.judges == 0) return "";
    const auto judges = std::span(records_).first(phase.judges);
    return is_hopeless(*rule, sweep_.metric, judges, record.curve) ? kHopeless : "";
  }

  // Says, on rank 0, which ended trials someone has removed meanwhile.
  void warn_of_lost_trials() const {
    if (!comm_.is_root()) return;
    for (const Trial& trial : trials_) {
      const fs::path record = directory(trial) / kTrialRecord;
      std::error_code error;
      if (!has_ended(records_[trial.number]) || fs::exists(record, error)) continue;
      options_.log(
          fmt::format("warning: {}, the record of an ended trial, was removed; the tables have its "
                      "results, but if the sweep is resumed, it is trained again",
                      record.string()));
    }
  }

  // Collective over the group. Returns the checkpoint with the weights of a result: the best one
  // of a run that stops early, else the last one.
  std::string checkpoint_of(const Trial& trial, const TrialResult& result) {
    std::string path;
    agree(group_, [&] {
      if (!group_.is_root()) return;
      const auto found =
          find_with_weights(directory(trial) / kCheckpointFolder, result.weights_digest);
      if (!found) {
        throw Error(
            ExitCode::data,
            fmt::format("no checkpoint in {0} has the weights that the trial ended with ({1}); "
                        "restore it from a copy, or remove {0} and resume, which trains it again",
                        directory(trial).string(), result.weights_digest));
      }
      path = found->path.string();
    });
    group_.broadcast(path);
    return path;
  }

  const SweepConfig& sweep_;
  const std::vector<Trial>& trials_;
  const Communicator& comm_;
  const SweepOptions& options_;
  int group_number_;
  Communicator group_;
  std::vector<TrialRecord> records_;
};

}  // namespace

void check_groups(int groups, int ranks, const SweepConfig& sweep,
                  const std::vector<Trial>& trials) {
  if (groups > ranks) {
    throw Error(ExitCode::usage,
                fmt::format("{} groups need at least as many ranks, and there are {}; use fewer "
                            "--groups or start more ranks",
                            groups, ranks));
  }
  const int largest = (ranks + groups - 1) / groups;
  for (const Trial& trial : trials) {
    try {
      check_ranks(largest, trial.loaded.job.training.shards);
    } catch (const Error& error) {
      throw Error(error.code(), describe_trial(sweep, trial) + ": " + error.what());
    }
  }
}

SweepOutcome run_sweep(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                       const Communicator& comm, const SweepOptions& options) {
  return SweepRun(loaded, trials, comm, options).run();
}

void use_trained(const LoadedSweep& loaded, const Trial& trial, const TrialResult& result,
                 const Communicator& comm, const SweepOptions& options, const UseCheckpoint& use) {
  const std::vector<Trial> none;
  SweepRun(loaded, none, comm, options).use_checkpoint(trial, result, use);
}

std::optional<CheckpointScores> test_winner(const LoadedSweep& loaded, const Trial& trial,
                                            const TrialResult& result, const Communicator& comm,
                                            const SweepOptions& options) {
  const DataConfig& data = trial.loaded.job.data;
  if (!data.test && !data.split.test) return std::nullopt;
  std::optional<CheckpointScores> scores;
  use_trained(loaded, trial, result, comm, options,
              [&](const fs::path& path, const Communicator& group, const Layout& layout) {
                scores = evaluate_checkpoint(path, EvaluationSplit::test, group, layout,
                                             options.allow_changed_data);
              });
  return comm.is_root() ? scores : std::nullopt;
}

}  // namespace lockstep
