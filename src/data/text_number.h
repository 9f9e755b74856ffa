#pragma once
// Numbers in text files, whatever the locale.

#include <optional>
#include <string_view>

namespace lockstep {

// The float nearest to the decimal number that `text` holds and nothing else:
// digits, perhaps with a sign, a point and an exponent; blanks around it do not
// count. Nothing for anything else, "nan" and "inf" included, and for a number
// beyond the range of float; one too small for float becomes 0. The one reader of
// numbers of all formats in text.
std::optional<float> parse_float(std::string_view text);

// `text` without the blanks (spaces and tabs) around it.
std::string_view without_blanks(std::string_view text);

// Whether it is "nan", "inf" or "infinity" in any case, perhaps with a sign: a
// number for many programs, but none to train on.
bool is_not_finite_text(std::string_view text);

// Whether it is a decimal number that no float reaches, such as 1e99.
bool is_beyond_float(std::string_view text);

}  // namespace lockstep
