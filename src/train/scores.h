#pragma once
// What an evaluation says of the sets of examples.

#include <cstdint>
#include <optional>

#include "nn/loss.h"

namespace lockstep {

// Sums over a set of examples, and how many they were (0: no such set).
struct SetScore {
  LossSums sums;
  std::uint64_t examples = 0;
};

struct Scores {
  SetScore train, train_dev, dev, test;
};

// The fraction of wrong decisions; none without examples or without such a thing.
std::optional<double> error_rate(const SetScore& score);

// That fraction of the examples. Intervals count examples, also where each has
// several labels: the labels of one example are not independent of each other, and
// counted one by one they would promise too much. 0 where there is no error rate.
double wrong_examples(const SetScore& score);

// None without examples.
std::optional<double> mean_loss(const SetScore& score);

}  // namespace lockstep
