#include "sets/build_augmentation.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

DataConfig data_with(const std::vector<std::string>& overrides) {
  return tiny_job("/", overrides).job.data;
}

// A source of 12 features, as the tiny job's.
SourceInfo source(std::optional<ImageShape> image, ElementType type = ElementType::u8) {
  return {"images.gz", "labels.gz", 141, 12, 1, type, image};
}
const ImageShape kShape{1, 4, 3};

std::string error_of(const DataConfig& config, const SourceInfo& info) {
  try {
    image_shape(config, info);
    build_augmentation(config, info);
    return "";
  } catch (const Error& error) {
    return error.code() == ExitCode::usage ? error.what() : "wrong exit code";
  }
}

TEST(BuildAugmentation, TheShapeIsTheJobsOrElseTheSources) {
  EXPECT_EQ(image_shape(data_with({}), source(kShape)), kShape);
  EXPECT_EQ(image_shape(data_with({}), source(std::nullopt)), std::nullopt);
  const DataConfig config = data_with({"data.image={channels: 3 height: 2 width: 2}"});
  EXPECT_EQ(image_shape(config, source(kShape)), (ImageShape{3, 2, 2}));
  EXPECT_EQ(image_shape(config, source(std::nullopt)), (ImageShape{3, 2, 2}));
}

TEST(BuildAugmentation, AShapeOfOtherExamplesIsRefused) {
  EXPECT_EQ(error_of(data_with({"data.image={height: 5 width: 3}"}), source(kShape)),
            "data.image is 1 x 5 x 3 (channels, height, width), but images.gz has 12 values for "
            "each example");
}

TEST(BuildAugmentation, WhatNeedsAShapeSaysSo) {
  EXPECT_EQ(error_of(data_with({"data.augmentation={shift {}}"}), source(std::nullopt)),
            "data.augmentation needs the shape of the images, which images.gz does not say; give "
            "data.image { channels: ... height: ... width: ... }");
  EXPECT_THAT(
      error_of(data_with({"data.normalization.standardize.per=CHANNEL"}), source(std::nullopt)),
      HasSubstr("data.normalization.standardize.per CHANNEL needs the shape of the images"));
}

TEST(BuildAugmentation, ShiftsLeaveSomethingOfTheImage) {
  EXPECT_EQ(
      error_of(data_with({"data.augmentation={shift {horizontal: 3 vertical: 3}}"}),
               source(kShape)),
      "data.augmentation.shift.horizontal is 3; expected less than the width of the images, 3");
  EXPECT_EQ(
      error_of(data_with({"data.augmentation={shift {horizontal: 2 vertical: 4}}"}),
               source(kShape)),
      "data.augmentation.shift.vertical is 4; expected less than the height of the images, 4");
  EXPECT_EQ(error_of(data_with({"data.augmentation={shift {horizontal: 2 vertical: 3}}"}),
                     source(kShape)),
            "");
}

TEST(BuildAugmentation, BrightnessNeedsToKnowBlackAndWhite) {
  for (const char* transform : {"brightness", "contrast"}) {
    const std::string given = std::string("data.augmentation={") + transform + " {}";
    EXPECT_EQ(error_of(data_with({given + "}"}), source(kShape)), "");
    EXPECT_THAT(error_of(data_with({given + "}"}), source(kShape, ElementType::f32)),
                HasSubstr("the values of images.gz are f32, not bytes from 0 to 255; give the "
                          "values of black and white in data.augmentation.value_range"));
    const DataConfig config = data_with({given + " value_range {low: -1 high: 2}}"});
    const auto spec = build_augmentation(config, source(kShape, ElementType::f32)).value();
    EXPECT_EQ(spec.range.low, -1);
    EXPECT_EQ(spec.range.high, 2);
  }
}

TEST(BuildAugmentation, TakesOverEveryField) {
  const auto spec =
      build_augmentation(
          data_with({"data.augmentation={horizontal_flip {probability: 0.01} crop {probability: "
                     "0.02 min_side: 0.3 max_side: 0.4} zoom {probability: 0.05 min_factor: 0.6 "
                     "max_factor: 0.7} rotation {probability: 0.08 degrees: 9} shift {probability: "
                     "0.1 horizontal: 1 vertical: 2} elastic {probability: 0.13 alpha: 1.4 sigma: "
                     "1.5} brightness {probability: 0.16 max_change: 0.17} contrast {probability: "
                     "0.18 max_change: 0.19} erasing {probability: 0.2 min_area: 0.21 max_area: "
                     "0.22 max_aspect: 23 value: 24} border: NEAREST border_value: 25}"}),
          source(kShape))
          .value();
  EXPECT_EQ(spec.shape, kShape);
  EXPECT_EQ(spec.horizontal_flip->probability, 0.01);
  EXPECT_EQ(spec.crop->probability, 0.02);
  EXPECT_EQ(spec.crop->min_side, 0.3);
  EXPECT_EQ(spec.crop->max_side, 0.4);
  EXPECT_EQ(spec.zoom->probability, 0.05);
  EXPECT_EQ(spec.zoom->min_factor, 0.6);
  EXPECT_EQ(spec.zoom->max_factor, 0.7);
  EXPECT_EQ(spec.rotation->probability, 0.08);
  EXPECT_EQ(spec.rotation->degrees, 9);
  EXPECT_EQ(spec.shift->probability, 0.1);
  EXPECT_EQ(spec.shift->horizontal, 1U);
  EXPECT_EQ(spec.shift->vertical, 2U);
  EXPECT_EQ(spec.elastic->probability, 0.13);
  EXPECT_EQ(spec.elastic->alpha, 1.4);
  EXPECT_EQ(spec.elastic->sigma, 1.5);
  EXPECT_EQ(spec.brightness->probability, 0.16);
  EXPECT_EQ(spec.brightness->max_change, 0.17);
  EXPECT_EQ(spec.contrast->probability, 0.18);
  EXPECT_EQ(spec.contrast->max_change, 0.19);
  EXPECT_EQ(spec.erasing->probability, 0.2);
  EXPECT_EQ(spec.erasing->min_area, 0.21);
  EXPECT_EQ(spec.erasing->max_area, 0.22);
  EXPECT_EQ(spec.erasing->max_aspect, 23);
  EXPECT_EQ(spec.erasing->value, 24);
  EXPECT_TRUE(spec.border.nearest);
  EXPECT_EQ(spec.border.value, 25);
  EXPECT_FALSE(build_augmentation(data_with({}), source(kShape)));
}

}  // namespace
}  // namespace lockstep
