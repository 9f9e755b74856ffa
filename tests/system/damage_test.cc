// The promise "a damaged checkpoint costs steps, not the run": the newest file is cut or one of its
// bits is flipped, and the run resumes from an older state, loudly and to the same bits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

enum class Damage { cut, flip };

// The dev cost falls from one evaluation to the next, so that each is the best so far.
constexpr const char* kEachIsBetter =
    " --set early_stopping.metric=DEV_COST --set optimizer.adam.learning_rate=0.001";

class DamagedCheckpoint : public ProgramFixture {
 protected:
  [[nodiscard]] ProgramResult train(const std::string& arguments,
                                    const std::string& fault = "") const {
    return run_with_fault("train job.textproto " + arguments + kEachIsBetter, 2, fault);
  }
  [[nodiscard]] std::string digest_of(const std::string& run) const {
    return json::parse(file(run + "/summary.json"))["weights_digest"];
  }
  // What `latest` or `best` names.
  [[nodiscard]] std::string pointed(const std::string& pointer) const {
    const std::string name = file("run/ckpt/" + pointer);
    return name.substr(0, name.find('\n'));
  }
  void damage(const std::string& name, Damage damage) const {
    std::string bytes = file("run/ckpt/" + name);
    if (damage == Damage::cut) {
      bytes.resize(bytes.size() / 2);
    } else {
      bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    }
    write("run/ckpt/" + name, bytes);
  }
  // Trains until `fault` ends the run, and damages its newest state.
  void lose_newest(int keep_last, const std::string& fault, Damage how) const {
    fs::remove_all(directory_ / "run");
    const auto ended =
        train(fmt::format("--run-dir run --set checkpointing.keep_last={}", keep_last), fault);
    ASSERT_NE(ended.exit_code, 0);
    damage(pointed("latest"), how);
  }
  // Resumes the run; `expected`: what is said of the state that is used instead.
  void expect_equivalent_after(const std::string& expected, const std::string& damaged) const {
    const auto resumed = train("--run-dir run --resume must");
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_THAT(resumed.err, HasSubstr("warning: run/ckpt/" + damaged + ": "));
    EXPECT_THAT(resumed.err, HasSubstr("warning: using run/ckpt/" + expected));
    EXPECT_EQ(digest_of("run"), digest_of("whole"));
  }
};

TEST_F(DamagedCheckpoint, TheNewestStateCostsTheStepsAfterTheOneBefore) {
  ASSERT_EQ(train("--run-dir whole").exit_code, 0);
  for (const int keep_last : {1, 2}) {
    for (const Damage how : {Damage::cut, Damage::flip}) {
      lose_newest(keep_last, "1 7 terminate", how);
      ASSERT_EQ(pointed("latest"), "step-00000008.ckpt");
      ASSERT_EQ(pointed("best"), "step-00000005.ckpt");
      expect_equivalent_after(
          "step-00000005.ckpt instead; the 3 steps after it, up to step 8, are lost and will be "
          "trained again",
          "step-00000008.ckpt");
    }
  }
}

TEST_F(DamagedCheckpoint, TheNewestStateMayBeTheBest) {
  ASSERT_EQ(train("--run-dir whole").exit_code, 0);
  for (const Damage how : {Damage::cut, Damage::flip}) {
    lose_newest(2, "1 12 kill", how);
    ASSERT_EQ(pointed("latest"), "step-00000010.ckpt");
    ASSERT_EQ(pointed("best"), "step-00000010.ckpt");
    expect_equivalent_after(
        "step-00000005.ckpt instead; the 5 steps after it, up to step 10, are lost and will be "
        "trained again",
        "step-00000010.ckpt");
  }
}

TEST_F(DamagedCheckpoint, TheOnlyStateIsAnErrorWithTheRemedy) {
  for (const Damage how : {Damage::cut, Damage::flip}) {
    lose_newest(1, "1 12 kill", how);
    const auto refused = train("--run-dir run --resume must");
    EXPECT_EQ(refused.exit_code, 65) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("no valid checkpoint in run/ckpt; restore a file from a "
                                       "copy, or start a new run:\n  run/ckpt/step-00000010.ckpt"));
  }
}

TEST_F(DamagedCheckpoint, WithoutAnyStateAnUnfinishedRunStartsAgainLoudly) {
  ASSERT_EQ(train("--run-dir whole").exit_code, 0);
  ASSERT_NE(train("--run-dir run", "1 12 kill").exit_code, 0);
  fs::remove_all(directory_ / "run/ckpt");
  const auto resumed = train("--run-dir run --resume auto");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err,
              HasSubstr("warning: no checkpoint in run/ckpt: starting again from step 0; the "
                        "evaluations in run/metrics.jsonl are replaced"));
  EXPECT_EQ(file("run/metrics.jsonl").find("\"step\":5,"),
            file("run/metrics.jsonl").rfind("\"step\":5,"));
  EXPECT_EQ(digest_of("run"), digest_of("whole"));
}

TEST_F(DamagedCheckpoint, WithoutAnyStateAFinishedRunIsNotReplaced) {
  ASSERT_EQ(train("--run-dir run").exit_code, 0);
  const std::string summary = file("run/summary.json");
  fs::remove_all(directory_ / "run/ckpt");
  const auto refused = train("--run-dir run --resume auto");
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_THAT(refused.err,
              HasSubstr("run has the results of a run, but no checkpoint from which it could be "
                        "resumed; restore its ckpt/ from a copy, or choose another --run-dir"));
  EXPECT_EQ(file("run/summary.json"), summary);
}

// The newest state is the best, and the one before refers to a best state of its own.
TEST_F(DamagedCheckpoint, TheBestOfTheStateBeforeIsKept) {
  ASSERT_EQ(train("--run-dir whole").exit_code, 0);
  ASSERT_EQ(train("--run-dir run", "1 7 terminate").exit_code, 75);
  ASSERT_NE(train("--run-dir run --resume must", "1 12 kill").exit_code, 0);
  ASSERT_EQ(pointed("latest"), "step-00000010.ckpt");
  ASSERT_EQ(pointed("best"), "step-00000010.ckpt");
  damage("step-00000010.ckpt", Damage::cut);
  expect_equivalent_after("step-00000008.ckpt instead; the 2 steps", "step-00000010.ckpt");
}

// Metrics up to a checkpoint are synced before it: only a lying disk or a person loses them.
TEST_F(DamagedCheckpoint, MetricsThatWereLostAreCounted) {
  ASSERT_NE(train("--run-dir run", "1 12 kill").exit_code, 0);
  const std::string lines = file("run/metrics.jsonl");
  write("run/metrics.jsonl", lines.substr(lines.find('\n') + 1));
  const auto resumed = train("--run-dir run --resume must");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("warning: run/metrics.jsonl has 1 of the 2 evaluations up to "
                                     "step 10, at which the run resumes"));
}

TEST_F(DamagedCheckpoint, TheFilesThatAKilledSessionWasWritingAreRemoved) {
  ASSERT_NE(train("--run-dir run", "1 12 kill").exit_code, 0);
  const std::vector<std::string> left = {
      "run/state.json.tmp-999999997", "run/report.html.tmp-999999997",
      "run/error.rank1.json.tmp-999999991", "run/ckpt/step-00000015.ckpt.tmp-7"};
  for (const std::string& name : left) write(name, "half");
  write("run/notes.tmp-mine", "not ours");
  const auto resumed = train("--run-dir run --resume must --set training.epochs=2");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  for (const std::string& name : left) EXPECT_FALSE(fs::exists(directory_ / name)) << name;
  EXPECT_TRUE(fs::exists(directory_ / "run/notes.tmp-mine"));
  EXPECT_THAT(resumed.err, testing::Not(HasSubstr("evaluations up to")));
}

}  // namespace
}  // namespace lockstep
