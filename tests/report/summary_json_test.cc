#include "report/summary_json.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/samples.h"

namespace lockstep {
namespace {

using nlohmann::json;

TEST(SummaryJson, HasExactlyTheKeysOfTheContract) {
  const json object = json::parse(summary_to_json(sample_summary()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  EXPECT_THAT(
      keys, testing::UnorderedElementsAre(
                "stop_reason", "epochs", "steps", "skipped_steps", "rollbacks", "evaluations",
                "best_step", "best_epoch", "train_error", "train_error_floor", "train_dev_error",
                "dev_error", "test_error", "train_cost", "train_dev_cost", "dev_cost", "test_cost",
                "dev_metrics", "test_metrics", "relative_rmse", "l2_penalty", "l1_penalty",
                "weights_norm", "weights_near_zero", "examples_per_second", "seconds", "sessions",
                "train_fingerprint", "dev_fingerprint", "weights_digest", "checkpoint",
                "peak_memory_bytes", "ranks", "threads", "shards", "versions", "train_examples",
                "train_dev_examples", "dev_examples", "test_examples", "features", "images",
                "diagnosis"));
}

TEST(SummaryJson, HoldsTheValues) {
  const json object = json::parse(summary_to_json(sample_summary()));
  EXPECT_EQ(object["stop_reason"], "early_stopping");
  EXPECT_EQ(object["epochs"].get<double>(), 14);
  EXPECT_EQ(object["steps"].get<std::uint64_t>(), 3010u);
  EXPECT_EQ(object["best_step"].get<std::uint64_t>(), 2150u);
  EXPECT_EQ(object["best_epoch"].get<double>(), 10);
  EXPECT_EQ(object["train_error"].get<double>(), 0.0812);
  EXPECT_EQ(object["dev_error"].get<double>(), 0.1094);
  EXPECT_EQ(object["test_error"].get<double>(), 0.1113);
  EXPECT_EQ(object["train_cost"].get<double>(), 0.2212);
  EXPECT_EQ(object["dev_cost"].get<double>(), 0.3071);
  EXPECT_EQ(object["test_cost"].get<double>(), 0.3144);
  EXPECT_EQ(object["examples_per_second"].get<double>(), 24310);
  EXPECT_EQ(object["l2_penalty"].get<double>(), 0.046875);
  EXPECT_EQ(object["l1_penalty"].get<double>(), 0.015625);
  EXPECT_EQ(object["weights_norm"].get<double>(), 31.5);
  EXPECT_EQ(object["weights_near_zero"].get<double>(), 0.125);
  EXPECT_EQ(object["seconds"]["backward"].get<double>(), 20.25);
  ASSERT_EQ(object["sessions"].size(), 2U);
  EXPECT_EQ(object["sessions"][0], json::parse(R"({"first_step": 0, "last_step": 1000, "ranks": 4,
                                                   "threads": 2, "seconds": 12.5})"));
  EXPECT_EQ(object["sessions"][1]["first_step"], 1000);
  EXPECT_EQ(object["train_fingerprint"], "0123456789abcdef");
  EXPECT_TRUE(object["dev_fingerprint"].is_null());
  EXPECT_EQ(object["weights_digest"], "9f86d081884c7d65");
  EXPECT_EQ(object["checkpoint"], "ckpt/best");
  EXPECT_EQ(object["peak_memory_bytes"].get<std::uint64_t>(), 241000000u);
  EXPECT_EQ(object["ranks"], 2);
  EXPECT_EQ(object["threads"], 1);
  EXPECT_EQ(object["shards"], 8);
  EXPECT_EQ(object["versions"]["lockstep"], "0.1.0");
}

TEST(SummaryJson, WhatThereIsNotIsNull) {
  Summary summary = sample_summary();
  summary.best_step.reset();
  summary.test_error.reset();
  summary.seconds.clear();
  const json object = json::parse(summary_to_json(summary));
  EXPECT_TRUE(object.at("best_step").is_null());
  EXPECT_TRUE(object.at("test_error").is_null());
  EXPECT_TRUE(object.at("train_dev_error").is_null());
  EXPECT_TRUE(object.at("train_dev_cost").is_null());
  EXPECT_EQ(object.at("seconds"), json::object());
  EXPECT_FALSE(object.contains("finite"));
}

TEST(SummaryJson, ADivergedCostIsNullAndMarked) {
  Summary summary = sample_summary();
  summary.train_cost = std::numeric_limits<double>::infinity();
  const json object = json::parse(summary_to_json(summary));
  EXPECT_TRUE(object.at("train_cost").is_null());
  EXPECT_EQ(object.at("finite"), false);
}

TEST(SummaryReport, WritesTheEnvironmentThenTheSummary) {
  const auto directory = fresh_directory();
  SummaryReport report;
  report.on_start(sample_start(directory));
  const json environment = json::parse(read_text(directory / "environment.json"));
  EXPECT_EQ(environment["job"], "fashion-mlp");
  EXPECT_EQ(environment["ranks"], 2);
  EXPECT_EQ(environment["threads"], 1);
  EXPECT_EQ(environment["shards"], 8);
  EXPECT_EQ(environment["environment"]["mpi"], "4.1.4");
  EXPECT_FALSE(std::filesystem::exists(directory / "summary.json"));
  report.on_finish(sample_summary());
  EXPECT_EQ(read_text(directory / "summary.json"), summary_to_json(sample_summary()));
}

}  // namespace
}  // namespace lockstep
