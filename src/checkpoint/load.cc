#include "checkpoint/load.h"

#include <cstring>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "checkpoint/arrays.h"
#include "checkpoint/header.h"
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

Checkpoint read_header(RecordReader& reader) {
  proto::CheckpointHeader header;
  read_message(reader, "header", kMaxHeaderBytes, header);
  Checkpoint checkpoint = checkpoint_of(header);
  checkpoint.format_version = reader.version();
  for (const TensorInfo& info : checkpoint.tensors) {
    if (!inside(info, header.parameters())) {
      reader.fail(fmt::format("record 0 (header): tensor {} reaches beyond the {} parameters",
                              info.name, header.parameters()));
    }
  }
  if (checkpoint.target_mean.size() != checkpoint.target_deviation.size()) {
    reader.fail(fmt::format("record 0 (header) has {} means of targets, but {} deviations",
                            checkpoint.target_mean.size(), checkpoint.target_deviation.size()));
  }
  allocate_arrays(header, reader, checkpoint);
  return checkpoint;
}

void read_array(RecordReader& reader, std::uint32_t index, const NamedArray& array,
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

std::vector<std::uint64_t> load_referenced_steps(const std::filesystem::path& path) {
  RecordReader reader(path, kCheckpointFormatVersion);
  proto::CheckpointHeader header;
  read_message(reader, "header", kMaxHeaderBytes, header);
  const Checkpoint checkpoint = checkpoint_of(header);
  std::vector<std::uint64_t> steps;
  if (checkpoint.best_metric) steps.push_back(checkpoint.best_step);
  if (checkpoint.rollbacks && checkpoint.rollbacks->target) {
    steps.push_back(*checkpoint.rollbacks->target);
  }
  return steps;
}

}  // namespace lockstep
