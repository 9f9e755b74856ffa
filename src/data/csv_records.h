#pragma once
// The records of a CSV file, streamed, by several readers at once.
//
// A record ends at a line end outside quotes. A position is inside quotes when an odd
// number of quotes precedes it; a doubled quote does not change that. So a reader that
// begins in the middle of a file only needs to know whether the number of quotes before
// it is odd. That number is a sum over the earlier parts: each reader counts the quotes of
// its part, and the sums tell every reader where it is. Line numbers are found in the same way.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/range.h"
#include "data/byte_stream.h"
#include "data/csv_fields.h"

namespace lockstep {

// What precedes a position in a file.
struct CsvPosition {
  std::uint64_t byte = 0;
  std::uint64_t line = 1;  // line of that position; counts from 1
  bool inside_quotes = false;
  bool after_line_end = true;  // the preceding byte is a line end, or there is none
};

// Counts of the file from `begin` to `end` (or to the end of the file).
struct CsvCounts {
  std::uint64_t bytes = 0;
  std::uint64_t line_ends = 0;
  bool odd_quotes = false;
  bool ends_line = false;                    // its last byte is a line end
  std::vector<std::uint64_t> block_digests;  // digest of each block of `block_bytes`
};
CsvCounts count_csv(const std::filesystem::path& path, Range bytes, std::uint64_t block_bytes);

// The position after a section that was counted from `before`.
CsvPosition advance(const CsvPosition& before, const CsvCounts& counts);

// Streams the records that begin in [from.byte, end). Memory is bounded by
// kLongestRecordBytes; it is a quarter of a megabyte when records are short.
class CsvRecordReader {
 public:
  CsvRecordReader(const std::filesystem::path& path, const CsvPosition& from, std::uint64_t end);
  // Streams all records of a file, pipe or device, which is read once; `on_pause` as for
  // ByteStream.
  explicit CsvRecordReader(const std::filesystem::path& path, std::function<void()> on_pause = {});

  // The next record, valid until the one after; nothing at the end. The line end
  // is LF or CR LF, and may be missing after the last record.
  std::optional<CsvRecord> next();
  // Whether next() need not wait for a pipe that has paused, unless a record has several lines.
  // Reads what is there; after it, put_back() must not be called.
  [[nodiscard]] bool is_ready();
  // Makes next() return the last record again. At most once after each next().
  void put_back();

  // The bytes that follow, as far as they are in memory: at least a line or kPeekedBytes, unless
  // the end comes before.
  static constexpr std::size_t kPeekedBytes = 4096;
  std::string_view peek();
  // Skips `bytes` bytes of peek(), none of which is a line end.
  void skip(std::size_t bytes);

  // Where the next record would begin.
  [[nodiscard]] CsvPosition position() const;

 private:
  // Reads more and keeps the unused bytes; false at the end of the file.
  bool refill();
  // Moves to the first record that begins in this reader's section.
  void skip_to_record(const CsvPosition& from);

  ByteStream stream_;
  std::uint64_t end_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;  // where the next record begins in the buffer
  std::size_t filled_ = 0;
  std::uint64_t byte_ = 0;       // position of `at_` in the file
  std::uint64_t line_ = 1;       // line of `at_` in the file
  std::size_t last_bytes_ = 0;   // of the last record, with its line end
  std::uint64_t last_line_ = 1;  // where the last record begins
};

}  // namespace lockstep
