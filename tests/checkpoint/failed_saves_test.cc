#include "checkpoint/failed_saves.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/retention.h"
#include "example.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

using Saving = FreshDirectory;

const SaveOutcome kSaved;
const SaveOutcome kFailed{.notices = {}, .failure = "the disk is full"};

std::vector<std::string> judge(FailedSaves& saves, const SaveOutcome& outcome, std::uint64_t step) {
  return saves.judge(outcome, step, false);
}

TEST(FailedSaves, AFailureIsAWarningUntilThereAreTooManyInARow) {
  FailedSaves saves(3);
  for (const std::uint64_t step : {10U, 20U}) {
    EXPECT_THAT(
        judge(saves, kFailed, step),
        ElementsAre(AllOf(
            HasSubstr(fmt::format("the state after step {} could not be saved: the disk", step)),
            HasSubstr(fmt::format("failure {} of 3", step / 10)))));
  }
  const Thrown error = thrown_by([&] { judge(saves, kFailed, 30); });
  EXPECT_EQ(error.code, ExitCode::io);
  EXPECT_THAT(error.message, AllOf(HasSubstr("saving failed 3 times in a row"),
                                   HasSubstr("checkpointing.fatal_failures")));
}

TEST(FailedSaves, TheCountBeginsAgainAfterASave) {
  FailedSaves saves(2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(judge(saves, kFailed, 10), testing::SizeIs(1));
    EXPECT_THAT(judge(saves, {.notices = {"a notice"}, .failure = {}}, 20),
                ElementsAre("a notice"));
  }
  EXPECT_THAT(judge(saves, kFailed, 10), testing::SizeIs(1));
  const Thrown error = thrown_by([&] { judge(saves, kFailed, 20); });
  EXPECT_THAT(error.message, HasSubstr("saving failed 2 times in a row"));
}

TEST(FailedSaves, TheLastSaveMustSucceed) {
  FailedSaves saves(3);
  EXPECT_THAT(saves.judge(kSaved, 10, true), IsEmpty());
  const Thrown error = thrown_by([&] { static_cast<void>(saves.judge(kFailed, 10, true)); });
  EXPECT_EQ(error.code, ExitCode::io);
  EXPECT_THAT(error.message, HasSubstr("the last save of the run failed"));
}

TEST_F(Saving, AFailureIsReturned) {
  const Checkpoint checkpoint = example_checkpoint(10);
  write_bytes(directory_ / "ckpt", "a file where the directory should be");
  const auto failed = try_save_step(directory_ / "ckpt", checkpoint, parameters_of(checkpoint), 2);
  ASSERT_TRUE(failed.failure);
  EXPECT_THAT(*failed.failure, HasSubstr("ckpt"));
  fs::remove(directory_ / "ckpt");
  EXPECT_FALSE(
      try_save_step(directory_ / "ckpt", checkpoint, parameters_of(checkpoint), 2).failure);
  EXPECT_EQ(find_latest(directory_ / "ckpt")->checkpoint.step, 10U);
}

TEST_F(Saving, ASourceThatRunsOutOfMemoryIsAFailure) {
  const Checkpoint checkpoint = example_checkpoint(10);
  ParameterSource source = parameters_of(checkpoint);
  source.values = [](std::uint32_t, Range) -> std::span<const float> { throw std::bad_alloc(); };
  EXPECT_EQ(try_save_step(directory_, checkpoint, source, 2).failure, "there is not enough memory");
  EXPECT_FALSE(find_latest(directory_));
}

TEST_F(Saving, TheDirectoryIsTriedBeforeThereIsAnythingToLose) {
  const fs::path directory = directory_ / "run/ckpt";
  EXPECT_THAT(try_checkpoint_directory(directory, 1000, 2), IsEmpty());
  EXPECT_TRUE(fs::is_empty(directory));
  fs::remove(directory);
  const std::uint64_t free = fs::space(directory_).available;
  const Thrown full =
      thrown_by([&] { try_checkpoint_directory(directory, 2 * free + (1ULL << 40), 2); });
  EXPECT_EQ(full.code, ExitCode::io);
  EXPECT_THAT(full.message, AllOf(HasSubstr("bytes free, but a checkpoint needs about"),
                                  HasSubstr("checkpointing.enabled=false")));
  EXPECT_FALSE(fs::exists(directory)) << "it would look like that of a run";
  const auto warnings = try_checkpoint_directory(directory, free / 2, 2);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("the 4 checkpoints that the run keeps or writes at a time"));
  write_bytes(directory_ / "file", "");
  const Thrown refused = thrown_by([&] { try_checkpoint_directory(directory_ / "file", 1, 2); });
  EXPECT_EQ(refused.code, ExitCode::io);
}

}  // namespace
}  // namespace lockstep
