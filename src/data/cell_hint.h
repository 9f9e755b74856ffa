#pragma once
// What a cell that should be a number and is none looks like, and what to do about it.
// Pure.

#include <string>
#include <string_view>

namespace lockstep {

// A remedy, beginning with "; ", for a cell of an input: a word for a missing value, yes
// or no, a number in another way of writing, an amount of money, a date, a word. Empty for
// what looks like none of them.
std::string hint_for_number(std::string_view cell);

// Likewise for a cell of a label.
std::string hint_for_label(std::string_view cell);

}  // namespace lockstep
