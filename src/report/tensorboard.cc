#include "report/tensorboard.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include <unistd.h>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "base/host_name.h"
#include "base/run_files.h"
#include "proto/tensorboard.pb.h"
#include "report/crc32c.h"

namespace lockstep {
namespace {

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The first file name of the pattern that does not exist yet.
std::filesystem::path new_event_file(const std::filesystem::path& directory) {
  const auto seconds = static_cast<std::int64_t>(seconds_since_1970());
  std::filesystem::path path;
  int number = 0;
  do {
    path = directory / fmt::format("{}{:010}.{}.{}.{}", kTensorBoardPrefix, seconds, host_name(),
                                   ::getpid(), number++);
  } while (std::filesystem::exists(path));
  return path;
}

template <std::unsigned_integral T>
std::string little_endian(T number) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes += static_cast<char>(number & 0xFF);
    number = static_cast<T>(number >> 8);
  }
  return bytes;
}

tensorboard::Event event_at(std::uint64_t step) {
  tensorboard::Event event;
  event.set_wall_time(seconds_since_1970());
  event.set_step(static_cast<std::int64_t>(step));
  return event;
}

std::string record_of(const tensorboard::Event& event) {
  return tensorboard_record(event.SerializeAsString());
}

void add_scalar(tensorboard::Summary& summary, const std::string& tag,
                std::optional<double> number) {
  if (!number) return;
  tensorboard::Summary::Value& value = *summary.add_value();
  value.set_tag(tag);
  value.set_simple_value(static_cast<float>(*number));
}

}  // namespace

std::string tensorboard_record(std::string_view data) {
  const std::string length = little_endian(std::uint64_t{data.size()});
  std::string record = length + little_endian(masked_crc32c(length));
  record += data;
  record += little_endian(masked_crc32c(data));
  return record;
}

void TensorboardReport::on_start(const RunStart& start) {
  const auto directory = std::filesystem::path(start.run_dir) / kTensorBoardFolder;
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw Error(ExitCode::io,
                fmt::format("cannot create {}: {}", directory.string(), error.message()));
  }
  file_ = std::make_unique<AppendFile>(new_event_file(directory));

  tensorboard::Event version = event_at(0);
  version.set_file_version("brain.Event:2");
  // TensorBoard discards this step and later ones; the evaluation at first_step itself
  // was made before the interruption and stays.
  tensorboard::Event session = event_at(start.first_step == 0 ? 0 : start.first_step + 1);
  session.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  file_->append(record_of(version) + record_of(session));
}

void TensorboardReport::on_evaluation(const Evaluation& evaluation) {
  check(file_ != nullptr, "an evaluation comes after the start");
  tensorboard::Event event = event_at(evaluation.step);
  tensorboard::Summary& summary = *event.mutable_summary();
  add_scalar(summary, "cost/J", evaluation.cost);
  add_scalar(summary, "cost/penalty", evaluation.penalty);
  add_scalar(summary, "cost/penalty_l2", evaluation.l2_penalty);
  add_scalar(summary, "cost/penalty_l1", evaluation.l1_penalty);
  add_scalar(summary, "cost/train_dev", evaluation.train_dev_cost);
  add_scalar(summary, "cost/dev", evaluation.dev_cost);
  add_scalar(summary, "error/train", evaluation.train_error);
  add_scalar(summary, "error/train_dev", evaluation.train_dev_error);
  add_scalar(summary, "error/dev", evaluation.dev_error);
  add_scalar(summary, "weights/norm", evaluation.weights_norm);
  add_scalar(summary, "weights/near_zero", evaluation.weights_near_zero);
  add_scalar(summary, "learning_rate", evaluation.learning_rate);
  add_scalar(summary, "gradient_norm", evaluation.gradient_norm);
  add_scalar(summary, "speed/examples_per_second", evaluation.examples_per_second);
  file_->append(record_of(event));
}

void TensorboardReport::on_flow(const FlowRecord& record) {
  check(file_ != nullptr, "a record comes after the start");
  tensorboard::Event event = event_at(record.step);
  tensorboard::Summary& summary = *event.mutable_summary();
  const std::size_t digits = std::to_string(record.layers.size()).size();
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    const LayerFlow& layer = record.layers[i];
    const auto add = [&](const char* name, std::optional<double> number) {
      add_scalar(summary, fmt::format("flow_{}/layer{:0{}}", name, i + 1, digits), number);
    };
    add("activation_mean", layer.activation_mean);
    add("activation_deviation", layer.activation_deviation);
    add("activation_rms", layer.activation_rms);
    add("delta_rms", layer.delta_rms);
    add("weight_norm", layer.weight_norm);
    add("gradient_norm", layer.gradient_norm);
    add("update_norm", layer.update_norm);
    add("update_ratio", layer.update_ratio);
    add("zero_fraction", layer.zero_fraction);
    add("dead_fraction", layer.dead_fraction);
    add("saturated_fraction", layer.saturated_fraction);
  }
  file_->append(record_of(event));
}

}  // namespace lockstep
