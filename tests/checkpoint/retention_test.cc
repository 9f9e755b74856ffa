#include "checkpoint/retention.h"

#include <optional>
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/run_files.h"
#include "checkpoint/find.h"
#include "checkpoint/load.h"
#include "checkpoint/save.h"
#include "example.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

// What was looked for and has to be there.
FoundCheckpoint existing(std::optional<FoundCheckpoint> found) {
  if (found) return *std::move(found);
  ADD_FAILURE() << "nothing was found";
  return {};
}

class Retention : public FreshDirectory {
 protected:
  std::vector<std::string> save(std::uint64_t step, std::uint32_t keep_last, bool is_best,
                                std::uint64_t best_step = 0,
                                std::optional<std::uint64_t> target = {}) {
    Checkpoint checkpoint = example_checkpoint(step);
    checkpoint.rollbacks = Rollbacks{.target = target};
    checkpoint.best_step = is_best ? step : best_step;
    if (checkpoint.best_step == 0) checkpoint.best_metric.reset();
    return save_step(directory_, checkpoint, parameters_of(checkpoint), keep_last);
  }

  void damage(std::uint64_t step) {
    std::string bytes = read_bytes(directory_ / step_file_name(step));
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_bytes(directory_ / step_file_name(step), bytes);
  }

  std::set<std::string> files() {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
};

TEST_F(Retention, Names) {
  EXPECT_EQ(step_file_name(120), "step-00000120.ckpt");
  EXPECT_EQ(step_file_name(12'345'678'901), "step-12345678901.ckpt");
}

TEST_F(Retention, ListsTheStepsThatAreKept) {
  EXPECT_THAT(kept_steps(directory_ / "absent"), IsEmpty());
  save(20, 2, false);
  save(120, 2, false);
  write_bytes(directory_ / "step-7.ckpt", "of somebody else");
  EXPECT_THAT(kept_steps(directory_), ElementsAre(20u, 120u));
}

TEST_F(Retention, KeepsTheNewestAndTheBest) {
  EXPECT_THAT(save(10, 2, true), IsEmpty());
  save(20, 2, true);
  save(30, 2, false, 20);
  save(40, 2, false, 20);
  save(50, 2, false, 20);
  EXPECT_THAT(files(), ElementsAre("best", "latest", "step-00000020.ckpt", "step-00000040.ckpt",
                                   "step-00000050.ckpt"));
  EXPECT_EQ(read_bytes(directory_ / "latest"), "step-00000050.ckpt\n");
  EXPECT_EQ(read_bytes(directory_ / "best"), "step-00000020.ckpt\n");
  save(60, 1, true);
  EXPECT_THAT(files(), ElementsAre("best", "latest", "step-00000060.ckpt"));
}

// So that the run can resume from an older state when the newest one, also the best, is damaged.
TEST_F(Retention, KeepsTheBestOfEveryKeptState) {
  save(10, 2, true);
  save(20, 2, false, 10);
  save(30, 2, true);
  EXPECT_THAT(files(), ElementsAre("best", "latest", "step-00000010.ckpt", "step-00000020.ckpt",
                                   "step-00000030.ckpt"));
  damage(30);
  const FoundCheckpoint found = existing(find_latest(directory_));
  EXPECT_EQ(found.checkpoint.step, 20U);
  EXPECT_EQ(load_best_of(directory_, found.checkpoint).step, 10U);
  save(25, 2, false, 10);
  EXPECT_EQ(read_bytes(directory_ / "best"), "step-00000010.ckpt\n");
  save(30, 2, true);
  EXPECT_TRUE(fs::exists(directory_ / step_file_name(10))) << "step 25 refers to it";
  save(40, 2, false, 30);
  EXPECT_THAT(files(), ElementsAre("best", "latest", "step-00000030.ckpt", "step-00000040.ckpt"));
}

TEST_F(Retention, KeepsTheStateToWhichAKeptOneRollsBack) {
  for (std::uint64_t step = 10; step <= 50; step += 10)
    save(step, 2, false, 0, step > 20 ? 20 : step);
  EXPECT_THAT(files(), ElementsAre("latest", "step-00000020.ckpt", "step-00000040.ckpt",
                                   "step-00000050.ckpt"));
  save(60, 1, false, 0, 0);
  EXPECT_THAT(files(), ElementsAre("latest", "step-00000060.ckpt")) << "0: the initial weights";
}

TEST_F(Retention, ABestStateThatCannotBeLoadedIsAnErrorWithTheRemedy) {
  save(10, 2, true);
  save(20, 2, false, 10);
  damage(10);
  const Thrown error =
      thrown_by([&] { load_best_of(directory_, existing(find_latest(directory_)).checkpoint); });
  EXPECT_EQ(error.code, ExitCode::data);
  EXPECT_THAT(error.message, HasSubstr("step-00000010.ckpt: checksum error"));
  EXPECT_THAT(error.message, HasSubstr("restore the file from a copy, train on without it"));
}

TEST_F(Retention, AKeptStateWhoseHeaderCannotBeReadIsReported) {
  save(10, 2, false);
  write_bytes(directory_ / step_file_name(10), "");
  const auto notices = save(20, 2, false);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_THAT(notices[0], HasSubstr("step-00000010.ckpt: incomplete"));
}

TEST_F(Retention, OrdersByNumberAndNotByName) {
  save(99'999'999, 1, false);
  save(100'000'000, 1, false);
  EXPECT_THAT(files(), ElementsAre("latest", "step-100000000.ckpt"));
}

TEST_F(Retention, KeepsTheOneJustWrittenAndLeavesLaterOnesAlone) {
  save(200, 5, false);
  save(100, 0, false);
  EXPECT_THAT(files(), ElementsAre("latest", "step-00000100.ckpt", "step-00000200.ckpt"));
  EXPECT_EQ(existing(find_latest(directory_)).checkpoint.step, 100U);
}

TEST_F(Retention, KeepsTheBestWhenItsPointerIsDamaged) {
  save(10, 1, true);
  write_bytes(directory_ / "best", "garbage");
  save(20, 1, false, 10);
  save(30, 1, false, 10);
  EXPECT_TRUE(fs::exists(directory_ / step_file_name(10)));
}

TEST_F(Retention, SweepsLeftoversButNothingElse) {
  write_bytes(directory_ / "step-00000010.ckpt.tmp-4711", "half");
  write_bytes(directory_ / "latest.tmp-4711", "step");
  write_bytes(directory_ / "notes.txt", "mine");
  save(20, 1, false);
  EXPECT_THAT(files(), ElementsAre("latest", "notes.txt", "step-00000020.ckpt"));
}

TEST_F(Retention, CreatesItsDirectory) {
  const fs::path nested = directory_ / "run" / "ckpt";
  const Checkpoint checkpoint = example_checkpoint(10);
  save_step(nested, checkpoint, parameters_of(checkpoint), 1);
  EXPECT_EQ(existing(find_latest(nested)).checkpoint.step, 10U);
}

TEST_F(Retention, DirectoryThatIsAFile) {
  write_bytes(directory_ / "file", "");
  const Checkpoint checkpoint = example_checkpoint();
  const Thrown error =
      thrown_by([&] { save_step(directory_ / "file", checkpoint, parameters_of(checkpoint), 1); });
  EXPECT_EQ(error.code, ExitCode::io);
  EXPECT_THAT(error.message, HasSubstr("file"));
}

TEST_F(Retention, NothingToFind) {
  EXPECT_FALSE(find_latest(directory_));
  EXPECT_FALSE(find_latest(directory_ / "none"));
}

TEST_F(Retention, FindsWhatThePointersName) {
  save(10, 2, true);
  save(20, 2, false, 10);
  const FoundCheckpoint latest = existing(find_latest(directory_));
  EXPECT_EQ(latest.path, directory_ / step_file_name(20));
  EXPECT_EQ(latest.checkpoint.step, 20U);
  EXPECT_THAT(latest.notices, IsEmpty());
  EXPECT_EQ(find_checkpoint(directory_ / "best"), directory_ / step_file_name(10));
}

// Of a run, whose weights are the best or the last ones.
TEST_F(Retention, FindsTheOneWithTheWeights) {
  save(10, 2, true);
  const std::string best = load_checkpoint(find_checkpoint(directory_ / "best")).weights_digest;
  save(20, 2, false, 10);
  const std::string latest = existing(find_latest(directory_)).checkpoint.weights_digest;
  ASSERT_NE(best, latest);
  EXPECT_EQ(existing(find_with_weights(directory_, best)).checkpoint.step, 10U);
  EXPECT_EQ(existing(find_with_weights(directory_, latest)).checkpoint.step, 20U);
  EXPECT_FALSE(find_with_weights(directory_, "0123456789abcdef"));
  EXPECT_FALSE(find_with_weights(directory_ / "absent", best));
}

// An older state would be found instead, but it has other weights.
TEST_F(Retention, TheOneWithTheWeightsMayBeDamaged) {
  save(10, 2, true);
  save(20, 2, false, 10);
  const std::string latest = existing(find_latest(directory_)).checkpoint.weights_digest;
  damage(20);
  const Thrown error = thrown_by([&] { find_with_weights(directory_, latest); });
  EXPECT_EQ(error.code, ExitCode::data);
  EXPECT_THAT(error.message,
              AllOf(HasSubstr(step_file_name(20) + ": "), HasSubstr("so that it is trained again"),
                    HasSubstr("has the weights with which its run ended (" + latest)));
}

TEST_F(Retention, LatestMissingGarbageOrDangling) {
  save(10, 3, false);
  save(20, 3, false);
  // The older file is the one touched last: times do not matter.
  fs::last_write_time(directory_ / step_file_name(20),
                      fs::last_write_time(directory_ / step_file_name(10)) - std::chrono::hours(1));
  const auto expect_20 = [&](const std::string& why) {
    const FoundCheckpoint found = existing(find_latest(directory_));
    EXPECT_EQ(found.path, directory_ / step_file_name(20));
    ASSERT_EQ(found.notices.size(), 2U);
    EXPECT_THAT(found.notices[0], HasSubstr(why));
    EXPECT_THAT(found.notices[1], HasSubstr("using"));
  };
  fs::remove(directory_ / "latest");
  expect_20("latest is missing");
  for (const auto& garbage :
       {std::string(), std::string("\0\xff\n", 3), std::string(100'000, 'x'),
        std::string("../step-00000010.ckpt"), std::string("step-10.ckpt"),
        std::string("step-00000010.ckpt\nmore"), std::string("step-00000010.ckpt.tmp-1")}) {
    write_bytes(directory_ / "latest", garbage);
    expect_20("does not name a checkpoint");
  }
  write_bytes(directory_ / "latest", step_file_name(30));
  expect_20("step-00000030.ckpt: No such file");
}

TEST_F(Retention, InvalidLatestFallsBackToTheNewestValid) {
  for (const std::uint64_t step : {10U, 20U, 30U, 40U}) save(step, 9, false);
  damage(30);
  write_bytes(directory_ / step_file_name(40), "");
  const FoundCheckpoint found = existing(find_latest(directory_));
  EXPECT_EQ(found.checkpoint.step, 20U);
  ASSERT_EQ(found.notices.size(), 3U);
  EXPECT_THAT(found.notices[0], HasSubstr("step-00000040.ckpt: incomplete"));
  EXPECT_THAT(found.notices[1], HasSubstr("step-00000030.ckpt: checksum error"));
  EXPECT_THAT(found.notices[2], HasSubstr("step-00000020.ckpt instead; the 20 steps after it, up "
                                          "to step 40, are lost and will be trained again"));

  // The run continues from 20 and reaches 30 again: the damaged file is replaced.
  save(30, 9, false);
  EXPECT_EQ(load_checkpoint(directory_ / step_file_name(30)).step, 30U);
}

TEST_F(Retention, AFileWithTheNameOfAnotherStepIsNotUsed) {
  for (const std::uint64_t step : {10U, 20U}) save(step, 9, false);
  fs::rename(directory_ / step_file_name(20), directory_ / step_file_name(90));
  const FoundCheckpoint found = existing(find_latest(directory_));
  EXPECT_EQ(found.checkpoint.step, 10U);
  ASSERT_EQ(found.notices.size(), 3U);
  EXPECT_THAT(found.notices[0], HasSubstr("step-00000020.ckpt: No such file"));
  EXPECT_THAT(found.notices[1], HasSubstr("step-00000090.ckpt has the state after step 20"));
  EXPECT_THAT(found.notices[2], HasSubstr("the 10 steps after it, up to step 20, are lost"));
  EXPECT_EQ(load_step(directory_, 10).step, 10U);
  EXPECT_THROW(static_cast<void>(load_step(directory_, 90)), Error);
}

TEST_F(Retention, NoneValidIsAnErrorWithTheReasons) {
  save(10, 2, true);
  save(20, 2, false, 10);
  damage(10);
  damage(20);
  const Thrown error = thrown_by([&] { find_latest(directory_); });
  EXPECT_EQ(error.code, ExitCode::data);
  EXPECT_THAT(error.message, HasSubstr("step-00000010.ckpt: checksum error"));
  EXPECT_THAT(error.message, HasSubstr("step-00000020.ckpt: checksum error"));
}

// In this order, so that the state `latest` names always finds the best it knows of.
TEST_F(Retention, WritesTheFileThenBestThenLatestThenPrunes) {
  save(10, 1, true);
  fs::remove(directory_ / "latest");
  fs::create_directory(directory_ / "latest");  // cannot be replaced by a file
  EXPECT_EQ(thrown_by([&] { save(20, 1, true); }).code, ExitCode::io);
  EXPECT_THAT(files(), ElementsAre("best", "latest", "step-00000010.ckpt", "step-00000020.ckpt"));
  EXPECT_EQ(read_bytes(directory_ / "best"), "step-00000020.ckpt\n");
}

// What a kill leaves behind at each phase of saving step 20 as the new best.
TEST_F(Retention, KilledWhileSaving) {
  save(10, 1, true);
  const auto expect_found = [&](std::uint64_t latest, std::uint64_t best) {
    EXPECT_EQ(existing(find_latest(directory_)).checkpoint.step, latest);
    EXPECT_EQ(load_checkpoint(find_checkpoint(directory_ / "best")).step, best);
    EXPECT_THAT(existing(find_latest(directory_)).notices, IsEmpty());
  };
  write_bytes(directory_ / "step-00000020.ckpt.tmp-1", "half");
  expect_found(10, 10);  // while writing
  save_checkpoint(example_checkpoint(20), directory_ / step_file_name(20));
  expect_found(10, 10);  // after rename, before the pointers
  write_bytes(directory_ / "best", step_file_name(20) + '\n');
  expect_found(10, 20);  // between the pointers
  write_bytes(directory_ / "latest", step_file_name(20) + '\n');
  expect_found(20, 20);  // before pruning
  save(20, 1, true);     // resumed from 10: the same save again
  EXPECT_THAT(files(), ElementsAre("best", "latest", "step-00000020.ckpt"));
}

}  // namespace
}  // namespace lockstep
