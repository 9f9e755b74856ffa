#include "plan/node_plan.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

PlanRow row(int nodes, double passes, double exchange) {
  PlanRow row{.nodes = nodes, .ranks = nodes};
  row.step.passes = passes;
  row.step.exchange = exchange;
  return row;
}

TEST(NodePlan, EfficiencyIsTheSpeedupPerNode) {
  EXPECT_DOUBLE_EQ(efficiency(row(1, 0.4, 0), row(4, 0.1, 0)), 1);
  EXPECT_DOUBLE_EQ(efficiency(row(1, 0.4, 0), row(4, 0.1, 0.1)), 0.5);
  EXPECT_DOUBLE_EQ(efficiency(row(2, 0.2, 0), row(4, 0.2, 0)), 0.5);
}

// Doubling pays while it makes a step at least 1.5 times as fast.
TEST(NodePlan, NodesPayWhileTheyBringHalfOfTheirWorth) {
  EXPECT_EQ(nodes_that_pay({row(1, 0.6, 0), row(2, 0.4, 0), row(4, 0.3, 0)}), 2);
  EXPECT_EQ(nodes_that_pay({row(1, 0.6, 0), row(2, 0.41, 0), row(4, 0.3, 0)}), 1);
  EXPECT_EQ(nodes_that_pay({row(1, 0.6, 0), row(2, 0.3, 0), row(3, 0.2, 0)}), 3);
  EXPECT_EQ(nodes_that_pay({row(1, 0.6, 0), row(2, 0.3, 0), row(3, 0.3, 0), row(4, 0.15, 0)}), 4);
  EXPECT_EQ(nodes_that_pay({row(5, 0.6, 0)}), 5);
}

}  // namespace
}  // namespace lockstep
