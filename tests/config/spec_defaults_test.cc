// The initial values of the rooms' own settings are the defaults of the schema: a caller that
// leaves a field of a value out gets what a job gets that leaves it out.

#include <string>
#include <type_traits>
#include <variant>

#include <gtest/gtest.h>

#include "data/spec.h"
#include "job_text.h"
#include "optim/optimizer.h"

namespace lockstep {
namespace {

// `more` are fields of `data`; `train` is the format of its training source.
Job job_with_data(const std::string& more,
                  const std::string& train = "idx { features: 'x' labels: 'y' }") {
  return parse(with(kSmallJob, R"(train { idx { features: "x.gz" labels: "y.gz" } })",
                    "train { " + train + " } " + more))
      .job;
}

template <typename Kind>
Kind points(const std::string& kind) {
  const Job job = job_with_data("", "synthetic { examples: 10 " + kind + " { } }");
  const auto source = std::get<SyntheticSource>(job.data.train.format);
  EXPECT_EQ(source.seed, SyntheticSource().seed);
  EXPECT_EQ(source.label_noise, SyntheticSource().label_noise);
  return std::get<Kind>(source.kind);
}

TEST(SpecDefaults, OfPoints) {
  EXPECT_EQ(points<TwoSpiralsSpec>("two_spirals"), TwoSpiralsSpec());
  EXPECT_EQ(points<BlobsSpec>("blobs"), BlobsSpec());
  EXPECT_EQ(points<TeacherSpec>("teacher"), TeacherSpec());
}

TEST(SpecDefaults, OfTables) {
  const Job job = job_with_data("", "csv { file: 't' table { column { name: 'c' role: LABEL } } }");
  const auto& csv = std::get<CsvSource>(job.data.train.format);
  EXPECT_EQ(csv.dialect, CsvDialect());
  EXPECT_EQ(csv.table.value(), (TableRules{.columns = {{.name = "c", .role = ColumnRole::label}},
                                           .missing_texts = {}}));
}

TEST(SpecDefaults, OfSourcesAndParts) {
  const Job job = job_with_data(
      "test { idx { features: 'tx' labels: 'ty' } corruption { gaussian_noise: 1 } } "
      "dev_and_test_from: DIFFERENT_DISTRIBUTIONS "
      "split { dev { count: 5 } }");
  EXPECT_EQ(job.data.test->corruption->seed, Corruption().seed);
  EXPECT_EQ(job.data.test->label_coding, DataSource().label_coding);
  SplitRules split;
  split.dev = PartCount{5};
  EXPECT_EQ(job.data.split, split);
  const Job folds = job_with_data("split { test { fold { of: 2 } } }");
  EXPECT_EQ(std::get<PartFold>(folds.data.split.test.value()), PartFold{.of = 2});
}

template <typename Rule>
Rule normalization(const std::string& kind) {
  return std::get<Rule>(job_with_data("normalization { " + kind + " { } }").data.normalization);
}

TEST(SpecDefaults, OfNormalizations) {
  EXPECT_EQ(normalization<Standardize>("standardize"), Standardize());
  EXPECT_EQ(normalization<ScaleInputs>("scale"), ScaleInputs());
  EXPECT_EQ(normalization<RobustScale>("robust"), RobustScale());
}

TEST(SpecDefaults, OfAugmentation) {
  const Job job = job_with_data(
      "image { height: 28 width: 28 } augmentation { horizontal_flip { } crop { } zoom { } "
      "rotation { } shift { } elastic { } brightness { } contrast { } erasing { } }");
  EXPECT_EQ(job.data.image->channels, ImageShape().channels);
  const AugmentationRules& rules = job.data.augmentation.value();
  EXPECT_EQ(rules.horizontal_flip, HorizontalFlip());
  EXPECT_EQ(rules.crop, Crop());
  EXPECT_EQ(rules.zoom, Zoom());
  EXPECT_EQ(rules.rotation, Rotation());
  EXPECT_EQ(rules.shift, Shift());
  EXPECT_EQ(rules.elastic, Elastic());
  EXPECT_EQ(rules.brightness, Brightness());
  EXPECT_EQ(rules.contrast, Contrast());
  EXPECT_EQ(rules.erasing, Erasing());
  EXPECT_EQ(rules.border, Border());
}

template <typename Kind>
void expect_default_optimizer() {
  const Job job = parse(with(kSmallJob, "adam { }", std::string(Kind::kName) + " { }")).job;
  const Kind& parsed = std::get<Kind>(job.optimizer);
  for (const auto& [name, member] : Kind::fields()) {
    EXPECT_EQ(parsed.*member, Kind().*member) << Kind::kName << "." << name;
  }
}

template <typename... Kinds>
void expect_defaults_of(std::type_identity<std::variant<Kinds...>> /*optimizers*/) {
  (expect_default_optimizer<Kinds>(), ...);
}

TEST(SpecDefaults, OfEveryOptimizer) { expect_defaults_of(std::type_identity<Optimizer>()); }

}  // namespace
}  // namespace lockstep
