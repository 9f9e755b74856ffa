// Only numerics/ calls the C library's elementary functions: their bits depend on the CPU and on
// the library's version, and those of numerics/functions.h do not.

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 31> kElementary = {
    "exp",   "exp2",  "exp10",  "expm1",  "log",    "log2", "log10",       "log1p",
    "pow",   "hypot", "cbrt",   "sin",    "cos",    "tan",  "asin",        "acos",
    "atan",  "atan2", "sinh",   "cosh",   "tanh",   "erf",  "erfc",        "asinh",
    "acosh", "atanh", "tgamma", "lgamma", "sincos", "beta", "riemann_zeta"};

// Whether `word` is one of them, or its form for float or long double, such as expf.
bool is_elementary(std::string_view word) {
  const auto listed = [](std::string_view name) {
    return std::ranges::count(kElementary, name) > 0;
  };
  if (listed(word)) return true;
  if (!word.ends_with('f') && !word.ends_with('l')) return false;
  word.remove_suffix(1);
  return listed(word);
}

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Whether a word between `before` and `after` is a function of the C library: std::word, or a call
// of ::word or word. A member, or a name of another namespace, is not.
bool names_the_library(std::string_view before, std::string_view after) {
  if (before.ends_with("std::")) return true;
  if (before.ends_with(".") || before.ends_with("->")) return false;
  if (before.ends_with("::")) {
    before.remove_suffix(2);
    if (!before.empty() && in_word(before.back())) return false;
  }
  const std::size_t next = after.find_first_not_of(' ');
  return next != std::string_view::npos && after[next] == '(';
}

// The elementary functions of the C library that `line` uses outside its comment.
std::vector<std::string> library_functions(std::string_view line) {
  line = line.substr(0, line.find("//"));
  std::vector<std::string> found;
  for (std::size_t begin = 0, end = 0; begin < line.size(); begin = end) {
    end = begin + 1;
    if (!in_word(line[begin])) continue;
    while (end < line.size() && in_word(line[end])) ++end;
    const std::string_view word = line.substr(begin, end - begin);
    if (is_elementary(word) && names_the_library(line.substr(0, begin), line.substr(end))) {
      found.emplace_back(word);
    }
  }
  return found;
}

TEST(FunctionRules, OnlyNumericsUsesTheLibrarysFunctions) {
  const fs::path source = fs::path(LOCKSTEP_ROOT) / "src";
  std::size_t files = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source)) {
    const std::string extension = entry.path().extension().string();
    const fs::path file = entry.path().lexically_relative(source);
    if ((extension != ".h" && extension != ".cc") || *file.begin() == "numerics") continue;
    ++files;
    std::ifstream lines(entry.path());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_THAT(library_functions(line), testing::IsEmpty())
          << "call numerics::NAME of numerics/functions.h in " << file << ": " << line;
    }
  }
  EXPECT_GT(files, 10U) << "in " << source;
}

TEST(FunctionRules, BreakingThemIsNoticed) {
  using testing::ElementsAre;
  using testing::IsEmpty;
  EXPECT_THAT(library_functions("  y = std::exp(x) + expf(x);"), ElementsAre("exp", "expf"));
  EXPECT_THAT(library_functions("  return ::tanh (x);"), ElementsAre("tanh"));
  EXPECT_THAT(library_functions("log10(x)"), ElementsAre("log10"));
  EXPECT_THAT(library_functions("std::ranges::transform(x, y, std::erfc<T>);"),
              ElementsAre("erfc"));
  EXPECT_THAT(library_functions("numerics::exp(x) + range.log(x) + p->sin(x)"), IsEmpty());
  EXPECT_THAT(library_functions("std::sqrt(x) + log + exposure(x)  // exp(x)"), IsEmpty());
}

}  // namespace
}  // namespace lockstep
