#include "report/flow_jsonl.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/atomic_file.h"
#include "report/samples.h"

namespace lockstep {
namespace {

std::string line_of(const FlowRecord& record) { return to_text(flow_json(record)) + "\n"; }

RunStart monitored_start(const std::filesystem::path& directory, std::uint64_t first_step = 0) {
  RunStart start = sample_start(directory);
  start.monitor_every_steps = 10;
  start.first_step = first_step;
  return start;
}

TEST(FlowJson, HasTheKeysOfTheContract) {
  EXPECT_EQ(
      to_text(flow_json(sample_flow(10))),
      "{\"step\":10,\"examples\":256,\"cost\":0.5,\"activation_factor\":null,\"delta_factor\":null,"
      "\"layers\":[{\"layer\":1,\"units\":100,\"activation\":\"RELU\",\"activation_mean\":0.25,"
      "\"activation_deviation\":0.5,\"activation_rms\":0.75,\"delta_rms\":0.125,\"weight_norm\":8."
      "0,"
      "\"weight_rms\":0.0625,\"gradient_norm\":2.0,\"update_norm\":0.5,\"update_ratio\":0.0625,"
      "\"zero_fraction\":0.9375,\"dead_fraction\":0.875,\"saturated_fraction\":null},"
      "{\"layer\":2,\"units\":10,\"activation\":\"LINEAR\",\"activation_mean\":0.0,"
      "\"activation_deviation\":0.0,\"activation_rms\":1.0,\"delta_rms\":0.25,\"weight_norm\":0.0,"
      "\"weight_rms\":0.0,\"gradient_norm\":0.0,\"update_norm\":null,\"update_ratio\":null,"
      "\"zero_fraction\":null,\"dead_fraction\":null,\"saturated_fraction\":null}],"
      "\"findings\":[{\"kind\":\"dead_relus\",\"text\":\"dead & gone\",\"remedy\":\"less < "
      "more\"}]}");
}

TEST(FlowJson, WhatIsNotFiniteIsNullAndMarkedInItsLayer) {
  FlowRecord record = sample_flow(10);
  record.layers[1].activation_rms = std::numeric_limits<double>::infinity();
  const Json object = flow_json(record);
  EXPECT_TRUE(object["layers"][1]["activation_rms"].is_null());
  EXPECT_EQ(object["layers"][1]["finite"], false);
  EXPECT_FALSE(object["layers"][0].contains("finite"));
}

TEST(FlowReport, OneLineForEachRecord) {
  const auto directory = fresh_directory();
  FlowReport report;
  report.on_start(monitored_start(directory));
  report.on_flow(sample_flow(1));
  EXPECT_EQ(read_text(directory / "flow.jsonl"), line_of(sample_flow(1)));
  report.on_flow(sample_flow(10));
  report.on_finish({});
  EXPECT_EQ(read_text(directory / "flow.jsonl"),
            line_of(sample_flow(1)) + line_of(sample_flow(10)));
}

TEST(FlowReport, ARunWithoutAMonitorHasNoFile) {
  const auto directory = fresh_directory();
  FlowReport report;
  report.on_start(sample_start(directory));
  report.on_finish({});
  EXPECT_FALSE(std::filesystem::exists(directory / "flow.jsonl"));
}

// With the monitor still on, or turned off on the way.
TEST(FlowReport, ResumeDropsTheLinesAfterItsStep) {
  for (const std::uint64_t every_steps : {0U, 10U}) {
    const auto directory = fresh_directory();
    replace_file(directory / "flow.jsonl", line_of(sample_flow(1)) + line_of(sample_flow(10)) +
                                               line_of(sample_flow(20)) + "{\"step\":3");
    RunStart start = monitored_start(directory, 10);
    start.monitor_every_steps = every_steps;
    FlowReport report;
    report.on_start(start);
    EXPECT_EQ(read_text(directory / "flow.jsonl"),
              line_of(sample_flow(1)) + line_of(sample_flow(10)));
  }
}

TEST(FlowReport, ARollbackDropsTheLinesAfterItsStep) {
  for (const std::uint64_t target : {10U, 0U}) {
    const auto directory = fresh_directory();
    FlowReport report;
    report.on_start(monitored_start(directory, 0));
    for (const std::uint64_t step : {1U, 10U, 20U}) report.on_flow(sample_flow(step));
    report.on_rollback(target);
    report.on_flow(sample_flow(30));
    const std::string kept = target == 0 ? "" : line_of(sample_flow(1)) + line_of(sample_flow(10));
    EXPECT_EQ(read_text(directory / "flow.jsonl"), kept + line_of(sample_flow(30)));
  }
  FlowReport none;
  none.on_start(sample_start(fresh_directory()));
  none.on_rollback(0);
}

TEST(ReadFlow, GivesBackTheRecords) {
  const auto path = fresh_directory() / "flow.jsonl";
  FlowRecord odd = sample_flow(10);
  odd.layers[0].delta_rms = std::numeric_limits<double>::infinity();
  odd.activation_factor = 1.5;
  replace_file(path, line_of(sample_flow(1)) + line_of(odd) + line_of(sample_flow(20)));
  const auto records = read_flow(path, 10);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(line_of(records[0]), line_of(sample_flow(1)));
  EXPECT_EQ(records[1].step, 10U);
  EXPECT_EQ(records[1].activation_factor, 1.5);
  EXPECT_TRUE(std::isnan(records[1].layers[0].delta_rms));
  EXPECT_TRUE(read_flow(fresh_directory() / "none", 10).empty());
}

// An exception of the JSON library would end the program.
TEST(ReadFlow, FieldsOfOtherTypesAreAbsent) {
  const auto path = fresh_directory() / "flow.jsonl";
  replace_file(path, R"({"step":1,"examples":"many","layers":[3,{"units":-1,"activation":5}]})"
                     "\n"
                     R"({"step":2,"layers":4,"findings":[{"kind":7,"text":"found"}]})"
                     "\n");
  const auto records = read_flow(path, 10);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].examples, 0U);
  ASSERT_EQ(records[0].layers.size(), 2U);
  EXPECT_EQ(records[0].layers[1].units, 0U);
  EXPECT_EQ(records[0].layers[1].activation, "");
  ASSERT_EQ(records[1].findings.size(), 1U);
  EXPECT_EQ(records[1].findings[0].text, "found");
}

}  // namespace
}  // namespace lockstep
