#include "train/cautions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/build.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The tiny job has dropout, L2 and early stopping.
Job job_with(const std::vector<std::string>& overrides) { return tiny_job("/", overrides).job; }

TEST(JobCautions, EarlyStoppingWithAPenaltyCouplesTwoTasks) {
  EXPECT_THAT(job_cautions(job_with({})), ElementsAre(kOrthogonalizationCaution));
  EXPECT_THAT(job_cautions(job_with({"regularization={l1_lambda: 1}"})),
              ElementsAre(kOrthogonalizationCaution));
  EXPECT_THAT(job_cautions(
                  job_with({"regularization={}", "network.layer[1].regularization.l1_lambda=0.1"})),
              ElementsAre(kOrthogonalizationCaution));
  EXPECT_THAT(job_cautions(job_with({"regularization={}"})), IsEmpty());
  Job without = job_with({});
  without.early_stopping.reset();
  EXPECT_THAT(job_cautions(without), IsEmpty());
}

TEST(JobCautions, DroppingHalfOfTheInput) {
  for (const char* keep_prob : {"0.5", "0.3"}) {
    EXPECT_THAT(job_cautions(job_with(
                    {"regularization={}", std::string("network.input_keep_prob=") + keep_prob})),
                ElementsAre(HasSubstr(std::string("input_keep_prob is ") + keep_prob)));
  }
  EXPECT_THAT(job_cautions(job_with({"regularization={}", "network.input_keep_prob=0.51"})),
              IsEmpty());
}

// Adam's step is learning_rate m / (sqrt(v) + epsilon), with m and sqrt(v) at most max_norm.
TEST(JobCautions, ClippingFarBelowEpsilon) {
  const auto cautions = [](const std::string& optimizer, const std::string& max_norm) {
    return job_cautions(
        job_with({"regularization={}",
                  "optimizer={" + optimizer + " clipping {max_norm: " + max_norm + "}}"}));
  };
  const std::string adam =
      "caution: optimizer.clipping.max_norm is 1e-12, far below optimizer.adam.epsilon, 1e-08: the "
      "gradient moves a weight by at most 0.0001 times the learning rate in a step. Use a max_norm "
      "well above epsilon";
  EXPECT_THAT(cautions("adam {}", "1e-12"), ElementsAre(adam));
  EXPECT_THAT(cautions("rmsprop {}", "1e-12"), ElementsAre(HasSubstr("optimizer.rmsprop.epsilon")));
  EXPECT_THAT(cautions("adamw {}", "1e-12"),
              ElementsAre(testing::AllOf(
                  HasSubstr("optimizer.adamw.epsilon, 1e-08"),
                  HasSubstr("in a step, while weight decay still shrinks the weights. Use"))));
  EXPECT_THAT(cautions("adamw {weight_decay: 0}", "1e-12"),
              ElementsAre(testing::Not(HasSubstr("weight decay"))));
  for (const char* optimizer : {"adam {}", "adamw {}", "rmsprop {}"}) {
    EXPECT_THAT(cautions(optimizer, "1e-9"), IsEmpty()) << optimizer;
  }
  EXPECT_THAT(cautions("gradient_descent {}", "1e-12"), IsEmpty()) << "it has no epsilon";
}

// MNIST with noise may have the labels of MNIST, so this is not refused.
TEST(JobCautions, SetsThatShareAFileOfLabels) {
  const auto cautions = [](const std::string& format, const std::string& dev_labels,
                           const std::string& test_labels) {
    const auto set = [&](const std::string& name, const std::string& labels) {
      return "data." + name + "={" + format + " {features: '" + name + "' labels: '" + labels +
             "'}}";
    };
    return job_cautions(
        job_with({"regularization={}", "data.split={}", "data.dev_and_test_from=ONE_DISTRIBUTION",
                  set("train", "labels"), set("dev", dev_labels), set("test", test_labels)}));
  };
  for (const char* format : {"idx", "npy"}) {
    EXPECT_THAT(cautions(format, "x/../labels", "other"),
                ElementsAre("caution: data.train and data.dev have their labels in the same file, "
                            "/labels, but different features. That is right only if example i of "
                            "both sets has the same label, for every i; otherwise give data.dev "
                            "the file of its own labels"));
    EXPECT_THAT(cautions(format, "other", "other"),
                ElementsAre(HasSubstr("data.dev and data.test have their labels in the same")));
    EXPECT_THAT(cautions(format, "labels", "labels"), testing::SizeIs(2));
    EXPECT_THAT(cautions(format, "b", "c"), IsEmpty());
  }
}

SetScore score(std::uint64_t wrong, std::uint64_t examples) {
  return {{.wrong = wrong, .decisions = examples}, examples};
}

// Newcombe (1998), table II, method 10: 56/70 - 48/80 lies in 0.0524 to 0.3339
// and 9/10 - 3/10 in 0.1705 to 0.8090; 5/56 - 0/29 in -0.0381 to 0.1926.
TEST(Overfits, WhenTheIntervalOfTheDifferenceIsAboveZero) {
  EXPECT_TRUE(overfits(score(48, 80), score(56, 70)));
  EXPECT_TRUE(overfits(score(3, 10), score(9, 10)));
  EXPECT_FALSE(overfits(score(0, 29), score(5, 56)));
}

// Labels of one example are not independent: 30 of 100 examples x 10 labels are 3%
// of 100 examples, not of 1000.
TEST(Overfits, CountsExamplesWhereEachHasSeveralLabels) {
  const SetScore train{{.wrong = 30, .decisions = 1000}, 100};
  const SetScore dev{{.wrong = 60, .decisions = 1000}, 100};
  EXPECT_EQ(error_rate(dev), 0.06);
  EXPECT_EQ(wrong_examples(dev), 6);
  EXPECT_FALSE(overfits(train, dev));
  EXPECT_TRUE(overfits(score(30, 1000), score(60, 1000)));
}

TEST(Overfits, NotWhenDevIsBetterOrTheSetsAreTooSmallToTell) {
  EXPECT_FALSE(overfits(score(50, 100), score(1, 100)));
  EXPECT_FALSE(overfits(score(100, 1000), score(11, 100)));
  EXPECT_TRUE(overfits(score(100'000, 1'000'000), score(11'000, 100'000)));
}

TEST(PrecisionCaution, ForBfloat16WithoutInstructionsForIt) {
  const NetworkConfig in_bfloat16 = job_with({"training.precision=BFLOAT16"}).network;
  EXPECT_THAT(precision_caution(in_bfloat16, Instructions::avx512).value_or(""),
              testing::AllOf(HasSubstr("with avx512 instructions"), HasSubstr("not faster")));
  EXPECT_EQ(precision_caution(in_bfloat16, Instructions::avx512bf16), std::nullopt);
  EXPECT_EQ(precision_caution(job_with({}).network, Instructions::plain), std::nullopt);
}

TEST(Precision, OfEvaluationsIsThatOfTrainingUnlessAJobSaysAnother) {
  const auto precisions = [](const std::vector<std::string>& overrides) {
    const NetworkConfig config = job_with(overrides).network;
    const NetworkSpec training = build_network(config, 12);
    return std::pair(training.precision, for_evaluation(training, config).precision);
  };
  constexpr Precision kFloat = Precision::float32;
  constexpr Precision kHalf = Precision::bfloat16;
  EXPECT_EQ(precisions({}), std::pair(kFloat, kFloat));
  EXPECT_EQ(precisions({"training.precision=BFLOAT16"}), std::pair(kHalf, kHalf));
  EXPECT_EQ(precisions({"training.precision=BFLOAT16", "evaluation.precision=FLOAT32"}),
            std::pair(kHalf, kFloat));
  EXPECT_EQ(precisions({"evaluation.precision=BFLOAT16"}), std::pair(kFloat, kHalf));
}

TEST(DropoutCaution, OnlyForDropoutWithoutOverfitting) {
  const NetworkConfig network = job_with({}).network;
  Scores scores;
  scores.train = score(10, 100);
  scores.dev = score(11, 100);
  ASSERT_TRUE(dropout_caution(network, scores).has_value());
  EXPECT_THAT(*dropout_caution(network, scores),
              testing::AllOf(HasSubstr("dropout without overfitting"), HasSubstr("11.00% of 100"),
                             HasSubstr("10.00% of 100"), HasSubstr("--no-dropout")));
  scores.dev = score(50, 100);
  EXPECT_EQ(dropout_caution(network, scores), std::nullopt) << "it overfits";
  scores.dev = {};
  EXPECT_EQ(dropout_caution(network, scores), std::nullopt) << "no dev set";
}

TEST(DropoutCaution, SaysNothingWithoutDropoutOrWithoutErrors) {
  Scores scores;
  scores.train = scores.dev = score(10, 100);
  const Job without = job_with({"network.input_keep_prob=1", "network.layer[0].keep_prob=1",
                                "network.layer[1].keep_prob=1"});
  EXPECT_FALSE(has_dropout(without.network));
  EXPECT_EQ(dropout_caution(without.network, scores), std::nullopt);
  const Job values =
      job_with({"network.output.loss=SQUARED_ERROR", "early_stopping.metric=DEV_COST"});
  EXPECT_TRUE(has_dropout(values.network));
  EXPECT_EQ(dropout_caution(values.network, scores), std::nullopt);
}

}  // namespace
}  // namespace lockstep
