#pragma once
// A file of records in which every damaged byte is detected.
//
// All integers are little-endian, checksums are xxh64:
//   preamble  8 bytes magic, u32 format version, u32 checksum of these 12 (low half)
//   record    u64 length, u64 checksum of the length, payload, u64 checksum of the payload
// The length has its own checksum, so a damaged length is never used to allocate or
// to skip. The preamble is the same in every version, so that an old build can name
// the version it would need. By convention the last record is a footer, whose
// content the caller defines; a file that ends before it is incomplete.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
#include "base/digest.h"

namespace lockstep {

// Most payload bytes of one record: 64 MiB of numbers and some overhead.
inline constexpr std::uint64_t kMaxRecordBytes = (std::uint64_t{64} << 20) + 4096;

// Writes `path` record by record; the file appears on commit(). Failures throw
// Error(io); see AtomicFile.
class RecordWriter {
 public:
  RecordWriter(const std::filesystem::path& path, std::uint32_t version);

  void add(std::span<const std::byte> payload);
  void commit();

  // The number of records so far, and the xxh64 of their payload checksums in
  // order.
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }

 private:
  AtomicFile file_;
  std::uint64_t records_ = 0;
  Digest digest_;
};

// Reads records in order and verifies each before returning it. Never allocates more
// than the rest of the file or the caller's limit. Damage throws Error(data) naming the
// file and the record; a file that is missing or unreadable throws
// Error(missing_input).
class RecordReader {
 public:
  // Accepts versions 1..newest_version.
  RecordReader(std::filesystem::path path, std::uint32_t newest_version);

  // The payload of the next record, valid until the next call. `what` names the
  // record in errors.
  std::span<const std::byte> next(std::string_view what, std::uint64_t limit_bytes);
  // Throws unless every byte of the file has been read.
  void expect_end() const;

  [[nodiscard]] std::uint32_t version() const { return version_; }
  [[nodiscard]] std::uint64_t remaining_bytes() const { return remaining_bytes_; }
  // As in RecordWriter, for the records read.
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }

  // Throws Error(data) for this file.
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  void read(std::span<std::byte> bytes);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uint64_t remaining_bytes_ = 0;
  std::uint32_t version_ = 0;
  std::uint64_t records_ = 0;
  Digest digest_;
  std::vector<std::byte> payload_;
};

}  // namespace lockstep
