#include "train/resume.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "train/tiny_job.h"

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
