// Tables from the outside: a job on a CSV file, and everything one does with its model.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

const char* class_of(int i) { return i % 3 == 0 ? "tame, mostly" : i % 3 == 1 ? "shy" : "wild"; }

std::string row_of(int i) {
  return fmt::format("{},{},{},\"{}\"\n", i % 7 == 2 ? "NA" : std::to_string(10 * (i % 3) + i % 4),
                     i % 11 == 3  ? "NA"
                     : i % 2 == 0 ? "black"
                                  : "white",
                     i % 5, class_of(i));
}

class Table : public ProgramFixture {
 protected:
  Table() {
    std::ofstream file(directory_ / "pets.csv");
    file << "weight,color,age,temper\n";
    for (int i = 0; i < 240; ++i) file << row_of(i);
    std::ofstream(directory_ / "pets.textproto") << R"(
      name: "pets"
      data {
        train { csv { file: "pets.csv" table {
          column { name: "color" role: CATEGORY }
          column { name: "temper" role: CLASS_NAME }
          missing { text: "NA" }
          when_missing: TRAINING_MEAN } } }
        split { dev { count: 40 } test { count: 40 } }
        max_copied_share: 1  # few values, so equal rows by nature
      }
      network { layer { units: 8 } output { units: 3 } }
      optimizer { adam { learning_rate: 0.05 } }
      training { batch_size: 40 shards: 4 epochs: 12 })";
  }

  void train() const {
    const auto result = run("train pets.textproto --run-dir run");
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  [[nodiscard]] ProgramResult train_with(const std::string& overrides) const {
    return run("train pets.textproto --run-dir wrong " + overrides);
  }
};

TEST_F(Table, CheckShowsColumnsFeaturesAndClasses) {
  const auto result = run("check pets.textproto");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("train 160, dev 40, test 40; 4 features"));
  EXPECT_THAT(result.out, HasSubstr("  1   weight                   number\n"));
  EXPECT_THAT(result.out, HasSubstr("category   2 features: \"black\", \"white\"\n"));
  EXPECT_THAT(result.out, HasSubstr("classes          3: \"shy\", \"tame, mostly\", \"wild\"\n"));
}

TEST_F(Table, PredictWritesTheClassesThatEvaluateCounts) {
  train();
  const auto evaluated = run("evaluate run --split train --json");
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const json scores = json::parse(evaluated.out);
  EXPECT_EQ(scores["classes"][1]["name"], "tame, mostly");
  EXPECT_THAT(run("evaluate run --split test").out,
              AllOf(HasSubstr("confusion matrix"), HasSubstr("tame, mostly"), HasSubstr("wild")));

  // All rows: the wrong ones are those of the three sets.
  const auto predicted = run("predict run pets.csv");
  ASSERT_EQ(predicted.exit_code, 0) << predicted.err;
  std::istringstream lines(predicted.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "example,line,temper,p_shy,\"p_tame, mostly\",p_wild");
  double wrong = 0;
  for (int i = 0; i < 240; ++i) {
    std::getline(lines, line);
    const std::string name = class_of(i);
    const std::string field = name.find(',') == std::string::npos ? name : '"' + name + '"';
    wrong += line.starts_with(fmt::format("{},{},{},", i, i + 2, field)) ? 0 : 1;
  }
  double expected = 0;
  for (const auto& [split, size] :
       std::vector<std::pair<const char*, double>>{{"train", 160}, {"dev", 40}, {"test", 40}}) {
    const json of = json::parse(run(fmt::format("evaluate run --split {} --json", split)).out);
    expected += of["error"].get<double>() * size;
  }
  EXPECT_EQ(wrong, std::round(expected));
  EXPECT_LT(wrong, 120) << "something was learnt";

  // Without labels, in another order: the same.
  std::ofstream file(directory_ / "input.tsv");
  file << "age,weight,color\n";
  for (int i = 0; i < 240; ++i) {
    std::istringstream row(row_of(i));
    std::string weight;
    std::string color;
    std::string age;
    std::getline(row, weight, ',');
    std::getline(row, color, ',');
    std::getline(row, age, ',');
    file << age << ',' << weight << ',' << color << '\n';
  }
  file.close();
  EXPECT_EQ(run("predict run input.tsv").out, predicted.out);
  const auto spread = run("predict run input.tsv", 3);
  EXPECT_EQ(spread.out, predicted.out) << spread.err;
}

// Logistic units with a label each answer apart from each other.
TEST_F(Table, SeveralLabelsAreDecidedOneByOne) {
  std::string rows = "a,b,first,second\n";
  for (int i = 0; i < 80; ++i)
    rows += fmt::format("{},{},{},{}\n", i % 2, i / 2 % 2, i % 2, i / 2 % 2);
  write("two.csv", rows);
  write("two.textproto", R"(
    name: "two"
    data { train { csv { file: "two.csv" table {
      column { name: "first" role: LABEL } column { name: "second" role: LABEL } } } } }
    network { output { units: 2 loss: LOGISTIC } }
    optimizer { adam { learning_rate: 0.1 } }
    training { batch_size: 80 shards: 2 steps: 100 })");
  const auto trained = run("train two.textproto --run-dir two");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const auto predicted = run("predict two two.csv");
  ASSERT_EQ(predicted.exit_code, 0) << predicted.err;
  EXPECT_THAT(predicted.out, StartsWith("example,line,first,second,p_first,p_second\n0,2,0,0,"));
  EXPECT_THAT(predicted.out,
              AllOf(HasSubstr("\n1,3,1,0,"), HasSubstr("\n2,4,0,1,"), HasSubstr("\n3,5,1,1,")));
  EXPECT_EQ(run("predict two two.csv", 3).out, predicted.out);
  ASSERT_EQ(run("predict two two.csv --format npy --probabilities none --output two.npy").exit_code,
            0);
  ASSERT_EQ(run("export two --onnx two.onnx").exit_code, 0);
  const auto checked = run_program(fmt::format("cd {} && {} two.onnx two.csv two.npy",
                                               directory_.string(), LOCKSTEP_CHECK_ONNX_UNITS));
  EXPECT_THAT(checked.out, StartsWith("80 rows agree")) << checked.err;
}

TEST_F(Table, ImportanceIsOfColumnsAndTheSameAtEveryLayout) {
  train();
  const auto found = run("importance run --split train --repeats 3 --json");
  ASSERT_EQ(found.exit_code, 0) << found.err;
  const json importance = json::parse(found.out);
  EXPECT_EQ(importance["metric"], "error");
  EXPECT_EQ(importance["original"],
            json::parse(run("evaluate run --split train --json").out)["error"]);
  ASSERT_EQ(importance["columns"].size(), 3U);
  EXPECT_EQ(importance["columns"][0]["name"], "weight") << "which decides the class";
  EXPECT_GT(importance["columns"][0]["importance"], 0.1);
  EXPECT_EQ(importance["columns"][0]["worse_share"], 1);
  for (const int ranks : {2, 3}) {
    EXPECT_EQ(run("importance run --split train --repeats 3 --json", ranks).out, found.out);
  }
  const auto alone = run("importance run --split train --repeats 3 --json --column color");
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  const json columns = json::parse(alone.out)["columns"];
  ASSERT_EQ(columns.size(), 1U);
  EXPECT_EQ(columns[0],
            *std::ranges::find_if(importance["columns"],
                                  [](const json& column) { return column["name"] == "color"; }))
      << "whether others are permuted or not";
  const auto none = run("importance run --column colour", 2);
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("--column colour: the model has no such input; it has"));

  const auto text = run("importance run --metric roc_auc --threads 2");
  EXPECT_THAT(text.out, AllOf(StartsWith("dev set of 40 examples"), HasSubstr("ROC AUC falls by"),
                              HasSubstr("of this model, not of the world")));
}

TEST_F(Table, ImportanceRefusesWhatHasNone) {
  train();
  const auto values = run("importance run --metric rmse");
  EXPECT_EQ(values.exit_code, 2);
  EXPECT_THAT(values.err, HasSubstr("the model predicts classes; give error, macro_f1"));
  ASSERT_EQ(run("train job.textproto --run-dir images --set training.epochs=1").exit_code, 0);
  const auto images = run("importance images", 2);
  EXPECT_EQ(images.exit_code, 2);
  EXPECT_THAT(images.err, HasSubstr("the examples of tiny are images"));
}

TEST_F(Table, TheExportedModelSaysWhatPredictSays) {
  for (const char* normalization : {"standardize={}", "robust={}"}) {
    ASSERT_EQ(run(fmt::format("train pets.textproto --run-dir {0} --set data.normalization.{0}",
                              normalization))
                  .exit_code,
              0);
    ASSERT_EQ(run(fmt::format("predict {} pets.csv --output table.csv", normalization)).exit_code,
              0);
    ASSERT_EQ(run(fmt::format("export {} --onnx model.onnx", normalization)).exit_code, 0);
    const auto checked = run_program(fmt::format("cd {} && {} model.onnx pets.csv table.csv",
                                                 directory_.string(), LOCKSTEP_CHECK_ONNX_TABLE));
    EXPECT_EQ(checked.exit_code, 0) << checked.err;
    EXPECT_THAT(checked.out, StartsWith("240 rows agree")) << checked.err;
  }
}

// A third of the dev set is wild; the threshold that finds nearly all of them is below 1/2.
TEST_F(Table, AChosenThresholdDecidesInPredictEvaluateAndOnnx) {
  std::string rows = "weight,color,age,temper\n";
  for (int i = 0; i < 240; ++i) {
    rows += fmt::format("{},{},{},{}\n", (i * 7) % 13 + (i % 3 == 0 ? 2 : 0),
                        i % 2 == 0 ? "black" : "white", i % 5, i % 3 == 0 ? "wild" : "tame");
  }
  write("two.csv", rows);
  const std::string job =
      "train pets.textproto --set network.output.units=2 --set data.train.csv.file=two.csv "
      "--set evaluation.threshold.min_recall=0.9 --run-dir ";
  const auto trained = run(job + "run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const json summary = json::parse(file("run/summary.json"));
  const double threshold = summary["dev_metrics"]["threshold"];
  EXPECT_LT(threshold, 0.5);
  EXPECT_GE(summary["dev_metrics"]["threshold_recall"], 0.9);
  EXPECT_EQ(summary["test_metrics"]["threshold"], threshold);
  for (const int ranks : {2, 3}) {
    const std::string name = fmt::format("on{}", ranks);
    ASSERT_EQ(run(job + name, ranks).exit_code, 0);
    EXPECT_EQ(json::parse(file(name + "/summary.json"))["test_metrics"], summary["test_metrics"]);
  }
  const auto scores = run("evaluate run --split test --json");
  EXPECT_EQ(json::parse(scores.out)["metrics"], summary["test_metrics"]) << scores.err;

  const auto predicted = run("predict run two.csv --output table.csv");
  EXPECT_THAT(predicted.err, AllOf(HasSubstr("decides from a probability of"),
                                   HasSubstr("which was chosen on the dev set")));
  std::istringstream lines(file("table.csv"));
  std::string line;
  std::getline(lines, line);
  int differ = 0;
  while (std::getline(lines, line)) {
    const double wild = std::stod(line.substr(line.rfind(',') + 1));
    const bool decided = line.find(",wild,") != std::string::npos;
    if (std::abs(wild - threshold) > 1e-4) {
      EXPECT_EQ(decided, wild >= threshold) << line;
    }
    differ += decided != (wild > 0.5) ? 1 : 0;
  }
  EXPECT_GT(differ, 0) << "the threshold matters";
  const auto as_asked = run("predict run two.csv --threshold 0.5");
  EXPECT_EQ(as_asked.err.find("chosen on the dev set"), std::string::npos);

  ASSERT_EQ(run("export run --onnx model.onnx").exit_code, 0);
  const auto checked = run_program(fmt::format("cd {} && {} model.onnx two.csv table.csv",
                                               directory_.string(), LOCKSTEP_CHECK_ONNX_TABLE));
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_THAT(checked.out, StartsWith("240 rows agree")) << checked.err;
}

TEST_F(Table, TheExportedModelDescribesDifficultColumns) {
  const char* sizes[] = {"small", "medium", "large"};
  std::string rows = "weight,breed,size,temper\n";
  for (int i = 0; i < 240; ++i) {
    rows += fmt::format("{},{},{},\"{}\"\n", i % 7 == 2 ? "NA" : std::to_string(i % 3 + i % 4),
                        i % 10 == 0   ? fmt::format("single {}", i)
                        : i % 11 == 3 ? "NA"
                        : i % 2 == 0  ? "usual"
                                      : "common",
                        i % 13 == 5 ? "NA" : sizes[i % 3], class_of(i));
  }
  write("difficult.csv", rows);
  write("difficult.textproto", R"(
    name: "difficult"
    data {
      train { csv { file: "difficult.csv" table {
        column { name: "weight" role: NUMBER when_missing: TRAINING_MEDIAN missing_indicator: true }
        column { name: "breed" role: CATEGORY missing_indicator: true }
        column { name: "size" role: ORDINAL
                 order { text: "small" } order { text: "medium" } order { text: "large" } }
        column { name: "temper" role: CLASS_NAME }
        min_category_count: 20
        missing { text: "NA" }
        when_missing: TRAINING_MOST_FREQUENT } } }
      split { dev { count: 40 } }
      max_copied_share: 1
    }
    network { layer { units: 8 } output { units: 3 } }
    optimizer { adam { learning_rate: 0.05 } }
    training { batch_size: 40 shards: 4 epochs: 12 })");
  const auto trained = run("train difficult.textproto --run-dir run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const json of_file = json::parse(run("evaluate run --data difficult.csv --json").out);
  EXPECT_EQ(of_file["examples"], 240);
  ASSERT_EQ(run("predict run difficult.csv --output table.csv").exit_code, 0);
  const std::string predicted = file("table.csv");
  int wrong = 0;
  for (int i = 0; i < 240; ++i) {
    const std::string said = fmt::format("\n{},", i);
    const auto line = predicted.find(said);
    ASSERT_NE(line, std::string::npos) << i;
    const auto end = predicted.find('\n', line + 1);
    wrong += predicted.substr(line, end - line).find(class_of(i)) == std::string::npos ? 1 : 0;
  }
  EXPECT_DOUBLE_EQ(of_file["error"].get<double>(), wrong / 240.0) << "every column is an input";
  ASSERT_EQ(run("export run --onnx model.onnx").exit_code, 0);
  const auto checked = run_program(fmt::format("cd {} && {} model.onnx difficult.csv table.csv",
                                               directory_.string(), LOCKSTEP_CHECK_ONNX_TABLE));
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_THAT(checked.out, StartsWith("240 rows agree")) << checked.err;
}

TEST_F(Table, NewColumnsOfAFileToPredictAreLeftOutWithOneNotice) {
  train();
  std::string plain = "weight,color,age\n";
  std::string more = ",age,color,shop,weight\n";
  for (int i = 0; i < 30; ++i) {
    plain += fmt::format("{},black,{}\n", i, i % 5);
    more += fmt::format("{},{},black,\"x\",{}\n", i, i % 5, i);
  }
  write("plain.csv", plain);
  write("more.csv", more);
  const auto expected = run("predict run plain.csv");
  EXPECT_EQ(expected.err, "");
  for (const int ranks : {1, 3}) {
    const auto predicted = run("predict run more.csv", ranks);
    EXPECT_EQ(predicted.out, expected.out);
    EXPECT_EQ(predicted.err,
              "more.csv: left out, not in the training file: column 1 (which has no name), "
              "\"shop\"\n");
  }
}

// One unit gives the probability of the second class.
TEST_F(Table, TheProbabilityOfOneUnitIsThatOfTheSecondClass) {
  std::string rows = "x,y\n";
  for (int i = 0; i < 40; ++i) rows += fmt::format("{},{}\n", i % 2, i % 2 == 0 ? "no" : "yes");
  write("yes.csv", rows);
  write("yes.textproto", R"(
    name: "yes"
    data { train { csv { file: "yes.csv" table { column { name: "y" role: CLASS_NAME } } } } }
    network { output { units: 1 loss: LOGISTIC } }
    optimizer { adam { learning_rate: 0.1 } }
    training { batch_size: 40 shards: 1 steps: 100 })");
  ASSERT_EQ(run("train yes.textproto --run-dir yes").exit_code, 0);
  const auto predicted = run("predict yes yes.csv");
  EXPECT_THAT(predicted.out, StartsWith("example,line,y,p_yes\n0,2,no,0.0"));
  EXPECT_THAT(predicted.out, HasSubstr("\n1,3,yes,0.9"));
}

// Names in Latin-1, as job.proto allows.
TEST_F(Table, NamesInOtherEncodingsLeaveValidJson) {
  std::string rows = "x,y\n";
  for (int i = 0; i < 40; ++i) rows += fmt::format("{},{}\n", i, i % 2 == 0 ? "th\xE9" : "caf\xE9");
  write("latin.csv", rows);
  write("latin.textproto", R"(
    name: "latin"
    data { train { csv { file: "latin.csv" table { column { name: "y" role: CLASS_NAME } } } }
           split { dev { count: 10 } } }
    network { output { units: 2 } }
    optimizer { adam {} }
    training { batch_size: 10 shards: 1 epochs: 1 })");
  ASSERT_EQ(run("train latin.textproto --run-dir latin").exit_code, 0);
  const auto evaluated = run("evaluate latin --json");
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(json::parse(evaluated.out)["classes"][1]["name"], "th\uFFFD");
}

TEST_F(Table, CheckAndTrainGiveTheSameCautions) {
  write("numbers.csv", "1,5,0\n2,4,1\n3,7,0\n4,6,1\n");
  write("numbers.textproto", R"(
    name: "numbers"
    data { train { csv { file: "numbers.csv" table { column { index: 3 role: LABEL } } } } }
    network { output { units: 2 } }
    optimizer { adam {} }
    training { batch_size: 3 shards: 3 epochs: 1 })");
  const auto caution = HasSubstr(
      "numbers.csv: all names of the header are numbers (\"1\", \"5\", \"0\"); is it a "
      "row? say header: false");
  EXPECT_THAT(run("check numbers.textproto").out, caution);
  const auto trained = run("train numbers.textproto --run-dir numbers");
  EXPECT_EQ(trained.exit_code, 0);
  EXPECT_THAT(trained.err, caution);
  EXPECT_THAT(run("train numbers.textproto --run-dir three", 3).err, caution);

  write("index.csv", ",x,y\n0,1,0\n1,2,1\n");
  const std::string set =
      " --set data.train.csv.file=index.csv --set 'data.train.csv.table.column[0]={ name: \"y\" "
      "role: LABEL }'";
  for (const char* command : {"check", "train"}) {
    const auto result = run(std::string(command) + " numbers.textproto" + set);
    EXPECT_EQ(result.exit_code, 65);
    EXPECT_THAT(result.err, HasSubstr("column 1 has no name (row numbers?): give it a role"));
  }
}

TEST_F(Table, InspectShowsColumns) {
  train();
  EXPECT_THAT(run("inspect run").out, AllOf(HasSubstr("2  color  category: black, white\n"),
                                            HasSubstr("classes: shy, tame, mostly, wild\n")));
}

TEST_F(Table, WrongFilesEndWithTheirCodes) {
  const std::string file = "--set data.train.csv.file=";
  {
    std::ofstream broken(directory_ / "text.csv");
    broken << "weight,color,age,temper\n1,black,abc,shy\n";
    for (int i = 0; i < 120; ++i) broken << row_of(i);
  }
  const auto text = train_with(file + "text.csv");
  EXPECT_EQ(text.exit_code, 65);
  EXPECT_THAT(text.err, HasSubstr("text.csv:2:3: expected a number, found \"abc\""));
  std::ofstream(directory_ / "header.csv") << "weight,color,age,temper\n";
  EXPECT_EQ(train_with(file + "header.csv").exit_code, 65);
  std::ofstream(directory_ / "empty.csv").close();
  EXPECT_EQ(train_with(file + "empty.csv").exit_code, 65);
  EXPECT_EQ(train_with(file + "nowhere.csv").exit_code, 66);
  EXPECT_EQ(train_with("--set 'data.train.csv.table.column[1].role=TEMPER'").exit_code, 2);
  EXPECT_EQ(train_with("--set network.output.units=5").exit_code, 65);
  const auto column = train_with("--set 'data.train.csv.table.column[1].name=tempre'");
  EXPECT_EQ(column.exit_code, 65);
  EXPECT_THAT(column.err, HasSubstr("no column \"tempre\"; did you mean \"temper\"?"));

  train();
  std::ofstream(directory_ / "green.csv") << "weight,color,age\n1,green,2\n";
  const auto green = run("predict run green.csv");
  EXPECT_EQ(green.exit_code, 65);
  EXPECT_THAT(green.err, HasSubstr("green.csv:2:2: a category that the training file does not"));
  std::ofstream(directory_ / "short.csv") << "weight,age\n1,2\n";
  EXPECT_EQ(run("predict run short.csv").exit_code, 65);
  EXPECT_EQ(run("predict run nowhere.csv").exit_code, 66);
}

// What train would refuse, check refuses with the same code and the same words; what
// train cautions, check does.
TEST_F(Table, CheckSaysWhatTrainSays) {
  const auto job = [&](const std::string& table, const std::string& output) {
    write("job.textproto",
          "name: \"t\" data { train { csv { file: \"t.csv\" table { " + table +
              " } } } } network { output { " + output +
              " } } optimizer { adam {} } training { batch_size: 2 shards: 1 epochs: 1 }");
  };
  const auto expect_refused_alike = [&](const char* what) {
    const auto check = run("check job.textproto");
    const auto train = run("train job.textproto");
    EXPECT_EQ(check.exit_code, 65) << what;
    EXPECT_EQ(train.exit_code, 65) << what;
    EXPECT_EQ(check.err, train.err) << what;
  };
  write("t.csv", "sex,class,y\nfemale,1st,1\nmale,2nd,0\nfemale,3rd,1\n");
  job("column { name: \"y\" role: LABEL }", "units: 2");
  expect_refused_alike("words in a column of numbers");
  job("column { name: \"y\" role: LABEL } other_columns: CATEGORY", "units: 1 loss: LOGISTIC");
  EXPECT_EQ(run("check job.textproto").exit_code, 0);
  write("t.csv", "x,y\n1,0\n2,7\n");
  job("column { name: \"y\" role: LABEL }", "units: 2");
  expect_refused_alike("a label beyond the classes");
  write("t.csv", "x,y\n1,0\n2,\n");
  expect_refused_alike("a missing label");
  write("t.csv", "x,k,y\n1,3,0\n2,3,0\n");
  for (const char* command : {"check job.textproto", "train job.textproto --run-dir run"}) {
    const auto result = run(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out + result.err, HasSubstr("caution: k is constant over the training set"))
        << command;
    EXPECT_THAT(result.out + result.err, HasSubstr("all training examples are of class 0"))
        << command;
  }
}

}  // namespace
}  // namespace lockstep
