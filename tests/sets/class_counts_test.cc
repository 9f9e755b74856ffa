#include "sets/class_counts.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace lockstep {
namespace {

using testing::HasSubstr;
using Counts = std::vector<std::uint64_t>;

std::string caution(const Counts& counts, const std::vector<std::string>& names = {}) {
  return caution_of_class_counts(counts, names).value_or("");
}

TEST(AbsentClasses, AreNamed) {
  EXPECT_EQ(caution({}), "");
  EXPECT_EQ(caution({3, 1}), "");
  EXPECT_EQ(caution({2, 2, 0}),
            "caution: class 2 has no training example, so it can never be learnt; check the column "
            "of labels and the split");
  EXPECT_THAT(caution({2, 0, 2, 0}), HasSubstr("classes 1, 3 have no training example"));
  EXPECT_THAT(caution({2, 0, 2}, {"cat", "dog", "pig"}), HasSubstr("class \"dog\" has no"));
}

TEST(AbsentClasses, OneClassIsNothingToLearn) {
  EXPECT_THAT(caution({0, 4}), HasSubstr("all training examples are of class 1, so there is"));
  EXPECT_THAT(caution({4, 0, 0}, {"cat", "dog", "pig"}), HasSubstr("are of class \"cat\""));
}

TEST(AbsentClasses, AsManyClassesAsExamplesLookLikeValues) {
  EXPECT_THAT(caution(Counts(400, 1)), HasSubstr("400 training examples are of 400 classes"));
  EXPECT_THAT(caution(Counts(400, 1)), HasSubstr("SQUARED_ERROR"));
  EXPECT_EQ(caution(Counts(10, 1)), "") << "a small set";
  EXPECT_EQ(caution(Counts(400, 5)), "");
}

TEST(ClassCounts, WhereLabelsAreClasses) {
  const Communicator& comm = Communicator::self();
  const auto count = [&](Loss loss, std::uint32_t units, std::uint64_t width) {
    Examples examples;
    examples.label_width = width;
    examples.labels = {0, 1, 1, 0, 1, 1};
    OutputConfig output{};
    output.loss = loss;
    output.units = units;
    return count_classes(comm, output, examples);
  };
  EXPECT_EQ(count(Loss::softmax_cross_entropy, 3, 1), (Counts{2, 4, 0}));
  EXPECT_EQ(count(Loss::logistic, 1, 1), (Counts{2, 4}));
  EXPECT_EQ(count(Loss::squared_error, 2, 1), (Counts{2, 4}));
  EXPECT_EQ(count(Loss::squared_error, 1, 1), Counts{});
  EXPECT_EQ(count(Loss::logistic, 2, 2), Counts{});
}

}  // namespace
}  // namespace lockstep
