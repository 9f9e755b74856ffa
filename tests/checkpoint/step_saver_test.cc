#include "checkpoint/step_saver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/load.h"
#include "checkpoint/retention.h"
#include "example.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class Saver : public FreshDirectory {
 protected:
  // A directory cannot be replaced by the pointer file.
  void obstruct() const { fs::create_directory(directory_ / "latest"); }
  void clear() const { fs::remove(directory_ / "latest"); }
  static Checkpoint state(std::uint64_t step, std::uint64_t best_step) {
    Checkpoint checkpoint = example_checkpoint(step);
    checkpoint.best_step = best_step;
    return checkpoint;
  }
};

TEST_F(Saver, AFailureIsAWarningUntilThereAreTooManyInARow) {
  StepSaver saver(directory_, 2, 3);
  obstruct();
  for (const std::uint64_t step : {10U, 20U}) {
    const auto notices = saver.save(state(step, 1), false);
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_THAT(notices[0],
                AllOf(HasSubstr(fmt::format("the state after step {} could not be saved", step)),
                      HasSubstr(fmt::format("failure {} of 3", step / 10))));
  }
  const Thrown error = thrown_by([&] { static_cast<void>(saver.save(state(30, 1), false)); });
  EXPECT_EQ(error.code, ExitCode::io);
  EXPECT_THAT(error.message, AllOf(HasSubstr("saving failed 3 times in a row"),
                                   HasSubstr("checkpointing.fatal_failures")));
}

TEST_F(Saver, TheCountBeginsAgainAfterASave) {
  StepSaver saver(directory_, 2, 2);
  for (int i = 0; i < 3; ++i) {
    obstruct();
    EXPECT_THAT(saver.save(state(10, 10), false), testing::SizeIs(1));
    clear();
    EXPECT_THAT(saver.save(state(20, 10), false), IsEmpty());
    clear();
  }
  obstruct();
  EXPECT_THAT(saver.save(state(10, 10), false), testing::SizeIs(1));
  const Thrown error = thrown_by([&] { static_cast<void>(saver.save(state(20, 10), false)); });
  EXPECT_EQ(error.code, ExitCode::io);
  EXPECT_THAT(error.message, HasSubstr("saving failed 2 times in a row"));
}

TEST_F(Saver, TheLastSaveMustSucceed) {
  StepSaver saver(directory_, 2, 3);
  obstruct();
  const Thrown error = thrown_by([&] { static_cast<void>(saver.save(state(10, 10), true)); });
  EXPECT_EQ(error.code, ExitCode::io);
  EXPECT_THAT(error.message, HasSubstr("the last save of the run failed"));
}

// A later state refers to the best one, which is no longer the state of the run.
TEST_F(Saver, TheBestStateThatCouldNotBeWrittenIsWrittenWithTheNext) {
  StepSaver saver(directory_ / "ckpt", 2, 3);
  write_bytes(directory_ / "ckpt", "a file where the directory should be");
  EXPECT_THAT(saver.save(state(10, 10), false), testing::SizeIs(1));
  EXPECT_THAT(saver.save(state(20, 10), false), testing::SizeIs(1));
  fs::remove(directory_ / "ckpt");
  EXPECT_THAT(saver.save(state(30, 10), false), IsEmpty());
  const auto found = find_latest(directory_ / "ckpt");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->checkpoint.step, 30U);
  EXPECT_EQ(load_best_of(directory_ / "ckpt", found->checkpoint).step, 10U);
}

TEST_F(Saver, TheDirectoryIsTriedBeforeThereIsAnythingToLose) {
  const StepSaver saver(directory_ / "run/ckpt", 2, 3);
  EXPECT_THAT(saver.try_directory(1000), IsEmpty());
  EXPECT_TRUE(fs::is_empty(directory_ / "run/ckpt"));
  fs::remove(directory_ / "run/ckpt");
  const std::uint64_t free = fs::space(directory_).available;
  const Thrown full =
      thrown_by([&] { static_cast<void>(saver.try_directory(2 * free + (1ULL << 40))); });
  EXPECT_EQ(full.code, ExitCode::io);
  EXPECT_THAT(full.message, AllOf(HasSubstr("bytes free, but a checkpoint needs about"),
                                  HasSubstr("checkpointing.enabled=false")));
  EXPECT_FALSE(fs::exists(directory_ / "run/ckpt")) << "it would look like that of a run";
  const auto warnings = saver.try_directory(free / 2);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], HasSubstr("the 4 checkpoints that the run keeps or writes at a time"));
  write_bytes(directory_ / "file", "");
  const Thrown refused =
      thrown_by([&] { static_cast<void>(StepSaver(directory_ / "file", 2, 3).try_directory(1)); });
  EXPECT_EQ(refused.code, ExitCode::io);
}

}  // namespace
}  // namespace lockstep
