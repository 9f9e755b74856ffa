#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace lockstep {

// The number that is written as `text`, from its first to its last character, as std::from_chars
// reads it: no blanks, no '+'; "inf" and "nan" if Number is a floating-point type. None for any
// other text, and for a number that Number cannot hold. Pure.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace lockstep
