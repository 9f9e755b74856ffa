#include "train/owned_optimizer.h"

#include <algorithm>

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

}  // namespace

template <typename T>
OwnedOptimizer<T>::OwnedOptimizer(Optimizer optimizer, const Ownership& ownership, int rank,
                                  std::span<const Range> penalised, std::span<const Range> frozen)
    : optimizer_(optimizer) {
  std::uint64_t state = 0;
  for (const Range piece : ownership.pieces(rank)) {
    for (std::uint64_t begin = piece.begin; begin < piece.end; begin += kPart) {
      const Range block{begin, std::min(piece.end, begin + kPart)};
      for (const Range& part : without(block, frozen)) {
        parts_.push_back({part, state + part.begin - begin, within(part, penalised)});
      }
      state += block.size();
    }
  }
  slots_.assign(lockstep::slot_names(optimizer_).size(), std::vector<T>(state, T(0)));
}

template <typename T>
std::uint64_t OwnedOptimizer<T>::bytes(const Optimizer& optimizer, const Ownership& ownership,
                                       int rank) {
  return lockstep::slot_names(optimizer).size() * ownership.owned(rank) * sizeof(T);
}

template <typename T>
void OwnedOptimizer<T>::update(WorkerPool& pool, const OptimizerStep& step, std::span<T> weights,
                               std::span<const T> gradient, T gradient_factor) {
  pool.run([&](int worker) {
    std::vector<T> buffer;
    const Range mine = even_part(parts_.size(), static_cast<std::uint64_t>(pool.threads()),
                                 static_cast<std::uint64_t>(worker));
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) {
      const auto& [parameters, state, penalised] = parts_[i];
      const auto own_gradient = gradient.subspan(parameters.begin, parameters.size());
      OptimizerPart<T> part{.weights = weights.subspan(parameters.begin, parameters.size()),
                            .gradient = scaled(own_gradient, gradient_factor, buffer),
                            .slots = {},
                            .penalised = penalised};
      for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
        part.slots[slot] = std::span(slots_[slot]).subspan(state, parameters.size());
      }
      lockstep::update(optimizer_, step, part);
    }
  });
}

template <typename T>
std::vector<std::string> OwnedOptimizer<T>::slot_names() const {
  return lockstep::slot_names(optimizer_);
}

template class OwnedOptimizer<float>;
template class OwnedOptimizer<double>;

}  // namespace lockstep
