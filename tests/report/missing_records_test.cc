#include "report/missing_records.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class Missing : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(directory_); }
  void TearDown() override { fs::remove_all(directory_); }

  void write(const char* name, const std::string& lines) const {
    std::ofstream(directory_ / name) << lines;
  }
  [[nodiscard]] std::vector<std::string> warnings(std::uint64_t first_step,
                                                  std::optional<std::uint64_t> evaluations,
                                                  std::optional<std::uint64_t> flow) const {
    std::vector<std::string> told;
    RunStart start;
    start.run_dir = directory_.string();
    start.first_step = first_step;
    start.evaluations = evaluations;
    start.flow_records = flow;
    MissingRecords([&](const std::string& text) { told.push_back(text); }).on_start(start);
    return told;
  }

  fs::path directory_ = fs::path(testing::TempDir()) / fmt::format("lockstep-missing-{}", getpid());
};

TEST_F(Missing, AWholeFileIsSilent) {
  write("metrics.jsonl", "{\"step\":5}\n{\"step\":10}\n{\"step\":15}\n");
  EXPECT_THAT(warnings(10, 2, 0), IsEmpty());
}

TEST_F(Missing, LinesThatAreMissingAreCounted) {
  write("metrics.jsonl", "{\"step\":5}\n{\"step\":15}\n");
  write("flow.jsonl", "{\"step\":1}\n{\"st");
  EXPECT_THAT(
      warnings(10, 2, 3),
      ElementsAre(HasSubstr("metrics.jsonl has 1 of the 2 evaluations up to step 10"),
                  HasSubstr("flow.jsonl has 1 of the 3 records of the monitor up to step")));
  fs::remove(directory_ / "metrics.jsonl");
  EXPECT_THAT(warnings(10, 2, 1),
              ElementsAre(HasSubstr("metrics.jsonl has 0 of the 2 evaluations")));
}

TEST_F(Missing, NothingIsExpectedOfANewRunOrOfAnOlderBuild) {
  EXPECT_THAT(warnings(0, 0, 0), IsEmpty());
  EXPECT_THAT(warnings(10, std::nullopt, std::nullopt), IsEmpty());
}

}  // namespace
}  // namespace lockstep
