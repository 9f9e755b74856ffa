#include "base/check.h"

#include <cstdlib>

#include <fmt/format.h>

namespace lockstep {

void check(bool holds, std::string_view what, const char* file, int line) {
  if (holds) return;
  fmt::print(stderr, "{}:{}: broken invariant: {}\n", file, line, what);
  std::abort();
}

}  // namespace lockstep
