#include "checkpoint/header.h"

#include "base/check.h"
#include "checkpoint/arrays.h"
#include "proto/checkpoint.pb.h"

namespace lockstep {
namespace {

void add_table(const SavedTable& table, proto::CheckpointHeader::Table& to) {
  for (const SavedColumn& column : table.columns) {
    auto& saved = *to.add_column();
    saved.set_name(column.name);
    saved.set_role(column.role);
    for (const std::string& category : column.categories) saved.add_category(category);
    if (column.has_rare) saved.set_has_rare(true);
    if (column.missing_indicator) saved.set_missing_indicator(true);
  }
  for (const std::string& name : table.class_names) to.add_class_name(name);
  for (const float value : table.fill_values) to.add_fill_value(value);
}

void add_session(const RunSession& session, proto::CheckpointHeader::Session& to) {
  to.set_first_step(session.first_step);
  to.set_last_step(session.last_step);
  to.set_ranks(session.ranks);
  to.set_threads(session.threads);
  to.set_seconds(session.seconds);
  for (const auto& [name, seconds] : session.phases) {
    auto& phase = *to.add_phase();
    phase.set_name(name);
    phase.set_seconds(seconds);
  }
}

SavedTable table_of(const proto::CheckpointHeader::Table& saved) {
  SavedTable table;
  for (const auto& column : saved.column()) {
    table.columns.push_back({.name = column.name(),
                             .role = column.role(),
                             .categories = {column.category().begin(), column.category().end()},
                             .has_rare = column.has_rare(),
                             .missing_indicator = column.missing_indicator()});
  }
  table.class_names = {saved.class_name().begin(), saved.class_name().end()};
  table.fill_values = {saved.fill_value().begin(), saved.fill_value().end()};
  return table;
}

RunSession session_of(const proto::CheckpointHeader::Session& saved) {
  RunSession session{saved.first_step(), saved.last_step(), saved.ranks(),
                     saved.threads(),    saved.seconds(),   {}};
  for (const auto& phase : saved.phase()) session.phases[phase.name()] = phase.seconds();
  return session;
}

// Files of older builds lack the shape; their first tensor is a dense layer's matrix, which has a
// column for each value of an example.
std::vector<std::uint64_t> input_shape_of(const proto::CheckpointHeader& header) {
  const bool is_told = header.input_shape_size() > 0;
  if (!is_told && header.tensor_size() > 0 && header.tensor(0).shape_size() == 2) {
    return {header.tensor(0).shape(1)};
  }
  return {header.input_shape().begin(), header.input_shape().end()};
}

// Adds what a model is, without its weights: enough to use it on new data.
void add_model(const Checkpoint& checkpoint, proto::CheckpointHeader& header) {
  for (const TensorInfo& info : checkpoint.tensors) {
    auto& tensor = *header.add_tensor();
    tensor.set_name(info.name);
    for (const std::uint64_t size : info.shape) tensor.add_shape(size);
    tensor.set_offset(info.offset);
  }
  header.set_mean_elements(checkpoint.mean.size());
  header.set_inverse_deviation_elements(checkpoint.inverse_deviation.size());

  if (checkpoint.table) add_table(*checkpoint.table, *header.mutable_table());
  if (checkpoint.label_width) header.set_label_width(*checkpoint.label_width);
  for (const std::uint64_t extent : checkpoint.input_shape) header.add_input_shape(extent);
  if (checkpoint.image) {
    header.mutable_image()->set_channels(checkpoint.image->channels);
    header.mutable_image()->set_height(checkpoint.image->height);
    header.mutable_image()->set_width(checkpoint.image->width);
  }
  for (const std::uint64_t count : checkpoint.class_counts) header.add_class_count(count);

  if (checkpoint.threshold) header.set_threshold(*checkpoint.threshold);
  for (const double mean : checkpoint.target_mean) header.add_target_mean(mean);
  for (const double deviation : checkpoint.target_deviation) {
    header.add_target_deviation(deviation);
  }
}

void take_model(const proto::CheckpointHeader& header, Checkpoint& checkpoint) {
  for (const auto& tensor : header.tensor()) {
    checkpoint.tensors.push_back(
        {tensor.name(), {tensor.shape().begin(), tensor.shape().end()}, tensor.offset()});
  }

  if (header.has_table()) checkpoint.table = table_of(header.table());
  if (header.has_label_width()) checkpoint.label_width = header.label_width();
  checkpoint.input_shape = input_shape_of(header);
  if (header.has_image()) {
    const auto& image = header.image();
    checkpoint.image = {image.channels(), image.height(), image.width()};
  }
  checkpoint.class_counts = {header.class_count().begin(), header.class_count().end()};

  if (header.has_threshold()) checkpoint.threshold = header.threshold();
  checkpoint.target_mean = {header.target_mean().begin(), header.target_mean().end()};
  checkpoint.target_deviation = {header.target_deviation().begin(),
                                 header.target_deviation().end()};
}

// Adds how far a run has come: what it continues with when it resumes.
void add_progress(const Checkpoint& checkpoint, proto::CheckpointHeader& header) {
  auto& stopping = *header.mutable_early_stopping();
  if (checkpoint.best_metric) stopping.set_best_metric(*checkpoint.best_metric);
  stopping.set_best_step(checkpoint.best_step);
  stopping.set_evaluations_without_improvement(checkpoint.evaluations_without_improvement);

  for (const double sum : checkpoint.shard_loss_sums) {
    header.mutable_running_cost()->add_shard_sum(sum);
  }
  header.mutable_running_cost()->set_rows(checkpoint.batch_rows);

  for (const RunSession& session : checkpoint.sessions) add_session(session, *header.add_session());

  if (checkpoint.evaluations) header.set_evaluations(*checkpoint.evaluations);
  if (checkpoint.flow_records) header.set_flow_records(*checkpoint.flow_records);
  header.set_skipped_steps(checkpoint.skipped_steps);
  if (checkpoint.rollbacks) {
    auto& rollbacks = *header.mutable_rollbacks();
    if (checkpoint.rollbacks->target) rollbacks.set_target(*checkpoint.rollbacks->target);
    rollbacks.set_count(checkpoint.rollbacks->count);
    rollbacks.set_rate_factor(checkpoint.rollbacks->rate_factor);
  }
}

void take_progress(const proto::CheckpointHeader& header, Checkpoint& checkpoint) {
  const auto& stopping = header.early_stopping();
  if (stopping.has_best_metric()) checkpoint.best_metric = stopping.best_metric();
  checkpoint.best_step = stopping.best_step();
  checkpoint.evaluations_without_improvement = stopping.evaluations_without_improvement();

  const auto& shard_sums = header.running_cost().shard_sum();
  checkpoint.shard_loss_sums.assign(shard_sums.begin(), shard_sums.end());
  checkpoint.batch_rows = header.running_cost().rows();

  for (const auto& saved : header.session()) checkpoint.sessions.push_back(session_of(saved));

  if (header.has_evaluations()) checkpoint.evaluations = header.evaluations();
  if (header.has_flow_records()) checkpoint.flow_records = header.flow_records();
  checkpoint.skipped_steps = header.skipped_steps();
  if (header.has_rollbacks()) {
    const auto& rollbacks = header.rollbacks();
    checkpoint.rollbacks = {
        .target = {}, .count = rollbacks.count(), .rate_factor = rollbacks.rate_factor()};
    if (rollbacks.has_target()) checkpoint.rollbacks->target = rollbacks.target();
  }
}

}  // namespace

proto::CheckpointHeader header_of(const Checkpoint& checkpoint, std::uint64_t parameters,
                                  const std::string& weights_digest) {
  proto::CheckpointHeader header;
  header.set_lockstep_version(checkpoint.lockstep_version);
  header.set_resolved_job(checkpoint.resolved_job);
  header.set_step(checkpoint.step);
  header.set_parameters(parameters);
  for (const std::string& name : checkpoint.optimizer_slot_names) header.add_optimizer_slot(name);
  if (!checkpoint.starting_digest.empty()) header.set_starting_digest(checkpoint.starting_digest);
  add_model(checkpoint, header);
  add_progress(checkpoint, header);

  auto& fingerprint = *header.mutable_data_fingerprint();
  fingerprint.set_train(checkpoint.train_fingerprint);
  fingerprint.set_dev(checkpoint.dev_fingerprint);
  fingerprint.set_test(checkpoint.test_fingerprint);

  for (const auto& [key, value] : checkpoint.environment) {
    auto& fact = *header.add_environment();
    fact.set_key(key);
    fact.set_value(value);
  }
  header.set_weights_digest(weights_digest);
  return header;
}

Checkpoint checkpoint_of(const proto::CheckpointHeader& header) {
  Checkpoint checkpoint;
  checkpoint.lockstep_version = header.lockstep_version();
  checkpoint.resolved_job = header.resolved_job();
  checkpoint.step = header.step();
  checkpoint.optimizer_slot_names = {header.optimizer_slot().begin(),
                                     header.optimizer_slot().end()};
  checkpoint.starting_digest = header.starting_digest();
  take_model(header, checkpoint);
  take_progress(header, checkpoint);

  checkpoint.train_fingerprint = header.data_fingerprint().train();
  checkpoint.dev_fingerprint = header.data_fingerprint().dev();
  checkpoint.test_fingerprint = header.data_fingerprint().test();

  for (const auto& fact : header.environment()) checkpoint.environment[fact.key()] = fact.value();
  checkpoint.weights_digest = header.weights_digest();
  return checkpoint;
}

std::string header_bytes(const Checkpoint& checkpoint) {
  return header_of(checkpoint, checkpoint.weights.size(), digest_of_weights(checkpoint.weights))
      .SerializeAsString();
}

Checkpoint checkpoint_of_bytes(const std::string& header_bytes) {
  proto::CheckpointHeader header;
  check(header.ParseFromString(header_bytes), "the bytes are those of header_bytes()");
  return checkpoint_of(header);
}

}  // namespace lockstep
