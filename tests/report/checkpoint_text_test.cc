#include "report/checkpoint_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/example.h"

namespace lockstep {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;

TEST(Inspect, ShowsFactsNormsAndTheJob) {
  Checkpoint checkpoint = example_checkpoint();
  checkpoint.weights = {3, -4, 0, 0, 5, 12};
  const std::string text = describe_checkpoint(checkpoint);
  EXPECT_THAT(text, ContainsRegex("step +120\n"));
  EXPECT_THAT(text, ContainsRegex("parameters +6\n"));
  EXPECT_THAT(text, HasSubstr("0.1 at step 120, 2 evaluations without improvement"));
  EXPECT_THAT(text, HasSubstr("0.0442708, mean of 64 rows since the last evaluation\n"));
  EXPECT_THAT(text, ContainsRegex("train data +0123456789abcdef\n"));
  EXPECT_THAT(text, ContainsRegex("dev data +fedcba9876543210\n"));
  EXPECT_THAT(text, ContainsRegex("test data +0011223344556677\n"));
  EXPECT_THAT(text, ContainsRegex("cpu_kernel +Haswell\n"));
  EXPECT_THAT(text, ContainsRegex("layer1.weight +2x2 +5 +-4 +3\n"));
  EXPECT_THAT(text, ContainsRegex("layer1.bias +2 +13 +5 +12\n"));
  EXPECT_THAT(text, ContainsRegex("v +6 +9.53939 +-6 +-1\n"));
  EXPECT_THAT(text, ContainsRegex("inverse deviation +3 +9.16515 +2 +8\n"));
  EXPECT_THAT(text, HasSubstr("   1  weight  number\n"));
  EXPECT_THAT(text, HasSubstr("   3  (no name)  class_name\nclasses: cat, dog\n"));
  EXPECT_THAT(text, EndsWith("\nresolved job\n" + checkpoint.resolved_job));
}

TEST(Inspect, CountsNumbersThatAreNotFinite) {
  EXPECT_THAT(describe_checkpoint(example_checkpoint()),
              ContainsRegex("layer1.weight +2x2 .* 1 not finite\n"));
}

TEST(Inspect, CopesWithAnEmptyCheckpoint) {
  const std::string text = describe_checkpoint(Checkpoint{});
  EXPECT_THAT(text, HasSubstr("optimizer slots: none"));
  EXPECT_THAT(text, HasSubstr("normalization: none"));
}

}  // namespace
}  // namespace lockstep
