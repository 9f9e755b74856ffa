#pragma once
// A text file line by line, decompressed when its content is gzip.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "data/byte_stream.h"

namespace lockstep {

// Lines end with LF or CR LF; the last one may lack it. A byte order mark at the
// beginning is passed over. Throws what ByteStream does, and Error(data) for a
// line of 256 MiB or more, which is no text.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path);

  // The next line without its end, valid until the next call; false at the end
  // of the file.
  bool next(std::string_view& line);

  // Of the line last given, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }

  // Of what has been read; of the whole content after the last line.
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }

 private:
  // Reads more behind what is left; false at the end of the file.
  bool refill();

  std::filesystem::path path_;
  ByteStream stream_;
  Digest digest_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of what has not been given yet
  std::size_t scanned_ = 0;  // up to here there is no end of a line
  std::size_t end_ = 0;      // of what has been read
  std::uint64_t number_ = 0;
  std::uint64_t content_bytes_ = 0;
};

}  // namespace lockstep
