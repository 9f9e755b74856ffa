#include "data/image_map.h"

#include <array>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr ImageShape kShape{1, 5, 9};  // centre (4, 2)

std::array<double, 2> at(const ImageMap& map, double x, double y) {
  return {map.xx * x + map.xy * y + map.x0, map.yx * x + map.yy * y + map.y0};
}

void expect_from(const ImageMap& map, double x, double y, double from_x, double from_y) {
  const auto [found_x, found_y] = at(map, x, y);
  EXPECT_NEAR(found_x, from_x, 1e-12);
  EXPECT_NEAR(found_y, from_y, 1e-12);
}

TEST(ImageMap, MirrorsLeftAndRight) {
  expect_from(mirrored(kShape), 0, 3, 8, 3);
  EXPECT_EQ(composed(mirrored(kShape), mirrored(kShape)), ImageMap{});
}

TEST(ImageMap, TurnsCounterclockwise) {
  // What is right of the centre goes up: above it is what was right of it.
  expect_from(rotated(kShape, 90), 4, 0, 6, 2);
  expect_from(rotated(kShape, 180), 0, 0, 8, 4);
  expect_from(rotated(kShape, 30), 4, 2, 4, 2);
}

TEST(ImageMap, ZoomsAboutTheCentre) {
  expect_from(zoomed(kShape, 2), 4, 2, 4, 2);
  expect_from(zoomed(kShape, 2), 8, 4, 6, 3);
  expect_from(zoomed(kShape, 0.5), 8, 4, 12, 6);
}

TEST(ImageMap, TurnsATallImageAboutItsCentre) {
  const ImageShape tall{1, 9, 5};  // centre (2, 4)
  expect_from(rotated(tall, 90), 2, 3, 3, 4);
  expect_from(rotated(tall, 90), 2, 4, 2, 4);
  expect_from(zoomed(tall, 2), 4, 8, 3, 6);
  expect_from(mirrored(tall), 0, 7, 4, 7);
  expect_from(cropped(0.25, 3, 6), 4, 8, 4, 8);
}

TEST(ImageMap, ShiftsRightAndDown) { expect_from(shifted(2, -1), 5, 2, 3, 3); }

TEST(ImageMap, CropsStayWithinTheImage) {
  const double side = 0.7;
  for (const double share : {0.0, 0.5, 1.0}) {
    const ImageMap map = cropped(side, share * (1 - side) * 8, share * (1 - side) * 4);
    const auto [left, top] = at(map, 0, 0);
    const auto [right, bottom] = at(map, 8, 4);
    EXPECT_GE(left, 0);
    EXPECT_GE(top, 0);
    EXPECT_LE(right, 8 + 1e-12);
    EXPECT_LE(bottom, 4 + 1e-12);
    EXPECT_NEAR(right - left, side * 8, 1e-12);
    EXPECT_NEAR(bottom - top, side * 4, 1e-12);
  }
}

TEST(ImageMap, IdentityParametersAreTheIdentity) {
  EXPECT_EQ(rotated(kShape, 0), ImageMap{});
  EXPECT_EQ(zoomed(kShape, 1), ImageMap{});
  EXPECT_EQ(cropped(1, 0, 0), ImageMap{});
  EXPECT_EQ(shifted(0, 0), ImageMap{});
}

TEST(ImageMap, ComposesInTheOrderOfTheEye) {
  // Shifted, then turned, is not turned, then shifted.
  const ImageMap map = composed(shifted(1, 0), rotated(kShape, 90));
  // After the shift (5, 2) shows what was at (4, 2), and then stands at (4, 1).
  expect_from(map, 4, 1, 4, 2);
}

}  // namespace
}  // namespace lockstep
