#include "checkpoint/record_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"

namespace lockstep {
namespace {

// Contains a byte above 127 and a line end, so that text-mode transfers damage it visibly.
constexpr std::array<unsigned char, 8> kMagic = {0x89, 'L', 'O', 'C', 'K', 'S', 'T', '\n'};
constexpr std::size_t kVersionAt = kMagic.size();
constexpr std::size_t kPreambleChecksumAt = kVersionAt + 4;
constexpr std::size_t kPreambleBytes = kPreambleChecksumAt + 4;
constexpr std::uint64_t kRecordOverheadBytes = 24;

using Preamble = std::array<std::byte, kPreambleBytes>;
using Frame = std::array<std::byte, 16>;  // precedes a payload

template <std::unsigned_integral Integer>
void put(std::span<std::byte> bytes, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    bytes[i] = static_cast<std::byte>(value >> (8 * i));
  }
}

template <std::unsigned_integral Integer>
Integer get(std::span<const std::byte> bytes) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<Integer>(bytes[i]) << (8 * i));
  }
  return value;
}

std::uint32_t preamble_checksum(const Preamble& preamble) {
  return static_cast<std::uint32_t>(digest_of(std::span(preamble).first(kPreambleChecksumAt)));
}

Preamble preamble_of(std::uint32_t version) {
  Preamble preamble;
  std::memcpy(preamble.data(), kMagic.data(), kMagic.size());
  put(std::span(preamble).subspan(kVersionAt), version);
  put(std::span(preamble).subspan(kPreambleChecksumAt), preamble_checksum(preamble));
  return preamble;
}

Frame frame_of(std::uint64_t length) {
  Frame frame;
  put(std::span(frame), length);
  put(std::span(frame).subspan(8), digest_of(std::span(frame).first(8)));
  return frame;
}

std::array<std::byte, 8> checksum_bytes(std::uint64_t checksum) {
  std::array<std::byte, 8> bytes;
  put(std::span(bytes), checksum);
  return bytes;
}

}  // namespace

RecordWriter::RecordWriter(const std::filesystem::path& path, std::uint32_t version) : file_(path) {
  file_.write(preamble_of(version));
}

void RecordWriter::add(std::span<const std::byte> payload) {
  check(payload.size() <= kMaxRecordBytes, "a record is at most kMaxRecordBytes long");
  const auto checksum = checksum_bytes(digest_of(payload));
  file_.write(frame_of(payload.size()));
  file_.write(payload);
  file_.write(checksum);
  digest_.add(checksum);
  ++records_;
}

void RecordWriter::commit() { file_.commit(); }

RecordReader::RecordReader(std::filesystem::path path, std::uint32_t newest_version)
    : path_(std::move(path)) {
  std::error_code error;
  const auto status = std::filesystem::status(path_, error);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    fail("not a regular file");  // also: never block on a pipe
  }
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (!file_) {
    throw Error(ExitCode::missing_input,
                fmt::format("cannot open {}: {}", path_.string(), std::strerror(errno)));
  }
  remaining_bytes_ = std::filesystem::file_size(path_, error);
  if (error) {
    throw Error(ExitCode::missing_input,
                fmt::format("cannot read {}: {}", path_.string(), error.message()));
  }

  Preamble preamble{};
  const std::uint64_t size = remaining_bytes_;
  read(std::span(preamble).first(std::min<std::uint64_t>(size, preamble.size())));
  const std::size_t magic_bytes = std::min<std::uint64_t>(size, kMagic.size());
  if (std::memcmp(preamble.data(), kMagic.data(), magic_bytes) != 0) {
    fail(
        "not a Lockstep checkpoint: it does not start with the magic bytes 89 4c 4f 43 4b 53 54 "
        "0a");
  }
  if (size < preamble.size()) {
    fail(fmt::format("incomplete: no footer; the file has only {} bytes", size));
  }
  const auto stored = get<std::uint32_t>(std::span(preamble).subspan(kPreambleChecksumAt));
  if (stored != preamble_checksum(preamble)) {
    fail("checksum error in the preamble (format version)");
  }
  version_ = get<std::uint32_t>(std::span(preamble).subspan(kVersionAt));
  if (version_ > newest_version) {
    fail(fmt::format("needs Lockstep checkpoint format >= {}; this build reads {}", version_,
                     newest_version));
  }
  if (version_ == 0) fail("format version 0 does not exist");
}

std::span<const std::byte> RecordReader::next(std::string_view what, std::uint64_t limit_bytes) {
  const auto cut = [&] {
    fail(fmt::format("incomplete: no footer; the file ends before the end of record {} ({})",
                     records_, what));
  };
  if (remaining_bytes_ < kRecordOverheadBytes) cut();
  Frame frame;
  read(frame);
  const auto length = get<std::uint64_t>(frame);
  if (frame != frame_of(length)) {
    fail(fmt::format("checksum error in the length of record {} ({})", records_, what));
  }
  if (length > limit_bytes) {
    fail(fmt::format("record {} ({}) claims {} bytes; at most {} are allowed", records_, what,
                     length, limit_bytes));
  }
  std::array<std::byte, 8> checksum;
  if (length > remaining_bytes_ - checksum.size()) cut();
  payload_.resize(length);
  read(payload_);
  read(checksum);
  if (checksum != checksum_bytes(digest_of(payload_))) {
    fail(fmt::format("checksum error in record {} ({})", records_, what));
  }
  digest_.add(checksum);
  ++records_;
  return payload_;
}

void RecordReader::expect_end() const {
  if (remaining_bytes_ > 0) {
    fail(fmt::format("{} unexpected bytes after the footer", remaining_bytes_));
  }
}

void RecordReader::fail(std::string_view problem) const {
  throw Error(ExitCode::data, fmt::format("{}: {}", path_.string(), problem));
}

void RecordReader::read(std::span<std::byte> bytes) {
  if (std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    const bool failed = std::ferror(file_.get()) != 0;
    throw Error(ExitCode::missing_input,
                fmt::format("cannot read {}: {}", path_.string(),
                            failed ? std::strerror(errno) : "it was truncated while being read"));
  }
  remaining_bytes_ -= bytes.size();
}

}  // namespace lockstep
