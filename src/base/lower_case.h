#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace lockstep {

// ASCII letters in lower case; other bytes stay. Independent of the locale.
constexpr char lower_case(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `text` in lower case, such as "class_name" for "CLASS_NAME".
inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return lower_case(c); });
  return lower;
}

}  // namespace lockstep
