#include "sets/dataset.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/append.h"
#include "base/digest.h"
#include "base/error.h"
#include "comm/agreement.h"
#include "data/source.h"
#include "metrics/checked_metric.h"
#include "model/build.h"
#include "model/prediction_columns.h"
#include "sets/assign_shards.h"
#include "sets/build_augmentation.h"
#include "sets/checked_copies.h"
#include "sets/checked_labels.h"
#include "sets/class_counts.h"
#include "sets/open_like.h"
#include "sets/partition.h"
#include "sets/row_weights.h"
#include "sets/split_contents.h"
#include "sets/training_source.h"
#include "sets/training_statistics.h"

namespace lockstep {
namespace {

std::vector<std::uint32_t> all_ids(std::uint64_t n) {
  std::vector<std::uint32_t> ids(n);
  std::iota(ids.begin(), ids.end(), 0U);
  return ids;
}

// All ids of the lists, ascending.
std::vector<std::uint32_t> merged(const std::vector<std::vector<std::uint32_t>>& lists) {
  std::vector<std::uint32_t> ids;
  for (const auto& list : lists) ids.insert(ids.end(), list.begin(), list.end());
  std::ranges::sort(ids);
  return ids;
}

// Copies some rows.
Examples select(const Examples& from, std::span<const std::uint32_t> rows) {
  Examples to;
  to.type = from.type;
  to.features = from.features;
  to.label_width = from.label_width;
  const std::uint64_t row_bytes = from.features * element_size(from.type);
  to.values.resize(rows.size() * row_bytes);
  to.labels.reserve(rows.size() * from.label_width);
  to.ids.reserve(rows.size());
  auto next = to.values.begin();
  for (const std::uint32_t row : rows) {
    const auto value = std::span(from.values).subspan(row * row_bytes, row_bytes);
    next = std::copy(value.begin(), value.end(), next);
    const auto label = std::span(from.labels).subspan(row * from.label_width, from.label_width);
    to.labels.insert(to.labels.end(), label.begin(), label.end());
    to.ids.push_back(from.ids[row]);
  }
  return to;
}

// The data that one rank reads by itself.
struct LocalRead {
  Examples own;  // examples of this rank's shards
  std::vector<std::vector<std::uint32_t>> shard_ids;
  BatchGeometry geometry;
  ShardAssignment shards;  // of all workers
  GivenWeights weights;    // of `own`
  std::uint64_t train_fingerprint = 0;
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;
  std::optional<ImageShape> image;
  std::optional<AugmentationSpec> augmentation;
  std::shared_ptr<const FittedTable> table;
  Split split;                        // the split of the training source
  std::vector<std::uint32_t> ids;     // numbers of the source's examples that this rank needs
  std::vector<std::uint32_t> owners;  // owners of all its examples, if ranks hand them out
  std::vector<std::string> notices;   // notices of the sources that this rank has read so far
  // On rank 0 only:
  WholeSet train_dev;
  WholeSet dev;
  WholeSet test;
};

WholeSet read_whole_source(const DataSource& config, const OutputConfig& output,
                           const SourceInfo& train, std::vector<std::string>& notices) {
  const auto source = open_like(config, train);
  append(notices, source->info().notices);
  static_cast<void>(checked_labels(*source, output, false));
  Examples examples = source->read(all_ids(source->info().examples));
  return {std::move(examples), source->fingerprint()};
}

// The examples with these numbers and their source's fingerprint; empty if there are no numbers.
WholeSet read_part(const Examples& from, std::span<const std::uint32_t> ids,
                   std::uint64_t fingerprint) {
  if (ids.empty()) return {};
  return {select(from, rows_of(from, ids)), fingerprint};
}

// Takes dev and test from data.held_out.
void read_held_out_source(const Job& job, const DataSource& config, const SourceInfo& train,
                          LocalRead& local) {
  const auto source = open_like(config, train);
  append(local.notices, source->info().notices);
  const std::vector<float> labels =
      checked_labels(*source, job.network.output, job.data.split.stratified);
  const Split split = split_source(job, SplitSource::held_out, *source, labels);
  const Examples examples = source->read(merged({split.dev, split.test}));
  local.dev = read_part(examples, split.dev, source->fingerprint());
  local.test = read_part(examples, split.test, source->fingerprint());
}

Range shards_of_rank(const ShardAssignment& shards, int rank) {
  return shards[static_cast<std::size_t>(rank)];
}

// Determines what this rank needs of the training source, by the split and the assignment of
// examples to ranks.
LocalRead plan_local(const Job& job, const Layout& layout, const Hosts& hosts, int rank,
                     ExampleSource& source, bool parted, std::span<const std::uint64_t> copies) {
  const SourceInfo& info = source.info();
  const std::vector<float> labels =
      checked_labels(source, job.network.output, job.data.split.stratified);

  LocalRead local;
  local.split = split_source(job, SplitSource::train, source, labels, copies);
  const Split& split = local.split;
  local.notices = info.notices;
  local.features = info.features;
  local.label_width = info.label_width;
  local.image = image_shape(job.data, info);
  local.augmentation = build_augmentation(job.data, info);
  local.table = info.table;
  local.geometry = batch_geometry(job.training, split.rest.size());
  local.shards =
      assign_shards(job, build_network(job.network, info.features), local.geometry, layout, hosts);
  auto dealt = deal(split.rest, job.training.shards, job.seed);
  if (parted) {
    local.owners.assign(info.examples, 0);  // rank 0 takes the held-out examples
    for (int of = 0; of < layout.ranks; ++of) {
      const Range shards = shards_of_rank(local.shards, of);
      for (std::uint64_t s = shards.begin; s < shards.end; ++s) {
        for (const std::uint32_t id : dealt[s]) local.owners[id] = static_cast<std::uint32_t>(of);
      }
    }
  }
  const Range shards = shards_of_rank(local.shards, rank);
  for (std::uint64_t s = shards.begin; s < shards.end; ++s) {
    local.shard_ids.push_back(std::move(dealt[s]));
  }
  local.ids = merged(local.shard_ids);
  if (rank == 0) local.ids = merged({local.ids, split.dev, split.test, split.train_dev});
  return local;
}

// A test on examples that were trained on does not estimate the error on new ones (1.1).
void refuse_the_same_content(const char* field, const WholeSet& set, const char* other,
                             std::uint64_t other_fingerprint) {
  if (set.examples.size() == 0 || set.fingerprint != other_fingerprint) return;
  throw Error(ExitCode::data,
              fmt::format("{} has the same content as {} (fingerprint {}), so that the sets would "
                          "share their examples; give each a source of its own, or split one with "
                          "data.split",
                          field, other, digest_hex(other_fingerprint)));
}

// `all` has the examples that `local` asks for. Rank 0 takes the held-out parts out of them, and
// reads the sets that have sources of their own.
void finish_local(const Job& job, const SourceInfo& info, std::uint64_t fingerprint, int rank,
                  Examples all, LocalRead& local) {
  local.train_fingerprint = fingerprint;
  const bool holds_parts_out = rank == 0 && local.split.rest.size() < info.examples;
  if (holds_parts_out) {
    local.own = select(all, rows_of(all, merged(local.shard_ids)));
    local.train_dev = read_part(all, local.split.train_dev, fingerprint);
    local.dev = read_part(all, local.split.dev, fingerprint);
    local.test = read_part(all, local.split.test, fingerprint);
  } else {
    local.own = std::move(all);
  }
  if (rank != 0) return;
  if (job.data.held_out) {
    read_held_out_source(job, *job.data.held_out, info, local);
    refuse_the_same_content("data.held_out", local.dev, "data.train", fingerprint);
    refuse_the_same_content("data.held_out", local.test, "data.train", fingerprint);
  }
  if (job.data.dev) {
    local.dev = read_whole_source(*job.data.dev, job.network.output, info, local.notices);
    refuse_the_same_content("data.dev", local.dev, "data.train", fingerprint);
  }
  if (job.data.test) {
    local.test = read_whole_source(*job.data.test, job.network.output, info, local.notices);
    refuse_the_same_content("data.test", local.test, "data.train", fingerprint);
    if (job.data.dev) {
      refuse_the_same_content("data.test", local.test, "data.dev", local.dev.fingerprint);
    }
  }
}

// Collective. Finds out which ranks share the memory of a host.
Hosts hosts_of(const Job& job, const Communicator& comm) {
  return Hosts(comm.all_gather(job.exchange.shared_memory ? comm.host_leader() : comm.rank()));
}

AnswerKind answers_of(const Job& job, const LocalRead& local) {
  const OutputConfig& output = job.network.output;
  return {.loss = output.loss, .units = output.units, .label_width = local.label_width};
}

// Collective. Reads what this rank needs. Compares the sets when they are to be trained on.
LocalRead read_local(const Job& job, const Communicator& comm, const Layout& layout,
                     const std::shared_ptr<const FittedTable>& like, DataUse use) {
  const std::vector<std::uint64_t> copies = groups_for_split(job, like, comm);
  TrainingSource training(job.data.train, like, comm);
  const Hosts hosts = hosts_of(job, comm);
  LocalRead local;
  agree(comm, [&] {
    local =
        plan_local(job, layout, hosts, comm.rank(), training.source(), training.parted(), copies);
  });
  Examples all = training.read(local.ids, local.owners);
  agree(comm, [&] {
    finish_local(job, training.source().info(), training.source().fingerprint(), comm.rank(),
                 std::move(all), local);
    const std::vector<float> weights = training.source().read_weights();
    if (!weights.empty()) local.weights = weights_of(weights, local.own.ids);
  });
  if (use == DataUse::train) {
    agree(comm, [&] {
      if (local.table != nullptr)
        check_prediction_columns(answers_of(job, local), local.table->schema);
      if (!comm.is_root()) return;
      check_metric(job, local.dev.examples);
      check_threshold(job, local.dev.examples);
    });
    append(local.notices, checked_copies(job, comm, training.source(), local.own,
                                         {.train_dev = local.train_dev.examples,
                                          .dev = local.dev.examples,
                                          .test = local.test.examples}));
  }
  return local;
}

}  // namespace

BatchGeometry batch_geometry(const TrainingConfig& config, std::uint64_t train_examples) {
  if (!config.batch_size) return full_batch(train_examples, config.shards);
  return {train_examples, config.shards, *config.batch_size / config.shards};
}

std::uint64_t total_steps(const TrainingConfig& config, const BatchGeometry& geometry) {
  return config.steps.value_or(config.epochs.value_or(0) * steps_per_epoch(geometry));
}

namespace {

std::vector<std::string> target_names(const Dataset& data) {
  return data.table ? label_names(data.table->fitted->schema) : std::vector<std::string>();
}

std::optional<std::string> caution_of_batch_size(const TrainingConfig& config,
                                                 std::uint64_t examples) {
  if (config.batch_size.value_or(0) <= examples) return std::nullopt;
  return fmt::format(
      "caution: training.batch_size is {}, but there are {} training examples: every step takes "
      "all of them, as with training.full_batch",
      *config.batch_size, examples);
}

// Returns the cautions about the training set, whose normalizer and class counts are known.
std::vector<std::string> cautions_of_training(const Job& job, const Dataset& data) {
  std::vector<std::string> cautions;
  const auto add = [&](std::optional<std::string> caution) {
    if (caution) cautions.push_back(std::move(*caution));
  };
  add(caution_of_batch_size(job.training, data.geometry.train_examples));
  add(caution_of_class_counts(data.class_counts, class_names_of(data.table)));
  const std::vector<std::string> names =
      data.table ? feature_names(data.table->fitted->schema) : std::vector<std::string>();
  // Augmentation changes features that are the same in all images.
  if (!data.augmentation) add(caution_of_constant_features(data.normalizer, names));
  if (std::holds_alternative<Standardize>(job.data.normalization) ||
      std::holds_alternative<RobustScale>(job.data.normalization)) {
    add(caution_of_coarse_features(data.normalizer, names));
  }
  return cautions;
}

}  // namespace

Dataset load_dataset(const Job& job, const Communicator& comm, const Layout& layout,
                     const TableState* saved, DataUse use) {
  LocalRead local = read_local(job, comm, layout, saved != nullptr ? saved->fitted : nullptr, use);
  require_same(comm, digest_hex(local.train_fingerprint),
               [](const std::string& theirs, const std::string& root) {
                 return fmt::format("training data with fingerprint {}, rank 0 has {}", theirs,
                                    root);
               });

  Dataset dataset;
  dataset.geometry = local.geometry;
  dataset.features = local.features;
  dataset.label_width = local.label_width;
  dataset.image = local.image;
  dataset.augmentation = local.augmentation;
  dataset.own_shards = shards_of_rank(local.shards, comm.rank());
  dataset.shards = std::move(local.shards);
  dataset.train = std::move(local.own);
  for (const auto& ids : local.shard_ids) {
    dataset.shard_rows.push_back(rows_of(dataset.train, ids));
  }
  dataset.train_fingerprint = digest_hex(local.train_fingerprint);
  const OwnShards own{dataset.train, dataset.shard_rows};
  if (local.table != nullptr) {
    dataset.table = TableState{
        local.table, saved != nullptr ? saved->fill_values
                                      : training_fill_values(comm, local.table->schema, own)};
    for (Examples* examples :
         {&dataset.train, &local.train_dev.examples, &local.dev.examples, &local.test.examples}) {
      dataset.table->fill(*examples);
    }
  }
  dataset.normalizer = training_normalizer(job.data.normalization, comm, own,
                                           dataset.geometry.train_examples, dataset.image);
  const TargetStatistics targets =
      training_targets(job.network.output, comm, own, dataset.geometry.train_examples);
  std::vector<std::string> of_targets;
  if (use == DataUse::train) {
    agree(comm, [&] { of_targets = cautions_of_targets(targets, target_names(dataset)); });
  }
  dataset.targets = target_scale(targets.mean, targets.variance);
  dataset.target_deviations = dataset.targets.deviation;
  if (!job.data.standardizes_targets) dataset.targets = {};
  dataset.class_counts = count_classes(comm, job.network.output, dataset.train);
  std::vector<double> of_classes;
  agree(comm, [&] {
    if (!job.training.class_weights) return;
    of_classes = weights_of_classes(*job.training.class_weights, dataset.class_counts,
                                    class_names_of(dataset.table));
  });
  dataset.row_weights =
      row_weights(comm, own, of_classes, local.weights, dataset.geometry.train_examples);
  if (comm.is_root()) {
    dataset.cautions = std::move(local.notices);
    append(dataset.cautions, of_targets);
    if (use == DataUse::train) append(dataset.cautions, cautions_of_training(job, dataset));
  }
  if (dataset.augmentation) keep_constant_features(dataset.normalizer);
  dataset.train_dev = hand_out(comm, layout, local.train_dev);
  dataset.dev = hand_out(comm, layout, local.dev);
  dataset.test = hand_out(comm, layout, local.test);
  return dataset;
}

}  // namespace lockstep
