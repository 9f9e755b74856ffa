#include "sets/contradictions.h"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "comm/communicator.h"

namespace lockstep {
namespace {

struct RowOfTwo {
  std::vector<float> features;
  float label = 0;
};

// The rows that one of `ranks` has when they are dealt_pairs in turn.
Examples dealt_pairs(const std::vector<RowOfTwo>& rows, int rank, int ranks) {
  Examples examples;
  examples.type = ElementType::f32;
  examples.features = 2;
  examples.label_width = 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (static_cast<int>(i) % ranks != rank) continue;
    const std::size_t end = examples.values.size();
    examples.values.resize(end + 2 * sizeof(float));
    std::memcpy(examples.values.data() + end, rows[i].features.data(), 2 * sizeof(float));
    examples.labels.push_back(rows[i].label);
    examples.ids.push_back(static_cast<std::uint32_t>(i));
  }
  return examples;
}

// On any number of ranks, wherever the equal ones are.
TEST(Contradictions, AllButTheMostFrequentLabelAreWrong) {
  const Communicator comm = Communicator::world();
  const auto least = [&](const std::vector<RowOfTwo>& rows) {
    const auto wrong =
        least_wrong_answers(dealt_pairs(rows, comm.rank(), comm.size()), rows.size(), comm);
    return comm.is_root() ? wrong.value() : 0;
  };
  const std::uint64_t root = comm.is_root() ? 1 : 0;
  EXPECT_EQ(least({{{1, 2}, 0}, {{1, 3}, 1}, {{2, 2}, 2}}), 0U) << "all are different";
  EXPECT_EQ(least({{{1, 2}, 1}, {{1, 2}, 1}, {{1, 2}, 1}}), 0U) << "equal and of one class";
  EXPECT_EQ(least({{{1, 2}, 0}, {{1, 2}, 1}}), root) << "one of the two";
  EXPECT_EQ(least({{{1, 2}, 0},
                   {{1, 2}, 1},
                   {{5, 5}, 3},
                   {{1, 2}, 1},
                   {{5, 5}, 4},
                   {{1, 2}, 2},
                   {{5, 5}, 5},
                   {{1, 2}, 1}}),
            4 * root)
      << "2 of 5, and 2 of 3";
}

TEST(Contradictions, SeveralLabelsAreNotCounted) {
  Examples examples;
  examples.label_width = 2;
  EXPECT_FALSE(least_wrong_answers(examples, 0, Communicator::self()));
}

}  // namespace
}  // namespace lockstep
