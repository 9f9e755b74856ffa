#include "train/owned_optimizer.h"

#include <algorithm>
#include <type_traits>

namespace lockstep {
namespace {

constexpr std::uint64_t kPart = 16 * Ownership::kBlock;

// The parts of `ranges` (ascending) inside `part`, counted from its beginning.
std::vector<Range> within(Range part, std::span<const Range> ranges) {
  std::vector<Range> found = common_parts(part, ranges);
  for (Range& range : found) range = {range.begin - part.begin, range.end - part.begin};
  return found;
}

// Returns the product, in `buffer`, or the gradient itself if the factor is 1.
template <typename T>
std::span<const T> scaled(std::span<const T> gradient, T factor, std::vector<T>& buffer) {
  if (factor == T(1)) return gradient;
  buffer.resize(gradient.size());
  std::ranges::transform(gradient, buffer.begin(), [&](T value) { return value * factor; });
  return buffer;
}

// Updates the weights of `part` by a change in bfloat16, which `change` receives. `residual`: what
// earlier changes left, and what this one leaves.
void update_rounded(const Optimizer& optimizer, const OptimizerStep& step,
                    OptimizerPart<float> part, std::span<float> residual,
                    std::span<Bfloat16> change) {
  const std::span<float> weights = part.weights;
  std::vector<float> moved(weights.size());
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] = weights[i] + residual[i];
  part.weights = moved;
  lockstep::update(optimizer, step, part);
  for (std::size_t i = 0; i < moved.size(); ++i) residual[i] = moved[i] - weights[i];
  to_bfloat16(residual, change);
  std::vector<float>& rounded = moved;
  from_bfloat16(change, rounded);
  for (std::size_t i = 0; i < rounded.size(); ++i) {
    residual[i] -= rounded[i];
    weights[i] += rounded[i];
  }
}

}  // namespace

template <typename T>
OwnedOptimizer<T>::OwnedOptimizer(Optimizer optimizer, const Ownership& ownership, int rank,
                                  std::span<const Range> penalized, std::span<const Range> frozen,
                                  Precision precision)
    : optimizer_(optimizer), precision_(precision) {
  std::uint64_t state = 0;
  for (const Range piece : ownership.pieces(rank)) {
    for (std::uint64_t begin = piece.begin; begin < piece.end; begin += kPart) {
      const Range block{begin, std::min(piece.end, begin + kPart)};
      for (const Range& part : without(block, frozen)) {
        parts_.push_back({part, state + part.begin - begin, within(part, penalized)});
      }
      state += block.size();
    }
  }
  slots_.assign(slot_names().size(), std::vector<T>(state, T(0)));
}

template <typename T>
std::vector<std::string> OwnedOptimizer<T>::slot_names(const Optimizer& optimizer,
                                                       Precision precision) {
  std::vector<std::string> names = lockstep::slot_names(optimizer);
  if (precision == Precision::bfloat16) names.emplace_back("residual");
  return names;
}

template <typename T>
std::uint64_t OwnedOptimizer<T>::bytes(const Optimizer& optimizer, const Ownership& ownership,
                                       int rank, Precision precision) {
  return slot_names(optimizer, precision).size() * ownership.owned(rank) * sizeof(T);
}

template <typename T>
void OwnedOptimizer<T>::update(WorkerPool& pool, const OptimizerStep& step, std::span<T> weights,
                               std::span<const T> gradient, T gradient_factor,
                               std::span<Bfloat16> changes) {
  const std::size_t kept = lockstep::slot_names(optimizer_).size();  // by the optimizer itself
  pool.run([&](int worker) {
    std::vector<T> buffer;
    const Range mine = even_part(parts_.size(), static_cast<std::uint64_t>(pool.threads()),
                                 static_cast<std::uint64_t>(worker));
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) {
      const auto& [parameters, state, penalized] = parts_[i];
      const auto own_gradient = gradient.subspan(parameters.begin, parameters.size());
      OptimizerPart<T> part{.weights = weights.subspan(parameters.begin, parameters.size()),
                            .gradient = scaled(own_gradient, gradient_factor, buffer),
                            .slots = {},
                            .penalized = penalized};
      const auto state_of = [&](std::size_t slot) {
        return std::span(slots_[slot]).subspan(state, parameters.size());
      };
      for (std::size_t slot = 0; slot < kept; ++slot) part.slots[slot] = state_of(slot);
      if constexpr (std::is_same_v<T, float>) {
        if (precision_ == Precision::bfloat16) {
          std::vector<Bfloat16> unshared(changes.empty() ? parameters.size() : 0);
          update_rounded(optimizer_, step, part, state_of(kept),
                         changes.empty() ? std::span(unshared)
                                         : changes.subspan(parameters.begin, parameters.size()));
          continue;
        }
      }
      lockstep::update(optimizer_, step, part);
    }
  });
}

template class OwnedOptimizer<float>;
template class OwnedOptimizer<double>;

}  // namespace lockstep
