#include "data/photometric.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

using Values = std::vector<float>;

TEST(Photometric, BrightnessAddsAShareOfTheRange) {
  Values image = {0, 100, 250};
  change_brightness(0.5, {-1, 1}, image);
  EXPECT_EQ(image, (Values{1, 101, 251}));
  change_brightness(-0.2, {0, 255}, image);
  EXPECT_EQ(image, (Values{-50, 50, 200}));
  change_brightness(0, {0, 255}, image);
  EXPECT_EQ(image, (Values{-50, 50, 200}));
}

TEST(Photometric, ContrastStretchesAboutTheMean) {
  Values image = {10, 20, 60};  // mean 30
  change_contrast(1.5, image);
  EXPECT_EQ(image, (Values{0, 15, 75}));
  change_contrast(0, image);
  EXPECT_EQ(image, (Values{30, 30, 30}));
}

TEST(Photometric, ContrastOfOneChangesNoBitOfBytes) {
  Values image;
  for (int i = 0; i < 256; ++i) image.push_back(static_cast<float>((i * 7) % 256));
  const Values before = image;
  change_contrast(1, image);
  for (std::size_t i = 0; i < image.size(); ++i) EXPECT_FLOAT_EQ(image[i], before[i]);
}

TEST(Photometric, ClampsToTheRange) {
  Values image = {-1, 0, 128, 255, 256};
  clamp_to({0, 255}, image);
  EXPECT_EQ(image, (Values{0, 0, 128, 255, 255}));
}

TEST(Photometric, ErasesARectangleInAllChannels) {
  const ImageShape shape{2, 4, 5};
  Values image(40, 1.0F);
  erase(shape, {.left = 3, .top = 1, .width = 2, .height = 3}, 9, image);
  EXPECT_EQ(std::ranges::count(image, 9.0F), 2 * 6);
  for (const std::size_t channel : {0, 20}) {
    EXPECT_EQ(image[channel + 1 * 5 + 3], 9);
    EXPECT_EQ(image[channel + 3 * 5 + 4], 9);
    EXPECT_EQ(image[channel + 1 * 5 + 2], 1);
    EXPECT_EQ(image[channel + 0 * 5 + 3], 1);
  }
}

TEST(Photometric, ErasesWhereATallImageHasTheRectangle) {
  Values image(12, 1.0F);  // two planes of three rows of two
  erase({2, 3, 2}, {.left = 1, .top = 0, .width = 1, .height = 3}, 9, image);
  EXPECT_EQ(image, (Values{1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9}));
  erase({2, 3, 2}, {.left = 0, .top = 2, .width = 2, .height = 1}, 5, image);
  EXPECT_EQ(image, (Values{1, 9, 1, 9, 5, 5, 1, 9, 1, 9, 5, 5}));
}

TEST(PhotometricDeathTest, ARectangleBeyondTheImage) {
  Values image(20);
  EXPECT_DEATH(erase({1, 4, 5}, {.left = 4, .top = 0, .width = 2, .height = 1}, 0, image),
               "within the image");
}

}  // namespace
}  // namespace lockstep
