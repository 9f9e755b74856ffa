#pragma once
// A text file line by line, decompressed when its content is gzip.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "data/byte_stream.h"

namespace lockstep {

// Lines end with LF or CR LF; the last line may lack it. A byte order mark at the
// beginning is skipped. Throws what ByteStream does, and Error(data) for a line
// of 256 MiB or more, which is not text.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path);

  // The next line without its end, valid until the next call; false at the end
  // of the file.
  bool next(std::string_view& line);

  // Number of the line returned last, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }

  // Size and digest of what has been read; after the last line, of the whole content.
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }
  [[nodiscard]] std::uint64_t digest() const { return digest_.value(); }

 private:
  // Reads more after the remaining bytes; false at the end of the file.
  bool refill();

  std::filesystem::path path_;
  ByteStream stream_;
  Digest digest_;
  std::string buffer_;
  std::size_t begin_ = 0;    // start of the bytes not yet returned
  std::size_t scanned_ = 0;  // there is no line end before this
  std::size_t end_ = 0;      // end of the bytes read
  std::uint64_t number_ = 0;
  std::uint64_t content_bytes_ = 0;
};

}  // namespace lockstep
