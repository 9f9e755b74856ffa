#pragma once
// Alternatives in messages.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Names as alternatives in a sentence: "a", "a or b", "a, b or c".
inline std::string or_list(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 < names.size() ? ", " : " or ";
    text += names[i];
  }
  return text;
}

}  // namespace lockstep
