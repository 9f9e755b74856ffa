// Checkpoints as they are, and with checksums that are right whatever the records say: a
// fuzzer does not find checksums by itself.

#include <cstdint>
#include <string>

#include "base/digest.h"
#include "base/error.h"
#include "checkpoint/load.h"
#include "memory_file.h"
#include "proto/checkpoint.pb.h"
#include "report/checkpoint_text.h"
#include "targets.h"

namespace lockstep {
namespace {

using namespace std::string_view_literals;

void load(const MemoryFile& file) {
  try {
    static_cast<void>(load_referenced_steps(file.path()));
    static_cast<void>(describe_checkpoint(load_checkpoint(file.path())));
  } catch (const Error&) {
    return;
  }
}

// `bytes` bytes of an integer, the least significant first.
std::string little_endian(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::uint64_t checksum(std::string_view bytes) {
  return digest_of(std::as_bytes(std::span(bytes)));
}

// A file of records, as docs/checkpoint-format.md describes it.
class RecordFile {
 public:
  RecordFile() : content_("\x89LOCKST\n\x01\0\0\0"sv) {
    content_ += little_endian(checksum(content_), 4);
  }
  void add(std::string_view payload) {
    const std::string length = little_endian(payload.size(), 8);
    const std::string sum = little_endian(checksum(payload), 8);
    content_.append(length).append(little_endian(checksum(length), 8)).append(payload).append(sum);
    checksums_ += sum;
    ++records_;
  }
  void add_footer() {
    proto::CheckpointFooter footer;
    footer.set_records(records_);
    footer.set_digest(checksum(checksums_));
    add(footer.SerializeAsString());
  }
  [[nodiscard]] const std::string& content() const { return content_; }

 private:
  std::string content_;
  std::string checksums_;
  std::uint64_t records_ = 0;
};

}  // namespace

void fuzz_checkpoint_file(std::string_view input) {
  static const MemoryFile file;
  file.write(input);
  load(file);
}

// Each record of the input is a length in two bytes, little-endian, and a payload.
void fuzz_checkpoint_records(std::string_view input) {
  static const MemoryFile file;
  RecordFile records;
  while (input.size() >= 2) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
    const std::size_t length = byte(0) + std::size_t{256} * byte(1);
    records.add(input.substr(2, length));
    input.remove_prefix(std::min(2 + length, input.size()));
  }
  records.add_footer();
  file.write(records.content());
  load(file);
}

}  // namespace lockstep
