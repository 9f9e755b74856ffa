#include "init/training_guess.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(GuessTraining, FitsTablesOfEverySize) {
  for (const std::uint64_t classes : {0U, 2U, 26U}) {
    for (std::uint64_t rows = 10; rows < 10'000'000; rows = rows * 3 / 2) {
      const TrainingGuess guess = guess_training({rows, 8, classes});
      EXPECT_EQ(guess.batch_size % guess.shards, 0U) << rows;
      EXPECT_GE(static_cast<double>(rows) * guess.dev, 1) << rows;
      EXPECT_LT(guess.dev + guess.test, 0.5) << rows;
      EXPECT_GE(guess.units, 32U);
      EXPECT_GT(guess.learning_rate, 0);
    }
  }
}

TEST(GuessTraining, LargerTablesHaveLargerBatchesAndSmallerHeldOutParts) {
  const TrainingGuess small = guess_training({500, 8, 2});
  const TrainingGuess large = guess_training({500'000, 8, 2});
  EXPECT_LT(small.batch_size, large.batch_size);
  EXPECT_GT(small.dev, large.dev);
  EXPECT_LT(small.keep_prob, 1) << "a small table is easily learned by heart";
  EXPECT_GT(large.keep_prob, small.keep_prob);
  EXPECT_LT(guess_training({50'000'000, 8, 2}).epochs, large.epochs) << "to end in minutes";
}

}  // namespace
}  // namespace lockstep
