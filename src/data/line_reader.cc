#include "data/line_reader.h"

#include <cstring>
#include <span>

#include <fmt/format.h>

#include "base/text_encoding.h"
#include "data/file_error.h"

namespace lockstep {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 16;
constexpr std::size_t kLongestLine = std::size_t{1} << 28;

}  // namespace

LineReader::LineReader(const std::filesystem::path& path)
    : path_(path), stream_(path), buffer_(2 * kBlockBytes, '\0') {
  refill();
  const std::string_view start(buffer_.data(), end_);
  if (is_utf16(start)) fail_file(path_, kIsUtf16);
  begin_ = scanned_ = start.size() - without_byte_order_mark(start).size();
}

bool LineReader::refill() {
  // Moves the remaining bytes to the front; a line longer than half of the buffer
  // doubles the buffer.
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  scanned_ -= begin_;
  begin_ = 0;
  if (end_ >= kLongestLine) {
    fail_file(path_, fmt::format("line {} is longer than {}; is it text?", number_ + 1,
                                 bytes_text(kLongestLine)));
  }
  if (buffer_.size() - end_ < kBlockBytes) buffer_.resize(2 * buffer_.size());
  const auto room = std::as_writable_bytes(std::span(buffer_)).subspan(end_, kBlockBytes);
  const std::size_t got = stream_.read(room);
  digest_.add(room.first(got));
  content_bytes_ += got;
  end_ += got;
  return got > 0;
}

bool LineReader::next(std::string_view& line) {
  while (true) {
    const std::size_t stop = std::string_view(buffer_.data(), end_).find('\n', scanned_);
    if (stop != std::string_view::npos) {
      line = {buffer_.data() + begin_, stop - begin_};
      begin_ = scanned_ = stop + 1;
      break;
    }
    scanned_ = end_;
    if (refill()) continue;
    if (begin_ == end_) return false;
    line = {buffer_.data() + begin_, end_ - begin_};
    begin_ = scanned_ = end_;
    break;
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
  ++number_;
  return true;
}

}  // namespace lockstep
