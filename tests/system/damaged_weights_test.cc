// A bit flips in one rank's copy of the weights.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class DamagedWeights : public ProgramFixture {
 protected:
  // Trains all 30 steps, with a comparison in every `every`-th.
  [[nodiscard]] ProgramResult train(int ranks, const std::string& arguments, int every,
                                    const std::string& fault = "") const {
    return run_with_fault(fmt::format("train job.textproto --set early_stopping=none --set "
                                      "exchange.compare_weights_every_steps={} {}",
                                      every, arguments),
                          ranks, fault);
  }
  [[nodiscard]] std::string digest(const std::string& run) const {
    return json::parse(file(run + "/summary.json"))["weights_digest"];
  }
};

TEST_F(DamagedWeights, TheRankIsNamedAndTheRunReturnsToItsCheckpoint) {
  ASSERT_EQ(train(1, "--run-dir whole", 0).exit_code, 0);
  for (const int ranks : {1, 2, 3}) {
    for (const char* memory : {"true", "false"}) {
      const int odd = ranks - 1;
      const std::string options =
          fmt::format("--run-dir run{}{} --set exchange.shared_memory={}", ranks, memory, memory);
      const auto result = train(ranks, options, 1, fmt::format("{} 12 flip", odd));
      EXPECT_EQ(result.exit_code, 70) << result.err;
      EXPECT_THAT(result.err, HasSubstr("before the update of step 13"));
      EXPECT_THAT(result.err, HasSubstr(fmt::format("\n  rank {} on ", odd)));
      EXPECT_THAT(result.err, HasSubstr("--resume must returns to the last checkpoint"));
      EXPECT_EQ(result.err.find("\n  rank 0 on ") != std::string::npos, odd == 0) << result.err;
      const json state = json::parse(file(fmt::format("run{}{}/state.json", ranks, memory)));
      EXPECT_EQ(state["state"], "failed");
      EXPECT_EQ(state["exit_code"], 70);
      const auto resumed = train(2, options + " --resume must", 1);
      ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
      EXPECT_EQ(digest(fmt::format("run{}{}", ranks, memory)), digest("whole"));
    }
  }
}

// A comparison finds the damage of its own step, the 13th, and of no other.
TEST_F(DamagedWeights, OnlyComparedStepsFindIt) {
  EXPECT_EQ(train(2, "--run-dir found", 13, "1 12 flip").exit_code, 70);
  ASSERT_EQ(train(2, "--run-dir missed", 11, "1 12 flip").exit_code, 0);
  ASSERT_EQ(train(2, "--run-dir never", 0, "1 12 flip").exit_code, 0);
  ASSERT_EQ(train(2, "--run-dir whole", 1).exit_code, 0);
  EXPECT_EQ(digest("missed"), digest("never"));
  EXPECT_NE(digest("missed"), digest("whole")) << "the flip must matter";
}

}  // namespace
}  // namespace lockstep
