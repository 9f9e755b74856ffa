#include "report/state_file.h"

#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/host_name.h"
#include "report/samples.h"

namespace lockstep {
namespace {

nlohmann::json written(const RunState& state) {
  const auto directory = fresh_directory();
  write_state_file(directory, state);
  return nlohmann::json::parse(read_text(directory / "state.json"));
}

TEST(StateFile, SaysWhereTheRunStandsAndWhoSaysSo) {
  const auto object =
      written({.phase = RunPhase::failed, .step = 40, .exit_code = ExitCode::stalled, .rank = 2});
  EXPECT_EQ(object["state"], "failed");
  EXPECT_EQ(object["step"], 40);
  EXPECT_EQ(object["exit_code"], 76);
  EXPECT_EQ(object["rank"], 2);
  EXPECT_EQ(object["host"], host_name());
  EXPECT_EQ(object["process"], ::getpid());
}

TEST(StateFile, HasNoStepAndNoExitCodeBeforeTheyAreKnown) {
  const auto object = written({});
  EXPECT_EQ(object["state"], "starting");
  EXPECT_TRUE(object["step"].is_null());
  EXPECT_TRUE(object["exit_code"].is_null());
}

// Scripts read a value with grep or sed.
TEST(StateFile, HasALineForEachValue) {
  const auto directory = fresh_directory();
  write_state_file(directory, {.phase = RunPhase::running, .step = 7, .exit_code = {}});
  EXPECT_TRUE(read_text(directory / "state.json")
                  .starts_with("{\n  \"state\": \"running\",\n  \"step\": 7,\n"));
}

TEST(StateFile, AnExitCodeDecidesThePhaseAtTheEnd) {
  EXPECT_EQ(phase_at_end(ExitCode::ok), RunPhase::finished);
  EXPECT_EQ(phase_at_end(ExitCode::interrupted), RunPhase::interrupted);
  for (const ExitCode code : {ExitCode::usage, ExitCode::stalled, ExitCode::diverged}) {
    EXPECT_EQ(phase_at_end(code), RunPhase::failed);
  }
}

}  // namespace
}  // namespace lockstep
