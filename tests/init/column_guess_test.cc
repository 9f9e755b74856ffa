#include "init/column_guess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "init/made_columns.h"

namespace lockstep {
namespace {

using Cells = std::vector<std::string>;
using testing::HasSubstr;

ColumnGuess input(const Cells& cells, const std::string& name = "x") {
  return guess_input(survey_of(name, cells));
}
TargetGuess target(const Cells& cells) { return guess_target(survey_of("y", cells)); }

// So many different numbers that are not whole.
Cells decimals(std::size_t count) {
  Cells cells;
  cells.reserve(count);
  for (const std::string& number : counting(count, 10)) cells.push_back(number + ".5");
  return cells;
}

TEST(GuessInput, OrdinaryNumbersNeedNoWords) {
  const ColumnGuess guess = input(decimals(30));
  EXPECT_EQ(guess.role, ColumnRole::number);
  EXPECT_EQ(guess.reason, "");
}

TEST(GuessInput, HolesAmongNumbersAreMissingValues) {
  for (const char* hole : {"", " ", "NA", "?", "NaN"}) {
    Cells cells = decimals(30);
    cells[3] = hole;
    const ColumnGuess guess = input(cells);
    EXPECT_EQ(guess.role, ColumnRole::number) << hole;
    EXPECT_EQ(guess.reason, "1 value is missing") << hole;
    EXPECT_FALSE(guess.missing_words) << hole;
  }
}

TEST(GuessInput, NoneIsMissingAmongNumbersAndACategoryAmongWords) {
  Cells cells = decimals(30);
  cells[3] = "none";
  EXPECT_EQ(input(cells).role, ColumnRole::number);
  EXPECT_TRUE(input(cells).missing_words);
  const ColumnGuess words = input(in_turn(30, {"none", "pool"}));
  EXPECT_EQ(words.role, ColumnRole::category);
  EXPECT_EQ(words.reason, "2 different texts");
  EXPECT_FALSE(words.missing_words);
}

TEST(GuessInput, AFewWordsAreACategory) {
  EXPECT_EQ(input(in_turn(60, {"red", "green", "NA"})).role, ColumnRole::category);
  EXPECT_EQ(input(in_turn(60, {"red", "green", "NA"})).reason,
            "2 different texts, 20 values are missing");
  EXPECT_EQ(input(in_turn(60, {"TRUE", "FALSE"})).role, ColumnRole::category);
  EXPECT_EQ(input(in_turn(60, {"1st", "2nd", "3rd"})).role, ColumnRole::category);
}

TEST(GuessInput, ManyWordsAreLeftOutAndMayBeGroups) {
  Cells names;
  names.reserve(61);
  for (const std::string& number : counting(60, 0)) names.push_back("patient " + number);
  const ColumnGuess guess = input(in_turn(240, names));
  EXPECT_EQ(guess.role, ColumnRole::ignored);
  EXPECT_EQ(guess.reason, "60 different texts, which is many for a category");
  EXPECT_TRUE(guess.may_be_group);
  EXPECT_TRUE(input(in_turn(119, names)).may_be_group) << "all but one stand in two rows";
  names.push_back(names.front());
  const ColumnGuess distinct = input(names);
  EXPECT_EQ(distinct.role, ColumnRole::ignored);
  EXPECT_EQ(distinct.reason, "60 different texts, most of them in one row only");
  EXPECT_FALSE(distinct.may_be_group);
}

TEST(GuessInput, ColumnsThatNameTheRowsAreIds) {
  EXPECT_EQ(input(counting(30, 7)).role, ColumnRole::id);
  EXPECT_EQ(input(counting(30, 1), "").role, ColumnRole::ignored) << "row numbers of R";
  Cells words;
  words.reserve(30);
  for (const std::string& number : counting(30, 0)) words.push_back("house " + number);
  EXPECT_EQ(input(words).role, ColumnRole::id);
  const Cells falling = {"9", "8", "7", "3", "2", "5", "4", "6", "1", "0"};
  EXPECT_EQ(input(falling).role, ColumnRole::number);
  EXPECT_EQ(input(falling, "customer_id").role, ColumnRole::id);
  EXPECT_EQ(input(falling, "humid").role, ColumnRole::number);
  EXPECT_FALSE(input(falling, "customer_id").may_be_group);
  const Cells repeated = {"9", "8", "7", "3", "9", "5", "4", "6", "1", "0"};
  EXPECT_EQ(input(repeated, "customer_id").role, ColumnRole::id);
  EXPECT_TRUE(input(repeated, "customer_id").may_be_group);
}

TEST(GuessInput, ColumnsWithoutInformationAreLeftOut) {
  EXPECT_EQ(input(in_turn(30, {""})).reason, "every value is missing");
  EXPECT_EQ(input(in_turn(30, {"", "5"})).reason, "has only one value, \"5\"");
  EXPECT_EQ(input(in_turn(30, {"", "5"})).role, ColumnRole::ignored);
}

TEST(GuessInput, DatesAndOtherNotationsAreLeftOutWithARemedy) {
  const ColumnGuess dates = input(in_turn(30, {"2024-01-31", "2024-02-01", "2024-02-03"}));
  EXPECT_EQ(dates.role, ColumnRole::ignored);
  EXPECT_THAT(dates.reason, HasSubstr("days since the earliest"));
  const ColumnGuess commas = input(in_turn(30, {"1,5", "2,5", "0,75"}));
  EXPECT_EQ(commas.role, ColumnRole::ignored);
  EXPECT_EQ(
      commas.reason,
      "not plain numbers, such as \"1,5\"; if the comma is a decimal point, say "
      "decimal_comma: true, or write a point in the file where commas also separate the fields");
}

TEST(GuessInput, AMistakeInAColumnOfNumbersDoesNotMakeItACategory) {
  Cells cells = decimals(30);
  cells[4] = "abc";
  const ColumnGuess guess = input(cells);
  EXPECT_EQ(guess.role, ColumnRole::ignored);
  EXPECT_THAT(guess.reason, HasSubstr("numbers, and 1 other cell such as \"abc\" in line 6"));
}

TEST(GuessTarget, WordsAndFewWholeNumbersAreClasses) {
  const TargetGuess words = target(in_turn(30, {"yes", "no"}));
  EXPECT_EQ(words.kind, TargetKind::classes);
  EXPECT_EQ(words.objection, "");
  EXPECT_FALSE(words.either);
  EXPECT_EQ(target(in_turn(30, {"0", "1"})).kind, TargetKind::classes);
  EXPECT_FALSE(target(in_turn(30, {"0", "1"})).either);
  EXPECT_TRUE(target(in_turn(30, {"3", "4", "5"})).either);
  EXPECT_EQ(target(in_turn(100, counting(20, 0))).kind, TargetKind::classes);
  EXPECT_EQ(target(in_turn(100, counting(21, 0))).kind, TargetKind::number);
  EXPECT_EQ(target(in_turn(30, {"0.5", "1"})).kind, TargetKind::number);
}

TEST(GuessTarget, ColumnsThatCannotBePredictedAreRefused) {
  EXPECT_EQ(target({"1", "2", "", "NA"}).objection,
            "2 values are missing, first in line 4; an example needs its target, so remove these "
            "rows from the file");
  EXPECT_THAT(target(in_turn(20, {"a"})).objection, HasSubstr("nothing to learn"));
  EXPECT_THAT(target({"a", "b", "c", "d"}).objection, HasSubstr("too many to be classes"));
  EXPECT_THAT(target(in_turn(20, {"1,5", "2,5"})).objection, HasSubstr("write a point"));
  EXPECT_THAT(target(in_turn(20, {"2024-01-31", "2024-02-01"})).objection, HasSubstr("dates"));
  Cells mistake = decimals(30);
  mistake[4] = "abc";
  EXPECT_EQ(target(mistake).objection, "holds numbers, and \"abc\" in line 6; correct the file");
}

}  // namespace
}  // namespace lockstep
