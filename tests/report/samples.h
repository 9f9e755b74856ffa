#pragma once
// What the tests of the reports share: a run, and a directory to write it to.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "records/evaluation.h"
#include "records/flow.h"
#include "records/run_start.h"
#include "records/summary.h"

namespace lockstep {

// An empty directory of the running test's own.
inline std::filesystem::path fresh_directory() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  auto directory =
      std::filesystem::path(testing::TempDir()) /
      fmt::format("lockstep-report-{}-{}-{}", ::getpid(), test.test_suite_name(), test.name());
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  return directory;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline RunStart sample_start(const std::filesystem::path& run_dir) {
  RunStart start;
  start.job_name = "fashion-mlp";
  start.run_dir = run_dir.string();
  start.resolved_job = "name: \"fashion-mlp\"\n";
  start.ranks = 2;
  start.threads = 1;
  start.shards = 8;
  start.parameters = 1863690;
  start.train_examples = 55000;
  start.dev_examples = 5000;
  start.test_examples = 10000;
  start.steps_per_epoch = 215;
  start.total_steps = 4300;
  start.environment = {{"mpi", "4.1.4"}};
  return start;
}

// The evaluation after `epoch` of the sample run.
inline Evaluation sample_evaluation(std::uint64_t epoch) {
  Evaluation evaluation;
  evaluation.step = 215 * epoch;
  evaluation.epoch = static_cast<double>(epoch);
  evaluation.cost = 0.5 / static_cast<double>(epoch);
  evaluation.penalty = 0.0625;
  evaluation.l2_penalty = 0.046875;
  evaluation.l1_penalty = 0.015625;
  evaluation.batch_cost = 0.75;
  evaluation.train_error = 0.25;
  evaluation.dev_error = 0.1094;
  evaluation.dev_cost = 0.3071;
  evaluation.dev_metrics.macro_f1 = 0.875;
  evaluation.dev_metrics.baseline_error = 0.75;
  evaluation.weights_norm = 31.5;
  evaluation.weights_near_zero = 0.125;
  evaluation.weights_digest = "9f86d081884c7d65";
  evaluation.learning_rate = 0.001;
  evaluation.gradient_norm = 0.5;
  evaluation.seconds = 2.5 * static_cast<double>(epoch);
  evaluation.examples_per_second = 24310.4;
  return evaluation;
}

inline Summary sample_summary() {
  Summary summary;
  summary.stop_reason = "early_stopping";
  summary.epochs = 14;
  summary.steps = 3010;
  summary.sessions = {{0, 1000, 4, 2, 12.5, {}}, {1000, 3010, 2, 1, 30, {}}};
  summary.train_fingerprint = "0123456789abcdef";
  summary.best_step = 2150;
  summary.best_epoch = 10;
  summary.train_error = 0.0812;
  summary.dev_error = 0.1094;
  summary.test_error = 0.1113;
  summary.train_cost = 0.2212;
  summary.dev_cost = 0.3071;
  summary.test_cost = 0.3144;
  summary.l2_penalty = 0.046875;
  summary.l1_penalty = 0.015625;
  summary.weights_norm = 31.5;
  summary.weights_near_zero = 0.125;
  summary.examples_per_second = 24310;
  summary.seconds = {{"forward", 11.5}, {"backward", 20.25}, {"total", 31.75}};
  summary.weights_digest = "9f86d081884c7d65";
  summary.checkpoint = "ckpt/best";
  summary.peak_memory_bytes = 241000000;
  summary.ranks = 2;
  summary.threads = 1;
  summary.shards = 8;
  summary.versions = {{"lockstep", "0.1.0"}};
  return summary;
}

// A record of two layers, the first with dead ReLUs.
inline FlowRecord sample_flow(std::uint64_t step) {
  FlowRecord record;
  record.step = step;
  record.examples = 256;
  record.cost = 0.5;
  LayerFlow hidden;
  hidden.units = 100;
  hidden.activation = "RELU";
  hidden.activation_mean = 0.25;
  hidden.activation_deviation = 0.5;
  hidden.activation_rms = 0.75;
  hidden.delta_rms = 0.125;
  hidden.weight_norm = 8;
  hidden.weight_rms = 0.0625;
  hidden.gradient_norm = 2;
  hidden.update_norm = 0.5;
  hidden.update_ratio = 0.0625;
  hidden.zero_fraction = 0.9375;
  hidden.dead_fraction = 0.875;
  LayerFlow output;
  output.units = 10;
  output.activation = "LINEAR";
  output.activation_rms = 1;
  output.delta_rms = 0.25;
  record.layers = {hidden, output};
  record.findings = {{"dead_relus", "dead & gone", "less < more"}};
  return record;
}

}  // namespace lockstep
