#include "init/training_guess.h"

#include <algorithm>

namespace lockstep {
namespace {

// With fewer rows than this, a network learns the training examples by heart unless dropout
// prevents it.
constexpr double kFewRows = 5000;

// The number of examples that two cores process in a minute.
constexpr double kMostExamplesSeen = 3e6;

// The largest power of two that is at most `value`, from `least` to `most`, which are such powers.
std::uint32_t power_of_two(double value, std::uint32_t least, std::uint32_t most) {
  std::uint32_t power = least;
  while (power < most && 2.0 * power <= value) power *= 2;
  return power;
}

}  // namespace

TrainingGuess guess_training(const TableSize& size) {
  const auto rows = static_cast<double>(size.rows);
  const bool few = rows < kFewRows;
  const bool classifies = size.classes > 0;
  TrainingGuess guess;
  guess.dev = guess.test = few ? 0.15 : rows < 100'000 ? 0.1 : 0.05;
  const double trained = rows * (1 - guess.dev - guess.test);
  guess.layers = few ? 2 : 3;
  guess.units = few ? power_of_two(trained / 3, 32, 128) : classifies ? 256 : 128;
  guess.keep_prob = few ? 0.8 : classifies ? 0.9 : 1;
  guess.learning_rate = 0.003;
  guess.weight_decay = classifies ? 0.01 : 0.1;
  guess.batch_size = power_of_two(trained / 100, 16, 256);
  guess.shards = std::min(8U, guess.batch_size / 4);
  const double epochs = std::clamp(kMostExamplesSeen / trained, 5.0, classifies ? 40.0 : 60.0);
  guess.epochs = guess.patience = static_cast<std::uint32_t>(epochs);
  return guess;
}

}  // namespace lockstep
