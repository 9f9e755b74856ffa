#include "train/run_checkpoints.h"

#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/append.h"
#include "base/error.h"
#include "base/run_files.h"
#include "checkpoint/arrays.h"
#include "checkpoint/load.h"
#include "comm/agreement.h"
#include "comm/owned_values.h"
#include "config/job_file.h"
#include "metrics/dev_metric.h"
#include "train/changed_data.h"
#include "train/changed_environment.h"
#include "train/decide.h"
#include "train/resume.h"

namespace lockstep {
namespace {

std::vector<TensorInfo> tensor_infos(const ParameterTable& table) {
  std::vector<TensorInfo> infos;
  infos.reserve(table.tensors.size());
  for (const ParameterTensor& tensor : table.tensors) {
    infos.push_back({tensor.name, tensor.shape, tensor.offset});
  }
  return infos;
}

// Changed data may be allowed, but not features or classes with another meaning.
void check_same_columns(const std::filesystem::path& path, const std::optional<SavedTable>& then,
                        const std::optional<TableState>& now) {
  const SavedTable none;
  const SavedTable& a = then ? *then : none;
  const SavedTable b = now ? to_saved(*now) : none;
  if (a.columns == b.columns && a.class_names == b.class_names) return;
  throw Error(ExitCode::data,
              fmt::format("{}: the training table has other columns, categories or classes than "
                          "when it was written",
                          path.string()));
}

bool is_best(const Checkpoint& checkpoint) {
  return checkpoint.best_metric && checkpoint.best_step == checkpoint.step;
}

// What a run reports that is to resume and finds no checkpoint.
std::string notice_of_fresh_start(const std::filesystem::path& run_dir) {
  const std::filesystem::path metrics = run_dir / kMetricsFile;
  std::error_code error;
  const bool evaluated = std::filesystem::file_size(metrics, error) > 0 && !error;
  if (!evaluated) return "no checkpoint yet: starting fresh";
  return fmt::format(
      "warning: no checkpoint in {}: starting again from step 0; the evaluations in "
      "{} are replaced",
      (run_dir / kCheckpointFolder).string(), metrics.string());
}

}  // namespace

RunCheckpoints::RunCheckpoints(std::filesystem::path directory, const Job& job,
                               const std::string& resolved_job,
                               std::map<std::string, std::string>& environment,
                               const Communicator& comm, const Dataset& data,
                               const Network<float>& network, StepEngine<float>& engine,
                               const StartingWeights& start)
    : directory_(std::move(directory)),
      job_(job),
      resolved_job_(resolved_job),
      environment_(environment),
      comm_(comm),
      data_(data),
      network_(network),
      engine_(engine),
      start_(start),
      stream_comm_(comm.split(0)),
      failed_saves_(job.checkpointing.fatal_failures) {}

std::vector<std::string> RunCheckpoints::try_directory() const {
  std::vector<std::string> notices;
  agree(comm_, [&] {
    if (!comm_.is_root()) return;
    notices = try_checkpoint_directory(directory_, expected_bytes(), job_.checkpointing.keep_last);
  });
  return notices;
}

std::uint64_t RunCheckpoints::expected_bytes() const {
  const std::uint64_t arrays = 1 + engine_.optimizer().slot_names().size();
  return arrays * engine_.weights().size() * sizeof(float);
}

bool RunCheckpoints::is_time() const {
  const double minutes = job_.checkpointing.every_minutes;
  return minutes > 0 && std::chrono::steady_clock::now() - last_save_ >=
                            std::chrono::duration<double>(60 * minutes);
}

StateSnapshot RunCheckpoints::take_snapshot(const RunPosition& position) {
  StateSnapshot snapshot;
  const Ownership& ownership = engine_.exchange().ownership();
  Checkpoint& rest = snapshot.rest;
  rest.optimizer_slot_names = engine_.optimizer().slot_names();
  const std::size_t slots = rest.optimizer_slot_names.size();
  snapshot.owned = std::move(spare_);
  snapshot.owned.resize(1 + slots);
  snapshot.owned[0] =
      pick_owned<float>(ownership, comm_.rank(), engine_.weights(), std::move(snapshot.owned[0]));
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const std::span<const float> values = engine_.optimizer().slot(slot);
    snapshot.owned[1 + slot].assign(values.begin(), values.end());
  }
  for (const LossSums& shard : comm_.gather(std::span<const LossSums>(engine_.own_losses()))) {
    rest.shard_loss_sums.push_back(shard.loss);
  }
  rest.step = position.step;
  rest.best_metric = position.stopping.best_metric;
  rest.best_step = position.stopping.best_step;
  if (!comm_.is_root()) return snapshot;
  snapshot.weights_digest = digest_of_weights(engine_.weights());
  rest.lockstep_version = environment_.at(kVersionFact);
  rest.environment = environment_;
  rest.resolved_job = resolved_job_;
  rest.tensors = tensor_infos(network_.parameter_table());
  rest.input_shape = network_.spec().input;
  rest.mean = data_.normalizer.mean;
  rest.inverse_deviation = data_.normalizer.inverse_deviation;
  rest.threshold = position.threshold;
  rest.target_mean = data_.targets.mean;
  rest.target_deviation = data_.targets.deviation;
  if (data_.table) rest.table = to_saved(*data_.table);
  rest.label_width = data_.label_width;
  if (data_.image) rest.image = {data_.image->channels, data_.image->height, data_.image->width};
  rest.class_counts = data_.class_counts;
  rest.evaluations_without_improvement = position.stopping.evaluations_without_improvement;
  rest.batch_rows = position.interval_rows;
  rest.sessions = position.sessions;
  rest.evaluations = position.evaluations;
  rest.flow_records = position.flow_records;
  rest.skipped_steps = position.skipped_steps;
  if (position.rollbacks != Rollbacks()) rest.rollbacks = position.rollbacks;
  rest.starting_digest = start_.digest();
  rest.train_fingerprint = data_.train_fingerprint;
  rest.dev_fingerprint = data_.dev.fingerprint;
  rest.test_fingerprint = data_.test.fingerprint;
  return snapshot;
}

void RunCheckpoints::begin_save(StateSnapshot snapshot) {
  begun_.emplace(stream_comm_, engine_.exchange().ownership(), std::move(snapshot), directory_,
                 job_.checkpointing.keep_last);
}

bool RunCheckpoints::advance() {
  if (!begun_) return false;
  begun_->advance();
  return comm_.is_root() && begun_->has_ended();
}

std::vector<std::string> RunCheckpoints::end_save(bool last) {
  if (!begun_) return {};
  const SaveOutcome outcome = begun_->finish();
  StateSnapshot saved = std::move(begun_->snapshot());
  begun_.reset();
  if (!outcome.failure) newest_ = saved.rest.step;
  std::vector<std::string> notices;
  agree(comm_, [&] {
    if (comm_.is_root()) notices = failed_saves_.judge(outcome, saved.rest.step, last);
  });
  bool keep = outcome.failure && is_best(saved.rest);
  comm_.broadcast(keep);
  if (keep) {
    unsaved_best_ = std::move(saved);
  } else {
    spare_ = std::move(saved.owned);
  }
  return notices;
}

std::vector<std::string> RunCheckpoints::look_after() {
  if (!newest_) return {};
  const std::filesystem::path file = directory_ / step_file_name(*newest_);
  std::error_code error;
  if (std::filesystem::is_regular_file(file, error)) return {};
  newest_.reset();
  return {fmt::format(
      "warning: {}, the newest state of the run, was removed; if the run ends before it saves the "
      "next one, it can resume from an older state at most",
      file.string())};
}

std::vector<std::string> RunCheckpoints::save(const RunPosition& position, bool last) {
  std::vector<std::string> notices = end_save(false);
  bool best_first = unsaved_best_ && position.stopping.best_metric &&
                    position.stopping.best_step == unsaved_best_->rest.step;
  comm_.broadcast(best_first);
  std::optional<StateSnapshot> best = std::exchange(unsaved_best_, std::nullopt);
  if (best_first) {
    begin_save(std::move(*best));
    append(notices, end_save(last));
    if (unsaved_best_) return notices;  // without it this state would refer to nothing
  }
  begin_save(take_snapshot(position));
  last_save_ = std::chrono::steady_clock::now();
  if (last || expected_bytes() < job_.checkpointing.background_from_bytes) {
    append(notices, end_save(last));
  }
  return notices;
}

// Values of different metrics, on different dev sets or in different precisions cannot be compared.
std::optional<std::string> RunCheckpoints::why_best_is_forgotten(
    const Checkpoint& checkpoint) const {
  if (!checkpoint.best_metric) return std::nullopt;
  if (checkpoint.dev_fingerprint != data_.dev.fingerprint) return "the dev set has changed";
  const Job then = parse_job(checkpoint.resolved_job, "the checkpoint's job", "/", {}).job;
  if (stopping_metric(then) != stopping_metric(job_)) return "it was chosen by another metric";
  if (then.network.evaluation_precision != job_.network.evaluation_precision) {
    return "it was measured in another precision";
  }
  return std::nullopt;
}

void RunCheckpoints::check_fits(const FoundCheckpoint& found) const {
  check_same_columns(found.path, found.checkpoint.table, data_.table);
  if (found.checkpoint.target_mean.empty() != data_.targets.mean.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("{} was trained on targets {}, and the job asks for targets {}; set "
                            "data.targets: {}",
                            found.path.string(),
                            found.checkpoint.target_mean.empty() ? "as given" : "standardized",
                            data_.targets.mean.empty() ? "as given" : "standardized",
                            found.checkpoint.target_mean.empty() ? "AS_GIVEN" : "STANDARDIZED"));
  }
  if (found.checkpoint.step > engine_.total_steps()) {
    throw Error(ExitCode::usage,
                fmt::format("{} was saved at step {}, beyond the job's end at step {}; "
                            "increase training.epochs or training.steps",
                            found.path.string(), found.checkpoint.step, engine_.total_steps()));
  }
  if (found.checkpoint.weights.size() != engine_.weights().size()) {
    throw Error(ExitCode::data,
                fmt::format("{} has {} parameters, but the network has {}", found.path.string(),
                            found.checkpoint.weights.size(), engine_.weights().size()));
  }
}

std::optional<Checkpoint> RunCheckpoints::find_resumable(const RestoreOptions& options,
                                                         std::vector<std::string>& notices) const {
  std::optional<FoundCheckpoint> found;
  if (options.file) {
    found = {*options.file, load_checkpoint(*options.file), {}};
  } else {
    found = find_latest(directory_);
  }
  if (!found) {
    if (options.must_exist) {
      throw Error(ExitCode::missing_input,
                  fmt::format("no checkpoint to resume from in {}", directory_.string()));
    }
    notices.push_back(notice_of_fresh_start(directory_.parent_path()));
    return std::nullopt;
  }
  if (!job_.checkpointing.enabled && !options.file) {
    throw Error(
        ExitCode::usage,
        fmt::format("{} was saved by this run, but checkpointing.enabled is false: all that "
                    "it trains from here on would be lost. Leave checkpointing on, or "
                    "train in another --run-dir",
                    found->path.string()));
  }
  for (const std::string& notice : found->notices) notices.push_back("warning: " + notice);
  // First, because another build may not understand the checkpoint's job.
  if (!options.file) mark_environment(*found, options.allow_changed_environment, notices);
  Checkpoint& checkpoint = found->checkpoint;
  const auto changes =
      check_resumable(checkpoint, {resolved_job_, data_.train_fingerprint, data_.dev.fingerprint,
                                   options.allow_changed_data, start_.digest()});
  append(notices, changes);
  if (!options.file) mark_data(checkpoint, notices);
  check_fits(*found);
  notices.push_back(
      fmt::format("resuming {} after step {}", found->path.string(), checkpoint.step));
  if (const auto why = why_best_is_forgotten(checkpoint)) {
    notices.push_back(fmt::format("the best evaluation so far, of step {}, is forgotten: {}",
                                  checkpoint.best_step, *why));
    checkpoint.best_metric.reset();
    checkpoint.best_step = 0;
    checkpoint.evaluations_without_improvement = 0;
  } else if (checkpoint.best_metric && !keeps_best_weights(job_)) {
    warn_of_lost_best(checkpoint, notices);
  }
  return std::move(checkpoint);
}

void RunCheckpoints::warn_of_lost_best(const Checkpoint& checkpoint,
                                       std::vector<std::string>& notices) const {
  try {
    static_cast<void>(lockstep::load_step(directory_, checkpoint.best_step));
  } catch (const Error& error) {
    notices.push_back(
        fmt::format("warning: the state of the best evaluation so far, of step {}, cannot be read; "
                    "{} names it until an evaluation is better: {}",
                    checkpoint.best_step, (directory_ / kBestCheckpoint).string(), error.what()));
  }
}

void RunCheckpoints::hand_out(Checkpoint& checkpoint, RunPosition& position) {
  comm_.broadcast(checkpoint.step);
  comm_.broadcast(checkpoint.batch_rows);
  comm_.broadcast(checkpoint.skipped_steps);
  position.rollbacks = checkpoint.rollbacks.value_or(Rollbacks());
  comm_.broadcast(position.rollbacks);
  position.step = checkpoint.step;
  position.interval_rows = checkpoint.batch_rows;
  position.skipped_steps = checkpoint.skipped_steps;
  if (comm_.is_root()) {
    std::ranges::copy(checkpoint.weights, engine_.weights().begin());
    position.stopping = {checkpoint.best_metric, checkpoint.best_step,
                         checkpoint.evaluations_without_improvement};
    position.sessions = std::move(checkpoint.sessions);
    position.evaluations = checkpoint.evaluations;
    position.flow_records = checkpoint.flow_records;
    position.threshold = checkpoint.threshold;
  }
  for (std::size_t slot = 0; slot < engine_.optimizer().slot_names().size(); ++slot) {
    const auto flat = comm_.is_root() ? std::span<const float>(checkpoint.optimizer_slots[slot])
                                      : std::span<const float>();
    distribute_owned(comm_, engine_.exchange().ownership(), flat, engine_.optimizer().slot(slot));
  }
  comm_.broadcast(checkpoint.shard_loss_sums);
  std::vector<LossSums> losses;
  losses.reserve(checkpoint.shard_loss_sums.size());
  for (const double loss : checkpoint.shard_loss_sums) losses.push_back({.loss = loss});
  engine_.set_losses(losses);
}

void RunCheckpoints::mark_environment(const FoundCheckpoint& found, bool allow_changed,
                                      std::vector<std::string>& notices) const {
  const Checkpoint& checkpoint = found.checkpoint;
  const std::string mark = changed_environment(checkpoint.environment, environment_,
                                               found.path.string(), checkpoint.step, allow_changed);
  if (mark.empty()) return;
  environment_[kChangedEnvironment] = mark;
  notices.push_back(fmt::format(
      "warning: the run has changed its environment ({}); its results are marked with it", mark));
}

void RunCheckpoints::mark_data(const Checkpoint& checkpoint,
                               std::vector<std::string>& notices) const {
  const std::string mark = changed_data(
      checkpoint.environment, {checkpoint.train_fingerprint, checkpoint.dev_fingerprint},
      {data_.train_fingerprint, data_.dev.fingerprint}, checkpoint.step);
  if (mark.empty()) return;
  environment_[kChangedData] = mark;
  notices.push_back(fmt::format(
      "warning: the run has changed its data ({}); its results are marked with it", mark));
}

std::vector<std::string> RunCheckpoints::restore(RunPosition& position,
                                                 std::vector<float>& best_weights,
                                                 const RestoreOptions& options) {
  std::optional<Checkpoint> checkpoint;
  std::vector<std::string> notices;
  agree(comm_, [&] {
    if (!comm_.is_root()) return;
    checkpoint = find_resumable(options, notices);
    if (checkpoint && !options.file) newest_ = checkpoint->step;
    if (!checkpoint || !keeps_best_weights(job_) || !checkpoint->best_metric) return;
    best_weights = load_best_of(directory_, *checkpoint).weights;
  });
  bool found = checkpoint.has_value();
  comm_.broadcast(found);
  if (!found) return notices;
  if (!checkpoint) checkpoint.emplace();
  hand_out(*checkpoint, position);
  return notices;
}

std::optional<std::string> RunCheckpoints::load_step(std::uint64_t step, RunPosition& position) {
  std::optional<Checkpoint> checkpoint;
  std::string failure;
  if (comm_.is_root()) {
    try {
      FoundCheckpoint found{
          directory_ / step_file_name(step), lockstep::load_step(directory_, step), {}};
      check_fits(found);
      checkpoint = std::move(found.checkpoint);
    } catch (const Error& error) {
      failure = error.what();
    }
  }
  comm_.broadcast(failure);
  if (!failure.empty()) return failure;
  if (!checkpoint) checkpoint.emplace();
  hand_out(*checkpoint, position);
  return std::nullopt;
}

}  // namespace lockstep
