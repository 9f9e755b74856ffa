// A table of things of two classes, a job that trains on it, and a file with new rows.

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "system/program_fixture.h"

namespace lockstep {

class ThingsFixture : public ProgramFixture {
 protected:
  ThingsFixture() {
    std::string rows = "id,size,color,note,kind\n";
    for (int i = 0; i < 40; ++i) rows += row_of(i) + (i % 10 < 5 ? ",small\n" : ",large\n");
    write("things.csv", rows);
    write("things.textproto", R"(
      name: "things"
      data { train { csv { file: "things.csv" table {
        column { name: "kind" role: CLASS_NAME } column { name: "color" role: CATEGORY }
        column { name: "note" role: KEPT } column { name: "id" role: ID } } } } }
      network { output { units: 2 } }
      optimizer { adam { learning_rate: 0.1 } }
      training { batch_size: 40 shards: 2 steps: 20 })");
    write("new.csv", "color,id,size,note\nred,007,1,\"a, b\"\ngreen, x,8,\n");
  }

  static std::string row_of(int i) {
    return fmt::format("{:03},{},{},note {}", i, i % 10, i % 2 == 0 ? "red" : "green", i);
  }

  // Trains things.textproto with overrides into the directory "run".
  void train(const std::string& overrides = "") const {
    const auto result = run("train things.textproto --run-dir run " + overrides);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  // What a command prints, at every number of ranks.
  [[nodiscard]] std::string printed(const std::string& command) const {
    const auto alone = run(command);
    EXPECT_EQ(alone.exit_code, 0) << command << ": " << alone.err;
    EXPECT_EQ(run(command, 2).out, alone.out) << command;
    return alone.out;
  }

  void expect_refused(const std::string& command, int code, const std::string& message) const {
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, code) << command;
    EXPECT_THAT(result.err, testing::HasSubstr(message)) << command;
    EXPECT_EQ(result.out, "") << command;
  }
};

}  // namespace lockstep
