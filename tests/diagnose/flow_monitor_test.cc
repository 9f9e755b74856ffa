// The signal-flow monitor of a run: it changes no bit of the weights, says the
// same at every layout and after a resume, and what it says is so.

#include "diagnose/flow_monitor.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comm/agreement.h"
#include "diagnose/flow_at_start.h"
#include "diagnose/record_text.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

class FlowRecorder : public TrainingObserver {
 public:
  FlowRecorder(std::vector<FlowRecord>& records, std::string& notices)
      : records_(records), notices_(notices) {}
  void on_flow(const FlowRecord& record) override { records_.push_back(record); }
  void on_notice(const std::string& notice) override { notices_ += notice + "\n"; }

 private:
  std::vector<FlowRecord>& records_;
  std::string& notices_;
};

class Monitor : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }

  // Trains, and keeps what the monitor said. Collective over `comm`.
  void train_on(const Communicator& comm, const std::vector<std::string>& overrides, int threads,
                TrainOptions options = {}) {
    records_.clear();
    notices_.clear();
    const LoadedJob job = tiny_job(directory_, overrides);
    options.layout = {comm.size(), threads};
    options.make_monitor = make_flow_monitor;
    if (options.run_dir.empty()) options.run_dir = directory_ / "run";
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm.is_root()) observers.push_back(std::make_unique<FlowRecorder>(records_, notices_));
    digest_ = train(job.job, job.resolved_text, comm, options, observers).weights_digest;
  }
  // All records as text; the same on every rank of comm_.
  std::string said() {
    std::string text;
    for (const FlowRecord& record : records_) text += text_of(record);
    comm_.broadcast(text);
    return text;
  }

  static std::vector<std::string> monitored(std::vector<std::string> overrides = {}) {
    for (const char* more :
         {"monitor.every_steps=4", "training.epochs=3", "checkpointing.enabled=false"}) {
      overrides.emplace_back(more);
    }
    return overrides;
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
  std::vector<FlowRecord> records_;
  std::string notices_;
  std::string digest_;
};

TEST_F(Monitor, ChangesNoBitAndSaysTheSameAtEveryLayout) {
  train_on(comm_, {"training.epochs=3", "checkpointing.enabled=false"}, 1);
  const std::string without = digest_;
  EXPECT_TRUE(records_.empty());
  train_on(Communicator::self(), monitored(), 1);
  const std::string alone = digest_;
  std::string said_alone;
  for (const FlowRecord& record : records_) said_alone += text_of(record);
  if (comm_.is_root()) {
    EXPECT_EQ(alone, without);
  }
  // 5 steps in an epoch of 101 examples.
  ASSERT_TRUE(on_all_ranks(records_.size() == 4));
  for (const auto& [i, step] : {std::pair{0, 1U}, {1, 4U}, {2, 8U}, {3, 12U}}) {
    EXPECT_EQ(records_[static_cast<std::size_t>(i)].step, step);
  }
  for (const int threads : {1, 2, 3}) {
    train_on(comm_, monitored({"exchange.bucket_bytes=8192"}), threads);
    if (comm_.is_root()) {
      EXPECT_EQ(digest_, alone) << threads << " threads";
    }
    EXPECT_EQ(said(), said_alone) << threads << " threads";
  }
}

// With plain gradient descent an update is the learning rate times the gradient.
TEST_F(Monitor, UpdatesAreWhatTheOptimizerDid) {
  train_on(comm_,
           monitored({"optimizer.gradient_descent.learning_rate=0.05", "optimizer.schedule={}"}),
           1);
  if (!comm_.is_root()) return;
  ASSERT_EQ(records_.size(), 4U);
  for (const FlowRecord& record : records_) {
    for (const LayerFlow& layer : record.layers) {
      EXPECT_NEAR(*layer.update_norm / layer.gradient_norm, 0.05, 0.05 * 1e-3);
      EXPECT_DOUBLE_EQ(*layer.update_ratio, *layer.update_norm / layer.weight_norm);
    }
  }
}

TEST_F(Monitor, TheFirstRecordIsOfTheInitialWeights) {
  const std::vector<std::string> overrides =
      monitored({"monitor.examples=40", "network.input_keep_prob=1", "network.layer[0].keep_prob=1",
                 "network.layer[1].keep_prob=1", "optimizer.schedule={}"});
  train_on(comm_, overrides, 1);
  const FlowRecord start =
      flow_at_start(tiny_job(directory_, overrides).job, comm_, {comm_.size(), 1}, 40);
  if (!comm_.is_root()) return;
  FlowRecord first = records_.at(0);
  for (LayerFlow& layer : first.layers) layer.update_norm = layer.update_ratio = std::nullopt;
  first.step = 0;
  EXPECT_EQ(text_of(first), text_of(start));
}

TEST_F(Monitor, AResumedRunSaysWhatTheWholeOneSaid) {
  const std::vector<std::string> overrides = {"monitor.every_steps=3", "training.epochs=4",
                                              "early_stopping.patience=100"};
  TrainOptions whole;
  whole.run_dir = directory_ / "whole";
  train_on(comm_, overrides, 1, whole);
  const std::string all = said();
  const std::string digest = digest_;

  TrainOptions first;
  first.run_dir = directory_ / "parts";
  first.stop_requested = [](auto step) { return step == 7U; };
  train_on(comm_, overrides, 2, first);
  const std::string begun = said();
  TrainOptions second;
  second.run_dir = directory_ / "parts";
  second.resume = Resume::must;
  train_on(comm_, overrides, 1, second);
  EXPECT_EQ(begun + said(), all);
  EXPECT_EQ(digest_, digest);
  // It may be turned on, off or changed on the way.
  second.resume = Resume::must;
  std::vector<std::string> changed = overrides;
  changed[0] = "monitor.every_steps=1";
  changed[1] = "training.epochs=5";
  train_on(comm_, changed, 1, second);
  if (comm_.is_root()) {
    EXPECT_EQ(records_.size(), 5U);
  }
}

TEST_F(Monitor, TheVerdictIsANoticeAtTheEnd) {
  train_on(comm_, monitored(), 1);
  if (comm_.is_root()) {
    EXPECT_NE(notices_.find("signal flow at step 12: sound"), std::string::npos) << notices_;
  }
  train_on(comm_,
           monitored({"network={layer { units: 12 activation: LINEAR initializer { kind: IDENTITY "
                      "multiplier: 0.5 } repeat: 60 } output { units: 3 }}"}),
           1);
  if (comm_.is_root()) {
    EXPECT_NE(notices_.find("gradients vanish"), std::string::npos) << notices_;
  }
}

TEST_F(Monitor, ARunThatDivergesSaysWhatWasSeen) {
  const std::vector<std::string> overrides =
      monitored({"network={layer { units: 12 activation: LINEAR initializer { kind: IDENTITY "
                 "multiplier: 2 } repeat: 150 } output { units: 3 }}"});
  EXPECT_THROW(train_on(comm_, overrides, 1), AgreedError);
  if (comm_.is_root()) {
    EXPECT_NE(notices_.find("too large for float in layer"), std::string::npos) << notices_;
  }
}

// Warm-up starts next to a learning rate of 0, and a schedule may end there.
TEST_F(Monitor, SmallUpdatesOnPurposeAreNoFinding) {
  const auto kinds_with = [&](const char* schedule) {
    train_on(comm_, monitored({"optimizer.gradient_descent.learning_rate=1e-7", schedule}), 1);
    std::string kinds;
    for (const FlowRecord& record : records_) {
      for (const FlowFinding& finding : record.findings) kinds += finding.kind + " ";
    }
    comm_.broadcast(kinds);
    return kinds;
  };
  EXPECT_EQ(kinds_with("optimizer.schedule={warmup_epochs: 1000}"), "");
  EXPECT_EQ(kinds_with("optimizer.schedule={}"), "no_updates no_updates no_updates no_updates ");
}

TEST_F(Monitor, AJobWithOneIsRefusedWhereItCannotBe) {
  const LoadedJob job = tiny_job(directory_, monitored());
  TrainOptions options;
  options.layout = {comm_.size(), 1};
  EXPECT_THROW(train(job.job, job.resolved_text, comm_, options, {}), AgreedError);
}

}  // namespace
}  // namespace lockstep
