#include "train/resume.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

Checkpoint checkpoint_of(const std::string& resolved) {
  Checkpoint checkpoint;
  checkpoint.resolved_job = resolved;
  checkpoint.train_fingerprint = "a";
  checkpoint.dev_fingerprint = "b";
  return checkpoint;
}

TEST(Resume, TheSameJobGoesOnSilently) {
  const std::string job = tiny_job("/").resolved_text;
  EXPECT_TRUE(check_resumable(checkpoint_of(job), {job, "a", "b"}).empty());
}

TEST(Resume, LengthAndPatienceMayChangeWithANotice) {
  const std::string then = tiny_job("/").resolved_text;
  const std::string now =
      tiny_job("/", {"training.epochs=9", "early_stopping.patience=5"}).resolved_text;
  EXPECT_EQ(check_resumable(checkpoint_of(then), {now, "a", "b"}).size(), 2U);
}

TEST(Resume, WhatErrorsAreMeasuredAgainstMayChange) {
  const std::string then = tiny_job("/").resolved_text;
  const std::string now = tiny_job("/", {"diagnosis.base_error=0.1"}).resolved_text;
  EXPECT_EQ(check_resumable(checkpoint_of(then), {now, "a", "b"}).size(), 1U);
}

TEST(Resume, EveryChangeOfWhatIsComputedIsNamed) {
  const std::string then = tiny_job("/").resolved_text;
  const std::string now = tiny_job("/", {"training.shards=6", "seed=9"}).resolved_text;
  try {
    check_resumable(checkpoint_of(then), {now, "a", "b"});
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_NE(std::string(error.what()).find("training.shards: 12 in the checkpoint, 6"),
              std::string::npos);
    EXPECT_NE(std::string(error.what()).find("seed: 7 in the checkpoint, 9"), std::string::npos);
  }
}

// What is said of resuming a run of the tiny job with these overrides; a refusal
// begins with its words.
std::vector<std::string> said_of(const std::vector<std::string>& overrides) {
  const std::string then = tiny_job("/").resolved_text;
  try {
    return check_resumable(checkpoint_of(then), {tiny_job("/", overrides).resolved_text, "a", "b"});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    return {error.what()};
  }
}

// It is saved with each state, which would contradict the job.
TEST(Resume, TheThresholdMayNotChange) {
  for (const char* threshold :
       {"evaluation.threshold={largest_f1: true}", "evaluation.threshold={min_recall: 0.9}"}) {
    EXPECT_THAT(said_of({threshold, "network.output={units: 1 loss: LOGISTIC}"}),
                testing::ElementsAre(testing::HasSubstr("evaluation.threshold")));
  }
}

// What is exchanged decides the bits; how it is exchanged does not.
TEST(Resume, ThePrecisionOfTheExchangeMayNotChange) {
  EXPECT_THAT(said_of({"exchange.precision=BFLOAT16"}),
              testing::ElementsAre(testing::HasSubstr(
                  "exchange.precision: FLOAT32 in the checkpoint, BFLOAT16 in the job")));
}

// One field of each kind that says nothing of what is computed up to a step.
TEST(Resume, EveryFieldThatMayChangeDoesWithANotice) {
  for (const char* field : {"name=other",
                            "training.epochs=9",
                            "training.steps=9",
                            "training.on_nonfinite=SKIP_STEP",
                            "training.on_nonfinite=ROLLBACK",
                            "early_stopping=none",
                            "early_stopping.metric=DEV_COST",
                            "early_stopping.patience=3",
                            "early_stopping.min_improvement=0.1",
                            "evaluation.every_epochs=2",
                            "evaluation.train_examples=0",
                            "evaluation.smallest_improvement=0.1",
                            "checkpointing.enabled=false",
                            "checkpointing.every_epochs=2",
                            "checkpointing.keep_last=3",
                            "checkpointing.fatal_failures=2",
                            "exchange.bucket_bytes=8192",
                            "exchange.shared_memory=false",
                            "exchange.compare_weights_every_steps=1",
                            "data.train.idx.features=\"moved\"",
                            "data.train.idx.labels=\"moved\"",
                            "data.train.libsvm={file: \"moved\"}",
                            "data.test={libsvm {file: \"t\"}}",
                            "diagnosis.base_error=0.1",
                            "diagnosis.high_gap=0.1",
                            "diagnosis.high_share=0.1",
                            "monitor={}",
                            "data.max_copied_share=1"}) {
    std::vector<std::string> overrides = {field};
    if (std::string(field).starts_with("data.test")) {
      overrides.emplace_back("data.dev_and_test_from=ONE_DISTRIBUTION");
    }
    const auto said = said_of(overrides);
    EXPECT_FALSE(said.empty()) << field;
    const std::string path = std::string(field).substr(0, std::string(field).find('='));
    bool named = false;
    for (const std::string& line : said) {
      EXPECT_TRUE(line.starts_with("changed on resume: ")) << field << ": " << line;
      named = named || line.starts_with("changed on resume: " + path);
    }
    EXPECT_TRUE(named) << field;
  }
}

TEST(Resume, DevTestAndHeldOutMayMove) {
  const auto said = [](const std::string& set, const std::vector<std::string>& more) {
    std::vector<std::string> then = more;
    then.push_back("data." + set + "={idx {features: \"a\" labels: \"b\"}}");
    std::vector<std::string> now = more;
    now.push_back("data." + set + "={idx {features: \"c\" labels: \"d\"}}");
    return check_resumable(checkpoint_of(tiny_job("/", then).resolved_text),
                           {tiny_job("/", now).resolved_text, "a", "b"})
        .size();
  };
  EXPECT_EQ(said("dev", {"data.split={}"}), 2U);
  EXPECT_EQ(said("test", {"data.dev_and_test_from=ONE_DISTRIBUTION"}), 2U);
  EXPECT_EQ(said("held_out", {}), 2U);
}

TEST(Resume, EveryFieldThatChangesTheResultIsRefused) {
  for (const char* field : {"seed=8",
                            "data.split.dev.count=41",
                            "data.split.test.count=1",
                            "data.split.train_dev.count=1",
                            "data.split.stratified=true",
                            "data.split.by_group=true",
                            "data.split.by_content=true",
                            "data.normalization={none {}}",
                            "data.normalization.standardize.per=ALL",
                            "data.image={height: 4 width: 3}",
                            "data.augmentation={horizontal_flip {}}",
                            "network.input_keep_prob=0.5",
                            "network.layer[0].units=171",
                            "network.layer[1].activation=RELU",
                            "network.layer[0].keep_prob=0.8",
                            "network.layer[0].initializer.multiplier=2",
                            "network.layer[2]={units: 3}",
                            "network.output.loss=SQUARED_ERROR",
                            "regularization.l2_lambda=0.2",
                            "regularization.l1_lambda=0.2",
                            "regularization.include_biases=true",
                            "network.layer[0].regularization.l2_lambda=1",
                            "optimizer.adam.learning_rate=0.02",
                            "optimizer.adam.beta1=0.8",
                            "optimizer.momentum={}",
                            "optimizer.schedule.warmup_epochs=1",
                            "optimizer.schedule.cosine.final_factor=0.5",
                            "training.class_weights={balanced: true}",
                            "training.batch_size=12",
                            "training.shards=6",
                            "training={full_batch: true epochs: 6}"}) {
    std::vector<std::string> overrides = {field};
    if (std::string(field).starts_with("network.output")) {
      overrides.emplace_back("early_stopping=none");
    }
    const auto said = said_of(overrides);
    ASSERT_EQ(said.size(), 1U) << field;
    EXPECT_TRUE(said.front().starts_with("the job differs from the checkpoint's")) << field;
  }
}

TEST(Resume, TargetsKeepTheirScale) {
  const std::vector<std::string> values = {"network.output.loss=SQUARED_ERROR",
                                           "early_stopping=none"};
  std::vector<std::string> as_given = values;
  as_given.emplace_back("data.targets=AS_GIVEN");
  const Checkpoint standardized = checkpoint_of(tiny_job("/", values).resolved_text);
  EXPECT_THROW(check_resumable(standardized, {tiny_job("/", as_given).resolved_text, "a", "b"}),
               Error);
  // The job of an older build, which did not know the choice.
  std::string old = tiny_job("/", as_given).resolved_text;
  const std::string line = "  targets: AS_GIVEN\n";
  ASSERT_NE(old.find(line), std::string::npos);
  old.erase(old.find(line), line.size());
  const Checkpoint older = checkpoint_of(old);
  EXPECT_TRUE(check_resumable(older, {tiny_job("/", as_given).resolved_text, "a", "b"}).empty());
  EXPECT_THROW(check_resumable(older, {tiny_job("/", values).resolved_text, "a", "b"}), Error);
}

// The notices of what may change do not hide what may not.
TEST(Resume, OneFieldThatChangesTheResultIsEnough) {
  const auto said = said_of({"training.epochs=9", "seed=8"});
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said.front().find("seed: 7 in the checkpoint, 8 in the job"), std::string::npos);
  EXPECT_EQ(said.front().find("training.epochs"), std::string::npos);
}

TEST(Resume, ChangedDataIsRefusedUnlessAllowed) {
  const std::string job = tiny_job("/").resolved_text;
  EXPECT_THROW(check_resumable(checkpoint_of(job), {job, "c", "b"}), Error);
  EXPECT_THROW(check_resumable(checkpoint_of(job), {job, "a", ""}), Error);
  EXPECT_NO_THROW(check_resumable(checkpoint_of(job), {job, "c", "b", true}));
}

TEST(Resume, TheMonitorMayChangeWithANotice) {
  const std::string then = tiny_job("/").resolved_text;
  const std::string now = tiny_job("/", {"monitor.every_steps=9"}).resolved_text;
  EXPECT_EQ(check_resumable(checkpoint_of(then), {now, "a", "b"}).size(), 2U);
  EXPECT_EQ(check_resumable(checkpoint_of(now), {then, "a", "b"}).size(), 2U);
}

}  // namespace
}  // namespace lockstep
