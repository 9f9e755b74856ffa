#pragma once
// Programmer errors: broken invariants abort at once, naming the place.

#include <string_view>

namespace lockstep {

// Aborts with `what` and the caller's file and line unless `holds`. (std::source_location
// is made of these builtins; clang-tidy 14 does not know that class.)
void check(bool holds, std::string_view what, const char* file = __builtin_FILE(),
           int line = __builtin_LINE());

}  // namespace lockstep
