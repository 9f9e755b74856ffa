// Cross-validation as a user runs it: the same files everywhere, whatever happens on the way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

constexpr int kPlants = 61;

const char* kind_of(int i) { return i % 3 == 0 ? "fern" : "moss"; }

std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

class Crossval : public ProgramFixture {
 protected:
  Crossval() {
    std::string table = "tag,height,width,kind\n";
    for (int i = 0; i < kPlants; ++i) {
      table +=
          fmt::format("t{},{},{},{}\n", i, i % 3 == 0 ? i % 7 : 4 + i % 7, i * i % 23, kind_of(i));
    }
    write("plants.csv", table);
    write("plants.textproto", R"(
      name: "plants"
      data {
        train { csv { file: "plants.csv" header: true table {
          column { name: "tag" role: ID } column { name: "kind" role: CLASS_NAME } } } }
        split { dev { count: 9 } stratified: true }
        max_copied_share: 1
      }
      network { layer { units: 4 } output { units: 2 } }
      optimizer { adam { learning_rate: 0.05 } }
      training { batch_size: 8 shards: 4 epochs: 4 }
      early_stopping { patience: 3 })");
  }

  [[nodiscard]] ProgramResult crossval(int ranks, const std::string& arguments,
                                       const std::string& fault = "") const {
    return run_with_fault("crossval plants.textproto " + arguments, ranks, fault);
  }
  void expect_same_files(const std::string& a, const std::string& b) const {
    for (const char* name : {"crossval.txt", "crossval.csv", "crossval.json", "predictions.csv"}) {
      EXPECT_EQ(file(a + "/" + name), file(b + "/" + name)) << name;
    }
  }
};

TEST_F(Crossval, HasTheSameFilesOnAnyRanksInAnyGroups) {
  const auto one = crossval(1, "--folds 3 --repeats 2 --run-dir one");
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, StartsWith(file("one/crossval.txt")));
  for (const auto& [ranks, groups] : {std::pair{2, 2}, {3, 2}}) {
    const std::string run = fmt::format("run-{}", ranks);
    const auto result =
        crossval(ranks, fmt::format("--folds 3 --repeats 2 --groups {} --run-dir {}", groups, run));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    expect_same_files("one", run);
  }
  const json results = json::parse(file("one/crossval.json"));
  ASSERT_EQ(results["runs"].size(), 6U);
  EXPECT_EQ(results["examples"], kPlants);
}

TEST_F(Crossval, PredictsEachExampleOnceByAModelThatDidNotSeeIt) {
  ASSERT_EQ(crossval(2, "--folds 3 --repeats 2 --run-dir run").exit_code, 0);
  const auto rows = cells_of(file("run/predictions.csv"));
  EXPECT_EQ(rows[0], (std::vector<std::string>{"repeat", "fold", "true_kind", "tag", "kind",
                                               "p_fern", "p_moss"}));
  ASSERT_EQ(rows.size(), 1U + 2 * kPlants);
  std::map<std::pair<std::string, std::string>, std::pair<int, int>> wrong_of;  // and all
  for (int i = 0; i < 2 * kPlants; ++i) {
    const auto& row = rows[static_cast<std::size_t>(1 + i)];
    EXPECT_EQ(row[0], std::to_string(i / kPlants));
    EXPECT_EQ(row[2], kind_of(i % kPlants));
    EXPECT_EQ(row[3], fmt::format("t{}", i % kPlants));
    auto& [wrong, all] = wrong_of[{row[0], row[1]}];
    wrong += row[4] != row[2] ? 1 : 0;
    ++all;
  }
  // The errors are those of the table, and each fold's that of its run as `evaluate` finds it.
  const json results = json::parse(file("run/crossval.json"));
  for (const json& fold : results["runs"]) {
    const auto& [wrong, all] = wrong_of[{fold["repeat"].dump(), fold["fold"].dump()}];
    EXPECT_EQ(fold["test_examples"], all);
    EXPECT_DOUBLE_EQ(fold["error"].get<double>(), static_cast<double>(wrong) / all);
  }
  const auto evaluated = run("evaluate run/trials/0004 --split test --json");
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const json scores = json::parse(evaluated.out);
  EXPECT_EQ(scores["error"], results["runs"][4]["error"]);
  EXPECT_EQ(scores["cost"], results["runs"][4]["cost"]);
}

TEST_F(Crossval, GoesOnAfterASignalAndAKill) {
  ASSERT_EQ(crossval(1, "--folds 3 --run-dir whole").exit_code, 0);
  const auto stopped = crossval(1, "--folds 3 --run-dir run", "0 7 terminate 2");
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(stopped.err,
              HasSubstr("crossval run/crossval.textproto --folds 3 --repeats 1 --run-dir run "
                        "--resume auto"));
  EXPECT_NE(crossval(1, "--folds 3 --run-dir run --resume auto", "0 11 kill").exit_code, 0);
  ASSERT_FALSE(fs::exists(directory_ / "run/crossval.json"));
  const auto refused = crossval(1, "--folds 3 --run-dir run");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("already holds a cross-validation"));
  const auto other = crossval(1, "--folds 4 --run-dir run --resume auto");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("holds a cross-validation of another job, or with other"));
  const auto resumed =
      run("crossval run/crossval.textproto --folds 3 --run-dir run --resume auto", 3);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  expect_same_files("whole", "run");
}

TEST_F(Crossval, RefusesBeforeItTrains) {
  const auto refuses = [&](const std::string& arguments, const std::string& what) {
    const auto result = crossval(1, arguments + " --run-dir run");
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, HasSubstr(what));
    EXPECT_FALSE(fs::exists(directory_ / "run/trials"));
  };
  refuses("--folds 1", "needs at least 2 folds");
  refuses("--folds 62", "62 folds need at least as many examples, and there are 61");
  refuses("--folds 3 --set data.split.dev.count=45",
          "data.split: dev 45 and test 21 leave none of 61 examples to train on");
}

TEST_F(Crossval, SaysThatAClassIsTooSmall) {
  const auto result = crossval(1, "--folds 22 --set training.epochs=1 --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string caution =
      "caution: 1 of 2 classes have fewer examples than the 22 folds, the smallest has 21";
  EXPECT_THAT(result.err, HasSubstr(caution));
  EXPECT_THAT(file("run/crossval.txt"), HasSubstr(caution));
}

TEST_F(Crossval, ASingleRunHasTheFoldAsItsTestSet) {
  const auto result =
      run("check plants.textproto --set 'data.split.test={fold {number: 2 of: 3}}'");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("train 32, dev 9, test 20"));
}

TEST_F(Crossval, TheDirectoryStandsForNoModel) {
  ASSERT_EQ(crossval(1, "--folds 2 --run-dir run").exit_code, 0);
  const auto result = run("evaluate run --split test");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("has a model for each fold; name one of its runs"));
}

}  // namespace
}  // namespace lockstep
