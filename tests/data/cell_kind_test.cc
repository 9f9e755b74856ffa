#include "data/cell_kind.h"

#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::string one(const char* cell) { return what_they_are(look_of(cell), 1); }
std::string many(const char* cell) { return what_they_are(look_of(cell), 2); }

TEST(CellKind, IsSaidOfOneAndOfMany) {
  EXPECT_EQ(one(" NA "), "is \"NA\"");
  EXPECT_EQ(many("?"), "are \"?\"");
  EXPECT_EQ(many("nULL"), "are other words for a missing value");
  EXPECT_EQ(one(" \t"), "is blank");
  EXPECT_EQ(many("-inf"), "are not finite");
  EXPECT_EQ(many("1e99"), "are beyond the range of float");
  EXPECT_EQ(one("TRUE"), "is a truth value");
  EXPECT_EQ(many("no"), "are truth values");
  EXPECT_EQ(many("1,5"), "are numbers with a decimal comma");
  EXPECT_EQ(many("1,234"), "are numbers with a comma") << "which may be either";
  EXPECT_EQ(many("1,234.5"), "are numbers with thousands separators");
  EXPECT_EQ(many("5%"), "are percentages");
  EXPECT_EQ(one("$5"), "is an amount of money");
  EXPECT_EQ(many("2024-01-31"), "are dates or times");
  EXPECT_EQ(one("abc"), "is a word");
  EXPECT_EQ(many("Monday 3rd"), "are words");
  EXPECT_EQ(one("USD 5"), "is an amount of money");
  EXPECT_EQ(many("12kg"), "are numbers with a unit");
  EXPECT_EQ(one("−5"), "is a number with a Unicode minus sign");
  EXPECT_EQ(many("12 / 5"), "are something else");
  EXPECT_EQ(one("1,2,3"), "is something else");
}

TEST(CellKind, SpellingsOfAMissingValueAreToldApart) {
  EXPECT_EQ(look_of("NA"), look_of(" NA"));
  EXPECT_NE(look_of("NA"), look_of("na")) << "missing { text: ... } tells them apart, too";
  EXPECT_NE(look_of("NA"), look_of("NaN"));
  EXPECT_EQ(look_of("nULL"), look_of("mISSING"));
}

// Memory is bounded: there are few looks, whatever stands in the cells.
TEST(CellKind, DifferentTextsLookAlike) {
  std::set<CellLook> looks;
  for (int i = 0; i < 1000; ++i) {
    for (const char* form : {"w{}", "${}", "{}%", "{}kg", "{},5", "1e{}99"}) {
      looks.insert(look_of(fmt::format(fmt::runtime(form), i)));
    }
  }
  EXPECT_EQ(looks.size(), 6U);
}

}  // namespace
}  // namespace lockstep
