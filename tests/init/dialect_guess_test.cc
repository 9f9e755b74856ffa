#include "init/dialect_guess.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lockstep {
namespace {

using Records = std::vector<std::string>;

TEST(GuessDelimiter, TakesTheOneThatDividesAllRecordsEvenly) {
  EXPECT_EQ(guess_delimiter(Records{"a,b", "1,2"}), ',');
  EXPECT_EQ(guess_delimiter(Records{"a;b;c", "1,5;2,5;3"}), ';') << "with decimal commas";
  EXPECT_EQ(guess_delimiter(Records{"a\tb", "1\t2"}), '\t');
  EXPECT_EQ(guess_delimiter(Records{"a|b", "x;y|2"}), '|');
  EXPECT_EQ(guess_delimiter(Records{"\"a;x\",b", "1,2"}), ',') << "a quote hides the semicolon";
  EXPECT_EQ(guess_delimiter(Records{"a", "1"}), ',');
  EXPECT_EQ(guess_delimiter(Records{}), ',');
}

TEST(LooksLikeHeader, NumbersAndDatesAreValues) {
  EXPECT_TRUE(looks_like_header("width,height", ',', {}));
  EXPECT_FALSE(looks_like_header("5.1,3.5,Iris-setosa", ',', {}));
  EXPECT_FALSE(looks_like_header("2024-01-31;red", ';', {}));
  EXPECT_TRUE(looks_like_header(",x", ',', {})) << "row names of R have no name";
}

TEST(LooksLikeHeader, AWantedNameMakesAHeader) {
  EXPECT_TRUE(looks_like_header("2001, price ", ',', Records{"price"}));
  EXPECT_FALSE(looks_like_header("2001,5", ',', Records{"5"})) << "5 may be a value";
}

}  // namespace
}  // namespace lockstep
