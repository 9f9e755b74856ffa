#include "data/augmentation.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "data/gather.h"

namespace lockstep {
namespace {

constexpr ImageShape kShape{1, 12, 10};
constexpr std::size_t kPixels = 120;
constexpr AugmentationKey kKey{.seed = 7, .epoch = 3};
constexpr std::uint32_t kExamples = 2000;

std::vector<float> test_image(ImageShape shape = kShape) {
  std::vector<float> image(std::size_t{shape.channels} * shape.height * shape.width);
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<float>((i * 37) % 251);
  return image;
}

AugmentationSpec with_shape(ImageShape shape = kShape) {
  AugmentationSpec spec;
  spec.shape = shape;
  return spec;
}

// All transforms, each in some examples.
AugmentationSpec everything(ImageShape shape = kShape) {
  AugmentationSpec spec = with_shape(shape);
  spec.horizontal_flip = {0.5};
  spec.crop = {0.5, 0.7, 1.0};
  spec.zoom = {0.5, 0.8, 1.2};
  spec.rotation = {0.5, 15};
  spec.shift = {0.5, 2, 1};
  spec.elastic = {0.5, 3, 2};
  spec.brightness = {0.5, 0.2};
  spec.contrast = {0.5, 0.3};
  spec.erasing = {0.5, 0.1, 0.3, 2, 0};
  return spec;
}

std::vector<float> augmented(const AugmentationSpec& spec, AugmentationKey key,
                             std::uint32_t example) {
  std::vector<float> image = test_image(spec.shape);
  Augmenter(spec).apply(key, example, image);
  return image;
}

TEST(Augmentation, IsAFunctionOfSeedEpochAndExample) {
  const AugmentationSpec spec = everything();
  Augmenter augmenter(spec);
  for (std::uint32_t example = 0; example < 50; ++example) {
    std::vector<float> image = test_image();
    augmenter.apply(kKey, example, image);  // after other examples
    EXPECT_EQ(image, augmented(spec, kKey, example)) << example;
  }
  // An image of many values is changed differently by any other key.
  AugmentationSpec always = with_shape();
  always.rotation = {1, 180};
  const auto image = augmented(always, {7, 3}, 5);
  EXPECT_NE(augmented(always, {8, 3}, 5), image);
  EXPECT_NE(augmented(always, {7, 4}, 5), image);
  EXPECT_NE(augmented(always, {7, 3}, 6), image);
}

TEST(Augmentation, ProbabilityZeroChangesNoBit) {
  AugmentationSpec never = everything();
  const auto forbid = [](auto& transform) { transform->probability = 0; };
  forbid(never.horizontal_flip);
  forbid(never.crop);
  forbid(never.zoom);
  forbid(never.rotation);
  forbid(never.shift);
  forbid(never.elastic);
  forbid(never.brightness);
  forbid(never.contrast);
  forbid(never.erasing);
  for (std::uint32_t example = 0; example < 100; ++example) {
    EXPECT_EQ(augmented(never, kKey, example), test_image());
  }
}

TEST(Augmentation, IdentityParametersChangeNoBit) {
  AugmentationSpec still = with_shape();
  still.crop = {1, 1, 1};
  still.zoom = {1, 1, 1};
  still.rotation = {1, 0};
  still.shift = {1, 0, 0};
  still.elastic = {1, 0, 4};
  still.brightness = {1, 0};
  for (std::uint32_t example = 0; example < 100; ++example) {
    EXPECT_EQ(augmented(still, kKey, example), test_image());
  }
}

TEST(Augmentation, HappensWithItsProbability) {
  AugmentationSpec spec = with_shape();
  spec.horizontal_flip = {0.3};
  int flipped = 0;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    if (drawn_map(spec, kKey, example) != ImageMap{}) ++flipped;
  }
  // Five standard deviations of a binomial.
  EXPECT_NEAR(flipped, 0.3 * kExamples, 5 * std::sqrt(0.3 * 0.7 * kExamples));
}

TEST(Augmentation, ParametersFillTheirRanges) {
  AugmentationSpec spec = with_shape();
  spec.rotation = {1, 20};
  double least = 90;
  double most = -90;
  double sum = 0;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const ImageMap map = drawn_map(spec, kKey, example);
    const double degrees = std::atan2(map.yx, map.xx) * 180 / std::acos(-1.0);
    least = std::min(least, degrees);
    most = std::max(most, degrees);
    sum += degrees;
  }
  EXPECT_GE(least, -20);
  EXPECT_LT(least, -19.5);
  EXPECT_LE(most, 20);
  EXPECT_GT(most, 19.5);
  EXPECT_NEAR(sum / kExamples, 0, 5 * 20 / std::sqrt(3.0 * kExamples));
}

TEST(Augmentation, ShiftsAreWholeAndReachBothEnds) {
  AugmentationSpec spec = with_shape();
  spec.shift = {1, 2, 1};
  std::set<double> right;
  std::set<double> down;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const ImageMap map = drawn_map(spec, kKey, example);
    right.insert(-map.x0);
    down.insert(-map.y0);
  }
  EXPECT_EQ(right, (std::set<double>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(down, (std::set<double>{-1, 0, 1}));
}

TEST(Augmentation, CropsLieWithinTheImage) {
  AugmentationSpec spec = with_shape();
  spec.crop = {1, 0.4, 0.9};
  spec.border.value = std::numeric_limits<float>::quiet_NaN();  // would show
  double smallest = 1;
  double largest = 0;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const ImageMap map = drawn_map(spec, kKey, example);
    EXPECT_GE(map.x0, 0);
    EXPECT_GE(map.y0, 0);
    EXPECT_LE(map.x0 + map.xx * (kShape.width - 1), kShape.width - 1 + 1e-9);
    EXPECT_LE(map.y0 + map.yy * (kShape.height - 1), kShape.height - 1 + 1e-9);
    smallest = std::min(smallest, map.xx);
    largest = std::max(largest, map.xx);
  }
  EXPECT_NEAR(smallest, 0.4, 0.01);
  EXPECT_NEAR(largest, 0.9, 0.01);
}

TEST(Augmentation, ErasedAreasAndSidesAreWithinTheirRanges) {
  AugmentationSpec spec = with_shape({1, 40, 60});
  spec.erasing = {1, 0.05, 0.4, 2.5, 9};
  double smallest = 1;
  double largest = 0;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const auto r = drawn_rectangle(spec, kKey, example).value();
    EXPECT_LE(r.left + r.width, 60U);
    EXPECT_LE(r.top + r.height, 40U);
    const double area = r.width * r.height / 2400.0;
    smallest = std::min(smallest, area);
    largest = std::max(largest, area);
    // Half a pixel of rounding on sides of 6 pixels and more.
    EXPECT_LE(std::max(r.width, r.height), 2.5 * 1.2 * std::min(r.width, r.height));
  }
  EXPECT_NEAR(smallest, 0.05, 0.01);
  EXPECT_NEAR(largest, 0.4, 0.02);
}

// Crops of half a tall image reach its edges on all sides, and both coordinates apart.
TEST(Augmentation, CropsOfATallImageReachAllItsCorners) {
  AugmentationSpec spec = with_shape({1, 41, 5});
  spec.crop = {1, 0.5, 0.5};
  int quarters[2][2] = {};
  double right = 0;
  double bottom = 0;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const ImageMap map = drawn_map(spec, kKey, example);
    EXPECT_EQ(map, cropped(0.5, map.x0, map.y0));
    ++quarters[map.x0 < 1 ? 0 : 1][map.y0 < 10 ? 0 : 1];
    right = std::max(right, map.x0);
    bottom = std::max(bottom, map.y0);
  }
  EXPECT_LE(right, 2);
  EXPECT_NEAR(right, 2, 0.02);
  EXPECT_LE(bottom, 20);
  EXPECT_NEAR(bottom, 20, 0.2);
  for (const auto& row : quarters) {
    for (const int count : row) {
      EXPECT_NEAR(count, kExamples / 4.0, 5 * std::sqrt(kExamples * 0.25 * 0.75));
    }
  }
}

TEST(Augmentation, TurnsAndZoomsOfATallImageKeepItsCentre) {
  AugmentationSpec spec = with_shape({1, 41, 5});
  spec.rotation = {1, 90};
  spec.zoom = {1, 0.5, 2};
  for (std::uint32_t example = 0; example < 50; ++example) {
    const ImageMap map = drawn_map(spec, kKey, example);
    EXPECT_NEAR(map.xx * 2 + map.xy * 20 + map.x0, 2, 1e-9);
    EXPECT_NEAR(map.yx * 2 + map.yy * 20 + map.y0, 20, 1e-9);
    EXPECT_NEAR(map.xx, map.yy, 1e-12);
    EXPECT_NEAR(map.xy, -map.yx, 1e-12);
  }
}

TEST(Augmentation, ShiftsAlongBothAxesAreApart) {
  AugmentationSpec spec = with_shape();
  spec.shift = {1, 2, 1};
  std::set<std::pair<double, double>> shifts;
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const ImageMap map = drawn_map(spec, kKey, example);
    shifts.insert({map.x0, map.y0});
  }
  EXPECT_EQ(shifts.size(), 15U);
}

// The rectangles of a tall image: upright and lying, everywhere, the area as asked for.
TEST(Augmentation, ErasesAllOverATallImage) {
  AugmentationSpec spec = with_shape({1, 120, 40});
  spec.erasing = {1, 0.05, 0.1, 3, 9};
  int upright = 0;
  std::set<std::uint32_t> lefts;
  std::set<std::uint32_t> tops;
  double least = 1;
  double most = 0;
  std::uint32_t right = 0;
  std::uint32_t bottom = 0;
  int quarters[2][2] = {};
  for (std::uint32_t example = 0; example < kExamples; ++example) {
    const auto r = drawn_rectangle(spec, kKey, example).value();
    upright += r.height > r.width ? 1 : 0;
    lefts.insert(r.left);
    tops.insert(r.top);
    right = std::max(right, r.left + r.width);
    bottom = std::max(bottom, r.top + r.height);
    ASSERT_LE(r.left + r.width, 40U);
    ASSERT_LE(r.top + r.height, 120U);
    least = std::min(least, r.width * r.height / 4800.0);
    most = std::max(most, r.width * r.height / 4800.0);
    ++quarters[2 * r.left + r.width < 40 ? 0 : 1][2 * r.top + r.height < 120 ? 0 : 1];
  }
  EXPECT_NEAR(upright, kExamples / 2.0, kExamples / 10.0);
  EXPECT_EQ(*lefts.begin(), 0U);
  EXPECT_EQ(*tops.begin(), 0U);
  EXPECT_EQ(right, 40U);
  EXPECT_EQ(bottom, 120U);
  EXPECT_NEAR(least, 0.05, 0.003);
  EXPECT_NEAR(most, 0.1, 0.005);
  for (const auto& row : quarters) {
    for (const int count : row) EXPECT_NEAR(count, kExamples / 4.0, kExamples / 15.0);
  }
}

TEST(Augmentation, ErasingFitsTallImages) {
  AugmentationSpec spec = with_shape({1, 100, 2});
  spec.erasing = {1, 0.5, 0.5, 1, 9};  // squares do not fit
  for (std::uint32_t example = 0; example < 200; ++example) {
    const auto r = drawn_rectangle(spec, kKey, example).value();
    EXPECT_EQ(r.width, 2U);
    EXPECT_EQ(r.height, 50U);
    EXPECT_EQ(r.left, 0U);
    EXPECT_LE(r.top + r.height, 100U);
  }
}

TEST(Augmentation, ErasingFitsFlatImages) {
  AugmentationSpec spec = with_shape({1, 2, 100});
  spec.erasing = {1, 0.5, 0.5, 1, 9};  // squares do not fit
  for (std::uint32_t example = 0; example < 200; ++example) {
    const auto r = drawn_rectangle(spec, kKey, example).value();
    EXPECT_EQ(r.height, 2U);
    EXPECT_EQ(r.width, 50U);
    EXPECT_LE(r.left + r.width, 100U);
  }
  spec.erasing = {1, 1, 1, 1, 9};
  EXPECT_EQ(augmented(spec, kKey, 0), std::vector<float>(200, 9.0F));
}

TEST(Augmentation, AllChannelsMoveTogether) {
  AugmentationSpec grey = everything();
  grey.brightness.reset();
  grey.contrast.reset();  // its mean is over all channels
  AugmentationSpec color = grey;
  color.shape.channels = 3;
  for (std::uint32_t example = 0; example < 50; ++example) {
    const std::vector<float> plane = augmented(grey, kKey, example);
    std::vector<float> image;
    for (int channel = 0; channel < 3; ++channel) {
      const std::vector<float> original = test_image();
      image.insert(image.end(), original.begin(), original.end());
    }
    Augmenter(color).apply(kKey, example, image);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      EXPECT_TRUE(std::equal(plane.begin(), plane.end(), image.begin() + channel * kPixels));
    }
  }
}

// Each is kept within the range before the next, as the schema says: white that was
// made brighter is white when contrast takes its mean.
TEST(Augmentation, BrightnessIsKeptToTheRangeBeforeContrast) {
  AugmentationSpec both = with_shape();
  both.brightness = {1, 1};
  both.contrast = {1, 0.9};
  both.range = {0, 255};
  AugmentationSpec brightness_alone = both;
  brightness_alone.contrast.reset();
  AugmentationSpec contrast_alone = both;
  contrast_alone.brightness.reset();
  bool clamped = false;
  for (std::uint32_t example = 0; example < 20; ++example) {
    std::vector<float> image = test_image();
    Augmenter(brightness_alone).apply(kKey, example, image);
    clamped = clamped || std::ranges::find(image, 255.0F) != image.end();
    Augmenter(contrast_alone).apply(kKey, example, image);
    EXPECT_EQ(augmented(both, kKey, example), image);
  }
  EXPECT_TRUE(clamped);
}

TEST(Augmentation, BrightnessAndContrastKeepToTheRange) {
  AugmentationSpec spec = with_shape();
  spec.brightness = {1, 1};
  spec.contrast = {1, 1};
  spec.range = {10, 200};
  bool low = false;
  bool high = false;
  for (std::uint32_t example = 0; example < 100; ++example) {
    const auto image = augmented(spec, kKey, example);
    const auto [least, most] = std::ranges::minmax(image);
    EXPECT_GE(least, 10);
    EXPECT_LE(most, 200);
    low = low || least == 10;
    high = high || most == 200;
  }
  EXPECT_TRUE(low && high);
}

TEST(Augmentation, OneTransformLeavesTheDrawsOfOthersAlone) {
  AugmentationSpec fewer = everything();
  fewer.zoom.reset();
  fewer.brightness.reset();
  AugmentationSpec rotation_only = with_shape();
  rotation_only.rotation = everything().rotation;
  for (std::uint32_t example = 0; example < 100; ++example) {
    const auto a = drawn_rectangle(fewer, kKey, example);
    const auto b = drawn_rectangle(everything(), kKey, example);
    EXPECT_EQ(a.has_value(), b.has_value());
    if (a && b) {
      EXPECT_EQ(a->left, b->left);
      EXPECT_EQ(a->width, b->width);
    }
  }
}

// What a batch gets is what the augmenter makes of the raw values, normalized.
template <typename V>
void expect_gathers_augmented(ElementType type) {
  std::vector<V> values(3 * kPixels);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<V>((i * 37) % 120);
  Examples examples;
  examples.type = type;
  examples.features = kPixels;
  examples.values.resize(values.size() * sizeof(V));
  std::memcpy(examples.values.data(), values.data(), examples.values.size());
  examples.ids = {4, 17, 99};
  Normalizer normalizer;
  for (std::size_t j = 0; j < kPixels; ++j) {
    normalizer.mean.push_back(static_cast<float>(j));
    normalizer.inverse_deviation.push_back(0.1F + static_cast<float>(j % 3));
  }
  const std::vector<std::uint32_t> rows = {2, 0};
  std::vector<float> out(2 * kPixels);
  Augmenter augmenter(everything());
  gather_augmented_rows<float>(examples, rows, normalizer, kKey, augmenter,
                               {out.data(), 2, kPixels});
  std::vector<double> wide(2 * kPixels);
  gather_augmented_rows<double>(examples, rows, normalizer, kKey, augmenter,
                                {wide.data(), 2, kPixels});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<float> image(kPixels);
    for (std::size_t j = 0; j < kPixels; ++j) {
      image[j] = static_cast<float>(values[rows[i] * kPixels + j]);
    }
    Augmenter(everything()).apply(kKey, examples.ids[rows[i]], image);
    for (std::size_t j = 0; j < kPixels; ++j) {
      const float expected = (image[j] - normalizer.mean[j]) * normalizer.inverse_deviation[j];
      EXPECT_EQ(out[i * kPixels + j], expected);
      EXPECT_EQ(wide[i * kPixels + j], static_cast<double>(expected));
    }
  }
}

TEST(Augmentation, GathersRawValuesOfEveryType) {
  expect_gathers_augmented<std::uint8_t>(ElementType::u8);
  expect_gathers_augmented<std::int8_t>(ElementType::i8);
  expect_gathers_augmented<std::int32_t>(ElementType::i32);
  expect_gathers_augmented<float>(ElementType::f32);
  expect_gathers_augmented<double>(ElementType::f64);
}

}  // namespace
}  // namespace lockstep
