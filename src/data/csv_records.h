#pragma once
// The records of a CSV file, streamed, by several readers at once.
//
// A record ends at a line end outside quotes, and a place is inside quotes when an
// odd number of them comes before it: a doubled quote changes nothing. So a reader
// that begins in the middle of a file needs to know only whether the number of
// quotes before is odd, which is a sum over the parts before: each reader counts
// those of its part, and all learn where they are. (The same for line numbers.)

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/range.h"
#include "data/byte_stream.h"
#include "data/csv_fields.h"

namespace lockstep {

// What comes before a place in a file.
struct CsvPosition {
  std::uint64_t byte = 0;
  std::uint64_t line = 1;  // of that place; counts from 1
  bool inside_quotes = false;
  bool after_line_end = true;  // the byte before is one, or there is none
};

// The file from `begin` on, counted up to `end` (or the end of the file).
struct CsvCounts {
  std::uint64_t bytes = 0;
  std::uint64_t line_ends = 0;
  bool odd_quotes = false;
  bool ends_line = false;                    // its last byte is a line end
  std::vector<std::uint64_t> block_digests;  // of each `block_bytes`
};
CsvCounts count_csv(const std::filesystem::path& path, Range bytes, std::uint64_t block_bytes);

// The position after a stretch that was counted from `before`.
CsvPosition advance(const CsvPosition& before, const CsvCounts& counts);

// Streams the records that begin in [from.byte, end). Memory is bounded by
// kLongestRecordBytes, and is a quarter of a megabyte when records are short.
class CsvRecordReader {
 public:
  CsvRecordReader(const std::filesystem::path& path, const CsvPosition& from, std::uint64_t end);

  // The next record, valid until the one after; nothing at the end. The line end
  // is LF or CR LF, and may be missing after the last record.
  std::optional<CsvRecord> next();

  // Where the next record would begin.
  [[nodiscard]] CsvPosition position() const;

 private:
  // Reads on, keeping what is not used up; false at the end of the file.
  bool refill();
  // Goes to the first record that begins in this reader's stretch.
  void skip_to_record(const CsvPosition& from);

  ByteStream stream_;
  std::uint64_t end_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;  // of the next record in the buffer
  std::size_t filled_ = 0;
  std::uint64_t byte_ = 0;  // of `at_` in the file
  std::uint64_t line_ = 1;  // likewise
};

}  // namespace lockstep
