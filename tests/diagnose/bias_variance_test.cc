#include "diagnose/bias_variance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// The defaults of proto/job.proto.
DiagnosisConfig config(double base_error = 0) {
  DiagnosisConfig defaults = tiny_job("/").job.diagnosis;
  defaults.base_error = base_error;
  return defaults;
}

RunErrors large_sets(double train, double dev) {
  RunErrors errors;
  errors.train = {train, 100'000};
  errors.dev = {dev, 20'000};
  errors.test = {dev, 20'000};
  return errors;
}

std::string verdict(double base, double train, double dev) {
  return diagnose_errors(large_sets(train, dev), config(base)).verdict;
}

// The lecture's numbers (1.2), in percent there.
TEST(BiasVariance, TheExamplesOfTheLecture) {
  EXPECT_EQ(verdict(0, 0.01, 0.11), "variance");
  EXPECT_EQ(verdict(0, 0.15, 0.16), "bias");
  EXPECT_EQ(verdict(0, 0.15, 0.30), "bias and variance");
  EXPECT_EQ(verdict(0, 0.005, 0.01), "neither");
  EXPECT_EQ(verdict(0.15, 0.15, 0.16), "neither");
}

// With the dev sets that the lecture calls usual for little data (1.1), too.
TEST(BiasVariance, TheExamplesOfTheLectureOnAThousandDevExamples) {
  const auto small = [](double base, double train, double dev) {
    RunErrors errors;
    errors.train = {train, 8000};
    errors.dev = {dev, 1000};
    return diagnose_errors(errors, config(base)).verdict;
  };
  EXPECT_EQ(small(0, 0.01, 0.11), "variance");
  EXPECT_EQ(small(0, 0.15, 0.16), "bias");
  EXPECT_EQ(small(0, 0.15, 0.30), "bias and variance");
  EXPECT_EQ(small(0, 0.005, 0.01), "neither");
  EXPECT_EQ(small(0.15, 0.15, 0.16), "neither");
}

// The errors in the headers of launch/jobs and in docs/lecture.md, at the base error
// of those jobs; 50,000 to 55,000 training and 5,000 dev examples.
TEST(BiasVariance, TheFashionMnistJobs) {
  const auto fashion = [](double train, double dev, double test) {
    RunErrors errors;
    errors.train = {train, 55'000};
    errors.dev = {dev, 5000};
    errors.test = {test, 10'000};
    return diagnose_errors(errors, config(0.033)).verdict;
  };
  EXPECT_EQ(fashion(0.1289, 0.1432, 0.1543), "bias") << "logistic";
  EXPECT_EQ(fashion(0.0016, 0.0902, 0.0961), "variance") << "plain";
  EXPECT_EQ(fashion(0.0030, 0.0876, 0.0974), "variance") << "l2";
  EXPECT_EQ(fashion(0.0188, 0.0886, 0.0951), "variance") << "dropout";
  EXPECT_EQ(fashion(0.0501, 0.0836, 0.0942), "variance") << "augmented";
  EXPECT_EQ(fashion(0.0499, 0.0826, 0.0944), "variance") << "best";

  RunErrors mismatched;
  mismatched.train = {0.0741, 55'000};
  mismatched.train_dev = {0.1014, 5000};
  mismatched.dev = {0.1640, 5000};
  mismatched.test = {0.1584, 5000};
  mismatched.dev_from_elsewhere = true;
  EXPECT_EQ(diagnose_errors(mismatched, config(0.033)).verdict, "mismatch");
}

// The verdicts of plain, L2 and logistic do not hang on the base error.
TEST(BiasVariance, MostFashionMnistJobsAtBaseZero) {
  EXPECT_EQ(verdict(0, 0.1289, 0.1432), "bias");
  EXPECT_EQ(verdict(0, 0.0016, 0.0902), "variance");
  EXPECT_EQ(verdict(0, 0.0030, 0.0876), "variance");
  EXPECT_EQ(verdict(0, 0.0188, 0.0886), "variance");
}

TEST(BiasVariance, GapsAndTheirShares) {
  RunErrors errors;
  errors.train = {0.10, 100'000};
  errors.train_dev = {0.15, 50'000};
  errors.dev = {0.25, 50'000};
  errors.test = {0.26, 50'000};
  const Diagnosis d = diagnose_errors(errors, config(0.05));
  EXPECT_NEAR(d.avoidable_bias->value, 0.05, 1e-12);
  EXPECT_NEAR(d.variance->value, 0.05, 1e-12);
  EXPECT_NEAR(d.mismatch->value, 0.10, 1e-12);
  EXPECT_NEAR(d.dev_to_test->value, 0.01, 1e-12);
  EXPECT_NEAR(d.avoidable_bias->share, 0.25, 1e-12);
  EXPECT_NEAR(d.variance->share, 0.25, 1e-12);
  EXPECT_NEAR(d.mismatch->share, 0.50, 1e-12);
  EXPECT_EQ(d.verdict, "mismatch") << "a quarter is less than an even share";
  for (const auto& gap : {*d.variance, *d.mismatch, *d.dev_to_test}) {
    EXPECT_LT(gap.interval.low, gap.value);
    EXPECT_GT(gap.interval.high, gap.value);
  }
}

TEST(BiasVariance, WhatIsLowOnlyBesideTheOthersIsNoted) {
  RunErrors errors;
  errors.train = {0.05, 100'000};
  errors.train_dev = {0.06, 50'000};
  errors.dev = {0.25, 50'000};
  errors.test = {0.25, 50'000};
  const Diagnosis d = diagnose_errors(errors, config());
  EXPECT_EQ(d.verdict, "mismatch");
  EXPECT_THAT(d.notes, ElementsAre(HasSubstr("the bias of 5.00 points is low only beside")));
}

TEST(BiasVariance, IntervalsAreThoseOfTheCounts) {
  const Diagnosis d = diagnose_errors(large_sets(0.01, 0.11), config(0.005));
  const Interval train = wilson_interval(1000, 100'000);
  EXPECT_EQ(d.train->interval.low, train.low);
  EXPECT_EQ(d.avoidable_bias->interval.high, train.high - 0.005);
  const Interval step = difference_interval(1000, 100'000, 2200, 20'000);
  EXPECT_EQ(d.variance->interval.low, step.low);
  EXPECT_EQ(d.variance->interval.high, step.high);
}

TEST(BiasVariance, ThreeEvenGapsAreAllHigh) {
  RunErrors errors;
  errors.train = {0.1, 100'000};
  errors.train_dev = {0.2, 100'000};
  errors.dev = {0.3, 100'000};
  EXPECT_EQ(diagnose_errors(errors, config()).verdict, "bias and variance and mismatch");
}

TEST(BiasVariance, TheThresholdsAreTheJobs) {
  DiagnosisConfig strict = config();
  strict.high_gap = 0.004;
  EXPECT_EQ(diagnose_errors(large_sets(0.005, 0.01), strict).verdict, "bias and variance");
  strict.high_share = 0.6;
  EXPECT_EQ(diagnose_errors(large_sets(0.005, 0.01), strict).verdict, "neither");
  // The bound itself counts as high, whatever rounding does to 0.30 - 0.28.
  EXPECT_EQ(verdict(0.28, 0.28, 0.30), "variance");
}

TEST(BiasVariance, BetterThanTheBaseErrorIsNoBias) {
  const Diagnosis d = diagnose_errors(large_sets(0.01, 0.11), config(0.05));
  EXPECT_EQ(d.avoidable_bias->value, 0.0);
  EXPECT_EQ(d.avoidable_bias->interval.low, 0.0);
  EXPECT_EQ(d.avoidable_bias->level, GapLevel::low);
  EXPECT_EQ(d.verdict, "variance");
  EXPECT_THAT(d.notes,
              ElementsAre(HasSubstr("the training error, 1.00%, is below the base error")));
}

// As on the public table Titanic: what nothing can fit is no avoidable bias.
TEST(BiasVariance, BiasIsCountedFromTheFloorWhereItIsAboveTheBase) {
  RunErrors errors = large_sets(0.207, 0.21);
  EXPECT_EQ(diagnose_errors(errors, config()).verdict, "bias");
  errors.train_floor = 0.205;
  const Diagnosis diagnosis = diagnose_errors(errors, config());
  EXPECT_EQ(diagnosis.verdict, "neither");
  EXPECT_NEAR(diagnosis.avoidable_bias->value, 0.002, 1e-12);
  EXPECT_EQ(diagnosis.base_error, 0) << "it remains what the job says";
  EXPECT_THAT(diagnosis.notes, testing::Contains(HasSubstr("and bias is counted from there")));
  EXPECT_NEAR(diagnose_errors(errors, config(0.206)).avoidable_bias->value, 0.001, 1e-12);
}

TEST(BiasVariance, ADevErrorBelowTheBaseErrorRefutesIt) {
  const Diagnosis d = diagnose_errors(large_sets(0.05, 0.06), config(0.2));
  EXPECT_EQ(d.verdict, "neither");
  EXPECT_THAT(d.notes, testing::Contains(HasSubstr("therefore is not the optimal one")));
}

TEST(BiasVariance, AGapThatMayBeChanceIsUncertain) {
  RunErrors errors;
  errors.train = {0.02, 1000};
  errors.dev = {0.05, 40};
  const Diagnosis d = diagnose_errors(errors, config(0.02));
  EXPECT_EQ(d.variance->level, GapLevel::uncertain);
  EXPECT_EQ(d.verdict, "uncertain");
  EXPECT_THAT(d.notes, testing::Contains(HasSubstr("the variance of 3.00 points may be chance")));
  // The same fractions of more examples are beyond chance.
  errors.dev->examples = 4000;
  EXPECT_EQ(diagnose_errors(errors, config(0.02)).verdict, "variance");
}

TEST(BiasVariance, WhatIsHighIsSaidThoughElseIsUncertain) {
  RunErrors errors;
  errors.train = {0.2, 1000};
  errors.dev = {0.33, 30};
  const Diagnosis d = diagnose_errors(errors, config());
  EXPECT_EQ(d.verdict, "bias");
  EXPECT_EQ(d.variance->level, GapLevel::uncertain);
}

TEST(BiasVariance, WithoutADevSetVarianceIsUnknown) {
  RunErrors errors;
  errors.train = {0.01, 1000};
  const Diagnosis fitted = diagnose_errors(errors, config());
  EXPECT_EQ(fitted.variance, std::nullopt);
  EXPECT_EQ(fitted.verdict, "unknown") << "it may still overfit";
  EXPECT_THAT(fitted.notes, ElementsAre(HasSubstr("variance cannot be measured")));
  errors.train.error = 0.2;
  EXPECT_EQ(diagnose_errors(errors, config()).verdict, "bias");
  errors.test = {0.3, 1000};
  const Diagnosis tested = diagnose_errors(errors, config());
  EXPECT_EQ(tested.variance, std::nullopt) << "the test set is not used for that";
  EXPECT_THAT(tested.notes, ElementsAre(HasSubstr("variance cannot be measured")));
}

TEST(BiasVariance, TrainDevAloneTellsVarianceButNotMismatch) {
  RunErrors errors;
  errors.train = {0.01, 10'000};
  errors.train_dev = {0.11, 10'000};
  const Diagnosis d = diagnose_errors(errors, config());
  EXPECT_EQ(d.verdict, "variance");
  EXPECT_EQ(d.mismatch, std::nullopt);
  EXPECT_THAT(d.notes, ElementsAre(HasSubstr("data mismatch cannot be measured")));
}

TEST(BiasVariance, DevFromElsewhereWithoutTrainDevIsOneOrTheOther) {
  RunErrors errors = large_sets(0.01, 0.11);
  errors.dev_from_elsewhere = true;
  const Diagnosis d = diagnose_errors(errors, config());
  EXPECT_EQ(d.verdict, "variance or mismatch");
  EXPECT_THAT(d.notes, ElementsAre(HasSubstr("data.split.train_dev tells them apart")));
}

TEST(BiasVariance, WithoutATestSetTheDevSetServes) {
  RunErrors errors = large_sets(0.01, 0.11);
  errors.test.reset();
  const Diagnosis d = diagnose_errors(errors, config());
  EXPECT_EQ(d.dev_to_test, std::nullopt);
  EXPECT_THAT(d.notes, ElementsAre(HasSubstr("no test set")));
}

TEST(BiasVariance, AWorseTestErrorIsOverfittingToDevUnlessTheyDiffer) {
  RunErrors errors = large_sets(0.01, 0.11);
  errors.test->error = 0.15;
  EXPECT_THAT(diagnose_errors(errors, config()).notes,
              ElementsAre(HasSubstr("test is 4.00 points worse than dev")));
  errors.dev_and_test_differ = true;
  EXPECT_THAT(diagnose_errors(errors, config()).notes,
              ElementsAre(HasSubstr("dev and test have different distributions")));
}

TEST(BiasVariance, AnEasierDevSetIsNoVariance) {
  const Diagnosis d = diagnose_errors(large_sets(0.10, 0.05), config());
  EXPECT_EQ(d.verdict, "bias");
  EXPECT_EQ(d.avoidable_bias->share, 1.0);
  EXPECT_EQ(d.variance->share, 0.0);
  EXPECT_THAT(d.notes, ElementsAre(HasSubstr("the training examples are harder")));
}

TEST(BiasVariance, NothingWrongAnywhere) {
  const Diagnosis d = diagnose_errors(large_sets(0, 0), config());
  EXPECT_EQ(d.verdict, "neither");
  EXPECT_EQ(d.avoidable_bias->share, 0.0);
  EXPECT_THAT(d.notes, IsEmpty());
}

TEST(BiasVariance, NoErrorRateNoVerdict) {
  const Diagnosis d = no_error_rate(config());
  EXPECT_EQ(d.verdict, "unknown");
  EXPECT_EQ(d.train, std::nullopt);
}

}  // namespace
}  // namespace lockstep
