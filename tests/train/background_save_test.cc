#include "train/background_save.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/run_files.h"
#include "checkpoint/arrays.h"
#include "checkpoint/load.h"
#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "comm/owned_values.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "support/weights_probe.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A state with several chunks in each array.
Checkpoint large_state(std::uint64_t step) {
  Checkpoint checkpoint;
  checkpoint.lockstep_version = "test";
  checkpoint.step = step;
  checkpoint.optimizer_slot_names = {"m"};
  checkpoint.weights.resize(2 * kDefaultChunkElements + 12345);
  for (std::size_t i = 0; i < checkpoint.weights.size(); ++i) {
    checkpoint.weights[i] = static_cast<float>(i % 1000003 + step);
  }
  checkpoint.optimizer_slots = {{checkpoint.weights.rbegin(), checkpoint.weights.rend()}};
  checkpoint.mean = {1, 2};
  checkpoint.inverse_deviation = {3, 4};
  return checkpoint;
}

class Background : public testing::Test {
 protected:
  StateSnapshot snapshot_of(const Checkpoint& state) const {
    StateSnapshot snapshot;
    snapshot.owned = {pick_owned<float>(ownership_, comm_.rank(), state.weights),
                      pick_owned<float>(ownership_, comm_.rank(), state.optimizer_slots[0])};
    snapshot.weights_digest = digest_of_weights(state.weights);
    snapshot.rest = state;
    snapshot.rest.weights.clear();
    snapshot.rest.optimizer_slots.clear();
    return snapshot;
  }
  Communicator comm_ = Communicator::world();
  fs::path directory_ = collective_temp_dir();
  Ownership ownership_ = Ownership::with_bucket_bytes(2 * kDefaultChunkElements + 12345, 1 << 22,
                                                      sizeof(float), comm_.size());
};

// The bytes do not depend on who held which part.
TEST_F(Background, WritesTheFileThatOneRankWouldWrite) {
  const Checkpoint state = large_state(7);
  BackgroundSave save(comm_, ownership_, snapshot_of(state), directory_ / "run", 2);
  const SaveOutcome outcome = save.finish();
  if (!comm_.is_root()) return;
  EXPECT_FALSE(outcome.failure) << *outcome.failure;
  save_step(directory_ / "whole", state, parameters_of(state), 2);
  const std::string name = step_file_name(7);
  EXPECT_TRUE(bytes_of(directory_ / "run" / name) == bytes_of(directory_ / "whole" / name));
}

// As between the steps of a run: all ranks learn together when it has ended.
TEST_F(Background, GoesOnWithoutWaiting) {
  const Checkpoint state = large_state(8);
  BackgroundSave save(comm_, ownership_, snapshot_of(state), directory_, 2);
  bool ended = false;
  while (!ended) {
    save.advance();
    ended = comm_.is_root() && save.has_ended();
    comm_.broadcast(ended);
  }
  const SaveOutcome outcome = save.finish();
  if (comm_.is_root()) {
    EXPECT_FALSE(outcome.failure);
    EXPECT_EQ(load_checkpoint(directory_ / step_file_name(8)).weights, state.weights);
  }
}

TEST_F(Background, AFailureLeavesNoRankWaiting) {
  if (comm_.is_root()) std::ofstream(directory_ / "file") << "not a directory";
  comm_.barrier();
  BackgroundSave save(comm_, ownership_, snapshot_of(large_state(9)), directory_ / "file", 2);
  const SaveOutcome outcome = save.finish();
  EXPECT_EQ(outcome.failure.has_value(), comm_.is_root());
  EXPECT_EQ(save.snapshot().owned[0].size(), ownership_.owned(comm_.rank()));
}

// ---- in a run ----

class Notices : public TrainingObserver {
 public:
  explicit Notices(std::vector<std::string>& notices) : notices_(notices) {}
  void on_notice(const std::string& notice) override {
    if (notice.starts_with("warning")) notices_.push_back(notice);
  }

 private:
  std::vector<std::string>& notices_;
};

// The argument: from how many bytes on a state is saved in the background. The tiny job's has
// 214,476.
class SavesOfARun : public Background, public testing::WithParamInterface<std::uint64_t> {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  // A file where the directory of checkpoints should be, from step `begin` to step `end`.
  TrainOptions obstructed(std::uint64_t begin, std::uint64_t end) {
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / "run";
    options.make_probes = {weights_probe([this, begin, end](int rank, std::uint64_t step, auto) {
      if (rank != 0) return;
      const fs::path ckpt = directory_ / "run/ckpt";
      if (step == begin) {
        fs::rename(ckpt, directory_ / "away");
        std::ofstream(ckpt) << "in the way";
      }
      if (step == end) {
        fs::remove(ckpt);
        fs::rename(directory_ / "away", ckpt);
      }
    })};
    return options;
  }
  Summary run(const std::vector<std::string>& overrides, const TrainOptions& options) {
    std::vector<std::string> all = overrides;
    all.push_back(fmt::format("checkpointing.background_from_bytes={}", GetParam()));
    const LoadedJob job = tiny_job(directory_, all);
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) observers.push_back(std::make_unique<Notices>(notices_));
    return train(job.job, job.resolved_text, comm_, options, observers);
  }
  std::vector<std::string> notices_;
};

// The best evaluation, after step 5 (one epoch), cannot be saved; nor can the save after that. All
// later evaluations are worse, because nothing less than 1 counts as better.
TEST_P(SavesOfARun, ABestStateThatCouldNotBeSavedIsSavedWithTheNext) {
  run({"early_stopping={patience: 100 min_improvement: 1}", "checkpointing.every_epochs=1"},
      obstructed(2, 12));
  if (!comm_.is_root()) return;
  EXPECT_THAT(notices_,
              ElementsAre(AllOf(HasSubstr("the state after step 5"), HasSubstr("1 of 3")),
                          AllOf(HasSubstr("the state after step 5"), HasSubstr("2 of 3"))))
      << "without it, the state after step 10 is not tried";
  const auto found = find_latest(directory_ / "run/ckpt");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->checkpoint.step, 30U);
  EXPECT_EQ(found->checkpoint.best_step, 5U);
  EXPECT_EQ(load_best_of(directory_ / "run/ckpt", found->checkpoint).step, 5U);
}

TEST_P(SavesOfARun, TooManyFailuresEndTheRunOnAllRanks) {
  try {
    run({"early_stopping=none", "checkpointing={every_steps: 3 fatal_failures: 2}"},
        obstructed(1, 29));
    ADD_FAILURE() << "the run should have failed";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::io);
    EXPECT_THAT(error.what(), HasSubstr("saving failed 2 times in a row"));
  }
  if (comm_.is_root()) {
    EXPECT_THAT(notices_, ElementsAre(AllOf(HasSubstr("after step 3"), HasSubstr("1 of 2"))));
  }
}

// Neither steps nor time change a bit of the run.
TEST_P(SavesOfARun, StepsAndMinutesSaveStates) {
  TrainOptions options;
  options.layout = {comm_.size(), 1};
  options.run_dir = directory_ / "run";
  const Summary whole = run({"checkpointing={every_epochs: 0}", "early_stopping=none"}, options);
  options.run_dir = directory_ / "steps";
  const Summary steps =
      run({"checkpointing={every_epochs: 0 every_steps: 7 keep_last: 9}", "early_stopping=none"},
          options);
  options.run_dir = directory_ / "minutes";
  const Summary minutes = run(
      {"checkpointing={every_epochs: 0 every_minutes: 1e-9 keep_last: 100}", "early_stopping=none"},
      options);
  if (!comm_.is_root()) return;
  EXPECT_EQ(steps.weights_digest, whole.weights_digest);
  EXPECT_EQ(minutes.weights_digest, whole.weights_digest);
  for (const std::uint64_t step : {7, 14, 21, 28, 30}) {
    EXPECT_TRUE(fs::exists(directory_ / "steps/ckpt" / step_file_name(step))) << step;
  }
  EXPECT_FALSE(fs::exists(directory_ / "steps/ckpt" / step_file_name(6)));
  EXPECT_TRUE(fs::exists(directory_ / "minutes/ckpt" / step_file_name(17)))
      << "time is up at every step";
}

// Whatever becomes of the run, the save before that was good.
TEST_P(SavesOfARun, ASaveThatHasBegunIsEndedWhenTheRunFails) {
  TrainOptions options;
  options.layout = {comm_.size(), 1};
  options.run_dir = directory_ / "run";
  options.make_probes = {weights_probe([](int, std::uint64_t step, std::span<float> weights) {
    if (step == 5) weights[0] = std::numeric_limits<float>::quiet_NaN();
  })};
  EXPECT_THROW(run({"early_stopping=none", "exchange.compare_weights_every_steps=0",
                    "checkpointing={every_epochs: 0 every_steps: 5}"},
                   options),
               AgreedError);
  if (!comm_.is_root()) return;
  EXPECT_EQ(find_latest(directory_ / "run/ckpt")->checkpoint.step, 5U);
}

INSTANTIATE_TEST_SUITE_P(InTheBackgroundOrNot, SavesOfARun, testing::Values(0, 1 << 20));

}  // namespace
}  // namespace lockstep
