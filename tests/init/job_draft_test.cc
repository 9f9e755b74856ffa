#include "init/job_draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "init/made_columns.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t kRows = 60;

std::vector<std::string> decimals() {
  std::vector<std::string> cells = counting(kRows, 3);
  for (std::string& cell : cells) cell += ".5";
  return cells;
}

// A table with a column for each of the usual roles.
TableSurvey houses() {
  std::vector<std::string> area = decimals();
  area[1] = "?";
  std::vector<std::string> owners;
  owners.reserve(kRows);
  for (int i = 0; i < 60; ++i) owners.push_back("owner " + std::to_string(i % 55));
  return table_of({survey_of("nr", counting(kRows, 1)), survey_of("area", area),
                   survey_of("kind", in_turn(kRows, {"flat", "house", "NA"})),
                   survey_of("rooms", in_turn(kRows, {"2", "3", "5"})), survey_of("owner", owners),
                   survey_of("price", decimals())});
}

JobDraft draft(const DraftRequest& request) { return draft_job(houses(), request); }

void expect_refusal(const TableSurvey& survey, const DraftRequest& request, ExitCode code,
                    const std::string& part) {
  try {
    draft_job(survey, request);
    ADD_FAILURE() << "expected: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

std::vector<ColumnRole> roles_of(const JobDraft& draft) {
  std::vector<ColumnRole> roles;
  roles.reserve(draft.columns.size());
  for (const DraftColumn& column : draft.columns) roles.push_back(column.rule.role);
  return roles;
}

TEST(DraftJob, NamesTheColumnsThatAreNotOrdinaryNumbers) {
  const JobDraft found = draft({.file = "h.csv", .name = "h", .targets = {"price"}});
  EXPECT_THAT(roles_of(found), ElementsAre(ColumnRole::id, ColumnRole::number, ColumnRole::category,
                                           ColumnRole::ignored, ColumnRole::label));
  EXPECT_EQ(found.columns[1].title, "column \"area\"");
  EXPECT_EQ(found.columns[1].reason, "1 value is missing");
  EXPECT_EQ(found.size.features, 4U) << "area, rooms and two kinds";
  EXPECT_EQ(found.size.classes, 0U);
  EXPECT_EQ(found.targets, 1U);
  EXPECT_TRUE(found.fills);
  EXPECT_THAT(found.missing_texts, ElementsAre("?", "NA"));
  EXPECT_THAT(found.hints, IsEmpty());
}

TEST(DraftJob, AWholeNumberIsAClassUnlessTheUserSaysOtherwise) {
  const JobDraft classes = draft({.file = "h.csv", .name = "h", .targets = {"rooms"}});
  EXPECT_EQ(classes.size.classes, 3U);
  ASSERT_THAT(classes.hints, SizeIs(1));
  EXPECT_THAT(classes.hints[0], HasSubstr("say --regress"));
  const JobDraft values =
      draft({.file = "h.csv", .name = "h", .targets = {"rooms"}, .kind = TargetKind::number});
  EXPECT_EQ(values.size.classes, 0U);
  EXPECT_THAT(values.hints, IsEmpty());
  expect_refusal(houses(),
                 {.file = "h.csv", .name = "h", .targets = {"price"}, .kind = TargetKind::classes},
                 ExitCode::usage, "too many for classes");
  expect_refusal(houses(),
                 {.file = "h.csv", .name = "h", .targets = {"kind"}, .kind = TargetKind::number},
                 ExitCode::data, "20 values are missing");
}

TEST(DraftJob, SeveralTargetsAreNumbers) {
  const JobDraft found = draft({.file = "h.csv", .name = "h", .targets = {"price", "rooms"}});
  EXPECT_EQ(found.targets, 2U);
  EXPECT_EQ(found.size.classes, 0U);
  expect_refusal(houses(), {.file = "h.csv", .name = "h", .targets = {"price", "owner"}},
                 ExitCode::data, "too many to be classes");
}

TEST(DraftJob, TheUserGivesRoles) {
  const JobDraft found = draft({.file = "h.csv",
                                .name = "h",
                                .targets = {"price"},
                                .ids = {"kind"},
                                .ignored = {"1"},
                                .group = "owner"});
  EXPECT_THAT(roles_of(found), ElementsAre(ColumnRole::ignored, ColumnRole::number, ColumnRole::id,
                                           ColumnRole::group, ColumnRole::label));
  EXPECT_TRUE(found.by_group);
  expect_refusal(houses(), {.file = "h.csv", .name = "h", .targets = {"price"}, .ids = {"price"}},
                 ExitCode::usage, "--id price: the column already has a role in this command");
  expect_refusal(houses(), {.file = "h.csv", .name = "h", .targets = {"price"}, .group = "rooms"},
                 ExitCode::data, "has 3 different texts; at least 10 are needed");
  expect_refusal(houses(), {.file = "h.csv", .name = "h", .targets = {"price"}, .group = "area"},
                 ExitCode::data, "no value in line 3; every row needs its group");
}

TEST(DraftJob, ATextThatStandsInManyRowsMayBeAGroup) {
  std::vector<std::string> owners;
  owners.reserve(51);
  for (int i = 0; i < 51; ++i) owners.push_back("owner " + std::to_string(i));
  const JobDraft found = draft_job(table_of({survey_of("owner", in_turn(204, owners)),
                                             survey_of("x", in_turn(204, {"0.5", "1.5"})),
                                             survey_of("y", in_turn(204, {"a", "b"}))}),
                                   {.file = "h.csv", .name = "h", .targets = {"y"}});
  ASSERT_THAT(found.hints, SizeIs(1));
  EXPECT_THAT(found.hints[0], HasSubstr("--group \"owner\" keeps its rows together"));
}

TEST(DraftJob, ErrorsListTheColumnsOrTheReasons) {
  expect_refusal(houses(), {.file = "h.csv", .name = "h"}, ExitCode::usage,
                 "--target says which column is predicted; the columns are \"nr\", \"area\"");
  expect_refusal(houses(), {.file = "h.csv", .name = "h", .targets = {"prise"}}, ExitCode::usage,
                 "--target prise: the file has no such column; did you mean price?");
  expect_refusal(houses(), {.file = "h.csv", .name = "h", .targets = {"7"}}, ExitCode::usage,
                 "no such column");
  expect_refusal(table_of({survey_of("x", counting(9, 1)), survey_of("y", counting(9, 1))}),
                 {.file = "h.csv", .name = "h", .targets = {"y"}}, ExitCode::data,
                 "h.csv: has 9 rows; at least 10 are needed");
  expect_refusal(table_of({survey_of("x", in_turn(20, {"1"})), survey_of("y", decimals())}),
                 {.file = "h.csv", .name = "h", .targets = {"y"}}, ExitCode::data,
                 "no column is left as an input: column \"x\": has only one value, \"1\"");
  expect_refusal(table_of({survey_of("x", decimals()), survey_of("x", decimals())}),
                 {.file = "h.csv", .name = "h", .targets = {"x"}}, ExitCode::data,
                 "two columns are named \"x\"");
}

TEST(DraftJob, AColumnWithoutANameIsUsedOnlyIfTheJobNamesIt) {
  TableSurvey survey = table_of({survey_of("", decimals()), survey_of("", counting(kRows, 1)),
                                 survey_of("y", in_turn(kRows, {"a", "b"}))});
  const DraftRequest request{.file = "h.csv", .name = "h", .targets = {"3"}};
  const JobDraft with_header = draft_job(survey, request);
  ASSERT_THAT(with_header.columns, SizeIs(3));
  EXPECT_EQ(with_header.columns[0].rule.index, 1U);
  EXPECT_EQ(with_header.columns[0].rule.role, ColumnRole::number);
  EXPECT_EQ(with_header.columns[1].rule.role, ColumnRole::ignored) << "row numbers";
  survey.dialect.header = false;
  EXPECT_THAT(draft_job(survey, request).columns, SizeIs(2)) << "all columns go by their places";
}

TEST(RepeatedRows, AreAllowedWhereInputsHaveFewValues) {
  const TableSurvey table = table_of({survey_of("kind", in_turn(kRows, {"flat", "house"})),
                                      survey_of("rooms", in_turn(kRows, {"2", "3", "5"})),
                                      survey_of("price", decimals())});
  JobDraft found = draft_job(table, {.file = "h.csv", .name = "h", .targets = {"price"}});
  EXPECT_THAT(found.inputs, ElementsAre(0, 1));
  note_repeated_rows(found, table, 12);
  EXPECT_EQ(found.repeats, RepeatedRows::few) << "a fifth";
  note_repeated_rows(found, table, 60);
  EXPECT_EQ(found.repeats, RepeatedRows::natural);
  EXPECT_THAT(found.hints.back(), HasSubstr("60 of 60 rows have the inputs of another row"));
}

TEST(RepeatedRows, AreKeptTogetherWhereTheyMayBeCopies) {
  JobDraft found = draft({.file = "h.csv", .name = "h", .targets = {"price"}});
  note_repeated_rows(found, houses(), 13);
  EXPECT_EQ(found.repeats, RepeatedRows::together);
  EXPECT_THAT(found.hints.back(), HasSubstr("the split keeps them together"));
}

}  // namespace
}  // namespace lockstep
