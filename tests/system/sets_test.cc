// What the program says of train-dev, dev and test sets (1.1), from the outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/tiny_job.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Sets : public ProgramFixture {
 protected:
  Sets() {
    fs::create_directory(directory_ / "other");
    write_tiny_data(directory_ / "other", 141, 54321);
  }

  // A job whose `data` has these fields beside train.
  void write_job(const std::string& data) const {
    std::ofstream(directory_ / "sets.textproto")
        << "name: 'sets' data { train { idx { features: 'features' labels: 'labels' } } " << data
        << " } network { output { units: 3 } } optimizer { adam {} } "
           "training { batch_size: 24 epochs: 3 }";
  }
  [[nodiscard]] json summary_of(const std::string& run_dir) const {
    return json::parse(text_of_file(directory_ / run_dir / "summary.json"));
  }

  const std::string other_ = "{ idx { features: 'other/features' labels: 'other/labels' } }";
};

TEST_F(Sets, TheMismatchedCase) {
  write_job("held_out " + other_ +
            " split { train_dev { count: 21 } dev { fraction: 0.5 } test { fraction: 0.5 } }");
  const auto check = run("check sets.textproto");
  ASSERT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("examples         train 120, train-dev 21, dev 71, test 70;"));

  const auto result = run("train sets.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("120 train, 21 train-dev, 71 dev, 70 test examples"));
  EXPECT_THAT(result.out, HasSubstr("\ntrain-dev error "));
  const json summary = summary_of("run");
  EXPECT_TRUE(summary["train_dev_error"].is_number());
  EXPECT_TRUE(summary["train_dev_cost"].is_number());
  EXPECT_THAT(file("run/report.html"), HasSubstr("<td>train-dev</td>"));
  EXPECT_THAT(file("run/metrics.jsonl"), HasSubstr("\"train_dev_error\":0."));

  const auto evaluated = run("evaluate run/ckpt/latest --split train_dev --json");
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const json scores = json::parse(evaluated.out);
  EXPECT_EQ(scores["examples"], 21);
  EXPECT_EQ(scores["error"], summary["train_dev_error"]);
  EXPECT_EQ(scores["cost"], summary["train_dev_cost"]);
}

TEST_F(Sets, ABatchLargerThanTheTrainingSetIsReported) {
  write_job("split { dev { count: 21 } }");
  const auto larger = run("check sets.textproto --set training.batch_size=144");
  EXPECT_EQ(larger.exit_code, 0) << larger.err;
  EXPECT_THAT(larger.out + larger.err,
              HasSubstr("training.batch_size is 144, but there are 120 training examples"));
  const auto as_large = run("check sets.textproto --set training.batch_size=120");
  EXPECT_EQ(as_large.exit_code, 0) << as_large.err;
  EXPECT_THAT(as_large.out + as_large.err, Not(HasSubstr("training.batch_size is")));
}

TEST_F(Sets, CopiesOfTheTrainingSetAreRefused) {
  fs::copy_file(directory_ / "features", directory_ / "copy");
  // On two ranks once: a refusal takes mpirun a second or two more than the ranks.
  for (const auto& [set, ranks] : {std::pair{"dev", 1}, {"test", 2}}) {
    write_job(fmt::format("{} {{ idx {{ features: 'copy' labels: 'labels' }} }}", set));
    const auto result = run("train sets.textproto --run-dir run", ranks);
    EXPECT_EQ(result.exit_code, 65);
    EXPECT_THAT(result.err, HasSubstr(fmt::format(
                                "data.{} has the same content as data.train (fingerprint", set)));
    fs::remove_all(directory_ / "run");
  }
  fs::copy_file(directory_ / "other/features", directory_ / "copy",
                fs::copy_options::overwrite_existing);
  write_job("dev " + other_ +
            " test { idx { features: 'copy' labels: 'labels' } } "
            "dev_and_test_from: ONE_DISTRIBUTION");
  EXPECT_THAT(run("train sets.textproto --run-dir run").err,
              HasSubstr("data.test has the same content as data.dev"));
}

// Rows of six features that say little about their class, of which `rare` rows of class 1 are there
// `copies` times.
std::string table_with_copies(int rare, int copies, std::uint32_t state) {
  const auto row = [&](int label) {
    std::string text;
    for (int j = 0; j < 6; ++j) {
      state = state * 1664525U + 1013904223U;
      text += fmt::format("{},", (state >> 16U) % 1000 + (label == 1 && j < 2 ? 250U : 0U));
    }
    return fmt::format("{}{}\n", text, label);
  };
  std::string text = "a,b,c,d,e,f,class\n";
  for (int i = 0; i < 900; ++i) text += row(0);
  std::string rare_rows;
  for (int i = 0; i < rare; ++i) rare_rows += row(1);
  for (int i = 0; i < copies; ++i) text += rare_rows;
  return text;
}

// The rare class was made frequent by copying its rows, and dev was split off afterwards.
TEST_F(Sets, CopiesMakeTheDevErrorALieAndASplitByContentMakesItTrue) {
  write("copied.csv", table_with_copies(60, 15, 1));
  write("new.csv", table_with_copies(900, 1, 2));
  write("copies.textproto", R"(
    name: "copies" data {
      train { csv { file: "copied.csv" table { column { name: "class" role: LABEL } } } }
      test { csv { file: "new.csv" } } dev_and_test_from: ONE_DISTRIBUTION
      split { dev { count: 400 } } }
    network { layer { units: 64 } output { units: 2 } } optimizer { adam { learning_rate: 0.01 } }
    training { batch_size: 60 shards: 4 epochs: 30 })");
  const auto refused = run("train copies.textproto --run-dir run");
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err, HasSubstr("216 of 400 dev examples (54.00%) have the inputs of training "
                                     "examples, 216 of them the label too"));
  EXPECT_THAT(refused.err, HasSubstr("more than data.max_copied_share: 0.5; data.split.by_content: "
                                     "true keeps equal examples in one part"));
  const auto check = run("check copies.textproto");
  EXPECT_EQ(check.exit_code, 65);
  EXPECT_THAT(check.err, HasSubstr("216 of 400 dev examples (54.00%)"));

  const auto allowed = run("train copies.textproto --run-dir lie --set data.max_copied_share=1", 2);
  ASSERT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_THAT(allowed.err, HasSubstr("caution: 216 of 400 dev examples"));
  const json lie = summary_of("lie");
  EXPECT_LT(lie["dev_error"], 0.05);
  EXPECT_GT(lie["test_error"], 0.3);

  const auto by_content =
      run("train copies.textproto --run-dir true --set data.split.by_content=true");
  ASSERT_EQ(by_content.exit_code, 0) << by_content.err;
  EXPECT_THAT(by_content.err, Not(HasSubstr("inputs of training examples")));
  const json honest = summary_of("true");
  EXPECT_GT(honest["dev_error"], 0.3);
  EXPECT_GT(honest["test_error"], 0.3);
}

TEST_F(Sets, ADevSetBeyondFloatIsNoDivergence) {
  std::string train = "a,b,label\n";
  for (int i = 0; i < 60; ++i) train += fmt::format("0.0{},0.0{},{}\n", i % 7, i % 5, i % 2);
  write("train.csv", train);
  write("dev.csv", "a,b,label\n1,3e38,0\n-3e38,2,1\n");
  write("tame.csv", "a,b,label\n1,3,0\n3,2,1\n");
  write("wild.textproto", R"(
    name: "wild" data { train { csv { file: "train.csv" table { column { name: "label" role: LABEL } } } } dev { csv { file: "dev.csv" } } }
    network { layer { units: 8 } output { units: 2 } } optimizer { adam {} }
    training { batch_size: 12 shards: 2 epochs: 2 })");
  const auto result = run("train wild.textproto --run-dir run", 2);
  EXPECT_EQ(result.exit_code, 65);
  EXPECT_THAT(result.err, HasSubstr("the dev cost is not finite at step 5, although J is"));
  ASSERT_EQ(run("train wild.textproto --run-dir only --set training.epochs=2 --set "
                "'data.dev.csv.file=\"tame.csv\"'")
                .exit_code,
            0);
  const auto predicted = run("predict only dev.csv");
  EXPECT_EQ(predicted.exit_code, 65);
  EXPECT_THAT(predicted.err,
              HasSubstr("the prediction of example 0 (counted from 0) is not finite"));
}

// Files that are no more what they were: each command has to be told that it may continue.
TEST_F(Sets, ChangedDataIsUsedOnlyWhenAllowed) {
  write_job("split { dev { fraction: 0.2 } test { fraction: 0.2 } }");
  write("sweep.textproto",
        "name: 'one' job: 'sets.textproto' grid {} "
        "parameter { path: 'regularization.l2_lambda' numbers { value: [1] } }");
  ASSERT_EQ(run("train sets.textproto --run-dir run").exit_code, 0);
  ASSERT_EQ(run("sweep sweep.textproto --run-dir swept").exit_code, 0);
  write_tiny_data(directory_, 151);
  for (const std::string command :
       {"evaluate run/ckpt/latest --split test", "diagnose run/ckpt/latest",
        "sweep sweep.textproto --run-dir swept --resume auto",
        "train sets.textproto --run-dir run --resume must --set training.epochs=4"}) {
    const auto refused = run(command);
    EXPECT_EQ(refused.exit_code, 65) << command;
    EXPECT_THAT(refused.err, HasSubstr("changed since the checkpoint")) << command;
    EXPECT_THAT(refused.err, HasSubstr("--allow-changed-data continues anyway")) << command;
    const auto allowed = run(command + " --allow-changed-data");
    EXPECT_EQ(allowed.exit_code, 0) << command << ": " << allowed.err;
  }
}

TEST_F(Sets, WithoutATestSetTheDevSetServes) {
  write_job("split { dev { fraction: 0.3 } }");
  EXPECT_THAT(run("check sets.textproto").out, HasSubstr("note: no test set"));
  const auto result = run("train sets.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::string statement =
      "no test set: the dev error is not an unbiased estimate, which is fine if none is needed "
      "(1.1)";
  EXPECT_THAT(result.out, HasSubstr(statement));
  EXPECT_THAT(result.out, Not(HasSubstr("\ntest ")));
  EXPECT_THAT(file("run/report.html"), HasSubstr(statement));
}

TEST_F(Sets, TrainOnly) {
  write_job("");
  EXPECT_THAT(run("check sets.textproto").out, HasSubstr("note: no dev set"));
  const auto result = run("train sets.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("no dev or test set: the training error does not estimate"));
  EXPECT_THAT(result.err, Not(HasSubstr("the dev set is small")));
}

TEST_F(Sets, DevAndTestFromTwoSourcesNeedAWord) {
  const std::string two = "split { dev { count: 20 } } test " + other_;
  write_job(two);
  const auto refused = run("train sets.textproto --run-dir run");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("must come from one distribution"));
  EXPECT_THAT(refused.err, HasSubstr("data.dev_and_test_from: ONE_DISTRIBUTION"));
  EXPECT_FALSE(fs::exists(directory_ / "run"));

  const auto alike =
      run("train sets.textproto --run-dir one --set data.dev_and_test_from=ONE_DISTRIBUTION");
  EXPECT_EQ(alike.exit_code, 0) << alike.err;
  EXPECT_THAT(alike.out, Not(HasSubstr("distributions")));

  write_job(two + " dev_and_test_from: DIFFERENT_DISTRIBUTIONS");
  const auto differ = run("train sets.textproto --run-dir two");
  EXPECT_EQ(differ.exit_code, 0) << differ.err;
  EXPECT_THAT(differ.out, HasSubstr("dev and test have different distributions"));
}

TEST_F(Sets, ADevSetTooSmallForWhatIsDecidedOnItIsToldOnce) {
  write_job("split { dev { count: 41 } }");
  EXPECT_THAT(
      run("check sets.textproto").out,
      HasSubstr(
          "at a dev error of 10.00%, 41 examples leave an uncertainty of +-9.4 percentage points "
          "(95%), but improvements of 1 are to be detected; 3461 examples would be enough "
          "(the dev error is assumed)"));
  const auto warned = run("train sets.textproto --run-dir run");
  const std::string warning =
      "the dev set is small for the decisions made on it (1.1): at a dev "
      "error of ";
  const auto first = warned.err.find(warning);
  ASSERT_NE(first, std::string::npos) << warned.err;
  EXPECT_EQ(warned.err.find(warning, first + 1), std::string::npos) << warned.err;
  EXPECT_THAT(run("train sets.textproto --run-dir coarse "
                  "--set evaluation.smallest_improvement=0.5")
                  .err,
              Not(HasSubstr(warning)));
}

TEST_F(Sets, GroupsAreWantedWhereTheSplitGoesByThem) {
  write_job("split { dev { count: 20 } by_group: true }");
  for (const char* command : {"check", "train"}) {
    const auto result = run(std::string(command) + " sets.textproto");
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("has no groups; name them in its source"));
  }
}

}  // namespace
}  // namespace lockstep
