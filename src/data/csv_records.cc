#include "data/csv_records.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include "base/digest.h"

namespace lockstep {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

std::uint64_t count_of(std::string_view text, char wanted) {
  // Counts in short runs with a byte as counter: the compiler processes 32 bytes at a time.
  constexpr std::size_t kRun = 128;
  std::uint64_t total = 0;
  std::size_t at = 0;
  for (; at + kRun <= text.size(); at += kRun) {
    std::uint8_t count = 0;
    for (std::size_t i = 0; i < kRun; ++i) {
      count = static_cast<std::uint8_t>(count + (text[at + i] == wanted ? 1 : 0));
    }
    total += count;
  }
  return total + static_cast<std::uint64_t>(std::ranges::count(text.substr(at), wanted));
}

std::span<std::byte> as_bytes_of(std::span<char> text) { return std::as_writable_bytes(text); }

}  // namespace

CsvCounts count_csv(const std::filesystem::path& path, Range bytes, std::uint64_t block_bytes) {
  CsvCounts counts;
  if (bytes.empty()) return counts;
  ByteStream stream(path);
  stream.skip(bytes.begin);
  std::vector<char> block(block_bytes);
  while (counts.bytes < bytes.size()) {
    const std::size_t wanted = std::min(block_bytes, bytes.size() - counts.bytes);
    const std::size_t got = stream.read(as_bytes_of(std::span(block).first(wanted)));
    if (got == 0) break;
    const std::string_view text(block.data(), got);
    counts.bytes += got;
    counts.line_ends += count_of(text, '\n');
    counts.odd_quotes ^= count_of(text, '"') % 2 == 1;
    counts.ends_line = text.back() == '\n';
    counts.block_digests.push_back(digest_of(std::as_bytes(std::span(text))));
    if (got < wanted) break;
  }
  return counts;
}

CsvPosition advance(const CsvPosition& before, const CsvCounts& counts) {
  if (counts.bytes == 0) return before;
  return {before.byte + counts.bytes, before.line + counts.line_ends,
          before.inside_quotes != counts.odd_quotes, counts.ends_line};
}

CsvRecordReader::CsvRecordReader(const std::filesystem::path& path, const CsvPosition& from,
                                 std::uint64_t end)
    : stream_(path), end_(end), buffer_(kBufferBytes), byte_(from.byte), line_(from.line) {
  if (byte_ >= end_) return;
  stream_.skip(byte_);
  if (from.inside_quotes || !from.after_line_end) skip_to_record(from);
}

CsvRecordReader::CsvRecordReader(const std::filesystem::path& path, std::function<void()> on_pause)
    : stream_(path, InputKind::file_or_stream, std::move(on_pause)),
      end_(std::numeric_limits<std::uint64_t>::max()),
      buffer_(kBufferBytes) {}

std::string_view CsvRecordReader::peek() {
  while (true) {
    const std::string_view unused(buffer_.data() + at_, filled_ - at_);
    const bool has_line = unused.find('\n') != std::string_view::npos;
    if (has_line || unused.size() >= kPeekedBytes || !refill()) {
      return {buffer_.data() + at_, filled_ - at_};
    }
  }
}

void CsvRecordReader::skip(std::size_t bytes) {
  at_ += bytes;
  byte_ += bytes;
}

bool CsvRecordReader::is_ready() {
  while (true) {
    const std::string_view unused(buffer_.data() + at_, filled_ - at_);
    if (unused.find('\n') != std::string_view::npos || unused.size() > kLongestRecordBytes) {
      return true;
    }
    if (!stream_.is_ready()) return false;
    if (!refill()) return true;  // at the end
  }
}

void CsvRecordReader::put_back() {
  at_ -= last_bytes_;
  byte_ -= last_bytes_;
  line_ = last_line_;
}

void CsvRecordReader::skip_to_record(const CsvPosition& from) {
  bool inside = from.inside_quotes;
  while (byte_ < end_ && (at_ < filled_ || refill())) {
    const char c = buffer_[at_++];
    ++byte_;
    if (c == '"') inside = !inside;
    if (c != '\n') continue;
    ++line_;
    if (!inside) return;
  }
}

bool CsvRecordReader::refill() {
  if (at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    filled_ -= at_;
    at_ = 0;
  }
  if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t got = stream_.read_some(as_bytes_of(std::span(buffer_).subspan(filled_)));
  filled_ += got;
  return got > 0;
}

std::optional<CsvRecord> CsvRecordReader::next() {
  if (byte_ >= end_) return std::nullopt;
  CsvRecord record;
  record.line = line_;
  std::size_t looked_at = 0;  // bytes of the record
  bool inside = false;
  while (true) {
    const std::string_view rest(buffer_.data() + at_ + looked_at, filled_ - at_ - looked_at);
    const std::size_t line_end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, line_end);
    if (line.find('"') != std::string_view::npos) {
      record.has_quotes = true;
      inside ^= count_of(line, '"') % 2 == 1;
    }
    looked_at += line_end;
    if (looked_at > kLongestRecordBytes) record.too_long = true;
    if (line_end < rest.size()) {
      ++line_;
      if (!inside) break;
      ++looked_at;  // the line end belongs to a field
    } else if (!refill()) {
      if (looked_at == 0 && !record.too_long) {
        byte_ = end_;
        return std::nullopt;
      }
      record.closed = !inside;
      break;
    }
    if (looked_at > kLongestRecordBytes) {
      at_ += looked_at;
      byte_ += looked_at;
      looked_at = 0;
    }
  }
  if (!record.too_long) {
    record.text = {buffer_.data() + at_, looked_at};
    if (record.text.ends_with('\r')) record.text.remove_suffix(1);
  }
  const std::size_t used = std::min(looked_at + 1, filled_ - at_);  // with the line end
  at_ += used;
  byte_ += used;
  last_bytes_ = used;
  last_line_ = record.line;
  return record;
}

CsvPosition CsvRecordReader::position() const { return {byte_, line_, false, true}; }

}  // namespace lockstep
