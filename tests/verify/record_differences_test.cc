// A recorded evaluation and the same one made again.

#include "verify/record_differences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Json line(const char* text) { return Json::parse(text); }

TEST(RecordDifferences, TimingsAreNotCompared) {
  const auto comparison = compare_evaluations(
      line(R"({"step":5,"cost":0.5,"seconds":1.5,"examples_per_second":7})"),
      line(R"({"step":5,"cost":0.5,"seconds":2,"examples_per_second":null,"finite":false})"));
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_THAT(comparison.not_compared, IsEmpty());
}

TEST(RecordDifferences, TheLastBitOfANumberCounts) {
  const auto comparison =
      compare_evaluations(line(R"({"step":5,"cost":0.30000000000000004,"best":true})"),
                          line(R"({"step":5,"cost":0.3,"best":false})"));
  EXPECT_EQ(describe(comparison.differences),
            "cost: recorded 0.30000000000000004, trained again 0.3; "
            "best: recorded true, trained again false");
}

TEST(RecordDifferences, ANumberIsNotNull) {
  const auto comparison = compare_evaluations(line(R"({"dev_error":null,"dev_cost":0})"),
                                              line(R"({"dev_error":0,"dev_cost":0.0})"));
  EXPECT_EQ(describe(comparison.differences), "dev_error: recorded null, trained again 0");
}

TEST(RecordDifferences, FieldsOfOneSideOnlyAreNamed) {
  const auto comparison = compare_evaluations(
      line(R"({"step":5,"newer":1})"), line(R"({"step":5,"weights_digest":"9f86d081884c7d65"})"));
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_THAT(comparison.not_compared, ElementsAre("weights_digest", "newer"));
}

TEST(RecordDifferences, SummariesAreComparedWithoutLayoutAndBuild) {
  Json recorded = line(R"({"steps":5,"weights_digest":"a","ranks":2,"versions":{"mpi":"4"}})");
  const Json again = line(R"({"steps":5,"weights_digest":"a","ranks":1,"versions":{"mpi":"5"}})");
  EXPECT_THAT(compare_summaries(recorded, again).differences, IsEmpty());
  recorded["weights_digest"] = "b";
  EXPECT_EQ(describe(compare_summaries(recorded, again).differences),
            "weights_digest: recorded \"b\", trained again \"a\"");
}

}  // namespace
}  // namespace lockstep
