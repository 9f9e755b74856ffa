#pragma once
// A field of a CSV file that we write.

#include <string>
#include <string_view>

namespace lockstep {

// `text` unchanged, or in quotes where a delimiter, quote or line end would be
// misread (RFC 4180).
inline std::string csv_field(std::string_view text, char delimiter = ',') {
  if (text.find(delimiter) == std::string_view::npos &&
      text.find_first_of("\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace lockstep
