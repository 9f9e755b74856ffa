#pragma once
// What the tests of this folder share: a small checkpoint, a fresh directory,
// whole files as strings, and what an action throws.

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "checkpoint/checkpoint.h"

namespace lockstep {

// Six parameters, two slots, and numbers whose bits are easily lost.
inline Checkpoint example_checkpoint(std::uint64_t step = 120) {
  Checkpoint checkpoint;
  checkpoint.lockstep_version = "0.1.0";
  checkpoint.resolved_job = "name: \"example\"\nseed: 7\n";
  checkpoint.step = step;
  checkpoint.tensors = {{"layer1.weight", {2, 2}, 0}, {"layer1.bias", {2}, 4}};
  checkpoint.weights = {1.5F,
                        -0.0F,
                        std::bit_cast<float>(0x7fc12345U),  // a NaN with a payload
                        std::numeric_limits<float>::denorm_min(),
                        -std::numeric_limits<float>::infinity(),
                        static_cast<float>(step)};
  checkpoint.optimizer_slot_names = {"m", "v"};
  checkpoint.optimizer_slots = {{1, 2, 3, 4, 5, 6}, {-1, -2, -3, -4, -5, -6}};
  checkpoint.mean = {0.25F, 0.5F, 0.75F};
  checkpoint.inverse_deviation = {2, 4, 8};
  checkpoint.threshold = 0.1F;
  checkpoint.target_mean = {0.1, 1e300};
  checkpoint.target_deviation = {0.2, 3};
  checkpoint.table = {{{"weight", "number", {}},
                       {"color", "category", {"dark, very", "\xFFnot UTF-8"}},
                       {"", "class_name", {}}},
                      {"cat", "dog"},
                      {0.5F, -0.0F, 1.0F / 3.0F}};
  checkpoint.label_width = 2;
  checkpoint.input_shape = {3, 2};
  checkpoint.image = {3, 32, 16};
  checkpoint.class_counts = {7, 0, 300};
  checkpoint.best_metric = 0.1;
  checkpoint.best_step = step;
  checkpoint.evaluations_without_improvement = 2;
  checkpoint.shard_loss_sums = {1.0 / 3.0, 0.0, 2.5};
  checkpoint.batch_rows = 64;
  checkpoint.sessions = {{0, 100, 2, 1, 1.0 / 3.0, {{"forward", 0.25}, {"total", 0.3}}},
                         {100, step, 1, 4, 2.5, {}}};
  checkpoint.evaluations = 5;
  checkpoint.flow_records = 0;
  checkpoint.skipped_steps = 3;
  checkpoint.rollbacks = {.target = step, .count = 2, .rate_factor = 0.25};
  checkpoint.train_fingerprint = "0123456789abcdef";
  checkpoint.dev_fingerprint = "fedcba9876543210";
  checkpoint.test_fingerprint = "0011223344556677";
  checkpoint.environment = {{"cpu_kernel", "Haswell"}, {"openblas", "0.3.21"}};
  return checkpoint;
}

class FreshDirectory : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path(testing::TempDir()) /
                 fmt::format("lockstep-{}-{}-{}", test->test_suite_name(), test->name(), getpid());
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
};

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

struct Thrown {
  ExitCode code = ExitCode::ok;  // nothing was thrown
  std::string message;
};

template <typename Action>
Thrown thrown_by(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

}  // namespace lockstep
