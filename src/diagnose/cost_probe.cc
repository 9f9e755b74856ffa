#include "diagnose/cost_probe.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/helper_pool.h"
#include "data/shards.h"
#include "nn/activations.h"
#include "train/pass_loader.h"

namespace lockstep {
namespace {

// Identifies the side of its kink on which each unit is after a forward pass; slopes are constant
// on either side.
std::uint64_t kink_pattern(const NetworkSpec& spec, const Workspace<double>& workspace,
                           std::uint64_t rows) {
  Digest digest;
  for (std::size_t layer = 0; layer + 1 < spec.layers.size(); ++layer) {
    if (!facts_of(spec.layers[layer].epilogue.activation).has_kink) continue;
    const Matrix<const double> slopes = workspace.slopes(layer, rows);
    for (std::uint64_t r = 0; r < rows; ++r) digest.add(std::as_bytes(slopes.row(r)));
  }
  return digest.value();
}

// Whether the parameter `entry` has an L1 penalty.
bool has_l1(const RegularizationSpec& spec, const ParameterTable& table, std::uint64_t entry) {
  if (spec.layers.empty()) return false;
  const auto tensor = std::ranges::find_if(table.tensors, [&](const ParameterTensor& candidate) {
    return candidate.range().contains(entry);
  });
  return is_penalized(*tensor, spec.include_biases) && spec.layers[tensor->layer].l1_lambda != 0;
}

}  // namespace

// One thread's part: the passes of its shards, with their gathered examples.
struct CostProbe::Worker {
  struct Batch {
    std::vector<double> inputs;       // [rows, features]
    std::vector<float> labels;        // [rows, label_width]
    std::vector<std::uint32_t> ids;   // [rows]
    std::uint64_t pattern_there = 0;  // at the middle point
  };
  // The loss of one pass at one point.
  struct PassLoss {
    double loss = 0;
    bool other_pattern = false;  // different from that at the middle point
  };

  Worker(const CostSetting& all, Range shards)
      : setting(all), workspace(all.network.spec(), rows_of_a_pass(all.data.geometry, 1)) {
    const Dataset& data = all.data;
    HelperPool nobody(0);
    PassLoader<double> loader(data, shards, setting.seed, nobody, 1);
    PhaseClock clock;
    for (std::uint64_t shard = shards.begin; shard < shards.end; ++shard) {
      for (const Pass& pass : passes_of_step(data.geometry, {shard, shard + 1}, 0)) {
        if (pass.rows() > 0) add_batch(loader, pass, clock);
      }
    }
  }

  void add_batch(PassLoader<double>& loader, const Pass& pass, PhaseClock& clock) {
    Batch& batch = batches.emplace_back();
    batch.inputs.resize(pass.rows() * setting.data.features);
    loader.load(pass, std::nullopt, {batch.inputs.data(), pass.rows(), setting.data.features},
                clock);
    const std::span<const float> labels = loader.labels().values();
    batch.labels.assign(labels.begin(), labels.end());
    batch.ids.assign(loader.ids().begin(), loader.ids().end());
  }

  double loss_of(const Batch& batch) {
    const std::uint64_t rows = batch.ids.size();
    const Matrix<const double> inputs{batch.inputs.data(), rows, setting.data.features};
    for (std::uint64_t r = 0; r < rows; ++r) {
      std::ranges::copy(inputs.row(r), workspace.input().row(r).begin());
    }
    const auto key = setting.dropout ? std::optional(DropoutKey{setting.seed, 0}) : std::nullopt;
    setting.network.forward(weights, workspace, rows, key, batch.ids);
    const std::uint64_t label_width = setting.data.label_width;
    return setting.network.loss(workspace, {batch.labels.data(), rows, label_width}).loss;
  }

  std::uint64_t pattern_of(const Batch& batch) const {
    return kink_pattern(setting.network.spec(), workspace, batch.ids.size());
  }

  const CostSetting& setting;
  Workspace<double> workspace;
  std::vector<Batch> batches;
  std::vector<double> weights;  // the middle point, with one entry moved at a time
};

CostProbe::CostProbe(const CostSetting& setting, const Communicator& comm, const Layout& layout,
                     WorkerPool& pool)
    : setting_(setting),
      comm_(comm),
      pool_(pool),
      regularizer_(setting.regularization, setting.network.parameter_table(),
                   setting.data.geometry.train_examples),
      rows_(batch_rows(setting.data.geometry, 0)),
      workers_(static_cast<std::size_t>(layout.threads)) {
  const Range own = setting.data.own_shards;
  pool_.run([&](int thread) {
    const auto number = static_cast<std::size_t>(thread);
    const Range mine = even_part(own.size(), workers_.size(), number);
    workers_[number] =
        std::make_unique<Worker>(setting_, Range{own.begin + mine.begin, own.begin + mine.end});
  });
}

CostProbe::~CostProbe() = default;

double CostProbe::move_to(std::span<const double> weights) {
  pool_.run([&](int thread) {
    Worker& worker = *workers_[static_cast<std::size_t>(thread)];
    worker.weights.assign(weights.begin(), weights.end());
    for (Worker::Batch& batch : worker.batches) {
      worker.loss_of(batch);
      batch.pattern_there = worker.pattern_of(batch);
    }
  });
  const NearbyPoint middle;
  const std::vector<NearbyCost> cost = costs_at({&middle, 1});
  return cost.empty() ? 0 : cost.front().cost;
}

std::vector<NearbyCost> CostProbe::costs_at(std::span<const NearbyPoint> points) {
  // Calls visit(point's index, the worker's weights there) for each point.
  const auto visit_points = [&](Worker& worker, std::size_t first, std::size_t stride,
                                const auto& visit) {
    for (std::size_t i = first; i < points.size(); i += stride) {
      double& weight = worker.weights[points[i].entry];
      const double kept = std::exchange(weight, weight + points[i].step);
      visit(i);
      weight = kept;
    }
  };

  std::vector<std::vector<Worker::PassLoss>> of_threads(workers_.size());
  std::vector<double> penalties(comm_.is_root() ? points.size() : 0);
  pool_.run([&](int number) {
    const auto thread = static_cast<std::size_t>(number);
    Worker& worker = *workers_[thread];
    std::vector<Worker::PassLoss>& losses = of_threads[thread];
    for (const Worker::Batch& batch : worker.batches) {
      visit_points(worker, 0, 1, [&](std::size_t) {
        const double loss = worker.loss_of(batch);
        losses.push_back({loss, worker.pattern_of(batch) != batch.pattern_there});
      });
    }
    if (!comm_.is_root()) return;
    visit_points(worker, thread, workers_.size(), [&](std::size_t i) {
      penalties[i] = regularizer_.penalty<double>(worker.weights).sum();
    });
  });

  std::vector<Worker::PassLoss> own;
  for (const auto& losses : of_threads) own.insert(own.end(), losses.begin(), losses.end());
  // [passes of all shards in order, points]
  const auto all = comm_.gather(std::span<const Worker::PassLoss>(own));
  if (!comm_.is_root()) return {};

  std::vector<NearbyCost> costs(points.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    NearbyCost& cost = costs[i % points.size()];
    cost.cost += all[i].loss;
    cost.beyond_kink = cost.beyond_kink || all[i].other_pattern;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto [entry, step] = points[i];
    costs[i].cost = costs[i].cost / static_cast<double>(rows_) + penalties[i];
    const double middle = workers_.front()->weights[entry];
    if (has_l1(setting_.regularization, setting_.network.parameter_table(), entry)) {
      // At 0 itself the two-sided difference and the subgradient are both 0.
      const bool other_sign = middle != 0 && (middle < 0) != (middle + step < 0);
      costs[i].beyond_kink = costs[i].beyond_kink || other_sign;
    }
  }
  return costs;
}

}  // namespace lockstep
