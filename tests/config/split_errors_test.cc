// What a user is told about splits that cannot be, and about dev and test sets
// that need not come from one distribution.

#include <gtest/gtest.h>

#include "job_text.h"

namespace lockstep {
namespace {

constexpr const char* kSourceA = "{ idx { features: \"a.gz\" labels: \"al.gz\" } }";
constexpr const char* kSourceB = "{ idx { features: \"b.gz\" labels: \"bl.gz\" } }";

// The problems of the small job with these fields on the line of `data {`.
std::string problems_with(const std::string& fields) {
  return problems_of(with(kSmallJob, "data {", "data { " + fields));
}

void expect_problem(const std::string& fields, const std::string& problem) {
  const std::string expected = problem.empty() ? "" : "job.textproto:2:" + problem;
  EXPECT_EQ(problems_with(fields), expected) << fields;
}

std::string own(const std::string& set, const char* source) { return set + " " + source + " "; }

TEST(SplitErrors, Parts) {
  expect_problem(
      "dev { }",
      "8: data.dev has no format; expected one of idx, csv, libsvm, npy, cifar, synthetic");
  expect_problem("split { dev { } }",
                 "16: data.split.dev has no size; expected one of count, fraction, fold");
  expect_problem("split { dev { count: 0 } }",
                 "22: data.split.dev.count is 0; expected at least 1");
  expect_problem("split { train_dev { count: 0 } }",
                 "28: data.split.train_dev.count is 0; expected at least 1");
  expect_problem("split { dev { fraction: 1 } }",
                 "22: data.split.dev.fraction is 1; expected a fraction above 0 and below 1");
  expect_problem("split { test { fraction: nan } }",
                 "23: data.split.test.fraction is nan; expected a fraction above 0 and at most 1");
  expect_problem("split { dev { fraction: 0.5 } test { fraction: 0.6 } }",
                 "8: data.split.dev and data.split.test take the fraction 1.1 of the training "
                 "source; expected below 1");
  expect_problem(
      "split { dev { fraction: 0.3 } test { fraction: 0.3 } train_dev { fraction: 0.4 } }",
      "8: data.split.dev and data.split.test and data.split.train_dev take the fraction "
      "1 of the training source; expected below 1");
}

TEST(SplitErrors, OnlyTheTestSetIsAFoldOfTheTrainingSource) {
  expect_problem("split { test { fold { number: 4 of: 5 } } dev { fraction: 0.1 } }", "");
  expect_problem("split { test { fold { number: 5 of: 5 } } }",
                 "30: data.split.test.fold.number is 5; expected a number below the 5 folds, which "
                 "count from 0");
  expect_problem("split { test { fold { } } }",
                 "23: data.split.test.fold.of is missing; expected a number of folds");
  expect_problem(
      "split { dev { fold { of: 5 } } }",
      "22: data.split.dev.fold is for data.split.test alone; give a count or a fraction");
  expect_problem("split { test { fold { of: 5 } } } " + own("held_out", kSourceA),
                 "23: data.split.test.fold is a part of data.train, but data.held_out has the test "
                 "set; remove one");
}

TEST(SplitErrors, EveryProportionOfTheLecture) {
  for (const char* split :
       {"dev { fraction: 0.3 }", "test { fraction: 0.3 }",
        "dev { fraction: 0.2 } test { fraction: 0.2 }",
        "dev { fraction: 0.01 } test { fraction: 0.01 }",
        "dev { fraction: 0.0025 } test { fraction: 0.0025 }",
        "dev { fraction: 0.004 } test { fraction: 0.001 }", "dev { count: 10 }", ""}) {
    expect_problem(std::string("split { ") + split + " }", "");
  }
}

TEST(SplitErrors, ASetOfItsOwnAndAPart) {
  expect_problem("split { dev { count: 1 } } " + own("dev", kSourceA),
                 "16: data.split.dev contradicts data.dev, a separate dev set; remove one");
  expect_problem("split { test { count: 1 } } " + own("test", kSourceA),
                 "16: data.split.test contradicts data.test, a separate test set; remove one");
}

TEST(SplitErrors, DevAndTestComeFromOneDistribution) {
  const std::string rest =
      ", but they must come from one distribution (1.1); say data.dev_and_test_from: "
      "ONE_DISTRIBUTION if you know that they do (like the two files of MNIST), "
      "DIFFERENT_DISTRIBUTIONS if they do not, or split both out of one source (data.held_out)";
  const std::string parts = "split { dev { count: 9 } test { count: 9 } } ";
  const std::string mixed = "split { dev { count: 9 } } " + own("test", kSourceA);
  const std::string other = "split { test { count: 9 } } " + own("dev", kSourceA);
  const std::string two = own("dev", kSourceA) + own("test", kSourceB);
  // One source.
  expect_problem(parts, "");
  expect_problem(parts + own("held_out", kSourceA), "");
  expect_problem(parts + "dev_and_test_from: ONE_DISTRIBUTION", "");
  // Two sources.
  expect_problem(mixed, "1: dev comes from data.train and test from data.test" + rest);
  expect_problem(other, "1: dev comes from data.dev and test from data.train" + rest);
  expect_problem(two, "1: dev comes from data.dev and test from data.test" + rest);
  expect_problem(two + "dev_and_test_from: ONE_SOURCE",
                 "107: dev comes from data.dev and test from data.test" + rest);
  for (const std::string& sources : {mixed, other, two}) {
    expect_problem(sources + "dev_and_test_from: ONE_DISTRIBUTION", "");
    expect_problem(sources + "dev_and_test_from: DIFFERENT_DISTRIBUTIONS", "");
  }
  // Only one of the two, or none.
  expect_problem(own("test", kSourceA), "");
  expect_problem(own("dev", kSourceA), "");
  expect_problem("split { dev { count: 9 } }", "");
  // An untrue statement.
  expect_problem(parts + "dev_and_test_from: DIFFERENT_DISTRIBUTIONS",
                 "53: data.dev_and_test_from is DIFFERENT_DISTRIBUTIONS, but both are split out of "
                 "data.train; remove it");
}

TEST(SplitErrors, AHeldOutSource) {
  const std::string held_out = own("held_out", kSourceA);
  expect_problem(held_out + "split { dev { fraction: 0.5 } test { fraction: 0.5 } }", "");
  expect_problem(held_out + "split { dev { fraction: 1 } train_dev { fraction: 0.5 } }", "");
  expect_problem(held_out + "split { dev { fraction: 0.7 } test { fraction: 0.2 } }", "");
  expect_problem(held_out + "split { dev { fraction: 0.7 } test { fraction: 0.4 } }",
                 "62: data.split.dev and data.split.test take the fraction 1.1 of data.held_out; "
                 "expected at most 1");
  expect_problem(held_out + "split { train_dev { count: 5 } }",
                 "8: data.held_out needs data.split.dev or data.split.test, which set how much of "
                 "it each gets, such as dev { fraction: 0.5 } test { fraction: 0.5 }");
  expect_problem(held_out + "split { dev { count: 5 } } " + own("test", kSourceB),
                 "89: data.test contradicts data.held_out, which dev and test are split out of; "
                 "remove one");
}

TEST(SplitErrors, NoTwoSetsShareTheirFiles) {
  const std::string both = own("dev", kSourceA) + own("test", kSourceA);
  EXPECT_EQ(problems_with(both + "dev_and_test_from: ONE_DISTRIBUTION"),
            "job.textproto:2:57: data.test is the same source as data.dev; the sets would share "
            "their examples");
  EXPECT_EQ(problems_with("dev { idx { features: \"x.gz\" labels: \"y.gz\" } "
                          "corruption { gaussian_noise: 1 } }"),
            "job.textproto:2:8: data.dev is the same source as data.train; the sets would share "
            "their examples");
}

TEST(SplitErrors, Groups) {
  const std::string job = with(kSmallJob, "labels: \"y.gz\"", "labels: \"y.gz\" groups: \"g.gz\"");
  EXPECT_EQ(problems_of(job),
            "job.textproto:3:49: data.train.idx.groups is for data.split.by_group: true; set it, "
            "or remove this");
  const std::string by_group = "data { split { dev { count: 5 } by_group: true ";
  EXPECT_EQ(problems_of(with(job, "data {", by_group + "}")), "");
  EXPECT_EQ(problems_of(with(job, "data {", by_group + "stratified: true }")),
            "job.textproto:2:48: data.split.stratified excludes data.split.by_group: whole groups "
            "cannot keep the proportions of the classes; remove one");
  EXPECT_EQ(problems_of(with(with(job, "\"g.gz\"", "\"\""), "data {", by_group + "}")),
            "job.textproto:3:49: data.train.idx.groups is \"\"; expected the path of an IDX file");
}

TEST(SplitErrors, ASplitByContentHasItsOwnGroups) {
  const std::string by_content = "data { split { dev { count: 5 } by_content: true ";
  EXPECT_EQ(problems_of(with(kSmallJob, "data {", by_content + "}")), "");
  EXPECT_EQ(
      problems_of(with(kSmallJob, "data {", by_content + "stratified: true }")),
      "job.textproto:2:50: data.split.stratified excludes data.split.by_content: whole groups "
      "of copies cannot keep the proportions of the classes; remove one");
  EXPECT_EQ(problems_of(with(kSmallJob, "data {", by_content + "by_group: true }")),
            "job.textproto:2:50: data.split.by_group excludes data.split.by_content: an example "
            "would have two groups; remove one");
}

}  // namespace
}  // namespace lockstep
