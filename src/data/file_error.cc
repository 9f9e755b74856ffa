#include "data/file_error.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text_encoding.h"

namespace lockstep {

void fail_file(const std::filesystem::path& path, std::string_view what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", path.string(), what));
}

std::string bytes_text(std::uint64_t n) { return fmt::format("{} byte{}", n, n == 1 ? "" : "s"); }

bool looks_like_html(std::span<const std::byte> start) {
  const std::string_view text =
      without_byte_order_mark({reinterpret_cast<const char*>(start.data()), start.size()});
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

void refuse_html(const std::filesystem::path& path, std::span<const std::byte> start,
                 std::string_view format) {
  if (!looks_like_html(start)) return;
  fail_file(path,
            fmt::format("looks like an HTML page, not {}: was the download redirected?", format));
}

void fail_size(const std::filesystem::path& path, std::string_view what, std::uint64_t expected,
               std::uint64_t found, bool compressed) {
  const bool is_short = found < expected;
  const std::uint64_t difference = is_short ? expected - found : found - expected;
  fail_file(path, fmt::format("expected {} for {}, found {}{}: {} too {}; fetch the file again",
                              bytes_text(expected), what, bytes_text(found),
                              compressed ? " after decompression" : "", bytes_text(difference),
                              is_short ? "few" : "many"));
}

}  // namespace lockstep
