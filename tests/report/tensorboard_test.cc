#include "report/tensorboard.h"

#include <algorithm>
#include <map>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/tensorboard.pb.h"
#include "report/crc32c.h"
#include "report/samples.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::Pair;

// The event files of a run, in the order in which TensorBoard reads them.
std::vector<std::filesystem::path> event_files(const std::filesystem::path& run_dir) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(run_dir / "tb")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

// Every record of a file, its frame checked.
std::vector<tensorboard::Event> read_events(const std::filesystem::path& path) {
  const std::string text = read_text(path);
  std::string_view bytes = text;
  const auto take = [&](std::size_t count) {
    const std::string_view head = bytes.substr(0, count);
    EXPECT_EQ(head.size(), count) << "cut short";
    bytes.remove_prefix(head.size());
    return head;
  };
  std::vector<tensorboard::Event> events;
  while (!bytes.empty()) {
    const std::string_view length = take(8);
    EXPECT_EQ(little_endian(take(4)), masked_crc32c(length));
    const std::string_view data = take(little_endian(length));
    EXPECT_EQ(little_endian(take(4)), masked_crc32c(data));
    EXPECT_TRUE(events.emplace_back().ParseFromString(std::string(data)));
  }
  return events;
}

std::map<std::string, float> scalars(const tensorboard::Event& event) {
  std::map<std::string, float> values;
  for (const auto& value : event.summary().value()) values[value.tag()] = value.simple_value();
  return values;
}

TEST(TensorboardRecord, FramesAKnownMessage) {
  // Length 1, its masked checksum, the byte, its masked checksum.
  const std::string record = tensorboard_record("a");
  EXPECT_EQ(record.size(), 8u + 4 + 1 + 4);
  EXPECT_EQ(record.substr(0, 8), std::string("\x01\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(record[12], 'a');
}

TEST(TensorboardSchema, HasTheFieldNumbersOfTensorboard) {
  tensorboard::Event event;
  event.set_wall_time(1);
  event.set_step(2);
  auto& value = *event.mutable_summary()->add_value();
  value.set_tag("t");
  value.set_simple_value(1);
  // 1: fixed64 1.0; 2: varint 2; 5: Summary{1: Value{1: "t", 2: fixed32 1.0f}}.
  EXPECT_EQ(
      event.SerializeAsString(),
      std::string("\x09\0\0\0\0\0\0\xF0\x3F\x10\x02\x2A\x0A\x0A\x08\x0A\x01t\x15\0\0\x80\x3F", 23));
  tensorboard::Event version;
  version.set_file_version("v");
  EXPECT_EQ(version.SerializeAsString(), "\x1A\x01v");
  tensorboard::Event session;
  session.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  EXPECT_EQ(session.SerializeAsString(), "\x3A\x02\x08\x01");
}

TEST(TensorboardReport, WritesVersionStartAndScalars) {
  const auto directory = fresh_directory();
  TensorboardReport report;
  report.on_start(sample_start(directory));
  report.on_evaluation(sample_evaluation(2));
  const auto files = event_files(directory);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_TRUE(std::regex_match(files[0].filename().string(),
                               std::regex(R"(events\.out\.tfevents\.\d{10}\..+\.\d+\.0)")))
      << files[0];

  const auto events = read_events(files[0]);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  EXPECT_GT(events[0].wall_time(), 1.6e9);
  EXPECT_EQ(events[1].session_log().status(), tensorboard::SessionLog::START);
  EXPECT_EQ(events[1].step(), 0);
  EXPECT_EQ(events[2].step(), 430);
  EXPECT_THAT(
      scalars(events[2]),
      ElementsAre(Pair("cost/J", 0.25f), Pair("cost/dev", 0.3071f), Pair("cost/penalty", 0.0625f),
                  Pair("cost/penalty_l1", 0.015625f), Pair("cost/penalty_l2", 0.046875f),
                  Pair("error/dev", 0.1094f), Pair("error/train", 0.25f),
                  Pair("gradient_norm", 0.5f), Pair("learning_rate", 0.001f),
                  Pair("speed/examples_per_second", 24310.4f), Pair("weights/near_zero", 0.125f),
                  Pair("weights/norm", 31.5f)));
}

TEST(TensorboardReport, LeavesOutWhatIsAbsent) {
  const auto directory = fresh_directory();
  TensorboardReport report;
  report.on_start(sample_start(directory));
  Evaluation evaluation = sample_evaluation(1);
  evaluation.dev_cost.reset();
  evaluation.dev_error.reset();
  report.on_evaluation(evaluation);
  const auto values = scalars(read_events(event_files(directory)[0]).back());
  EXPECT_EQ(values.count("cost/dev"), 0u);
  EXPECT_EQ(values.count("error/dev"), 0u);
  EXPECT_EQ(values.count("cost/J"), 1u);
}

TEST(TensorboardReport, ShowsTrainDevWhereThereIsOne) {
  const auto directory = fresh_directory();
  TensorboardReport report;
  report.on_start(sample_start(directory));
  Evaluation evaluation = sample_evaluation(1);
  evaluation.train_dev_cost = 0.5;
  evaluation.train_dev_error = 0.125;
  report.on_evaluation(evaluation);
  const auto values = scalars(read_events(event_files(directory)[0]).back());
  EXPECT_EQ(values.at("cost/train_dev"), 0.5F);
  EXPECT_EQ(values.at("error/train_dev"), 0.125F);
}

TEST(TensorboardReport, ResumeOpensANewFileAndHidesTheStepsItRepeats) {
  const auto directory = fresh_directory();
  TensorboardReport first;
  first.on_start(sample_start(directory));
  first.on_evaluation(sample_evaluation(2));
  RunStart start = sample_start(directory);
  start.first_step = 430;
  TensorboardReport second;
  second.on_start(start);
  const auto files = event_files(directory);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(read_events(files[0]).size(), 3u);
  const auto events = read_events(files[1]);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  EXPECT_EQ(events[1].session_log().status(), tensorboard::SessionLog::START);
  // Step 430 itself was logged before and must stay.
  EXPECT_EQ(events[1].step(), 431);
}

TEST(TensorboardReport, WritesTheSignalFlowOfEachLayer) {
  const auto directory = fresh_directory();
  TensorboardReport report;
  report.on_start(sample_start(directory));
  FlowRecord record = sample_flow(30);
  record.layers.resize(11, record.layers[1]);
  report.on_flow(record);
  const auto event = read_events(event_files(directory)[0]).back();
  EXPECT_EQ(event.step(), 30);
  const auto values = scalars(event);
  EXPECT_EQ(values.at("flow_activation_mean/layer01"), 0.25F);
  EXPECT_EQ(values.at("flow_activation_deviation/layer01"), 0.5F);
  EXPECT_EQ(values.at("flow_activation_rms/layer01"), 0.75F);
  EXPECT_EQ(values.at("flow_delta_rms/layer01"), 0.125F);
  EXPECT_EQ(values.at("flow_weight_norm/layer01"), 8.0F);
  EXPECT_EQ(values.at("flow_gradient_norm/layer01"), 2.0F);
  EXPECT_EQ(values.at("flow_update_norm/layer01"), 0.5F);
  EXPECT_EQ(values.at("flow_zero_fraction/layer01"), 0.9375F);
  EXPECT_EQ(values.at("flow_delta_rms/layer11"), 0.25F);
  EXPECT_EQ(values.at("flow_update_ratio/layer01"), 0.0625F);
  EXPECT_EQ(values.at("flow_dead_fraction/layer01"), 0.875F);
  EXPECT_EQ(values.count("flow_dead_fraction/layer02"), 0U);
}

}  // namespace
}  // namespace lockstep
