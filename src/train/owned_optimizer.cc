#include "train/owned_optimizer.h"

#include <algorithm>

namespace lockstep {

template <typename T>
OwnedOptimizer<T>::OwnedOptimizer(Optimizer optimizer, const Ownership& ownership, int rank)
    : optimizer_(optimizer) {
  constexpr std::uint64_t kPart = 16 * Ownership::kBlock;
  std::uint64_t state = 0;
  for (const Range piece : ownership.pieces(rank)) {
    for (std::uint64_t begin = piece.begin; begin < piece.end; begin += kPart) {
      const Range parameters{begin, std::min(piece.end, begin + kPart)};
      parts_.push_back({parameters, state});
      state += parameters.size();
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
                               std::span<const T> gradient) {
  pool.run([&](int worker) {
    const Range mine = even_part(parts_.size(), static_cast<std::uint64_t>(pool.threads()),
                                 static_cast<std::uint64_t>(worker));
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) {
      const auto [parameters, state] = parts_[i];
      OptimizerPart<T> part{weights.subspan(parameters.begin, parameters.size()),
                            gradient.subspan(parameters.begin, parameters.size()),
                            {}};
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
