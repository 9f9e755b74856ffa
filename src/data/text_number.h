#pragma once
// Numbers in text files, independent of the locale.

#include <optional>
#include <string_view>

namespace lockstep {

// The float nearest to the decimal number in `text`: digits, perhaps with a sign, a point
// and an exponent; blanks around it are ignored. Returns nothing for any other text,
// including "nan" and "inf", and for a number beyond the range of float; a number too
// small for float becomes 0. All text formats read numbers with this function.
std::optional<float> parse_float(std::string_view text);

// The same for text whose decimal point is a comma, if `decimal_comma`; text with a point is then
// not a number.
std::optional<float> parse_float(std::string_view text, bool decimal_comma);

// `text` without the blanks (spaces and tabs) around it.
std::string_view without_blanks(std::string_view text);

// Whether `text` is "nan", "inf" or "infinity" in upper or lower case, perhaps with a
// sign: a number for many programs, but not one to train on.
bool is_not_finite_text(std::string_view text);

// Whether `text` is a decimal number beyond the range of float, such as 1e99.
bool is_beyond_float(std::string_view text);

}  // namespace lockstep
