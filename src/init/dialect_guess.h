#pragma once
// How a table is written: its delimiter, and whether its first record names the columns. Pure.

#include <span>
#include <string>

namespace lockstep {

// The delimiter among comma, semicolon, tab and "|" that divides all `records` into equally many
// fields, and into most; a comma if none divides them.
char guess_delimiter(std::span<const std::string> records);

// Whether `record`, the first of a file, names the columns: none of its fields is a number or a
// date, or one of them is a name of `wanted`, which is not a number.
bool looks_like_header(const std::string& record, char delimiter,
                       std::span<const std::string> wanted);

}  // namespace lockstep
