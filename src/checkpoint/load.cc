#include "checkpoint/load.h"

#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "checkpoint/arrays.h"
#include "checkpoint/record_file.h"
#include "proto/checkpoint.pb.h"

namespace lockstep {
namespace {

// Parsed messages are larger than their bytes; real jobs are far smaller than this.
constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t kMaxFooterBytes = 1024;

void read_message(RecordReader& reader, std::string_view what, std::uint64_t limit_bytes,
                  google::protobuf::MessageLite& message) {
  const auto payload = reader.next(what, limit_bytes);
  if (!message.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
    reader.fail(
        fmt::format("record {} ({}) is not the expected message", reader.records() - 1, what));
  }
}

bool inside(const TensorInfo& info, std::uint64_t parameters) {
  if (info.offset > parameters) return false;
  const std::uint64_t room = parameters - info.offset;
  std::uint64_t elements = 1;
  for (const std::uint64_t size : info.shape) {
    if (size != 0 && elements > room / size) return false;  // would exceed `room`, or overflow
    elements *= size;
  }
  return elements <= room;
}

// Allocates the arrays, after checking that the rest of the file can hold them.
void allocate_arrays(const proto::CheckpointHeader& header, const RecordReader& reader,
                     Checkpoint& checkpoint) {
  const auto slots = static_cast<std::uint64_t>(header.optimizer_slot_size());
  if (slots > kMostStoredSlots) {
    reader.fail(fmt::format("record 0 (header) claims {} optimizer slots; at most {} are allowed",
                            slots, kMostStoredSlots));
  }
  std::uint64_t room = reader.remaining_bytes() / sizeof(float);
  const auto claim = [&](std::string_view what, std::uint64_t elements) {
    if (elements > room) {
      reader.fail(fmt::format(
          "incomplete: no footer; the header claims {} elements of {}, the rest of the file holds "
          "at most {}",
          elements, what, room));
    }
    room -= elements;
    return elements;
  };
  const std::uint64_t parameters = header.parameters();
  claim("weights", parameters);
  for (const std::string& name : header.optimizer_slot()) claim(name, parameters);
  claim("mean", header.mean_elements());
  claim("inverse_deviation", header.inverse_deviation_elements());

  checkpoint.weights.resize(parameters);
  checkpoint.optimizer_slots.assign(slots, std::vector<float>(parameters));
  checkpoint.mean.resize(header.mean_elements());
  checkpoint.inverse_deviation.resize(header.inverse_deviation_elements());
}

SavedTable table_of(const proto::CheckpointHeader::Table& saved) {
  SavedTable table;
  for (const auto& column : saved.column()) {
    table.columns.push_back(
        {column.name(), column.role(), {column.category().begin(), column.category().end()}});
  }
  table.class_names = {saved.class_name().begin(), saved.class_name().end()};
  table.means = {saved.mean().begin(), saved.mean().end()};
  return table;
}

RunSession session_of(const proto::CheckpointHeader::Session& saved) {
  RunSession session{saved.first_step(), saved.last_step(), saved.ranks(),
                     saved.threads(),    saved.seconds(),   {}};
  for (const auto& phase : saved.phase()) session.phases[phase.name()] = phase.seconds();
  return session;
}

Checkpoint read_header(RecordReader& reader) {
  proto::CheckpointHeader header;
  read_message(reader, "header", kMaxHeaderBytes, header);

  Checkpoint checkpoint;
  checkpoint.format_version = reader.version();
  checkpoint.lockstep_version = header.lockstep_version();
  checkpoint.resolved_job = header.resolved_job();
  checkpoint.step = header.step();
  for (const auto& tensor : header.tensor()) {
    TensorInfo info{tensor.name(), {tensor.shape().begin(), tensor.shape().end()}, tensor.offset()};
    if (!inside(info, header.parameters())) {
      reader.fail(fmt::format("record 0 (header): tensor {} reaches beyond the {} parameters",
                              info.name, header.parameters()));
    }
    checkpoint.tensors.push_back(std::move(info));
  }

  if (header.has_table()) checkpoint.table = table_of(header.table());
  if (header.has_label_width()) checkpoint.label_width = header.label_width();
  if (header.has_image()) {
    const auto& image = header.image();
    checkpoint.image = {image.channels(), image.height(), image.width()};
  }

  const auto& stopping = header.early_stopping();
  if (stopping.has_best_metric()) checkpoint.best_metric = stopping.best_metric();
  checkpoint.best_step = stopping.best_step();
  checkpoint.evaluations_without_improvement = stopping.evaluations_without_improvement();

  const auto& shard_sums = header.running_cost().shard_sum();
  checkpoint.shard_loss_sums.assign(shard_sums.begin(), shard_sums.end());
  checkpoint.batch_rows = header.running_cost().rows();

  for (const auto& saved : header.session()) checkpoint.sessions.push_back(session_of(saved));

  checkpoint.train_fingerprint = header.data_fingerprint().train();
  checkpoint.dev_fingerprint = header.data_fingerprint().dev();
  checkpoint.test_fingerprint = header.data_fingerprint().test();

  for (const auto& fact : header.environment()) checkpoint.environment[fact.key()] = fact.value();
  checkpoint.weights_digest = header.weights_digest();

  allocate_arrays(header, reader, checkpoint);
  checkpoint.optimizer_slot_names = {header.optimizer_slot().begin(),
                                     header.optimizer_slot().end()};
  return checkpoint;
}

void read_array(RecordReader& reader, std::uint32_t index, const NamedArray<float>& array,
                proto::TensorChunk& chunk) {
  std::uint64_t offset = 0;
  while (offset < array.values.size()) {
    const std::string what = chunk_name(array.name, offset);
    read_message(reader, what, kMaxRecordBytes, chunk);
    const std::string& data = chunk.data();
    const std::uint64_t count = data.size() / sizeof(float);
    if (chunk.array() != index || chunk.offset() != offset || count == 0 ||
        data.size() % sizeof(float) != 0 || count > array.values.size() - offset) {
      reader.fail(fmt::format("record {} ({}) holds {} bytes of array {} at offset {} instead",
                              reader.records() - 1, what, data.size(), chunk.array(),
                              chunk.offset()));
    }
    std::memcpy(array.values.data() + offset, data.data(), data.size());
    offset += count;
  }
}

void read_footer(RecordReader& reader) {
  const std::uint64_t records = reader.records();
  const std::uint64_t digest = reader.digest();
  proto::CheckpointFooter footer;
  read_message(reader, "footer", kMaxFooterBytes, footer);
  if (footer.records() != records || footer.digest() != digest) {
    reader.fail(fmt::format("record {} (footer) does not belong to the {} records before it",
                            records, records));
  }
  reader.expect_end();
}

}  // namespace

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  RecordReader reader(path, kCheckpointFormatVersion);
  Checkpoint checkpoint = read_header(reader);
  proto::TensorChunk chunk;
  std::uint32_t index = 0;
  for (const auto& array : arrays_of(checkpoint)) read_array(reader, index++, array, chunk);
  read_footer(reader);
  const std::string digest = digest_of_weights(checkpoint.weights);
  if (digest != checkpoint.weights_digest) {
    reader.fail(fmt::format("the weights have digest {}, the header says {}", digest,
                            checkpoint.weights_digest));
  }
  return checkpoint;
}

}  // namespace lockstep
