#pragma once
// Ways of writing a number that parse_float() does not read. Pure; blanks around a text
// do not count.

#include <string_view>

namespace lockstep {

// "1,5": one comma, and a number with a point in its place. "1,500" is one, too.
bool has_decimal_comma(std::string_view text);

// "1,234", "1,234.5", "1.234.567,8", "1 234", "1'234": groups of three digits with one
// separator between them, perhaps a sign, and behind a point or comma that is not the
// separator more digits.
bool has_thousands_separators(std::string_view text);

// A number, in any of these ways or as parse_float() reads it, and a percent sign.
bool is_percentage(std::string_view text);

// Likewise with the sign of a currency in front of it or behind it: "$5", "-$1,234.50",
// "5 €".
bool is_amount_of_money(std::string_view text);

}  // namespace lockstep
