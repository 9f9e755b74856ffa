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

// The fraction of wrong answers; none without examples or without such a thing.
std::optional<double> error_rate(Loss loss, const SetScore& score);

// None without examples.
std::optional<double> mean_loss(const SetScore& score);

}  // namespace lockstep
