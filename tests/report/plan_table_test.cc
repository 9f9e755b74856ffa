#include "report/plan_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

PlanRow row(int nodes, double passes, double exchange) {
  PlanRow row{.nodes = nodes, .ranks = nodes};
  row.step.passes = passes;
  row.step.exchange = exchange;
  row.run_seconds = 1000 * row.step.total();
  return row;
}

PlanReport sample(std::vector<PlanRow> rows) {
  PlanReport report;
  report.job_name = "leaves";
  report.rows_per_step = 256;
  report.shards = 64;
  report.rates = {.step = {.row = 25e-6, .update = 1e-3},
                  .threads = 2,
                  .slowdown = 1,
                  .bytes_per_second = 125e6,
                  .latency_seconds = 50e-6};
  report.rows = std::move(rows);
  return report;
}

TEST(PlanTable, NamesTheFastestAndWhatDoesNotPay) {
  const std::string text =
      plan_text(sample({row(1, 0.4, 0), row(2, 0.2, 0.01), row(4, 0.1, 0.08)}));
  EXPECT_THAT(text, HasSubstr("fastest: 4 nodes, 3 min 00 s for the whole run\n"));
  EXPECT_THAT(text, HasSubstr("more than 2 nodes are not worthwhile"));
  EXPECT_THAT(text, HasSubstr("links assumed: 1.00 Gbit/s, 50 us\n"));
  EXPECT_THAT(text, HasSubstr(" 44%"));
  EXPECT_THAT(plan_text(sample({row(1, 0.4, 0), row(2, 0.2, 0)})),
              Not(HasSubstr("not worthwhile")));
}

TEST(PlanTable, SaysWhereLinksWereMeasuredAndWhatHasTooManyRanks) {
  PlanReport report = sample({row(1, 0.4, 0)});
  report.doctor = "place.json";
  report.too_many = {128, 256};
  const std::string text = plan_text(report);
  EXPECT_THAT(text, HasSubstr("links measured in place.json"));
  EXPECT_THAT(text, HasSubstr("too many ranks for the job (64 shards): on 128, 256 nodes\n"));
}

TEST(PlanTable, JsonHasTheSameNumbers) {
  PlanReport report = sample({row(1, 0.4, 0), row(2, 0.2, 0.2)});
  report.rows[1].step.sent_bytes = 7;
  const Json object = plan_json(report);
  EXPECT_EQ(object["version"], 1);
  EXPECT_EQ(object["links_measured"], false);
  EXPECT_EQ(object["nodes_that_pay"], 1);
  ASSERT_EQ(object["rows"].size(), 2U);
  EXPECT_DOUBLE_EQ(object["rows"][1]["step_seconds"], 0.4);
  EXPECT_DOUBLE_EQ(object["rows"][1]["efficiency"], 0.5);
  EXPECT_EQ(object["rows"][1]["sent_bytes_per_step"], 7);
}

}  // namespace
}  // namespace lockstep
