#include "diagnose/training_length.h"

#include <cstdint>

#include <fmt/format.h>

namespace lockstep {

TrainingLength twice_as_long(const TrainingConfig& training) {
  if (training.epochs) {
    const std::uint64_t epochs = 2ULL * *training.epochs;
    return {fmt::format("{} epochs", epochs), {fmt::format("training.epochs={}", epochs)}};
  }
  const std::uint64_t steps = 2 * training.steps.value_or(0);
  return {fmt::format("{} steps", steps), {fmt::format("training.steps={}", steps)}};
}

}  // namespace lockstep
