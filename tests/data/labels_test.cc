#include "data/labels.h"

#include <vector>

#include "idx_files.h"

namespace lockstep {
namespace {

std::string class_error(const std::vector<float>& labels, std::uint64_t classes) {
  const Thrown thrown = error_of([&] { check_class_labels(labels, classes, "train-labels.gz"); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  return thrown.message;
}

std::string binary_error(const std::vector<float>& labels, std::uint64_t width) {
  const Thrown thrown = error_of([&] { check_binary_targets(labels, width, "targets"); });
  EXPECT_EQ(thrown.code, ExitCode::data);
  return thrown.message;
}

TEST(Labels, GoodOnesPass) {
  check_class_labels(std::vector<float>{0, 9, 5, 0}, 10, "labels");
  check_class_labels(std::vector<float>{1, 2}, 10, "labels");
  check_class_labels({}, 10, "labels");
  check_binary_targets(std::vector<float>{0, 1, 1, 1}, 2, "labels");
}

TEST(Labels, OffendersAreNamedWithRowValueAndRange) {
  EXPECT_EQ(class_error({0, -1, 2, 1}, 2),
            "train-labels.gz: expected class labels, integers in 0..1, but 2 of 4 labels are not "
            "(rows count from 0)\n  row 1: -1\n  row 2: 2");
  EXPECT_EQ(class_error({0, 10, 1}, 10),
            "train-labels.gz: expected class labels, integers in 0..9, but 1 of 3 labels is not "
            "(rows count from 0)\n  row 1: 10\n"
            "the largest label is 10: does the output need more units?");
}

TEST(Labels, OnlyTheFirstTenAreShown) {
  const std::string message = class_error(std::vector<float>(25, -1.0F), 10);
  EXPECT_TRUE(contains(message, "25 of 25 labels")) << message;
  EXPECT_TRUE(contains(message, "row 9: -1\n  and 15 more")) << message;
  EXPECT_FALSE(contains(message, "row 10")) << message;
}

TEST(Labels, Hints) {
  EXPECT_TRUE(contains(class_error({1, 2, 10, 3}, 10), "the labels look 1-based"));
  EXPECT_FALSE(contains(class_error({0, 2, 10, 3}, 10), "1-based"));
  EXPECT_FALSE(contains(class_error({1, 2, 11, 3}, 10), "1-based"));
  EXPECT_TRUE(contains(class_error({0, 0.5F}, 10), "use loss: SQUARED_ERROR for values"));
  EXPECT_TRUE(contains(class_error({0, 0.5F}, 10), "row 1: 0.5"));
}

TEST(Labels, BinaryTargets) {
  EXPECT_EQ(binary_error({1, -1, 1, -1}, 1),
            "targets: expected targets 0 or 1, but 2 of 4 labels are not (rows count from 0)\n"
            "  row 1: -1\n  row 3: -1\nthe labels look like -1 and +1: say label_coding: "
            "MINUS_ONE_PLUS_ONE in their source");
  EXPECT_TRUE(contains(binary_error({0, 1, 0, 2}, 2), "row 1, label 1: 2"));
  EXPECT_TRUE(contains(binary_error({0, 0.25F}, 1), "SQUARED_ERROR"));
}

TEST(Labels, NumbersThatAreHardlyClassesAreTakenForValues) {
  std::vector<float> prices;
  for (int i = 0; i < 100; ++i) prices.push_back(static_cast<float>(300 + 37 * i));
  const Thrown thrown = error_of([&] { check_class_labels(prices, 2, "p.csv"); });
  EXPECT_NE(thrown.message.find("100 labels have 100 different values: are they values"),
            std::string::npos)
      << thrown.message;
}

}  // namespace
}  // namespace lockstep
