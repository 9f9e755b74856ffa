#pragma once
// Number notations that parse_float() does not read. Pure; blanks around a text are
// ignored.

#include <string_view>

namespace lockstep {

// Whether `text`, such as "1,5", has one comma and is a number with a point in its place.
// "1,500" is one, too.
bool has_decimal_comma(std::string_view text);

// Whether `text` has groups of three digits with one separator between them, perhaps a
// sign, and perhaps more digits after a point or comma that is not the separator:
// "1,234", "1,234.5", "1.234.567,8", "1 234", "1'234".
bool has_thousands_separators(std::string_view text);

// Whether `text` is a number, in any of these notations or as parse_float() reads it, and a
// percent sign.
bool is_percentage(std::string_view text);

// The same with a currency sign or code before or after the number: "$5", "-$1,234.50", "5 €",
// "USD 5".
bool is_amount_of_money(std::string_view text);

// The same with a unit after the number, which is a word without digits: "5 kg", "12km/h", "3 m²".
bool has_unit(std::string_view text);

// The same with the minus sign of Unicode (U+2212) before the number.
bool has_unicode_minus(std::string_view text);

}  // namespace lockstep
