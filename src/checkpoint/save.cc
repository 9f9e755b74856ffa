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
