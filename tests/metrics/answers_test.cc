#include "metrics/answers.h"

#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

constexpr float kLargest = std::numeric_limits<float>::max();

// JSON has no infinity, so a resumed recipe could not read it.
TEST(AnswerCollector, HasFiniteNumbersForOutputsThatAreNot) {
  AnswerCollector collector(network_spec(1, {}, 1, Loss::squared_error), 1, 1);
  const std::vector<float> outputs = {3, 1e30F, std::numeric_limits<float>::quiet_NaN()};
  const std::vector<float> labels = {1, 0, 0};
  collector.add(0, {outputs.data(), 3, 1}, {labels.data(), 3, 1});
  EXPECT_THAT(collector.all(Communicator::self()), testing::ElementsAre(4, kLargest, kLargest));
}

}  // namespace
}  // namespace lockstep
