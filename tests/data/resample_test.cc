#include "data/resample.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "warp_golden.h"

namespace lockstep {
namespace {

std::vector<float> test_image(ImageShape shape) {
  std::vector<float> image;
  for (unsigned c = 0; c < shape.channels; ++c) {
    for (unsigned y = 0; y < shape.height; ++y) {
      for (unsigned x = 0; x < shape.width; ++x) {
        image.push_back(static_cast<float>((37 * y * y + 11 * x * y + 53 * x + 29 * c) % 101));
      }
    }
  }
  return image;
}

std::vector<float> resampled(ImageShape shape, const ImageMap& map, Border border = {},
                             const std::vector<float>& displacements = {}) {
  std::vector<float> image = test_image(shape);
  Resampler(shape, border).resample(map, displacements, image);
  return image;
}

// Whose pixel (x, y) of each channel is that of the test image at from(x, y),
// or `outside` beyond it.
template <typename From>
std::vector<float> picked(ImageShape shape, float outside, const From& from) {
  const std::vector<float> image = test_image(shape);
  std::vector<float> result;
  for (int c = 0; c < static_cast<int>(shape.channels); ++c) {
    for (int y = 0; y < static_cast<int>(shape.height); ++y) {
      for (int x = 0; x < static_cast<int>(shape.width); ++x) {
        const auto [fx, fy] = from(x, y);
        const bool inside = fx >= 0 && fy >= 0 && fx < static_cast<int>(shape.width) &&
                            fy < static_cast<int>(shape.height);
        const auto row = c * static_cast<int>(shape.height) + fy;
        result.push_back(
            inside ? image[static_cast<std::size_t>(row * static_cast<int>(shape.width) + fx)]
                   : outside);
      }
    }
  }
  return result;
}

const ImageShape kColor{3, 7, 9};

TEST(Resample, TheIdentityChangesNoBit) {
  EXPECT_EQ(resampled(kColor, {}), test_image(kColor));
  EXPECT_EQ(resampled(kColor, {}, {.nearest = true}), test_image(kColor));
  EXPECT_EQ(resampled({1, 1, 1}, {}), test_image({1, 1, 1}));
}

TEST(Resample, FlippedTwiceIsTheSame) {
  std::vector<float> image = test_image(kColor);
  Resampler resampler(kColor, {});
  resampler.resample(mirrored(kColor), {}, image);
  EXPECT_EQ(image, picked(kColor, 0, [](int x, int y) { return std::pair(8 - x, y); }));
  resampler.resample(mirrored(kColor), {}, image);
  EXPECT_EQ(image, test_image(kColor));
}

TEST(Resample, ShiftsByWholePixelsAreExact) {
  for (const int right : {-20, -9, -3, 0, 2, 8, 9, 1000}) {
    for (const int down : {-7, -1, 0, 5, 7}) {
      const auto from = [&](int x, int y) { return std::pair(x - right, y - down); };
      EXPECT_EQ(resampled(kColor, shifted(right, down), {.value = -2}), picked(kColor, -2, from));
      const auto nearest = [&](int x, int y) {
        return std::pair(std::clamp(x - right, 0, 8), std::clamp(y - down, 0, 6));
      };
      EXPECT_EQ(resampled(kColor, shifted(right, down), {.nearest = true}),
                picked(kColor, 0, nearest));
    }
  }
}

TEST(Resample, RightAnglesAreExact) {
  const ImageShape square{2, 8, 8};
  const auto expect_near = [](const std::vector<float>& a, const std::vector<float>& b) {
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5) << i;
  };
  expect_near(resampled(square, rotated(square, 90)),
              picked(square, 0, [](int x, int y) { return std::pair(7 - y, x); }));
  expect_near(resampled(square, rotated(square, 180)),
              picked(square, 0, [](int x, int y) { return std::pair(7 - x, 7 - y); }));
  expect_near(resampled(square, rotated(square, -90)),
              picked(square, 0, [](int x, int y) { return std::pair(y, 7 - x); }));
}

// Where height and width are not the same, and neither is the longer one always.
TEST(Resample, FlatAndTallImagesAreTurnedAboutTheirCentre) {
  for (const ImageShape shape : {ImageShape{2, 9, 5}, ImageShape{2, 5, 9}}) {
    const int x0 = static_cast<int>(shape.width) / 2;
    const int y0 = static_cast<int>(shape.height) / 2;
    const auto expect_near = [&](const ImageMap& map, const auto& from) {
      const auto found = resampled(shape, map, {.value = -2});
      const auto expected = picked(shape, -2, from);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-4) << i;
    };
    expect_near(rotated(shape, 90),
                [&](int x, int y) { return std::pair(x0 - (y - y0), y0 + (x - x0)); });
    expect_near(rotated(shape, -90),
                [&](int x, int y) { return std::pair(x0 + (y - y0), y0 - (x - x0)); });
    expect_near(rotated(shape, 180),
                [&](int x, int y) { return std::pair(2 * x0 - x, 2 * y0 - y); });
    expect_near(shifted(1, 3), [](int x, int y) { return std::pair(x - 1, y - 3); });
    expect_near(mirrored(shape), [&](int x, int y) { return std::pair(2 * x0 - x, y); });
    // The lower right quarter, enlarged: its corners are those of the image.
    const std::vector<float> image = test_image(shape);
    const auto enlarged = resampled(shape, cropped(0.5, x0, y0));
    const auto at = [&](int x, int y) {
      return static_cast<std::size_t>(y * static_cast<int>(shape.width) + x);
    };
    EXPECT_NEAR(enlarged[at(0, 0)], image[at(x0, y0)], 1e-4);
    EXPECT_NEAR(enlarged[at(2 * x0, 0)], image[at(2 * x0, y0)], 1e-4);
    EXPECT_NEAR(enlarged[at(0, 2 * y0)], image[at(x0, 2 * y0)], 1e-4);
    EXPECT_NEAR(enlarged[at(2 * x0, 2 * y0)], image[at(2 * x0, 2 * y0)], 1e-4);
    EXPECT_NEAR(enlarged[at(2, 4)], image[at(x0 + 1, y0 + 2)], 1e-4);
  }
}

TEST(Resample, TheNearestPixelOfATallImageIsOfItsLastRowAndColumn) {
  const ImageShape tall{1, 6, 2};
  const auto nearest = [](int x, int y) {
    return std::pair(std::clamp(x + 4, 0, 1), std::clamp(y + 9, 0, 5));
  };
  EXPECT_EQ(resampled(tall, shifted(-4, -9), {.nearest = true}), picked(tall, 0, nearest));
}

TEST(Resample, HalfAPixelDownIsTheMeanOfTwoRows) {
  const ImageShape tall{1, 3, 1};
  const std::vector<float> image = test_image(tall);
  const auto moved = resampled(tall, shifted(0, 0.5), {.value = 10});
  EXPECT_EQ(moved, (std::vector<float>{(10 + image[0]) / 2, (image[0] + image[1]) / 2,
                                       (image[1] + image[2]) / 2}));
}

TEST(Resample, HalfAPixelIsTheMean) {
  const std::vector<float> image = test_image({1, 1, 3});
  const auto shiftedh = resampled({1, 1, 3}, shifted(0.5, 0), {.value = 10});
  EXPECT_EQ(shiftedh[0], (10 + image[0]) / 2);
  EXPECT_EQ(shiftedh[1], (image[0] + image[1]) / 2);
  EXPECT_EQ(shiftedh[2], (image[1] + image[2]) / 2);
}

TEST(Resample, AgreesWithSciPy) {
  const ImageShape shape{1, kWarpHeight, kWarpWidth};
  for (const WarpGolden& golden : kWarpGolden) {
    // OpenCV's and SciPy's order: turned and enlarged, then moved.
    const ImageMap map =
        composed(composed(rotated(shape, golden.degrees), zoomed(shape, golden.factor)),
                 shifted(golden.right, golden.down));
    const auto image = resampled(shape, map, {golden.nearest, kWarpOutside});
    for (std::size_t i = 0; i < image.size(); ++i) {
      EXPECT_NEAR(image.at(i), golden.pixels.at(i), 1e-4)
          << golden.degrees << " degrees, pixel " << i;
    }
  }
}

TEST(Resample, DisplacementsAreAddedToTheMap) {
  const ImageShape shape{1, 7, 9};
  const std::size_t pixels = 63;
  std::vector<float> displacements(2 * pixels, 0.0F);
  displacements[4 * 9 + 3] = 2;            // along x
  displacements[pixels + 4 * 9 + 3] = -3;  // along y
  const auto moved = resampled(shape, mirrored(shape), {}, displacements);
  EXPECT_EQ(moved, picked(shape, 0, [](int x, int y) {
              return x == 3 && y == 4 ? std::pair(8 - x + 2, y - 3) : std::pair(8 - x, y);
            }));
}

TEST(Resample, KeepsNothingOfTheImageBefore) {
  Resampler resampler(kColor, {});
  std::vector<float> other(test_image(kColor).size(), 1e6F);
  resampler.resample(rotated(kColor, 20), {}, other);
  std::vector<float> image = test_image(kColor);
  resampler.resample(rotated(kColor, 20), {}, image);
  EXPECT_EQ(image, resampled(kColor, rotated(kColor, 20)));
}

TEST(ResampleDeathTest, AnotherShape) {
  Resampler resampler(kColor, {});
  std::vector<float> image(10);
  EXPECT_DEATH(resampler.resample({}, {}, image), "shape of the resampler");
}

}  // namespace
}  // namespace lockstep
