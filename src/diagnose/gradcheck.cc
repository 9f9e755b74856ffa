#include "diagnose/gradcheck.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/error.h"
#include "comm/agreement.h"
#include "diagnose/cost_probe.h"
#include "diagnose/entry_sample.h"
#include "model/build.h"
#include "nn/layers.h"
#include "sets/dataset.h"
#include "train/starting_weights.h"
#include "train/step_engine.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kDefaultRows = 256;

std::uint64_t rows_per_shard(const BatchGeometry& geometry, std::optional<std::uint64_t> rows) {
  const std::uint64_t shards = geometry.shards;
  if (!rows) {
    const std::uint64_t at_most = std::max<std::uint64_t>(1, kDefaultRows / shards);
    return std::min(geometry.rows_per_shard, at_most);
  }
  if (*rows == 0 || *rows % shards != 0) {
    throw Error(ExitCode::usage,
                fmt::format("--rows {} is not a multiple of the job's {} shards; use "
                            "--rows {}",
                            *rows, shards, std::max<std::uint64_t>(1, *rows / shards) * shards));
  }
  if (*rows / shards > std::max<std::uint64_t>(1, shard_size(geometry, 0))) {
    throw Error(ExitCode::usage, fmt::format("--rows {}: there are {} training examples", *rows,
                                             geometry.train_examples));
  }
  return *rows / shards;
}

std::uint64_t entries_of_a_tensor(const GradcheckOptions& options, std::uint64_t parameters) {
  if (options.entries) return *options.entries;
  return parameters <= kSmallNetwork ? kAllEntries : kSampledEntries;
}

void check_epsilon(double epsilon) {
  // The comparison is written so that NaN is refused.
  if (epsilon >= kSmallestEpsilon && epsilon <= kLargestEpsilon) return;
  throw Error(ExitCode::usage, fmt::format("--epsilon {:g}: expected a number from {:g} to {:g}",
                                           epsilon, kSmallestEpsilon, kLargestEpsilon));
}

bool drops(const NetworkSpec& spec) {
  return DropoutRate(spec.input_keep_prob).drops() ||
         std::ranges::any_of(spec.layers, [](const LayerSpec& layer) {
           return DropoutRate(layer.epilogue.keep_prob).drops();
         });
}

bool penalizes(const RegularizationSpec& spec) {
  return std::ranges::any_of(spec.layers, [](const LayerPenalty& layer) {
    return layer.l2_lambda != 0 || layer.l1_lambda != 0;
  });
}

// The check of one job. Every rank has one and does the same steps.
class Gradcheck {
 public:
  // Collective.
  Gradcheck(const Job& job, const Communicator& comm, const Layout& layout,
            const GradcheckOptions& options, const GradientSource& source)
      : job_(job),
        comm_(comm),
        layout_(layout),
        options_(options),
        source_(source),
        data_(load_dataset(job, comm, layout)),
        network_(build_network(job.network, data_.features)),
        regularization_(build_regularization(job)),
        training_geometry_(data_.geometry),
        checked_geometry_(data_.geometry) {
    agree(comm_, [&] {
      check_epsilon(options_.epsilon);
      checked_geometry_.rows_per_shard = rows_per_shard(training_geometry_, options_.rows);
      const std::uint64_t steps = total_steps(job.training, training_geometry_);
      if (options_.after <= steps) return;
      throw Error(ExitCode::usage,
                  fmt::format("--after {}: the job has {} steps", options_.after, steps));
    });
    augmentation_ = data_.augmentation;
    result_.job = job.name;
    result_.network = describe(network_.spec());
    result_.units = layer_sizes(network_.spec());
    result_.parameters = network_.parameter_table().size;
    result_.rows = batch_rows(checked_geometry_, 0);
    result_.train_examples = data_.geometry.train_examples;
    result_.epsilon = options.epsilon;
    result_.one_sided = options.one_sided;
    result_.has_dropout = drops(network_.spec());
    result_.frozen_dropout = options.frozen_dropout && result_.has_dropout;
    result_.augmentation = augmentation_.has_value();
    result_.penalty = penalizes(regularization_);
  }

  GradcheckResult run(const SavedModel* checkpoint) {
    std::vector<float> weights(network_.parameter_table().size);
    if (checkpoint != nullptr) {
      require_fitting(*checkpoint);
      weights.assign(checkpoint->weights.begin(), checkpoint->weights.end());
    } else {
      const StartingWeights start(job_, comm_, data_, network_.spec());
      if (comm_.is_root()) start.set(std::span(weights));
      comm_.broadcast(std::span(weights));
    }
    check_at(checkpoint != nullptr ? checkpoint->step : 0, weights);
    if (options_.after > 0) {
      train(weights);
      check_after_training(weights);
    }
    return std::move(result_);
  }

 private:
  // Collective.
  void require_fitting(const SavedModel& checkpoint) const {
    agree(comm_, [&] {
      if (options_.after > 0) {
        throw Error(ExitCode::usage,
                    "--after trains from the job's initial weights: leave the checkpoint out, or "
                    "check a later one");
      }
      const std::string ours = describe(network_.spec());
      const std::string theirs = describe(checkpoint.network.spec());
      if (ours == theirs) return;
      throw Error(ExitCode::usage,
                  fmt::format("the checkpoint's network is {}, but the job's is {}", theirs, ours));
    });
  }

  // Collective.
  void stop_if_requested() const {
    if (comm_.any(options_.stop_requested() ? 1 : 0) == 0) return;
    agree(comm_, [] {
      throw Error(ExitCode::interrupted, "gradcheck was interrupted before it had a result");
    });
  }

  // Collective. Does the job's own first steps from `weights`, and sets `weights` to the result.
  void train(std::vector<float>& weights) {
    data_.geometry = training_geometry_;
    data_.augmentation = augmentation_;
    const Network<float> network(network_.spec());
    StepEngine<float> engine(job_, comm_, layout_, data_, network, /*dropout=*/true);
    std::ranges::copy(weights, engine.weights().begin());
    for (std::uint64_t step = 0; step < options_.after; ++step) {
      engine.train_step(step, {});
      stop_if_requested();
    }
    std::ranges::copy(engine.weights(), weights.begin());
  }

  // Collective. The earlier result is reported even if training has diverged.
  void check_after_training(std::span<const float> weights) {
    std::string before;
    if (comm_.is_root()) before = enum_name(result_.stages.front().verdict);
    comm_.broadcast(before);
    try {
      check_at(options_.after, weights);
    } catch (const AgreedError& error) {
      throw AgreedError(
          error.code(),
          fmt::format("after step {}: {} (at the initial weights the gradient was {})",
                      options_.after, error.what(), before));
    }
  }

  // Collective.
  void check_at(std::uint64_t step, std::span<const float> of_training) {
    const std::vector<double> weights(of_training.begin(), of_training.end());
    data_.geometry = checked_geometry_;
    data_.augmentation.reset();
    StepEngine<double> engine(job_, comm_, {layout_.ranks, layout_.threads}, data_, network_,
                              options_.frozen_dropout);
    CostProbe probe({network_, data_, regularization_, job_.seed, options_.frozen_dropout}, comm_,
                    layout_, engine.pool());
    CheckSetting setting;
    setting.epsilon = options_.epsilon;
    setting.one_sided = options_.one_sided;
    setting.entries = sample_entries(network_.parameter_table(),
                                     entries_of_a_tensor(options_, result_.parameters), job_.seed);
    setting.on_progress = [&](std::uint64_t done, std::uint64_t total) {
      stop_if_requested();
      if (options_.on_progress) options_.on_progress(done, total);
    };
    result_.entries = setting.entries.size();
    GradientCheck check = check_gradient(probe, comm_, network_.parameter_table(), weights, setting,
                                         [&](std::span<const double> at) {
                                           std::ranges::copy(at, engine.weights().begin());
                                           return source_(engine, comm_, 0);
                                         });
    if (!comm_.is_root()) return;
    GradcheckStage stage;
    stage.step = step;
    stage.weights_digest = digest_hex(digest_of(std::as_bytes(of_training)));
    stage.verdict = worst_verdict(check);
    if (!options_.one_sided) stage.suspect = find_suspect(check, result_.rows);
    stage.check = std::move(check);
    result_.stages.push_back(std::move(stage));
  }

  const Job& job_;
  const Communicator& comm_;
  const Layout layout_;
  const GradcheckOptions& options_;
  const GradientSource& source_;
  Dataset data_;
  const Network<double> network_;
  const RegularizationSpec regularization_;
  const BatchGeometry training_geometry_;
  BatchGeometry checked_geometry_;
  std::optional<AugmentationSpec> augmentation_;
  GradcheckResult result_;
};

}  // namespace

bool GradcheckResult::passed() const {
  return one_sided || std::ranges::all_of(stages, [](const GradcheckStage& stage) {
           return passes(stage.verdict);
         });
}

bool GradcheckResult::confirmed() const {
  return !one_sided && std::ranges::all_of(stages, [](const GradcheckStage& stage) {
    return stage.verdict <= GradientVerdict::fair;
  });
}

GradcheckResult gradcheck(const Job& job, const SavedModel* checkpoint, const Communicator& comm,
                          const Layout& layout, const GradcheckOptions& options,
                          const GradientSource& source) {
  return Gradcheck(job, comm, layout, options, source).run(checkpoint);
}

}  // namespace lockstep
