#include "init/table_survey.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

class TableSurveyTest : public testing::Test {
 protected:
  TableSurveyTest() {
    path_ = std::filesystem::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  ~TableSurveyTest() override { std::filesystem::remove(path_); }

  [[nodiscard]] TableSurvey survey(const std::string& content, SurveyRequest request = {}) const {
    std::ofstream(path_, std::ios::binary) << content;
    request.file = path_;
    return survey_table(request);
  }
  [[nodiscard]] std::string refusal(const std::string& content) const {
    try {
      static_cast<void>(survey(content));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      return error.what();
    }
    return "";
  }

  std::filesystem::path path_;
};

TEST_F(TableSurveyTest, FindsDecimalCommas) {
  const TableSurvey found = survey("n;k;w\n1,5;3;a,b\n2;4;c\n-0,25;5;d\n");
  EXPECT_TRUE(found.decimal_comma);
  EXPECT_EQ(found.columns[0].numbers, 3U);
  EXPECT_EQ(found.columns[1].numbers, 3U);
  EXPECT_EQ(found.columns[2].words, 3U);
  EXPECT_FALSE(survey("n,k\n\"1,5\",3\n\"2,5\",4\n").decimal_comma)
      << "a job may not have them where commas separate fields";
}

// With a decimal comma, 2.5 would be no number.
TEST_F(TableSurveyTest, KeepsPointsWhereSomeNumbersHaveThem) {
  const TableSurvey found = survey("n;k\n1,5;2.5\n3;4\n");
  EXPECT_FALSE(found.decimal_comma);
  EXPECT_EQ(found.columns[1].numbers, 2U);
  EXPECT_FALSE(survey("n;k\n1;2.5\n3;4\n").decimal_comma);
}

TEST_F(TableSurveyTest, CountsWhatIsInTheCells) {
  const TableSurvey found = survey(
      "\xEF\xBB\xBF"
      "n;w\r\n1; red\r\n\r\n2.5;\"a;b\"\r\n;NA\r\n-999;red\r\n",
      {.file = {}, .missing_texts = {"-999"}});
  EXPECT_EQ(found.dialect.delimiter, ';');
  EXPECT_TRUE(found.dialect.header);
  EXPECT_EQ(found.rows, 4U);
  ASSERT_EQ(found.columns.size(), 2U);
  const ColumnSurvey& numbers = found.columns[0];
  EXPECT_EQ(numbers.name, "n") << "without the byte order mark";
  EXPECT_EQ(numbers.numbers, 2U);
  EXPECT_EQ(numbers.missing, 2U);
  EXPECT_EQ(numbers.first_missing_line, 5U);
  EXPECT_FALSE(numbers.whole);
  const ColumnSurvey& words = found.columns[1];
  EXPECT_EQ(words.words, 3U);
  EXPECT_THAT(words.texts.texts(), testing::ElementsAre("red", "a;b"));
  EXPECT_THAT(words.counts, testing::ElementsAre(2U, 1U));
  EXPECT_THAT(words.missing_texts.texts(), testing::ElementsAre("NA"));
}

TEST_F(TableSurveyTest, TextsBeyondTheLimitAreCountedTogether) {
  std::string content = "id,x\n";
  for (std::size_t i = 0; i < kMostTexts + 5; ++i) content += "row " + std::to_string(i) + ",1\n";
  const TableSurvey found = survey(content + "row 0,1\n");
  EXPECT_EQ(found.columns[0].texts.size(), kMostTexts);
  EXPECT_EQ(found.columns[0].uncounted, 5U);
  EXPECT_EQ(found.columns[0].counts[0], 2U);
  EXPECT_EQ(seen_once(found.columns[0]), kMostTexts - 1);
}

TEST_F(TableSurveyTest, WhatIsSaidIsNotGuessed) {
  const TableSurvey found =
      survey("a;b,c\nd;e,f\n", {.file = {}, .delimiter = ',', .header = false});
  EXPECT_EQ(found.dialect.delimiter, ',');
  EXPECT_FALSE(found.dialect.header);
  EXPECT_EQ(found.rows, 2U);
  EXPECT_EQ(found.columns[0].name, "");
}

TEST_F(TableSurveyTest, RefusesWhatIsNotATable) {
  EXPECT_THAT(refusal(""), HasSubstr("found an empty file"));
  EXPECT_THAT(refusal("a,b\n"), HasSubstr("has a header and no rows"));
  EXPECT_THAT(refusal("a,b\n1,2\n3\n"), HasSubstr(":3: expected 2 fields, found 1"));
  EXPECT_THAT(refusal("a,b\n1,\"2\n"),
              HasSubstr(":2:2: a quote that is opened here is never closed"));
}

}  // namespace
}  // namespace lockstep
