#include "train/pass_loader.h"

#include <algorithm>
#include <utility>

#include "data/gather.h"

namespace lockstep {

std::uint64_t rows_of_a_pass(const BatchGeometry& geometry) {
  return std::max<std::uint64_t>(
      1, std::min({geometry.rows_per_shard, shard_size(geometry, 0), kRowsPerPass}));
}

std::vector<Pass> passes_of_step(const BatchGeometry& geometry, Range shards, std::uint64_t step) {
  const std::uint64_t rows = rows_of_a_pass(geometry);
  std::vector<Pass> passes;
  for (std::uint64_t shard = shards.begin; shard < shards.end; ++shard) {
    const Range positions = shard_rows(geometry, shard, step % steps_per_epoch(geometry));
    for (std::uint64_t begin = positions.begin; begin < positions.end; begin += rows) {
      const std::uint64_t end = std::min(positions.end, begin + rows);
      passes.push_back({step, shard, {begin, end}, begin == positions.begin, end == positions.end});
    }
  }
  return passes;
}

template <typename T>
PassLoader<T>::PassLoader(const Dataset& data, Range shards, std::uint32_t seed,
                          HelperPool& helpers)
    : data_(data), shards_(shards), seed_(seed), helpers_(helpers), order_(shards.size()) {
  if (data.augmentation) augmenter_.emplace(*data.augmentation);
  if (helpers.threads() > 0) {
    ahead_.inputs.resize(rows_of_a_pass(data.geometry) * data.features);
  }
}

template <typename T>
std::uint64_t PassLoader<T>::bytes_ahead(const BatchGeometry& geometry, std::uint64_t features) {
  return rows_of_a_pass(geometry) * features * sizeof(T);
}

template <typename T>
PassLoader<T>::~PassLoader() {
  if (ahead_.done.valid()) ahead_.done.wait();
}

template <typename T>
void PassLoader<T>::load(const Pass& pass, const std::optional<Pass>& next, Matrix<T> inputs,
                         PhaseClock& clock) {
  if (!take_ahead(pass, inputs, clock)) gather(pass, current_, inputs, clock);
  if (helpers_.threads() > 0 && next) start_ahead(*next);
}

template <typename T>
void PassLoader<T>::gather(const Pass& pass, Batch& batch, Matrix<T> inputs, PhaseClock& clock) {
  clock.enter(Phase::data);
  const std::uint64_t epoch = pass.step / steps_per_epoch(data_.geometry);
  if (epoch_ != epoch) start_epoch(epoch);
  const auto& order = order_[pass.shard - shards_.begin];
  const auto& shard = data_.shard_rows[pass.shard - data_.own_shards.begin];
  rows_.clear();
  batch.ids.clear();
  for (std::uint64_t position = pass.positions.begin; position < pass.positions.end; ++position) {
    rows_.push_back(shard[order[position]]);
    batch.ids.push_back(data_.train.ids[rows_.back()]);
  }
  batch.labels.resize(rows_.size() * data_.label_width);
  gather_labels<float>(data_.train, rows_, {batch.labels.data(), rows_.size(), data_.label_width});
  if (augmenter_) {
    clock.enter(Phase::augmentation);
    const AugmentationKey key{seed_, static_cast<std::uint32_t>(epoch)};
    gather_augmented_rows<T>(data_.train, rows_, data_.normalizer, key, *augmenter_, inputs);
  } else {
    gather_rows<T>(data_.train, rows_, data_.normalizer, inputs);
  }
}

template <typename T>
void PassLoader<T>::start_epoch(std::uint64_t epoch) {
  for (std::size_t i = 0; i < order_.size(); ++i) {
    const std::uint64_t shard = shards_.begin + i;
    order_[i] = epoch_order(seed_, static_cast<std::uint32_t>(epoch),
                            static_cast<std::uint32_t>(shard), shard_size(data_.geometry, shard));
  }
  epoch_ = epoch;
}

template <typename T>
bool PassLoader<T>::take_ahead(const Pass& pass, Matrix<T> inputs, PhaseClock& clock) {
  if (!ahead_.done.valid()) return false;
  clock.enter(augmenter_ ? Phase::augmentation : Phase::data);
  ahead_.done.get();
  clock.add_ahead(ahead_.seconds);
  if (ahead_.pass != pass) return false;
  std::swap(current_, ahead_.batch);
  for (std::uint64_t i = 0; i < inputs.rows; ++i) {
    std::ranges::copy(std::span(ahead_.inputs).subspan(i * inputs.columns, inputs.columns),
                      inputs.row(i).begin());
  }
  return true;
}

template <typename T>
void PassLoader<T>::start_ahead(const Pass& pass) {
  ahead_.pass = pass;
  ahead_.done = helpers_.submit([this] {
    PhaseClock clock;
    gather(ahead_.pass, ahead_.batch,
           {ahead_.inputs.data(), ahead_.pass.positions.size(), data_.features}, clock);
    clock.enter(Phase::waiting);
    ahead_.seconds = clock.seconds(Phase::data) + clock.seconds(Phase::augmentation);
  });
}

template class PassLoader<float>;
template class PassLoader<double>;

}  // namespace lockstep
