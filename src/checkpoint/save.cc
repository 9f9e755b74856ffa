#include "checkpoint/save.h"

#include <algorithm>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "checkpoint/arrays.h"
#include "checkpoint/record_file.h"
#include "proto/checkpoint.pb.h"

namespace lockstep {
namespace {

void add_table(const SavedTable& table, proto::CheckpointHeader::Table& to) {
  for (const SavedColumn& column : table.columns) {
    auto& saved = *to.add_column();
    saved.set_name(column.name);
    saved.set_role(column.role);
    for (const std::string& category : column.categories) saved.add_category(category);
  }
  for (const std::string& name : table.class_names) to.add_class_name(name);
  for (const float mean : table.means) to.add_mean(mean);
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

proto::CheckpointHeader header_of(const Checkpoint& checkpoint) {
  proto::CheckpointHeader header;
  header.set_lockstep_version(checkpoint.lockstep_version);
  header.set_resolved_job(checkpoint.resolved_job);
  header.set_step(checkpoint.step);
  header.set_parameters(checkpoint.weights.size());
  for (const TensorInfo& info : checkpoint.tensors) {
    auto& tensor = *header.add_tensor();
    tensor.set_name(info.name);
    for (const std::uint64_t size : info.shape) tensor.add_shape(size);
    tensor.set_offset(info.offset);
  }
  for (const std::string& name : checkpoint.optimizer_slot_names) header.add_optimizer_slot(name);
  header.set_mean_elements(checkpoint.mean.size());
  header.set_inverse_deviation_elements(checkpoint.inverse_deviation.size());

  if (checkpoint.table) add_table(*checkpoint.table, *header.mutable_table());
  if (checkpoint.label_width) header.set_label_width(*checkpoint.label_width);
  if (checkpoint.image) {
    header.mutable_image()->set_channels(checkpoint.image->channels);
    header.mutable_image()->set_height(checkpoint.image->height);
    header.mutable_image()->set_width(checkpoint.image->width);
  }

  auto& stopping = *header.mutable_early_stopping();
  if (checkpoint.best_metric) stopping.set_best_metric(*checkpoint.best_metric);
  stopping.set_best_step(checkpoint.best_step);
  stopping.set_evaluations_without_improvement(checkpoint.evaluations_without_improvement);

  for (const double sum : checkpoint.shard_loss_sums) {
    header.mutable_running_cost()->add_shard_sum(sum);
  }
  header.mutable_running_cost()->set_rows(checkpoint.batch_rows);

  for (const RunSession& session : checkpoint.sessions) add_session(session, *header.add_session());

  auto& fingerprint = *header.mutable_data_fingerprint();
  fingerprint.set_train(checkpoint.train_fingerprint);
  fingerprint.set_dev(checkpoint.dev_fingerprint);
  fingerprint.set_test(checkpoint.test_fingerprint);

  for (const auto& [key, value] : checkpoint.environment) {
    auto& fact = *header.add_environment();
    fact.set_key(key);
    fact.set_value(value);
  }
  header.set_weights_digest(digest_of_weights(checkpoint.weights));
  return header;
}

void add_message(RecordWriter& writer, const google::protobuf::MessageLite& message,
                 std::string& buffer) {
  check(message.SerializeToString(&buffer), "a message without required fields serialises");
  writer.add(std::as_bytes(std::span(buffer)));
}

void write(const Checkpoint& checkpoint, const std::filesystem::path& path,
           std::uint64_t chunk_elements) {
  RecordWriter writer(path, kCheckpointFormatVersion);
  std::string buffer;
  add_message(writer, header_of(checkpoint), buffer);

  proto::TensorChunk chunk;
  std::uint32_t index = 0;
  for (const auto& array : arrays_of(checkpoint)) {
    chunk.set_array(index++);
    for (std::uint64_t offset = 0; offset < array.values.size(); offset += chunk_elements) {
      const std::uint64_t count = std::min(chunk_elements, array.values.size() - offset);
      const auto bytes = std::as_bytes(array.values.subspan(offset, count));
      chunk.set_offset(offset);
      chunk.set_data(bytes.data(), bytes.size());
      add_message(writer, chunk, buffer);
    }
  }

  proto::CheckpointFooter footer;
  footer.set_records(writer.records());
  footer.set_digest(writer.digest());
  add_message(writer, footer, buffer);
  writer.commit();
}

std::uint64_t bytes_needed(const Checkpoint& checkpoint) {
  std::uint64_t bytes = header_of(checkpoint).ByteSizeLong();
  for (const auto& array : arrays_of(checkpoint)) bytes += array.values.size_bytes();
  return bytes;
}

}  // namespace

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     std::uint64_t chunk_elements) {
  check(chunk_elements > 0 && chunk_elements <= (std::uint64_t{64} << 20) / sizeof(float),
        "a chunk has 1 to 2^24 elements");
  check(checkpoint.optimizer_slots.size() == checkpoint.optimizer_slot_names.size(),
        "every optimizer slot has a name");
  check(checkpoint.optimizer_slots.size() <= kMostStoredSlots,
        "there are at most kMostStoredSlots optimizer slots");
  for (const auto& slot : checkpoint.optimizer_slots) {
    check(slot.size() == checkpoint.weights.size(), "an optimizer slot is as long as the weights");
  }
  try {
    write(checkpoint, path, chunk_elements);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}; the checkpoint needs about {} bytes", error.what(),
                                          bytes_needed(checkpoint)));
  }
}

}  // namespace lockstep
