#include "diagnose/signal_flow.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "data/gather.h"
#include "diagnose/sample.h"
#include "linalg/vector_ops.h"
#include "nn/activations.h"
#include "nn/layers.h"
#include "nn/loss.h"
#include "sets/row_weights.h"

namespace lockstep {
namespace {

// Sums over the rows of one block and the units of one layer.
struct LayerSums {
  double activation = 0;
  double activation_squares = 0;
  double delta_squares = 0;
  std::uint64_t zeros = 0;
  std::uint64_t saturated = 0;

  LayerSums& operator+=(const LayerSums& other) {
    activation += other.activation;
    activation_squares += other.activation_squares;
    delta_squares += other.delta_squares;
    zeros += other.zeros;
    saturated += other.saturated;
    return *this;
  }
};

// Number of activations that are within kSaturation of the way between two bounds from one of
// them.
std::uint64_t count_saturated(const ActivationFacts::Bounds& bounds,
                              std::span<const float> values) {
  const double margin = kSaturation * (bounds.upper - bounds.lower);
  const double low = bounds.lower + margin;
  const double high = bounds.upper - margin;
  return static_cast<std::uint64_t>(
      std::ranges::count_if(values, [&](float a) { return a < low || a > high; }));
}

// Adds the activations of a layer to `sums`; marks in `active` the units that can die and are not
// zero for some row.
void add_activations(Activation activation, Matrix<const float> block, LayerSums& sums,
                     std::span<std::uint8_t> active) {
  const ActivationFacts& facts = facts_of(activation);
  for (std::uint64_t r = 0; r < block.rows; ++r) {
    const std::span<const float> row = block.row(r);
    for (const float a : row) sums.activation += static_cast<double>(a);
    sums.activation_squares += sum_of_squares(row);
    if (facts.bounds) sums.saturated += count_saturated(*facts.bounds, row);
    for (std::size_t i = 0; i < row.size() && facts.can_die; ++i) {
      // It has no branches, because signs are unpredictable.
      const bool is_zero = row[i] == 0;
      sums.zeros += is_zero ? 1 : 0;
      active[i] |= is_zero ? std::uint8_t{0} : std::uint8_t{1};
    }
  }
}

// `active`: for each unit of the layer.
LayerFlow describe(const EpilogueSpec& epilogue, const LayerSums& sums, std::uint64_t rows,
                   std::span<const std::uint8_t> active) {
  const std::uint64_t units = active.size();
  const auto count = static_cast<double>(rows * units);
  const ActivationFacts& facts = facts_of(epilogue.activation);
  LayerFlow flow;
  flow.units = units;
  flow.activation = facts.name;
  flow.activation_mean = sums.activation / count;
  const double mean_square = sums.activation_squares / count;
  flow.activation_rms = std::sqrt(mean_square);
  const double variance = mean_square - flow.activation_mean * flow.activation_mean;
  // Rounding may make a constant's variance negative; NaN stays NaN.
  flow.activation_deviation = variance < 0 ? 0 : std::sqrt(variance);
  flow.delta_rms = std::sqrt(sums.delta_squares / count);
  if (facts.can_die) {
    const auto dead = std::ranges::count(active, std::uint8_t{0});
    flow.zero_fraction = static_cast<double>(sums.zeros) / count;
    flow.dead_fraction = static_cast<double>(dead) / static_cast<double>(units);
  }
  if (facts.bounds) {
    flow.saturated_fraction = static_cast<double>(sums.saturated) / count;
  }
  return flow;
}

// The units of all layers, end to end: where those of each layer begin, and their number at the
// end. [layers + 1]
std::vector<std::uint64_t> unit_offsets(const NetworkSpec& spec) {
  std::vector<std::uint64_t> offsets = layer_sizes(spec);
  offsets.front() = 0;  // the input has no units
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

// Makes the record from all blocks of all ranks, in order. sums: [blocks, layers]; active: [ranks,
// units of all layers end to end].
FlowRecord describe_network(const NetworkSpec& spec, std::span<const LayerSums> of_blocks,
                            std::span<const LossSums> losses,
                            std::span<const std::uint8_t> of_ranks, std::uint64_t examples) {
  const std::vector<LayerSpec>& layers = spec.layers;
  const std::vector<std::uint64_t> offsets = unit_offsets(spec);
  const std::uint64_t units = offsets.back();
  std::vector<LayerSums> sums(layers.size());
  for (std::size_t i = 0; i < of_blocks.size(); ++i) sums[i % layers.size()] += of_blocks[i];
  std::vector<std::uint8_t> active(units);
  for (std::size_t i = 0; i < of_ranks.size(); ++i) active[i % units] |= of_ranks[i];
  LossSums loss;
  for (const LossSums& block : losses) loss += block;

  FlowRecord record;
  record.examples = examples;
  record.cost = loss.loss / static_cast<double>(examples);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    record.layers.push_back(
        describe(layers[i].epilogue, sums[i], examples,
                 std::span(active).subspan(offsets[i], offsets[i + 1] - offsets[i])));
  }
  return record;
}

// The rows of the shards of each thread of this rank, in blocks of at most kEvaluationRows rows of
// one shard.
EvaluationBlocks sample_blocks(const Dataset& data, int threads, SignalFlow::Sample sample) {
  const auto rows = sample_rows(data, sample.seed, sample.examples);
  std::vector<RowBlock> blocks;
  for (const auto& of_shard : rows) {
    for (RowBlock& block : blocks_of(of_shard)) blocks.push_back(std::move(block));
  }
  return blocks_of_threads(std::move(blocks), threads);
}

}  // namespace

struct SignalFlow::Worker {
  Worker(const NetworkSpec& spec, std::uint64_t rows, std::uint64_t label_width)
      : workspace(spec, rows),
        labels(rows * label_width),
        offsets(unit_offsets(spec)),
        active(offsets.back()) {}

  [[nodiscard]] std::span<std::uint8_t> active_of(std::size_t layer) {
    return std::span(active).subspan(offsets[layer], offsets[layer + 1] - offsets[layer]);
  }

  Workspace<float> workspace;
  std::vector<float> labels;
  std::vector<LayerSums> sums;   // [own blocks, layers]
  std::vector<LossSums> losses;  // [own blocks]
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint8_t> active;  // for all units of all layers, end to end
};

SignalFlow::SignalFlow(const Communicator& comm, WorkerPool& pool, const Network<float>& network,
                       const Dataset& data, const Layout& layout, Sample sample)
    : comm_(comm),
      pool_(pool),
      network_(network),
      data_(data),
      blocks_(sample_blocks(data, layout.threads, sample)),
      examples_(std::min(sample.examples, data.geometry.train_examples)),
      panels_(network.spec()) {
  std::uint64_t rows = 1;
  for (const auto& of_thread : blocks_) {
    for (const auto& block : of_thread) rows = std::max<std::uint64_t>(rows, block.size());
  }
  for (int thread = 0; thread < pool.threads(); ++thread) {
    workers_.push_back(std::make_unique<Worker>(network.spec(), rows, data.label_width));
  }
}

SignalFlow::~SignalFlow() = default;

void SignalFlow::measure_block(const NetworkWeights<float>& weights,
                               std::span<const std::uint32_t> rows, Worker& worker) const {
  const std::vector<LayerSpec>& layers = network_.spec().layers;
  const Matrix<float> labels{worker.labels.data(), rows.size(), data_.label_width};
  gather_rows<float>(data_.train, rows, data_.normalizer,
                     worker.workspace.input().top(rows.size()));
  gather_labels(data_.train, rows, data_.targets, labels);
  const std::size_t first = worker.sums.size();
  worker.sums.resize(first + layers.size());
  network_.forward(weights, worker.workspace, rows.size(), std::nullopt, {});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    add_activations(layers[i].epilogue.activation, worker.workspace.activations(i, rows.size()),
                    worker.sums[first + i], worker.active_of(i));
  }
  std::vector<LossSums> of_rows(rows.size());
  network_.losses(worker.workspace, labels, weights_of(data_.row_weights, rows), of_rows, Team());
  LossSums& loss = worker.losses.emplace_back();
  for (const LossSums& row : of_rows) loss += row;
  const Range all{0, rows.size()};
  const auto ignore = [](const GradientTile<float>& /*tile*/) {};
  network_.backward(weights, worker.workspace, {&all, 1}, ignore, Team());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Matrix<const float> delta = worker.workspace.deltas(i, rows.size());
    for (std::uint64_t r = 0; r < delta.rows; ++r) {
      worker.sums[first + i].delta_squares += sum_of_squares(delta.row(r));
    }
  }
}

FlowRecord SignalFlow::measure(std::span<const float> weights) {
  pool_.run_team([&](const Team& team) {
    panels_.fill(weights, team);
    team.wait();
    Worker& worker = *workers_[team.member()];
    worker.sums.clear();
    worker.losses.clear();
    std::ranges::fill(worker.active, std::uint8_t{0});
    for (const std::vector<std::uint32_t>& rows : blocks_[team.member()]) {
      measure_block({weights, panels_}, rows, worker);
    }
  });

  std::vector<LayerSums> own_sums;
  std::vector<LossSums> own_losses;
  std::vector<std::uint8_t> own_active(workers_.front()->active.size());
  for (const auto& worker : workers_) {
    own_sums.insert(own_sums.end(), worker->sums.begin(), worker->sums.end());
    own_losses.insert(own_losses.end(), worker->losses.begin(), worker->losses.end());
    for (std::size_t i = 0; i < own_active.size(); ++i) own_active[i] |= worker->active[i];
  }
  const std::vector<LayerSums> all_sums = comm_.gather(std::span<const LayerSums>(own_sums));
  const std::vector<LossSums> all_losses = comm_.gather(std::span<const LossSums>(own_losses));
  const std::vector<std::uint8_t> all_active =
      comm_.gather(std::span<const std::uint8_t>(own_active));
  if (!comm_.is_root()) return {};
  return describe_network(network_.spec(), all_sums, all_losses, all_active, examples_);
}

}  // namespace lockstep
