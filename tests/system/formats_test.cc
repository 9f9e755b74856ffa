// Data of other formats, and none at all, from the outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

class FormatsProgram : public ProgramFixture {
 protected:
  // The summary of a job that is trained.
  [[nodiscard]] json trained(const std::string& job, const std::string& run_dir) const {
    const auto result = run(fmt::format("train {} --run-dir {} --threads 1", job, run_dir));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return json::parse(text_of_file(directory_ / run_dir / "summary.json"));
  }

  const std::string jobs_ = LOCKSTEP_JOBS_DIR;
};

// What the header of the job says: a line cannot part spirals, a network can.
TEST_F(FormatsProgram, SpiralsShowBias) {
  const std::string job = jobs_ + "/spirals.textproto --set training.epochs=30";
  EXPECT_LT(trained(job, "network")["train_error"], 0.02);
  EXPECT_GT(trained(job + " --set 'network={ output { units: 2 } }'", "line")["train_error"], 0.3);
  const auto predict = run("predict network features");
  EXPECT_EQ(predict.exit_code, 2);
  EXPECT_THAT(predict.err, HasSubstr("the model was trained on a synthetic source"));
  const auto evaluate = run("evaluate network --split test");
  EXPECT_EQ(evaluate.exit_code, 0) << evaluate.err;
}

TEST_F(FormatsProgram, BlobsComeNearTheirBestErrorAndNotBelow) {
  const std::string job = jobs_ + "/blobs.textproto";
  const auto check = run("check " + job);
  EXPECT_EQ(check.exit_code, 0) << check.err;
  EXPECT_THAT(check.out, HasSubstr("\nbayes error      15.3438% (known for the source:"));
  // Four standard deviations of an error counted on 100,000 points are 0.0046.
  EXPECT_NEAR(trained(job, "run")["test_error"], 0.153438, 0.0046);
}

TEST_F(FormatsProgram, LibsvmWithAndWithoutLabelsIsPredictedTheSame) {
  std::string labelled;
  std::string unlabelled;
  for (int i = 0; i < 40; ++i) {
    const std::string values = fmt::format(" 1:{} 4:{}\n", i % 5, i % 3 - 1);
    labelled += (i % 5 > 2 ? "+1" : "-1") + values;
    unlabelled += values;
  }
  write("train.svm", labelled);
  write("new.svm", unlabelled);
  write("wide.svm", "1 5:2\n");
  write(
      "svm.textproto",
      "name: 'svm' data { train { libsvm { file: 'train.svm' } label_coding: MINUS_ONE_PLUS_ONE } "
      "split { dev { count: 10 } } } network { output { units: 1 loss: LOGISTIC } } "
      "optimizer { adam { learning_rate: 0.1 } } "
      "training { batch_size: 10 shards: 2 epochs: 20 }");
  EXPECT_LT(trained("svm.textproto", "run")["train_error"], 0.1);
  const auto with_labels = run("predict run train.svm");
  EXPECT_EQ(with_labels.exit_code, 0) << with_labels.err;
  EXPECT_THAT(with_labels.out, HasSubstr("\n39,1,"));
  EXPECT_EQ(run("predict run new.svm").out, with_labels.out);
  const auto wide = run("predict run wide.svm");
  EXPECT_EQ(wide.exit_code, 65);
  EXPECT_THAT(wide.err, HasSubstr("wide.svm:1:3: index 5 is above the 4 features\n(the model has 4 "
                                  "features)"));

  const auto wrong = run("train svm.textproto --run-dir x --set data.train.label_coding=AS_IS");
  EXPECT_EQ(wrong.exit_code, 65);
  EXPECT_THAT(wrong.err, HasSubstr("say label_coding: MINUS_ONE_PLUS_ONE in their source"));
  const auto missing = run("check svm.textproto --set data.train.libsvm.file=nowhere");
  EXPECT_EQ(missing.exit_code, 66);
  EXPECT_THAT(missing.err, HasSubstr("/nowhere: cannot open: No such file"));
}

}  // namespace
}  // namespace lockstep
