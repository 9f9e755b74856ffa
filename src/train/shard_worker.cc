#include "train/shard_worker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "linalg/vector_ops.h"

namespace lockstep {

template <typename T>
ShardWorker<T>::ShardWorker(const Network<T>& network, const Dataset& dataset, WorkerPlan plan,
                            std::vector<std::span<T>> buffers, std::uint32_t seed, bool dropout,
                            HelperPool& helpers)
    : network_(network),
      dataset_(dataset),
      plan_(std::move(plan)),
      seed_(seed),
      dropout_(dropout),
      workspace_(network.spec(), rows_of_a_pass(dataset.geometry)),
      loader_(dataset, plan_.shards, seed, helpers),
      buffers_(std::move(buffers)),
      losses_(plan_.shards.size()) {
  check(buffers_.size() == plan_.buffers, "a worker has the buffers of its plan");
}

template <typename T>
void ShardWorker<T>::run(std::span<const T> weights, std::uint64_t step) {
  const std::vector<Pass> passes = passes_of_step(dataset_.geometry, plan_.shards, step);
  const std::vector<Pass> later = passes_of_step(dataset_.geometry, plan_.shards, step + 1);
  auto pass = passes.begin();
  for (std::size_t i = 0; i < plan_.leaves.size(); ++i) {
    const std::uint64_t shard = plan_.shards.begin + i;
    if (pass == passes.end() || pass->shard != shard) {
      // The shard has no rows left in this epoch.
      const std::span<T> leaf = buffers_[plan_.leaves[i].buffer];
      std::ranges::fill(leaf, T(0));
      add_up(i, {0, leaf.size()});
    }
    for (; pass != passes.end() && pass->shard == shard; ++pass) {
      const bool at_end = pass + 1 == passes.end();
      const auto next = at_end ? later.empty() ? std::nullopt : std::optional(later.front())
                               : std::optional(*(pass + 1));
      run_pass(weights, *pass, next);
    }
  }
  clock_.enter(Phase::waiting);
}

template <typename T>
void ShardWorker<T>::run_pass(std::span<const T> weights, const Pass& pass,
                              const std::optional<Pass>& next) {
  const std::size_t index = pass.shard - plan_.shards.begin;
  const std::uint64_t rows = pass.positions.size();
  loader_.load(pass, next, workspace_.input().top(rows), clock_);

  clock_.enter(Phase::forward);
  const auto key = dropout_ ? std::optional(DropoutKey{seed_, pass.step}) : std::nullopt;
  network_.forward(weights, workspace_, rows, key, loader_.ids());

  clock_.enter(Phase::backward);
  losses_[index] +=
      network_.backward(weights, workspace_, loader_.labels(), buffers_[plan_.leaves[index].buffer],
                        !pass.first, [&](std::size_t layer) {
                          if (pass.last) add_up(index, network_.layout().layers[layer]);
                        });
}

template <typename T>
void ShardWorker<T>::add_up(std::size_t index, Range range) {
  for (const Addition& addition : plan_.leaves[index].additions) {
    add_to<T>(buffers_[addition.into].subspan(range.begin, range.size()),
              buffers_[addition.from].subspan(range.begin, range.size()));
  }
}

template <typename T>
void ShardWorker<T>::set_losses(std::span<const LossSums> losses) {
  losses_.assign(losses.begin(), losses.end());
}

template <typename T>
std::optional<std::uint64_t> ShardWorker<T>::nonfinite_shard() const {
  for (std::size_t i = 0; i < losses_.size(); ++i) {
    if (!std::isfinite(losses_[i].loss)) return plan_.shards.begin + i;
  }
  return std::nullopt;
}

template class ShardWorker<float>;
template class ShardWorker<double>;

}  // namespace lockstep
