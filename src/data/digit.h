#pragma once

namespace lockstep {

// A decimal digit of ASCII, whatever the locale.
constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }

}  // namespace lockstep
