#pragma once
// What a cell that should be a number but is not one looks like, and what to do about it.
// Pure.

#include <string>
#include <string_view>

namespace lockstep {

// A remedy, beginning with "; ", for a cell of an input: a word for a missing value, yes
// or no, a number in another notation or with a unit, an amount of money, a date, a word. Empty for
// other cells.
std::string hint_for_number(std::string_view cell);

// The same for a cell of a label, and for one of a weight.
std::string hint_for_label(std::string_view cell);
std::string hint_for_weight(std::string_view cell);

}  // namespace lockstep
