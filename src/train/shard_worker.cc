#include "train/shard_worker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "data/gather.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

std::uint64_t rows_of_a_pass(const BatchGeometry& geometry) {
  return std::max<std::uint64_t>(
      1, std::min({geometry.rows_per_shard, shard_size(geometry, 0), kRowsPerPass}));
}

}  // namespace

template <typename T>
ShardWorker<T>::ShardWorker(const Network<T>& network, const Dataset& dataset, WorkerPlan plan,
                            std::uint32_t seed, bool dropout)
    : network_(network),
      dataset_(dataset),
      plan_(std::move(plan)),
      seed_(seed),
      dropout_(dropout),
      workspace_(network.spec(), rows_of_a_pass(dataset.geometry)),
      labels_(workspace_.max_rows() * dataset.label_width),
      buffers_(plan_.buffers),
      order_(plan_.shards.size()),
      losses_(plan_.shards.size()) {
  for (std::vector<T>& buffer : buffers_) buffer.resize(network.layout().size);
}

template <typename T>
void ShardWorker<T>::run(std::span<const T> weights, std::uint64_t step) {
  const std::uint64_t epoch = step / steps_per_epoch(dataset_.geometry);
  if (epoch_ != epoch) start_epoch(epoch);
  for (std::size_t i = 0; i < plan_.leaves.size(); ++i) run_shard(weights, step, i);
  clock_.enter(Phase::waiting);
}

template <typename T>
void ShardWorker<T>::start_epoch(std::uint64_t epoch) {
  clock_.enter(Phase::data);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const std::uint64_t shard = plan_.shards.begin + i;
    order_[i] =
        epoch_order(seed_, static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(shard),
                    shard_size(dataset_.geometry, shard));
  }
  epoch_ = epoch;
}

template <typename T>
void ShardWorker<T>::run_shard(std::span<const T> weights, std::uint64_t step, std::size_t index) {
  const std::uint64_t shard = plan_.shards.begin + index;
  const Range positions =
      lockstep::shard_rows(dataset_.geometry, shard, step % steps_per_epoch(dataset_.geometry));
  const auto& own_rows = dataset_.shard_rows[shard - dataset_.own_shards.begin];
  const std::span<T> leaf(buffers_[plan_.leaves[index].buffer]);
  if (positions.empty()) {
    std::ranges::fill(leaf, T(0));
    add_up(index, {0, leaf.size()});
    return;
  }
  for (std::uint64_t begin = positions.begin; begin < positions.end;
       begin += workspace_.max_rows()) {
    const std::uint64_t end = std::min(positions.end, begin + workspace_.max_rows());
    clock_.enter(Phase::data);
    rows_.clear();
    ids_.clear();
    for (std::uint64_t position = begin; position < end; ++position) {
      rows_.push_back(own_rows[order_[index][position]]);
      ids_.push_back(dataset_.train.ids[rows_.back()]);
    }
    const Matrix<float> labels{labels_.data(), rows_.size(), dataset_.label_width};
    gather_rows<T>(dataset_.train, rows_, dataset_.normalizer,
                   workspace_.input().top(rows_.size()));
    gather_labels<float>(dataset_.train, rows_, labels);

    clock_.enter(Phase::forward);
    const auto key = dropout_ ? std::optional(DropoutKey{seed_, step}) : std::nullopt;
    network_.forward(weights, workspace_, rows_.size(), key, ids_);

    clock_.enter(Phase::backward);
    const bool last_pass = end == positions.end;
    losses_[index] += network_.backward(weights, workspace_, labels, leaf, begin != positions.begin,
                                        [&](std::size_t layer) {
                                          if (last_pass)
                                            add_up(index, network_.layout().layer(layer));
                                        });
  }
}

template <typename T>
void ShardWorker<T>::add_up(std::size_t index, Range range) {
  for (const Addition& addition : plan_.leaves[index].additions) {
    add_to<T>(std::span(buffers_[addition.into]).subspan(range.begin, range.size()),
              std::span(buffers_[addition.from]).subspan(range.begin, range.size()));
  }
}

template <typename T>
HeldSums<T> ShardWorker<T>::held() {
  HeldSums<T> sums;
  for (const WorkerPlan::Held& held : plan_.held) sums.emplace_back(buffers_[held.buffer]);
  return sums;
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
