// Columns are found by name: dev, test and files to predict may have them in any order, and no bit
// of the errors and predictions changes.

#include <algorithm>
#include <filesystem>
#include <functional>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "data/idx_files.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

using Fields = std::vector<std::string>;

// Tables of these tests have no quotes.
std::vector<Fields> table_of(const std::string& text) {
  std::vector<Fields> table;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    table.emplace_back();
    std::istringstream fields(line + ",");
    for (std::string field; std::getline(fields, field, ',');) table.back().push_back(field);
  }
  return table;
}

// Column j of the result is column order[j] of `text`.
std::string permuted(const std::string& text, const std::vector<std::size_t>& order) {
  std::string result;
  for (const Fields& row : table_of(text)) {
    Fields to;
    for (const std::size_t column : order) to.push_back(row.at(column));
    result += fmt::format("{}\n", fmt::join(to, ","));
  }
  return result;
}

// All orders that begin with another column than the file does, and the reverse order.
std::vector<std::vector<std::size_t>> orders_of(std::size_t columns) {
  std::vector<std::vector<std::size_t>> orders;
  std::vector<std::size_t> order(columns);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t turn = 1; turn < columns; ++turn) {
    std::ranges::rotate(order, order.begin() + 1);
    orders.push_back(order);
  }
  std::ranges::sort(order, std::greater{});
  orders.push_back(order);
  return orders;
}

class PermutedColumns : public ProgramFixture {
 protected:
  // A table whose columns are all alike in range, so that a confusion of two is no error by itself.
  // Row i depends on i alone.
  static std::string table(int from, int rows) {
    std::string text = "row,age,height,who,kind,class\n";
    for (int i = from; i < from + rows; ++i) {
      text += fmt::format("{},{},{},{},{},{}\n", i, i * 7 % 13, i * 5 % 17, i / 2 % 16, i * 11 % 3,
                          (i * 7 % 13 > 6 ? 1 : 0) + (i * 5 % 17 > 8 ? 1 : 0));
    }
    return text;
  }
  void write_job(const std::string& columns, const std::string& split) const {
    write("job.textproto", fmt::format(R"(
      name: "permuted" data {{
        train {{ csv {{ file: "train.csv" table {{ {} }} }} }}
        dev {{ csv {{ file: "dev.csv" }} }} test {{ csv {{ file: "test.csv" }} }}
        dev_and_test_from: ONE_DISTRIBUTION {} max_copied_share: 1 }}
      network {{ layer {{ units: 7 }} output {{ units: 3 }} }} optimizer {{ adam {{}} }}
      training {{ batch_size: 24 shards: 4 epochs: 2 }})",
                                       columns, split));
  }
  // Trains and predicts; the errors, costs and the digest of the weights, and the predictions.
  [[nodiscard]] std::string outcome() const {
    fs::remove_all(directory_ / "run");
    const auto trained = run("train job.textproto --run-dir run");
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    const json summary = json::parse(file("run/summary.json"));
    std::string text;
    for (const char* field :
         {"dev_error", "dev_cost", "test_error", "test_cost", "weights_digest"}) {
      text += fmt::format("{} {}\n", field, summary.at(field).dump());
    }
    return text + predictions("run");
  }
  [[nodiscard]] std::string predictions(const std::string& run_dir) const {
    const auto predicted = run("predict " + run_dir + " new.csv");
    EXPECT_EQ(predicted.exit_code, 0) << predicted.err;
    return predicted.out;
  }
  // Expects the same outcome for every order of the columns, with compressed files too. The first
  // `fixed` columns stay where they are.
  void expect_the_same_in_every_order(const std::string& train, const std::string& dev,
                                      const std::string& test, const std::string& input,
                                      std::size_t fixed = 0) const {
    write("train.csv", train);
    write("dev.csv", dev);
    write("test.csv", test);
    write("new.csv", input);
    const std::string expected = outcome();
    EXPECT_THAT(expected, testing::HasSubstr("weights_digest \""));
    const std::size_t columns = table_of(train).at(0).size();
    bool compressed = false;
    for (std::vector<std::size_t> order : orders_of(columns - fixed)) {
      for (std::size_t& column : order) column += fixed;
      for (std::size_t j = 0; j < fixed; ++j) {
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(j), j);
      }
      const auto as_file = [&](const std::string& text) {
        return compressed ? gzip(permuted(text, order)) : permuted(text, order);
      };
      write("dev.csv", as_file(dev));
      write("test.csv", as_file(test));
      write("new.csv", as_file(input));
      EXPECT_EQ(outcome(), expected) << fmt::format("columns {}", fmt::join(order, " "));
      compressed = !compressed;
    }
  }
};

TEST_F(PermutedColumns, NumbersAndALabel) {
  write_job(R"(column { name: "class" role: LABEL } column { name: "row" role: IGNORED })", "");
  expect_the_same_in_every_order(table(0, 120), table(200, 40), table(300, 40), table(400, 30));
}

TEST_F(PermutedColumns, GroupsCategoriesAndClassNames) {
  write_job(R"(column { name: "class" role: CLASS_NAME } column { name: "row" role: IGNORED }
               column { name: "who" role: GROUP } column { name: "kind" role: CATEGORY }
               when_missing: TRAINING_MEAN missing { text: "16" })",
            "split { train_dev { count: 20 } by_group: true }");
  expect_the_same_in_every_order(table(0, 120), table(200, 40), table(300, 40), table(400, 30));
}

// A column without a name is found by its place; the named ones around it may move.
TEST_F(PermutedColumns, AColumnByItsIndex) {
  const auto unnamed = [](const std::string& text) { return text.substr(text.find(',')); };
  write_job(R"(column { name: "class" role: LABEL } column { index: 1 role: NUMBER })", "");
  expect_the_same_in_every_order(unnamed(table(0, 120)), unnamed(table(200, 40)),
                                 unnamed(table(300, 40)), unnamed(table(400, 30)), 1);
}

// A column with a name that the job gives by its index is found by its name in the other files.
TEST_F(PermutedColumns, ANamedColumnThatTheJobGivesByItsIndex) {
  write_job(R"(column { index: 6 role: LABEL } column { index: 1 role: IGNORED }
               column { index: 5 role: CATEGORY })",
            "");
  expect_the_same_in_every_order(table(0, 120), table(200, 40), table(300, 40), table(400, 30));
}

// The table of launch/jobs, whose file is in a package of launch/packages-test.
TEST_F(PermutedColumns, Penguins) {
  const fs::path birds = "/usr/lib/R/site-library/palmerpenguins/extdata/penguins.csv";
  ASSERT_TRUE(fs::exists(birds)) << "install the packages of launch/packages-test";
  const std::string text = text_of_file(birds);
  const auto trained =
      run(fmt::format("train {}/penguins-csv.textproto --run-dir birds "
                      "--set training.epochs=3",
                      LOCKSTEP_JOBS_DIR));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  write("new.csv", text);
  const std::string expected = predictions("birds");
  EXPECT_EQ(table_of(expected).size(), table_of(text).size());
  for (const auto& order : orders_of(table_of(text).at(0).size())) {
    write("new.csv", permuted(text, order));
    EXPECT_EQ(predictions("birds"), expected) << fmt::format("columns {}", fmt::join(order, " "));
  }
}

}  // namespace
}  // namespace lockstep
