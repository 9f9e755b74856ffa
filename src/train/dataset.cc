#include "train/dataset.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/error.h"
#include "comm/agreement.h"
#include "data/labels.h"
#include "data/missing.h"
#include "data/source.h"
#include "train/build.h"
#include "train/build_augmentation.h"
#include "train/partition.h"
#include "train/training_source.h"

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

// Classes that have names are as many as the network's.
void check_class_names(const SourceInfo& info, const OutputConfig& output) {
  if (info.table == nullptr || info.table->schema.class_names.empty()) return;
  const std::vector<std::string>& names = info.table->schema.class_names;
  const auto fail = [&](const std::string& remedy) {
    throw Error(ExitCode::data,
                fmt::format("{}: {} classes ({}), but network.output has {} unit{}; {}",
                            info.labels_name, names.size(), quoted_names(names), output.units,
                            output.units == 1 ? "" : "s", remedy));
  };
  if (output.units == 1 && output.loss == LossKind::squared_error) {
    fail("class names need SOFTMAX_CROSS_ENTROPY, or LOGISTIC where there are two");
  }
  const std::uint64_t expected = output.units == 1 ? 2 : output.units;
  if (names.size() != expected) {
    fail(names.size() == 1 ? "one class is nothing to learn"
                           : fmt::format("set network.output.units to {}", names.size()));
  }
}

void check_labels(std::span<const float> labels, ExampleSource& source,
                  const OutputConfig& output) {
  const SourceInfo& info = source.info();
  const std::uint64_t width = info.label_width;
  check_class_names(info, output);
  // Rows of a table are where its file says, others are counted.
  RowPlaces places;
  if (info.table != nullptr) {
    places = [&](std::span<const std::uint64_t> rows) { return source.places(rows); };
  }
  if (width != 1 && width != output.units) {
    throw Error(ExitCode::data, fmt::format("{}: {} values per label; the network has {} outputs",
                                            info.labels_name, width, output.units));
  }
  switch (output.loss) {
    case LossKind::softmax_cross_entropy:
      if (width != 1) {
        throw Error(ExitCode::data,
                    fmt::format("{}: {} values per label; softmax needs one class number each",
                                info.labels_name, width));
      }
      return check_class_labels(labels, output.units, info.labels_name, places);
    case LossKind::logistic:
      if (width == 1 && output.units > 1) {
        return check_class_labels(labels, output.units, info.labels_name, places);
      }
      return check_binary_targets(labels, width, info.labels_name, places);
    case LossKind::squared_error:
      if (width == 1 && output.units > 1) {
        return check_class_labels(labels, output.units, info.labels_name, places);
      }
  }
}

// The labels of a source that vouches for its classes.
void check_known_classes(std::uint64_t classes, const std::string& source,
                         const OutputConfig& output) {
  const bool values = output.loss == LossKind::squared_error && output.units == 1;
  const std::uint64_t most = output.units == 1 ? 2 : output.units;
  if (values || classes <= most) return;
  throw Error(ExitCode::data, fmt::format("{} has {} classes; the network has {} output{}", source,
                                          classes, output.units, output.units == 1 ? "" : "s"));
}

// All labels of a source, checked. Where the source vouches for them they are not
// even read, unless wanted: there may be more of them than memory holds.
std::vector<float> checked_labels(ExampleSource& source, const OutputConfig& output, bool wanted) {
  const SourceInfo& info = source.info();
  if (info.classes) {
    check_known_classes(*info.classes, info.labels_name, output);
    return wanted ? source.read_labels() : std::vector<float>();
  }
  std::vector<float> labels = source.read_labels();
  check_labels(labels, source, output);
  return labels;
}

// A copy of some rows.
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

// A held-out set as rank 0 has read it.
struct ReadSet {
  Examples examples;
  std::uint64_t fingerprint = 0;  // of its source
};

// What one rank reads by itself.
struct LocalRead {
  Examples own;  // examples of this rank's shards
  std::vector<std::vector<std::uint32_t>> shard_ids;
  BatchGeometry geometry;
  std::uint64_t train_fingerprint = 0;
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;
  std::optional<ImageShape> image;
  std::optional<AugmentationSpec> augmentation;
  std::shared_ptr<const FittedTable> table;
  Split split;                        // of the training source
  std::vector<std::uint32_t> ids;     // of it, that this rank needs
  std::vector<std::uint32_t> owners;  // of all its examples, where ranks hand them out
  // On rank 0 only:
  ReadSet train_dev;
  ReadSet dev;
  ReadSet test;
};

// Opens a source whose examples must be like those of the training source.
std::unique_ptr<ExampleSource> open_like(const DataSource& config, const SourceInfo& train) {
  auto source =
      open_source(config, KnownFeatures{train.features, "the training set has", train.table});
  const SourceInfo& info = source->info();
  const auto require_same_count = [&](std::uint64_t count, std::uint64_t of_train, const char* what,
                                      const std::string& name) {
    if (count == of_train) return;
    throw Error(ExitCode::data,
                fmt::format("{}: {} {}; the training set has {}", name, count, what, of_train));
  };
  require_same_count(info.features, train.features, "features per example", info.name);
  require_same_count(info.label_width, train.label_width, "values per label", info.labels_name);
  return source;
}

ReadSet read_whole_source(const DataSource& config, const OutputConfig& output,
                          const SourceInfo& train) {
  const auto source = open_like(config, train);
  static_cast<void>(checked_labels(*source, output, false));
  Examples examples = source->read(all_ids(source->info().examples));
  return {std::move(examples), source->fingerprint()};
}

// The examples with these numbers and their source's fingerprint; nothing of no
// examples.
ReadSet read_part(const Examples& from, std::span<const std::uint32_t> ids,
                  std::uint64_t fingerprint) {
  if (ids.empty()) return {};
  return {select(from, rows_of(from, ids)), fingerprint};
}

// Dev and test out of data.held_out.
void read_held_out_source(const Job& job, const DataSource& config, const SourceInfo& train,
                          LocalRead& local) {
  const auto source = open_like(config, train);
  const std::vector<float> labels =
      checked_labels(*source, job.network.output, job.data.split.stratified);
  const Split split = split_source(job, SplitSource::held_out, *source, labels);
  const Examples examples = source->read(merged({split.dev, split.test}));
  local.dev = read_part(examples, split.dev, source->fingerprint());
  local.test = read_part(examples, split.test, source->fingerprint());
}

// What this rank needs of the training source, as the split and the deal have it.
LocalRead plan_local(const Job& job, const Layout& layout, int rank, ExampleSource& source,
                     bool parted) {
  const SourceInfo& info = source.info();
  const std::vector<float> labels =
      checked_labels(source, job.network.output, job.data.split.stratified);

  LocalRead local;
  local.split = split_source(job, SplitSource::train, source, labels);
  const Split& split = local.split;
  local.features = info.features;
  local.label_width = info.label_width;
  local.image = image_shape(job.data, info);
  local.augmentation = build_augmentation(job.data, info);
  local.table = info.table;
  local.geometry = batch_geometry(job.training, split.rest.size());
  auto dealt = deal(split.rest, job.training.shards, job.seed);
  const auto shards_of = [&](int of) {
    return rank_shards(job.training.shards, static_cast<std::uint64_t>(layout.ranks),
                       static_cast<std::uint64_t>(layout.threads), static_cast<std::uint64_t>(of));
  };
  if (parted) {
    local.owners.assign(info.examples, 0);  // rank 0 has what is held out
    for (int of = 0; of < layout.ranks; ++of) {
      const Range shards = shards_of(of);
      for (std::uint64_t s = shards.begin; s < shards.end; ++s) {
        for (const std::uint32_t id : dealt[s]) local.owners[id] = static_cast<std::uint32_t>(of);
      }
    }
  }
  const Range shards = shards_of(rank);
  for (std::uint64_t s = shards.begin; s < shards.end; ++s) {
    local.shard_ids.push_back(std::move(dealt[s]));
  }
  local.ids = merged(local.shard_ids);
  if (rank == 0) local.ids = merged({local.ids, split.dev, split.test, split.train_dev});
  return local;
}

// `all`: the examples that `local` asks for. Rank 0 takes the held-out parts out of
// them, and reads the sets that have sources of their own.
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
  if (job.data.held_out) read_held_out_source(job, *job.data.held_out, info, local);
  if (job.data.dev) local.dev = read_whole_source(*job.data.dev, job.network.output, info);
  if (job.data.test) local.test = read_whole_source(*job.data.test, job.network.output, info);
}

// Collective.
LocalRead read_local(const Job& job, const Communicator& comm, const Layout& layout,
                     std::shared_ptr<const FittedTable> like) {
  TrainingSource training(job.data.train, std::move(like), comm);
  LocalRead local;
  agree(comm, [&] {
    local = plan_local(job, layout, comm.rank(), training.source(), training.parted());
  });
  Examples all = training.read(local.ids, local.owners);
  agree(comm, [&] {
    finish_local(job, training.source().info(), training.source().fingerprint(), comm.rank(),
                 std::move(all), local);
  });
  return local;
}

// Collective. Sums over all shards, in shard order, of what `of_shard(i)` says
// of each own shard; the same bits on every rank and layout.
template <typename OfShard>
std::vector<double> sum_over_shards(const Communicator& comm, std::size_t own_shards,
                                    std::uint64_t features, const OfShard& of_shard) {
  std::vector<double> own;
  for (std::size_t i = 0; i < own_shards; ++i) {
    const std::vector<double> sums = of_shard(i);
    own.insert(own.end(), sums.begin(), sums.end());
  }
  const std::vector<double> all = comm.gather(std::span<const double>(own));
  std::vector<double> total(features, 0.0);
  for (std::size_t i = 0; i < all.size(); ++i) total[i % features] += all[i];
  comm.broadcast(std::span(total));
  return total;
}

// Collective. What missing values are replaced by; empty when none may be missing.
std::vector<float> training_means(const Communicator& comm, const FittedTable& table,
                                  const Examples& train,
                                  std::span<const std::vector<std::uint32_t>> shard_rows,
                                  std::uint64_t features) {
  if (table.rules.when_missing == WhenMissing::refuse) return {};
  const std::vector<double> sums =
      sum_over_shards(comm, shard_rows.size(), 2 * features,
                      [&](std::size_t i) { return present_sums(train, shard_rows[i]); });
  std::vector<float> means;
  agree(comm, [&] {
    for (std::uint64_t j = 0; j < features; ++j) {
      if (sums[features + j] == 0) {
        throw Error(ExitCode::data,
                    fmt::format("{} is missing in every training example, so it has no mean; "
                                "ignore its column (role: IGNORED)",
                                quoted_names(std::span(&feature_names(table.schema)[j], 1))));
      }
      means.push_back(static_cast<float>(sums[j] / sums[features + j]));
    }
  });
  return means;
}

// How many features in a row share a mean and a deviation.
std::uint64_t features_per_statistic(StatisticsPer per, const Dataset& dataset) {
  switch (per) {
    case StatisticsPer::all:
      return dataset.features;
    case StatisticsPer::channel:
      check(dataset.image.has_value(), "statistics per channel come with a shape of images");
      return dataset.image ? dataset.features / dataset.image->channels : dataset.features;
    case StatisticsPer::feature:
      break;
  }
  return 1;
}

// Collective. Of the examples as they are, without augmentation.
Normalizer training_normalizer(const NormalizationConfig& config, const Communicator& comm,
                               const Dataset& dataset) {
  if (std::holds_alternative<KeepInputs>(config)) return {};
  if (const auto* scale = std::get_if<ScaleInputs>(&config)) {
    return scaler(dataset.features, scale->divisor);
  }
  const std::uint64_t group = features_per_statistic(std::get<Standardize>(config).per, dataset);
  const auto divide = [&](std::vector<double> sums) {
    for (double& sum : sums) sum /= static_cast<double>(dataset.geometry.train_examples);
    return pooled(sums, group);
  };
  const std::size_t shards = dataset.shard_rows.size();
  const auto mean = divide(sum_over_shards(comm, shards, dataset.features, [&](std::size_t i) {
    return feature_sums(dataset.train, dataset.shard_rows[i]);
  }));
  const auto variance = divide(sum_over_shards(comm, shards, dataset.features, [&](std::size_t i) {
    return centred_square_sums(dataset.train, dataset.shard_rows[i], mean);
  }));
  return standardizer(mean, variance);
}

// Blocks [0, n) of `rows`, cut in steps of kEvaluationRows.
void append_blocks(std::span<const std::uint32_t> rows,
                   std::vector<std::vector<std::uint32_t>>& blocks) {
  for (std::uint64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const auto block = rows.subspan(begin, std::min(kEvaluationRows, rows.size() - begin));
    blocks.emplace_back(block.begin(), block.end());
  }
}

// The rows of a held-out set of `total` examples that a worker evaluates.
Range held_out_rows(std::uint64_t total, const Layout& layout, int worker) {
  const std::uint64_t blocks = (total + kEvaluationRows - 1) / kEvaluationRows;
  const Range mine = even_part(blocks, static_cast<std::uint64_t>(layout.workers()),
                               static_cast<std::uint64_t>(worker));
  return {std::min(total, mine.begin * kEvaluationRows),
          std::min(total, mine.end * kEvaluationRows)};
}

Range held_out_rows_of_rank(std::uint64_t total, const Layout& layout, int rank) {
  return {held_out_rows(total, layout, rank * layout.threads).begin,
          held_out_rows(total, layout, (rank + 1) * layout.threads - 1).end};
}

// Collective. Rank 0 hands out the rows of `read`.
HeldOutSet hand_out(const Communicator& comm, const Layout& layout, const ReadSet& read) {
  const Examples& all = read.examples;
  std::uint64_t fingerprint = read.fingerprint;
  HeldOutSet set;
  set.total = all.size();
  comm.broadcast(set.total);
  if (set.total == 0) {
    set.blocks.resize(static_cast<std::size_t>(layout.threads));
    return set;
  }
  comm.broadcast(fingerprint);
  set.fingerprint = digest_hex(fingerprint);
  set.examples.type = all.type;
  set.examples.features = all.features;
  set.examples.label_width = all.label_width;
  comm.broadcast(set.examples.type);
  comm.broadcast(set.examples.features);
  comm.broadcast(set.examples.label_width);

  // Each rank's share of an array with `width` values for each example.
  const auto share = [&]<typename V>(std::span<const V> values, std::uint64_t width) {
    std::vector<std::span<const std::byte>> parts;
    if (comm.is_root()) {
      for (int rank = 0; rank < layout.ranks; ++rank) {
        const Range rows = held_out_rows_of_rank(set.total, layout, rank);
        parts.push_back(std::as_bytes(values.subspan(rows.begin * width, rows.size() * width)));
      }
    }
    const std::vector<std::byte> bytes = comm.scatter(parts);
    std::vector<V> own(bytes.size() / sizeof(V));
    std::ranges::copy(bytes, std::as_writable_bytes(std::span(own)).begin());
    return own;
  };
  set.examples.values = share(std::span<const std::byte>(all.values),
                              set.examples.features * element_size(set.examples.type));
  set.examples.labels = share(std::span<const float>(all.labels), set.examples.label_width);
  set.examples.ids = share(std::span<const std::uint32_t>(all.ids), 1);

  const Range own = held_out_rows_of_rank(set.total, layout, comm.rank());
  for (int thread = 0; thread < layout.threads; ++thread) {
    const Range rows = held_out_rows(set.total, layout, comm.rank() * layout.threads + thread);
    std::vector<std::uint32_t> local(rows.size());
    std::iota(local.begin(), local.end(), static_cast<std::uint32_t>(rows.begin - own.begin));
    append_blocks(local, set.blocks.emplace_back());
  }
  return set;
}

std::uint64_t rows_of_sample(const BatchGeometry& geometry, std::uint64_t shard,
                             std::uint64_t examples) {
  const std::uint64_t size = shard_size(geometry, shard);
  if (examples == 0) return size;
  return std::min(size, (examples + geometry.shards - 1) / geometry.shards);
}

}  // namespace

BatchGeometry batch_geometry(const TrainingConfig& config, std::uint64_t train_examples) {
  if (!config.batch_size) return full_batch(train_examples, config.shards);
  return {train_examples, config.shards, *config.batch_size / config.shards};
}

std::uint64_t total_steps(const TrainingConfig& config, const BatchGeometry& geometry) {
  return config.steps.value_or(config.epochs.value_or(0) * steps_per_epoch(geometry));
}

DatasetSizes dataset_sizes(const Job& job) {
  const auto train = open_source(job.data.train);
  const SourceInfo& info = train->info();
  DatasetSizes sizes;
  sizes.image = image_shape(job.data, info);
  sizes.table = info.table;
  (void)build_augmentation(job.data, info);  // or say why not
  sizes.features = info.features;
  sizes.label_width = info.label_width;
  sizes.bytes_per_example = info.features * element_size(info.type) +
                            info.label_width * sizeof(float) + sizeof(std::uint32_t);
  PartSizes parts = split_sizes(job, SplitSource::train, *train);
  sizes.train = info.examples - parts.total();
  sizes.train_dev = parts.train_dev;
  sizes.bayes_error = info.bayes_error;
  if (job.data.held_out) {
    const auto held_out = open_like(*job.data.held_out, info);
    parts = split_sizes(job, SplitSource::held_out, *held_out);
    sizes.unused = held_out->info().examples - parts.total();
    if (parts.dev > 0) sizes.bayes_error = held_out->info().bayes_error;
  }
  const auto size_of = [&](const std::optional<DataSource>& own, std::uint64_t part,
                           bool serves_as_dev = false) {
    if (!own) return part;
    const auto source = open_like(*own, info);
    if (serves_as_dev) sizes.bayes_error = source->info().bayes_error;
    return source->info().examples;
  };
  sizes.dev = size_of(job.data.dev, parts.dev, true);
  sizes.test = size_of(job.data.test, parts.test);
  return sizes;
}

Dataset load_dataset(const Job& job, const Communicator& comm, const Layout& layout,
                     const TableState* saved) {
  LocalRead local = read_local(job, comm, layout, saved != nullptr ? saved->fitted : nullptr);
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
  dataset.own_shards = rank_shards(job.training.shards, static_cast<std::uint64_t>(layout.ranks),
                                   static_cast<std::uint64_t>(layout.threads),
                                   static_cast<std::uint64_t>(comm.rank()));
  dataset.train = std::move(local.own);
  for (const auto& ids : local.shard_ids) {
    dataset.shard_rows.push_back(rows_of(dataset.train, ids));
  }
  dataset.train_fingerprint = digest_hex(local.train_fingerprint);
  if (local.table != nullptr) {
    dataset.table = TableState{
        local.table, saved != nullptr ? saved->means
                                      : training_means(comm, *local.table, dataset.train,
                                                       dataset.shard_rows, dataset.features)};
    for (Examples* examples :
         {&dataset.train, &local.train_dev.examples, &local.dev.examples, &local.test.examples}) {
      dataset.table->fill(*examples);
    }
  }
  dataset.normalizer = training_normalizer(job.data.normalization, comm, dataset);
  dataset.train_dev = hand_out(comm, layout, local.train_dev);
  dataset.dev = hand_out(comm, layout, local.dev);
  dataset.test = hand_out(comm, layout, local.test);
  return dataset;
}

EvaluationBlocks training_blocks(const Dataset& dataset, const Layout& layout, int rank,
                                 std::uint64_t examples) {
  EvaluationBlocks blocks;
  for (int thread = 0; thread < layout.threads; ++thread) {
    auto& of_thread = blocks.emplace_back();
    const Range shards =
        worker_shards(dataset.geometry.shards, static_cast<std::uint64_t>(layout.workers()),
                      static_cast<std::uint64_t>(layout.worker(rank, thread)));
    for (std::uint64_t shard = shards.begin; shard < shards.end; ++shard) {
      const auto& rows = dataset.shard_rows[shard - dataset.own_shards.begin];
      append_blocks(std::span(rows).first(rows_of_sample(dataset.geometry, shard, examples)),
                    of_thread);
    }
  }
  return blocks;
}

std::uint64_t training_block_examples(const BatchGeometry& geometry, std::uint64_t examples) {
  std::uint64_t total = 0;
  for (std::uint64_t shard = 0; shard < geometry.shards; ++shard) {
    total += rows_of_sample(geometry, shard, examples);
  }
  return total;
}

}  // namespace lockstep
