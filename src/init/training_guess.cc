#include "init/training_guess.h"

#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

// The largest power of two that is at most `value`, from `least` to `most`, which are such powers.
std::uint32_t power_of_two(double value, std::uint32_t least, std::uint32_t most) {
  std::uint32_t power = least;
  while (power < most && 2.0 * power <= value) power *= 2;
  return power;
}

}  // namespace

TrainingGuess guess_training(const TableSize& size) {
  const auto rows = static_cast<double>(size.rows);
  TrainingGuess guess;
  // Held-out sets need about a thousand examples for an error to a percentage point or two.
  guess.dev = guess.test = rows < 5000 ? 0.2 : rows < 100000 ? 0.1 : 0.05;
  const double trained = rows * (1 - guess.dev - guess.test);
  guess.layers = 2;
  guess.units = size.classes > 10 && rows >= 5000 ? 256 : power_of_two(trained / 16, 32, 128);
  guess.batch_size = power_of_two(trained / 100, 16, 256);
  guess.shards = std::min(8U, guess.batch_size / 4);
  guess.epochs = 40;
  guess.patience = 20;
  guess.keep_prob = rows < 5000 ? 0.8 : 1;
  guess.learning_rate = size.classes == 0 ? 0.03 : 0.003;
  guess.weight_decay = 0.01;
  return guess;
}

}  // namespace lockstep
