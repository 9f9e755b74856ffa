// `lockstep verify`: a run is trained again at another layout, and every evaluation that it
// recorded must come out with the same bits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/tiny_job.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

class Verify : public ProgramFixture {
 protected:
  // The tiny job: evaluations after 5, 10, ... 30 steps.
  void train(const std::string& more = "") const {
    const auto trained = run("train job.textproto --run-dir run " + more, 2);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  // The same until a fault ends it.
  void train_until(const std::string& fault, const std::string& more) const {
    const auto ended = run_with_fault("train job.textproto --run-dir run " + more, 2, fault);
    ASSERT_NE(ended.exit_code, 0);
  }
  // On one rank with three threads, while the run had two ranks.
  [[nodiscard]] ProgramResult verify(const std::string& more = "") const {
    return run("verify run --threads 3 " + more);
  }
  void expect_verified(const std::string& text, const std::string& more = "") const {
    const auto result = verify(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("verified: the " + text));
  }
  [[nodiscard]] std::string digest() const {
    return json::parse(file("run/summary.json"))["weights_digest"];
  }
  // The files of the run with their sizes and times.
  [[nodiscard]] std::string listing() const {
    return run_program("cd " + directory_.string() +
                       " && find run -type f -exec ls -l --full-time {} + | sort")
        .out;
  }
  // Replaces the first occurrence of `text` after the first one of `start`.
  void replace(const std::string& name, const std::string& start, const std::string& text,
               const std::string& by) const {
    std::string content = file(name);
    const std::size_t at = content.find(text, content.find(start));
    ASSERT_NE(at, std::string::npos);
    write(name, content.replace(at, text.size(), by));
  }
};

TEST_F(Verify, ARunFollowsAtAnotherLayoutAndNothingIsWritten) {
  train("--set early_stopping=none");
  const std::string before = listing();
  expect_verified(
      fmt::format("weights of steps 0 to 30 follow from the job, the data and the seed "
                  "(6 evaluations and the summary, digest {})\n",
                  digest()));
  EXPECT_EQ(listing(), before);
  const auto parallel = run("verify run --json", 2);
  ASSERT_EQ(parallel.exit_code, 0) << parallel.err;
  const json verdict = json::parse(parallel.out);
  EXPECT_EQ(verdict["verified"], true);
  EXPECT_EQ(verdict["weights_digest"], digest());
  EXPECT_EQ(verdict["not_compared"], json::array());
}

TEST_F(Verify, APartFollowsFromAKeptCheckpoint) {
  train("--set early_stopping=none --set checkpointing.keep_last=9");
  expect_verified(
      "weights of steps 10 to 20 follow from the job, the data and the seed (2 "
      "evaluations, digest ",
      "--from 10 --to 20");
  const auto refused = verify("--from 7");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("kept are 5, 10, 15, 20, 25, 30"));
}

TEST_F(Verify, OneChangedDigitIsFound) {
  train("--set early_stopping=none --set checkpointing.keep_last=9");
  const std::string line = file("run/metrics.jsonl");
  const std::size_t cost = line.find("\"cost\":0.", line.find("\"step\":15,")) + 9;
  const std::string digits = line.substr(cost, 6);
  const std::string changed = digits.substr(0, 5) + (digits[5] == '1' ? '2' : '1');
  replace("run/metrics.jsonl", "\"step\":15,", "\"cost\":0." + digits, "\"cost\":0." + changed);
  const auto result = verify("--json");
  EXPECT_EQ(result.exit_code, 65);
  EXPECT_THAT(
      result.err,
      AllOf(HasSubstr("verify: step 10: the same"),
            HasSubstr("the run differs from its record at step 15: cost: recorded 0." + changed)));
  const json verdict = json::parse(result.out);
  EXPECT_EQ(verdict["verified"], false);
  EXPECT_EQ(verdict["parts_at"], 15);
  EXPECT_EQ(verdict["differences"][0]["field"], "cost");
  // The parts before and after it still follow.
  expect_verified("weights of steps 0 to 10 ", "--to 10");
  expect_verified("weights of steps 15 to 30 ", "--from 15");
}

TEST_F(Verify, AChangedSummaryAndAnExtraEvaluationAreFound) {
  train("--set early_stopping=none");
  const std::string metrics = file("run/metrics.jsonl");
  const std::string first = metrics.substr(0, metrics.find('\n') + 1);
  std::string extra = first;
  extra.replace(extra.find("\"step\":5,"), 9, "\"step\":7,");
  write("run/metrics.jsonl", first + extra + metrics.substr(first.size()));
  EXPECT_THAT(
      verify().err,
      HasSubstr("the run differs from its record at step 7: an evaluation is recorded where "
                "the job makes none"));
  write("run/metrics.jsonl", metrics);
  replace("run/summary.json", "\"weights_digest\"", digest(), "0123456789abcdef");
  const auto result = verify();
  EXPECT_EQ(result.exit_code, 65);
  EXPECT_THAT(
      result.err,
      HasSubstr("the run differs from its record at step 30: in the summary, weights_digest: "
                "recorded \"0123456789abcdef\""));
}

TEST_F(Verify, LostLinesAndOlderRecordsAreSaid) {
  train("--set early_stopping=none");
  std::string metrics = file("run/metrics.jsonl");
  metrics.replace(metrics.find("\"step\":10,"), 1, "#");
  for (std::size_t at = metrics.find("\"weights_digest\""); at != std::string::npos;
       at = metrics.find("\"weights_digest\"")) {
    metrics.erase(at, std::string("\"weights_digest\":\"0123456789abcdef\",").size());
  }
  write("run/metrics.jsonl", metrics);
  const auto result = verify();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("run/metrics.jsonl:2: the line is damaged"),
                                HasSubstr("step 10: no evaluation is recorded")));
  EXPECT_THAT(result.out, AllOf(HasSubstr("verified: the recorded numbers of steps 0 to 30 follow"),
                                HasSubstr("(5 evaluations and the summary"),
                                HasSubstr("not compared, because not recorded: weights_digest"),
                                HasSubstr("without a recorded evaluation: step 10")));
}

TEST_F(Verify, OtherDataIsRefused) {
  train("--set early_stopping=none");
  write_tiny_data(directory_, 144);
  for (const char* from : {"", "--from 25"}) {
    const auto result = verify(from);
    EXPECT_EQ(result.exit_code, 65) << result.err;
    EXPECT_THAT(result.err, HasSubstr("the training data is not that of the run"));
  }
}

// The newest fingerprints are not those of the first part.
TEST_F(Verify, ThePartBeforeTheDataChangedFollowsFromTheDataOfThen) {
  train_until("1 12 terminate", "--set training.epochs=4");
  write_tiny_data(directory_, 141, 9);
  const auto resumed =
      run("train job.textproto --run-dir run --resume must --allow-changed-data "
          "--set training.epochs=4",
          2);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto parted = verify("--to 5");
  EXPECT_EQ(parted.exit_code, 65) << "the data is not that of the first part: " << parted.err;
  write_tiny_data(directory_, 141);
  const auto result = verify("--to 5");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("no fingerprint is recorded of the data of these steps"));
}

TEST_F(Verify, EarlyStoppingFollows) {
  train("--set early_stopping.patience=1 --set training.epochs=40");
  ASSERT_EQ(json::parse(file("run/summary.json"))["stop_reason"], "early_stopping");
  expect_verified("weights of steps 0 to ");
}

TEST_F(Verify, AKilledAnInterruptedAndAResumedRunFollow) {
  train_until("1 12 kill", "--set early_stopping=none");
  const auto killed = verify();
  ASSERT_EQ(killed.exit_code, 0) << killed.err;
  EXPECT_THAT(killed.err, HasSubstr("run has no summary.json"));
  EXPECT_THAT(killed.out, HasSubstr("steps 0 to 10 follow"));
  train_until("1 16 terminate", "--set early_stopping=none --resume must");
  expect_verified(
      "weights of steps 0 to 17 follow from the job, the data and the seed (3 "
      "evaluations and the summary");
  train("--set early_stopping=none --resume must");
  expect_verified("weights of steps 0 to 30 ");
}

TEST_F(Verify, ARunThatWasResumedWithAnotherJobIsVerifiedInParts) {
  train("--set early_stopping=none --set training.epochs=2");
  train(
      "--set early_stopping=none --set training.epochs=4 --set checkpointing.keep_last=9 "
      "--resume must");
  const auto refused = verify();
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("run was resumed after step 10 with another job "
                                     "(training.epochs: 2, then 4)"));
  expect_verified("weights of steps 0 to 10 ", "--to 10");
  expect_verified("weights of steps 10 to 20 ", "--from 10");
}

// Its last evaluation is recorded with costs that are null.
TEST_F(Verify, ADivergedRunFollowsUpToItsEnd) {
  const auto diverged =
      run("train job.textproto --run-dir run --set training.on_nonfinite=SKIP_STEP "
          "--set 'optimizer={gradient_descent {learning_rate: 1e30}}'");
  ASSERT_EQ(diverged.exit_code, 77) << diverged.err;
  const auto result = verify();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("trained again, the run ends: diverged at step 5"));
  EXPECT_THAT(result.out, HasSubstr("steps 0 to 5 follow"));
}

TEST_F(Verify, ATrialOfASweepFollowsAndASweepIsRefused) {
  write("sweep.textproto",
        "name: 'tiny' job: 'job.textproto' grid {} set: ['training.epochs=2', "
        "'data.split.test.count=20'] parameter { name: 'lambda' path: 'regularization.l2_lambda' "
        "numbers { value: [1, 2] } }");
  const auto swept = run("sweep sweep.textproto --run-dir sweep");
  ASSERT_EQ(swept.exit_code, 0) << swept.err;
  for (const char* trial : {"0000", "0001"}) {
    const auto result = run(fmt::format("verify sweep/trials/{}", trial));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("verified: the weights of steps 0 to "));
  }
  const auto refused = run("verify sweep");
  EXPECT_EQ(refused.exit_code, 66);
  EXPECT_THAT(refused.err, HasSubstr("it holds a sweep; verify one of its trials, such as "
                                     "sweep/trials/0000"));
  EXPECT_EQ(run("verify absent").exit_code, 66);
}

}  // namespace
}  // namespace lockstep
