#include "report/part_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST(PartTable, HasItsTrialsAndNoWinner) {
  SweepConfig sweep{};
  sweep.name = "s";
  sweep.metric = Metric::dev_error;
  sweep.parameters = {{"rate", {"r"}, NumberList{}, {}}};
  std::vector<Trial> trials;
  for (std::uint32_t i = 0; i < 3; ++i) trials.push_back({i, {{std::to_string(i + 5), {}}}, {}});
  RankedTrial own{2, TrialStatus::finished, {}};
  own.result.status = TrialStatus::finished;
  own.result.dev_error = 0.25;
  const PartResults results{sweep, trials, {2, 3}, {own}};

  const std::string text = part_report(results);
  EXPECT_THAT(text, HasSubstr("part 2/3 of the sweep s: 1 of 3 trials"));
  EXPECT_THAT(text, HasSubstr("\ntrial  rate  dev error"));
  EXPECT_THAT(text, HasSubstr("\n    2     7     25.00%"));
  EXPECT_THAT(text, HasSubstr("no winner yet"));
  EXPECT_THAT(text, Not(HasSubstr("rank")));

  const json object = json::parse(part_json(results));
  EXPECT_EQ(object["part"], 2);
  EXPECT_EQ(object["parts"], 3);
  EXPECT_EQ(object["trials"].size(), 1U);
  EXPECT_EQ(object["trials"][0]["trial"], 2);
  EXPECT_EQ(object["trials"][0]["dev_error"], 0.25);
  EXPECT_TRUE(object["trials"][0]["rank"].is_null());
  EXPECT_FALSE(object.contains("winner"));
}

}  // namespace
}  // namespace lockstep
