#include "checkpoint/save.h"

#include <algorithm>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "checkpoint/arrays.h"
#include "checkpoint/header.h"
#include "checkpoint/record_file.h"
#include "proto/checkpoint.pb.h"

namespace lockstep {
namespace {

void add_message(RecordWriter& writer, const google::protobuf::MessageLite& message,
                 std::string& buffer) {
  check(message.SerializeToString(&buffer), "a message without required fields serializes");
  writer.add(std::as_bytes(std::span(buffer)));
}

// Adds array `index`, whose `range` is given by values(range), in chunks.
void add_array(RecordWriter& writer, std::uint32_t index, std::uint64_t elements,
               std::uint64_t chunk_elements,
               const std::function<std::span<const float>(Range)>& values, std::string& buffer) {
  proto::TensorChunk chunk;
  chunk.set_array(index);
  for (std::uint64_t offset = 0; offset < elements; offset += chunk_elements) {
    const Range range{offset, std::min(elements, offset + chunk_elements)};
    const auto bytes = std::as_bytes(values(range));
    check(bytes.size() == range.size() * sizeof(float), "a source gives what is asked for");
    chunk.set_offset(offset);
    chunk.set_data(bytes.data(), bytes.size());
    add_message(writer, chunk, buffer);
  }
}

void write(const Checkpoint& checkpoint, const ParameterSource& source,
           const std::filesystem::path& path, std::uint64_t chunk_elements) {
  RecordWriter writer(path, kCheckpointFormatVersion);
  std::string buffer;
  add_message(writer, header_of(checkpoint, source.parameters, source.weights_digest), buffer);

  const auto slots = static_cast<std::uint32_t>(checkpoint.optimizer_slot_names.size());
  for (std::uint32_t array = 0; array <= slots; ++array) {
    const auto values = [&](Range range) { return source.values(array, range); };
    add_array(writer, array, source.parameters, chunk_elements, values, buffer);
  }
  std::uint32_t array = slots;
  for (const auto* statistic : {&checkpoint.mean, &checkpoint.inverse_deviation}) {
    const auto values = [&](Range range) {
      return std::span(*statistic).subspan(range.begin, range.size());
    };
    add_array(writer, ++array, statistic->size(), chunk_elements, values, buffer);
  }

  proto::CheckpointFooter footer;
  footer.set_records(writer.records());
  footer.set_digest(writer.digest());
  add_message(writer, footer, buffer);
  writer.commit();
}

std::uint64_t bytes_needed(const Checkpoint& checkpoint, const ParameterSource& source) {
  const std::uint64_t arrays = 1 + checkpoint.optimizer_slot_names.size();
  const std::uint64_t statistics = checkpoint.mean.size() + checkpoint.inverse_deviation.size();
  return header_of(checkpoint, source.parameters, source.weights_digest).ByteSizeLong() +
         (arrays * source.parameters + statistics) * sizeof(float);
}

}  // namespace

ParameterSource parameters_of(const Checkpoint& checkpoint) {
  check(checkpoint.optimizer_slots.size() == checkpoint.optimizer_slot_names.size(),
        "every optimizer slot has a name");
  for (const auto& slot : checkpoint.optimizer_slots) {
    check(slot.size() == checkpoint.weights.size(), "an optimizer slot is as long as the weights");
  }
  return {.parameters = checkpoint.weights.size(),
          .weights_digest = digest_of_weights(checkpoint.weights),
          .values = [&checkpoint](std::uint32_t array, Range range) {
            const auto& values =
                array == 0 ? checkpoint.weights : checkpoint.optimizer_slots[array - 1];
            return std::span(values).subspan(range.begin, range.size());
          }};
}

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& path,
                     std::uint64_t chunk_elements) {
  save_checkpoint(checkpoint, parameters_of(checkpoint), path, chunk_elements);
}

void save_checkpoint(const Checkpoint& checkpoint, const ParameterSource& source,
                     const std::filesystem::path& path, std::uint64_t chunk_elements) {
  check(chunk_elements > 0 && chunk_elements <= (std::uint64_t{64} << 20) / sizeof(float),
        "a chunk has 1 to 2^24 elements");
  check(checkpoint.optimizer_slot_names.size() <= kMostStoredSlots,
        "there are at most kMostStoredSlots optimizer slots");
  try {
    write(checkpoint, source, path, chunk_elements);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}; the checkpoint needs about {} bytes", error.what(),
                                          bytes_needed(checkpoint, source)));
  }
}

}  // namespace lockstep
