#pragma once
// The first bytes of text files that some programs write.

#include <string_view>

namespace lockstep {

// Stands in front of text in UTF-8, and is no part of it.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

constexpr std::string_view without_byte_order_mark(std::string_view text) {
  return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

// Whether a text begins with the byte order mark of UTF-16, of either order.
constexpr bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

// What a message says of such a file.
inline constexpr std::string_view kIsUtf16 =
    "is in UTF-16; write it in UTF-8 (iconv -f UTF-16 -t UTF-8)";

}  // namespace lockstep
