#include "sets/partition.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

// n examples without content, in groups of `group_size` (0: without groups).
class FakeSource : public ExampleSource {
 public:
  explicit FakeSource(std::uint64_t n, std::uint64_t group_size = 0) : group_size_(group_size) {
    info_.name = "fake";
    info_.examples = n;
  }
  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override { return {}; }
  std::vector<std::uint64_t> read_groups() override {
    if (group_size_ == 0) return {};
    std::vector<std::uint64_t> groups(info_.examples);
    for (std::uint64_t i = 0; i < groups.size(); ++i) groups[i] = i / group_size_;
    return groups;
  }
  Examples read(std::span<const std::uint32_t> /*ids*/) override { return {}; }
  [[nodiscard]] std::uint64_t fingerprint() const override { return 0; }

 private:
  SourceInfo info_;
  std::uint64_t group_size_;
};

// The tiny job with another split; its early stopping, which needs dev, is gone.
Job job_with(const std::string& split, bool held_out = false) {
  std::string text = tiny_job_text();
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  const std::string source = "held_out { idx { features: \"f\" labels: \"l\" } } ";
  replace("split { dev { count: 40 } }", (held_out ? source : "") + "split { " + split + " }");
  replace("early_stopping { patience: 2 }", "");
  return parse_job(text, "tiny", "/", {}).job;
}

PartSizes sizes_of(const std::string& split, std::uint64_t n, bool held_out = false) {
  FakeSource source(n);
  return split_sizes(job_with(split, held_out),
                     held_out ? SplitSource::held_out : SplitSource::train, source);
}

std::string error_of(const std::string& split, FakeSource source, bool held_out = false) {
  try {
    split_sizes(job_with(split, held_out), held_out ? SplitSource::held_out : SplitSource::train,
                source);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Partition, TheProportionsOfTheLecture) {
  const auto expect = [](const std::string& split, std::uint64_t n, const PartSizes& sizes) {
    const PartSizes found = sizes_of(split, n);
    EXPECT_EQ(found.dev, sizes.dev) << split << " of " << n;
    EXPECT_EQ(found.test, sizes.test) << split << " of " << n;
    EXPECT_EQ(found.train_dev, sizes.train_dev) << split << " of " << n;
  };
  expect("dev { fraction: 0.3 }", 1000, {300, 0, 0});
  expect("dev { fraction: 0.2 } test { fraction: 0.2 }", 10'000, {2000, 2000, 0});
  expect("dev { fraction: 0.2 } test { fraction: 0.2 }", 101, {20, 20, 0});
  expect("dev { fraction: 0.01 } test { fraction: 0.01 }", 1'000'000, {10'000, 10'000, 0});
  expect("dev { fraction: 0.0025 } test { fraction: 0.0025 }", 4'000'000, {10'000, 10'000, 0});
  expect("dev { fraction: 0.0025 } test { fraction: 0.0025 }", 999, {3, 2, 0});  // 2.4975 each
  expect("dev { fraction: 0.004 } test { fraction: 0.001 }", 1'000'000, {4000, 1000, 0});
  expect("dev { fraction: 0.004 } test { count: 7 } train_dev { fraction: 0.1 }", 10'000,
         {40, 7, 1000});
  expect("", 5, {0, 0, 0});
}

TEST(Partition, AHeldOutSourceIsSplitIntoDevAndTest) {
  const std::string halves = "dev { fraction: 0.5 } test { fraction: 0.5 } train_dev { count: 3 }";
  EXPECT_EQ(sizes_of(halves, 101, true).dev, 51U);
  EXPECT_EQ(sizes_of(halves, 101, true).test, 50U);
  EXPECT_EQ(sizes_of(halves, 101, true).train_dev, 0U);  // that is of train
  EXPECT_EQ(sizes_of("dev { fraction: 1 }", 101, true).dev, 101U);
  // Of the training source only train-dev is taken then.
  FakeSource train(100);
  const PartSizes of_train = split_sizes(job_with(halves, true), SplitSource::train, train);
  EXPECT_EQ(of_train.total(), 3U);
  EXPECT_EQ(of_train.train_dev, 3U);
  // Another permutation than that of the training source.
  FakeSource source(100);
  const Job one = job_with("dev { count: 30 }");
  const Job other = job_with("dev { count: 30 }", true);
  EXPECT_NE(split_source(one, SplitSource::train, source, {}).dev,
            split_source(other, SplitSource::held_out, source, {}).dev);
}

// All of n examples in the test sets of the folds, and nothing in two parts of one split.
void expect_folds(const std::string& rules, FakeSource& source, std::span<const float> labels) {
  const std::uint64_t n = source.info().examples;
  std::vector<int> tested(n, 0);
  for (int fold = 0; fold < 4; ++fold) {
    const Job job =
        job_with("dev { count: 12 } train_dev { fraction: 0.05 } test { fold { number: " +
                 std::to_string(fold) + " of: 4 } } " + rules);
    const Split split = split_source(job, SplitSource::train, source, labels);
    std::vector<int> seen(n, 0);
    for (const auto* part : {&split.rest, &split.dev, &split.test, &split.train_dev}) {
      EXPECT_FALSE(part->empty()) << rules;
      EXPECT_TRUE(std::ranges::is_sorted(*part)) << rules;
      for (const std::uint32_t id : *part) ++seen.at(id);
    }
    EXPECT_EQ(seen, std::vector<int>(n, 1)) << rules;
    for (const std::uint32_t id : split.test) ++tested[id];
    const PartSizes sizes = split_sizes(job, SplitSource::train, source);
    EXPECT_EQ(split.test.size(), sizes.test);
    EXPECT_EQ(split.dev.size(), sizes.dev);
    EXPECT_EQ(split.train_dev.size(), sizes.train_dev);
  }
  EXPECT_EQ(tested, std::vector<int>(n, 1)) << rules;
}

TEST(Partition, TheFoldsOfARepeatTestEveryExampleOnce) {
  std::vector<float> labels;
  for (int i = 0; i < 101; ++i) labels.push_back(i % 5 == 0 ? 1.0F : 0.0F);
  FakeSource source(101);
  expect_folds("", source, {});
  expect_folds("stratified: true", source, labels);
  FakeSource grouped(101, 6);
  expect_folds("by_group: true", grouped, {});
  const auto test_of = [&](const std::string& fold) {
    return split_source(job_with("test { fold { of: 4 " + fold + " } }"), SplitSource::train,
                        source, {})
        .test;
  };
  EXPECT_EQ(test_of(""), test_of("number: 0 repeat: 0"));
  EXPECT_NE(test_of(""), test_of("repeat: 1"));
  // Which examples are tested does not depend on what else is held out.
  EXPECT_EQ(test_of(""), split_source(job_with("dev { count: 9 } test { fold { of: 4 } }"),
                                      SplitSource::train, source, {})
                             .test);
}

TEST(Partition, FoldsThatDoNotFitAreRefused) {
  EXPECT_EQ(error_of("test { fold { of: 5 } }", FakeSource(4)),
            "5 folds need at least as many examples, and there are 4; ask for fewer folds");
  EXPECT_EQ(error_of("dev { count: 6 } test { fold { of: 5 } }", FakeSource(8)),
            "data.split: dev 6 and test 2 leave none of 8 examples to train on; make them smaller");
  EXPECT_EQ(
      error_of("dev { count: 6 } test { fold { of: 2 } } by_group: true", FakeSource(12, 9)),
      "data.split: dev 6 and test 6 leave none of 12 examples to train on; make them smaller");
  EXPECT_EQ(
      error_of("dev { count: 4 } test { fold { of: 2 } } by_group: true", FakeSource(12, 9)),
      "data.split: fold 0 has 9 of 12 examples, and dev and train_dev leave none to train on; "
      "make them smaller");
}

TEST(Partition, SizesThatDoNotFitAreRefused) {
  EXPECT_EQ(error_of("dev { fraction: 0.001 }", FakeSource(100)),
            "data.split.dev: fraction 0.001 of 100 examples rounds to 0 examples; make it larger");
  EXPECT_EQ(error_of("dev { count: 5 } test { count: 4 } train_dev { count: 1 }", FakeSource(10)),
            "data.split: dev 5 and test 4 and train_dev 1 leave none of 10 examples to train on; "
            "make them smaller");
  EXPECT_EQ(error_of("dev { fraction: 0.99 }", FakeSource(10)),
            "data.split: dev 9.9 leave none of 10 examples to train on; make them smaller");
  EXPECT_EQ(error_of("dev { count: 18446744073709551615 } test { count: 18446744073709551615 }",
                     FakeSource(10)),
            "data.split: dev 1.844674407e+19 and test 1.844674407e+19 leave none of 10 examples to "
            "train on; make them smaller");
  EXPECT_EQ(error_of("dev { count: 8 } test { count: 4 }", FakeSource(10), true),
            "data.split: dev 8 and test 4 are more than the 10 of data.held_out; make them "
            "smaller");
}

TEST(Partition, GroupsDecideTheTrueSizes) {
  FakeSource source(100, 8);
  const Job job = job_with("dev { count: 20 } by_group: true");
  const PartSizes sizes = split_sizes(job, SplitSource::train, source);
  EXPECT_TRUE(sizes.dev == 16 || sizes.dev == 20 || sizes.dev == 24) << sizes.dev;
  EXPECT_EQ(split_source(job, SplitSource::train, source, {}).dev.size(), sizes.dev);
  EXPECT_EQ(error_of("dev { count: 20 } by_group: true", FakeSource(100)),
            "data.split.by_group: fake has no groups; name them in its source, such as idx { "
            "groups: ... }, or a table's column with the role GROUP");
  // Nothing to take, so no groups needed.
  EXPECT_EQ(error_of("by_group: true", FakeSource(100)), "no error");
  EXPECT_EQ(error_of("dev { count: 60 } test { count: 39 } by_group: true", FakeSource(100, 50)),
            "data.split.by_group: the groups of fake leave none of 100 examples to train on; make "
            "the parts smaller");
}

}  // namespace
}  // namespace lockstep
