#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

namespace lockstep {

void check(bool holds, std::string_view what, const char* file, int line) {
  if (holds) return;
  // Not fmt::print, which throws when stderr is closed.
  const std::string text = fmt::format("{}:{}: broken invariant: {}\n", file, line, what);
  std::fputs(text.c_str(), stderr);
  std::abort();
}

}  // namespace lockstep
