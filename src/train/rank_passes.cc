#include "train/rank_passes.h"

#include <cmath>
#include <utility>

namespace lockstep {

template <typename T>
RankPasses<T>::RankPasses(const Network<T>& network, const Dataset& data,
                          std::vector<std::span<T>> buffers, Precision precision,
                          std::uint32_t seed, bool dropout, int threads, HelperPool& helpers)
    : network_(network),
      data_(data),
      plan_(plan_worker(data.own_shards, data.geometry.shards)),
      buffers_(std::move(buffers)),
      precision_(precision),
      seed_(seed),
      dropout_(dropout),
      workspace_(network.spec(), rows_of_a_pass(data.geometry, shards().size())),
      panels_(network.spec()),
      loader_(data, shards(), seed, helpers, threads),
      row_losses_(workspace_.max_rows()),
      step_losses_(shards().size()),
      losses_(shards().size()),
      clocks_(static_cast<std::size_t>(threads)) {}

template <typename T>
std::uint64_t RankPasses<T>::bytes(const NetworkSpec& network, const BatchGeometry& geometry,
                                   std::uint64_t shards, bool ahead) {
  return Workspace<T>::bytes(network, rows_of_a_pass(geometry, shards)) +
         Panels<T>::bytes(network) +
         (ahead ? PassLoader<T>::bytes_ahead(geometry, shards, size_of(network.input)) : 0);
}

template <typename T>
void RankPasses<T>::run(std::span<const T> weights, std::uint64_t step, const Team& team,
                        const OnComplete& on_complete) {
  PhaseClock& clock = clocks_[team.member()];
  clock.enter(Phase::forward);
  panels_.fill(weights, team);
  const std::vector<Pass> passes = passes_of_step(data_.geometry, shards(), step);
  const std::vector<PassLeaves> leaves = leaves_of_passes(plan_, passes);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const bool at_end = i + 1 == passes.size();
    run_pass(weights, passes[i], leaves[i],
             at_end ? passes_of_step(data_.geometry, shards(), step + 1).front() : passes[i + 1],
             team, at_end ? on_complete : OnComplete());
  }
  clock.enter(Phase::waiting);
}

template <typename T>
void RankPasses<T>::run_pass(std::span<const T> weights, const Pass& pass, const PassLeaves& leaves,
                             const std::optional<Pass>& next, const Team& team,
                             const OnComplete& on_complete) {
  PhaseClock& clock = clocks_[team.member()];
  const std::uint64_t rows = pass.rows();
  loader_.load(pass, next, workspace_.input().top(rows), clock, team);

  clock.enter(Phase::forward);
  const NetworkWeights<T> parameters{weights, panels_};
  const std::vector<Range> segments = pass.segments();
  const auto key = dropout_ ? std::optional(DropoutKey{seed_, pass.step}) : std::nullopt;
  network_.forward(parameters, workspace_, segments, key, loader_.ids(), team);

  clock.enter(Phase::backward);
  network_.losses(workspace_, loader_.labels(), loader_.row_weights(), row_losses_, team);
  if (team.leads()) take_losses(pass);
  VisitLayer after_layer;
  if (on_complete) {
    after_layer = [&](std::size_t layer) {
      clock.enter(Phase::exchange);
      on_complete(network_.parameter_table().layers[layer].begin);
      clock.enter(Phase::backward);
    };
  }
  network_.backward(
      parameters, workspace_, segments,
      [&](const GradientTile<T>& tile) { add_tile<T>(tile, leaves, buffers_, precision_); }, team,
      after_layer);
}

template <typename T>
void RankPasses<T>::take_losses(const Pass& pass) {
  std::uint64_t row = 0;
  for (const ShardRows& of_shard : pass.shards) {
    const std::size_t index = of_shard.shard - shards().begin;
    if (of_shard.first) step_losses_[index] = {};
    for (std::uint64_t k = 0; k < of_shard.positions.size(); ++k) {
      step_losses_[index] += row_losses_[row++];
    }
    if (of_shard.last) losses_[index] += step_losses_[index];
  }
}

template <typename T>
void RankPasses<T>::set_losses(std::span<const LossSums> losses) {
  losses_.assign(losses.begin(), losses.end());
}

template <typename T>
std::optional<std::uint64_t> RankPasses<T>::nonfinite_shard() const {
  for (std::size_t i = 0; i < losses_.size(); ++i) {
    if (!std::isfinite(losses_[i].loss)) return shards().begin + i;
  }
  return std::nullopt;
}

template class RankPasses<float>;
template class RankPasses<double>;

}  // namespace lockstep
