#include "train/pass_loader.h"

#include <algorithm>
#include <utility>

#include "data/gather.h"
#include "sets/row_weights.h"

namespace lockstep {

std::uint64_t Pass::rows() const {
  std::uint64_t rows = 0;
  for (const ShardRows& of_shard : shards) rows += of_shard.positions.size();
  return rows;
}

std::vector<Range> Pass::segments() const {
  std::vector<Range> segments;
  std::uint64_t row = 0;
  for (const ShardRows& of_shard : shards) {
    segments.push_back({row, row + of_shard.positions.size()});
    row = segments.back().end;
  }
  return segments;
}

std::uint64_t rows_of_a_pass(const BatchGeometry& geometry, std::uint64_t shards) {
  const std::uint64_t of_shard = std::min(geometry.rows_per_shard, shard_size(geometry, 0));
  return std::max<std::uint64_t>(1, std::min(shards * of_shard, kRowsPerPass));
}

std::vector<Pass> passes_of_step(const BatchGeometry& geometry, Range shards, std::uint64_t step) {
  std::uint64_t room = rows_of_a_pass(geometry, shards.size());
  std::vector<Pass> passes = {{step, {}}};
  for (std::uint64_t shard = shards.begin; shard < shards.end; ++shard) {
    const Range all = shard_rows(geometry, shard, step % steps_per_epoch(geometry));
    std::uint64_t begin = all.begin;
    do {
      const Range part{begin, std::min(all.end, begin + kRowsOfAPart)};
      if (part.size() > room) {
        passes.push_back({step, {}});
        room = rows_of_a_pass(geometry, shards.size());
      }
      passes.back().shards.push_back({shard, part, part.begin == all.begin, part.end == all.end});
      room -= part.size();
      begin = part.end;
    } while (begin < all.end);
  }
  return passes;
}

template <typename T>
PassLoader<T>::PassLoader(const Dataset& data, Range shards, std::uint32_t seed,
                          HelperPool& helpers, int threads)
    : data_(data), shards_(shards), seed_(seed), helpers_(helpers), order_(shards.size()) {
  if (data.augmentation) {
    const int workers = std::max(threads, helpers.threads());
    for (int worker = 0; worker < workers; ++worker) augmenters_.emplace_back(*data.augmentation);
  }
  if (helpers.threads() > 0) {
    ahead_.inputs.resize(rows_of_a_pass(data.geometry, shards.size()) * data.features);
  }
}

template <typename T>
std::uint64_t PassLoader<T>::bytes_ahead(const BatchGeometry& geometry, std::uint64_t shards,
                                         std::uint64_t features) {
  return rows_of_a_pass(geometry, shards) * features * sizeof(T);
}

template <typename T>
PassLoader<T>::~PassLoader() {
  for (std::future<void>& done : ahead_.done) done.wait();
}

template <typename T>
void PassLoader<T>::load(const Pass& pass, const std::optional<Pass>& next, Matrix<T> inputs,
                         PhaseClock& clock, const Team& team) {
  clock.enter(augmenters_.empty() ? Phase::data : Phase::augmentation);
  if (team.leads()) {
    is_ahead_ = take_ahead(pass, clock);
    if (!is_ahead_) prepare(pass, current_);
  }
  team.wait();
  const Range mine = team.part(inputs.rows);
  if (is_ahead_) {
    const Matrix<const T> loaded{ahead_.inputs.data(), inputs.rows, inputs.columns};
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) {
      std::ranges::copy(loaded.row(i), inputs.row(i).begin());
    }
  } else {
    gather(current_, mine, inputs, team.member());
  }
  team.wait();
  if (team.leads() && helpers_.threads() > 0 && next) start_ahead(*next);
}

template <typename T>
void PassLoader<T>::prepare(const Pass& pass, Batch& batch) {
  batch.epoch = pass.step / steps_per_epoch(data_.geometry);
  if (epoch_ != batch.epoch) start_epoch(batch.epoch);
  batch.rows.clear();
  batch.ids.clear();
  for (const ShardRows& of_shard : pass.shards) {
    const auto& order = order_[of_shard.shard - shards_.begin];
    const auto& shard = data_.shard_rows[of_shard.shard - data_.own_shards.begin];
    for (std::uint64_t position = of_shard.positions.begin; position < of_shard.positions.end;
         ++position) {
      batch.rows.push_back(shard[order[position]]);
      batch.ids.push_back(data_.train.ids[batch.rows.back()]);
    }
  }
  batch.labels.resize(batch.rows.size() * data_.label_width);
  batch.weights = weights_of(data_.row_weights, batch.rows);
}

template <typename T>
void PassLoader<T>::gather(Batch& batch, Range part, Matrix<T> inputs, std::size_t worker) {
  const auto rows = std::span<const std::uint32_t>(batch.rows).subspan(part.begin, part.size());
  const Matrix<float> labels{batch.labels.data(), batch.rows.size(), data_.label_width};
  gather_labels(data_.train, rows, data_.targets, labels.some_rows(part));
  if (augmenters_.empty()) {
    return gather_rows<T>(data_.train, rows, data_.normalizer, inputs.some_rows(part));
  }
  const AugmentationKey key{seed_, static_cast<std::uint32_t>(batch.epoch)};
  gather_augmented_rows<T>(data_.train, rows, data_.normalizer, key, augmenters_[worker],
                           inputs.some_rows(part));
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
bool PassLoader<T>::take_ahead(const Pass& pass, PhaseClock& clock) {
  if (ahead_.done.empty()) return false;
  for (std::future<void>& done : ahead_.done) done.get();
  ahead_.done.clear();
  clock.add_ahead(std::ranges::max(ahead_.seconds));
  if (ahead_.pass != pass) return false;
  std::swap(current_, ahead_.batch);
  return true;
}

template <typename T>
void PassLoader<T>::start_ahead(const Pass& pass) {
  ahead_.pass = pass;
  prepare(pass, ahead_.batch);
  const auto workers = static_cast<std::size_t>(helpers_.threads());
  ahead_.seconds.assign(workers, 0);
  for (std::size_t worker = 0; worker < workers; ++worker) {
    ahead_.done.push_back(helpers_.submit([this, worker, workers] {
      PhaseClock clock;
      clock.enter(Phase::data);
      const std::uint64_t rows = ahead_.batch.rows.size();
      gather(ahead_.batch, even_part(rows, workers, worker),
             {ahead_.inputs.data(), rows, data_.features}, worker);
      clock.enter(Phase::waiting);
      ahead_.seconds[worker] = clock.seconds(Phase::data);
    }));
  }
}

template class PassLoader<float>;
template class PassLoader<double>;

}  // namespace lockstep
