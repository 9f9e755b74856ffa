#include "sets/training_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "comm/agreement.h"
#include "data/missing.h"
#include "data/target_scale.h"

namespace lockstep {
namespace {

// The number of consecutive features that share a mean and a deviation.
std::uint64_t features_per_statistic(StatisticsPer per, std::uint64_t features,
                                     const std::optional<ImageShape>& image) {
  switch (per) {
    case StatisticsPer::all:
      return features;
    case StatisticsPer::channel:
      check(image.has_value(), "statistics per channel come with a shape of images");
      return image ? features / image->channels : features;
    case StatisticsPer::feature:
      break;
  }
  return 1;
}

std::string feature_title(std::size_t feature, std::span<const std::string> names) {
  return names.empty() ? fmt::format("feature {}", feature) : names[feature];
}

// The features of a column's value, without its missing_indicator.
struct FilledColumn {
  const TableColumn* column = nullptr;
  std::uint64_t first = 0;
  std::uint64_t width = 0;
};

std::vector<FilledColumn> filled_columns(const TableSchema& schema) {
  std::vector<FilledColumn> filled;
  std::uint64_t first = 0;
  for (const TableColumn& column : schema.columns) {
    const std::uint64_t width = feature_width(column);
    if (is_input(column.role) && column.when_missing != WhenMissing::refuse) {
      filled.push_back({&column, first, width - (column.missing_indicator ? 1 : 0)});
    }
    first += width;
  }
  return filled;
}

// Collective. The median or most frequent of the present values of a feature.
float typical_value(const Communicator& comm, const OwnShards& own, std::uint64_t feature,
                    WhenMissing when_missing) {
  std::vector<float> values;
  for (const std::vector<std::uint32_t>& rows : own.rows) {
    const std::vector<float> of_shard = present_values(own.examples, rows, feature);
    values.insert(values.end(), of_shard.begin(), of_shard.end());
  }
  values = comm.gather(std::span<const float>(values));
  float value = 0;
  if (comm.is_root()) {
    value = when_missing == WhenMissing::training_median ? median_of(std::move(values))
                                                         : most_frequent_of(std::move(values));
  }
  comm.broadcast(value);
  return value;
}

// Collective. All values of a feature, on rank 0.
std::vector<float> gathered_values(const Communicator& comm, const OwnShards& own,
                                   std::uint64_t feature) {
  std::vector<float> values;
  const std::uint64_t features = own.examples.features;
  visit_values(own.examples.type, own.examples.values, [&](auto all) {
    for (const std::vector<std::uint32_t>& rows : own.rows) {
      for (const std::uint32_t row : rows) {
        values.push_back(static_cast<float>(all[row * features + feature]));
      }
    }
  });
  return comm.gather(std::span<const float>(values));
}

// Collective. Gathers the values of one feature at a time on rank 0.
Normalizer robust_normalizer(const RobustScale& config, const Communicator& comm,
                             const OwnShards& own) {
  const std::uint64_t features = own.examples.features;
  Normalizer normalizer{.mean = std::vector<float>(features),
                        .inverse_deviation = std::vector<float>(features),
                        .clip = static_cast<float>(config.clip)};
  for (std::uint64_t j = 0; j < features; ++j) {
    std::vector<float> values = gathered_values(comm, own, j);
    if (!comm.is_root()) continue;
    const auto [centre, inverse] = robust_width(std::move(values));
    normalizer.mean[j] = centre;
    normalizer.inverse_deviation[j] = inverse;
  }
  comm.broadcast(std::span(normalizer.mean));
  comm.broadcast(std::span(normalizer.inverse_deviation));
  return normalizer;
}

// How well floats resolve numbers: their deviation beside the distance between floats of their
// size.
struct FloatResolution {
  double mean = 0;
  double deviation = 0;

  // Numbers below the smallest normal float count as 0.
  [[nodiscard]] double step() const {
    return std::max(std::abs(mean) * static_cast<double>(std::numeric_limits<float>::epsilon()),
                    static_cast<double>(std::numeric_limits<float>::min()));
  }
  // Fewer than some hundred floats are in a standard deviation.
  [[nodiscard]] bool is_coarse() const { return deviation < 256 * step(); }
  [[nodiscard]] bool is_lost() const { return deviation < 4 * step(); }
  [[nodiscard]] std::string text() const {
    return fmt::format("(mean {:.6g}, deviation {:.3g}, floats there {:.2g} apart)", mean,
                       deviation, step());
  }
};

}  // namespace

std::vector<double> sum_over_shards(
    const Communicator& comm, const OwnShards& own, std::uint64_t width,
    const std::function<std::vector<double>(std::span<const std::uint32_t> rows)>& of_shard) {
  std::vector<double> of_own;
  for (const std::vector<std::uint32_t>& rows : own.rows) {
    const std::vector<double> sums = of_shard(rows);
    of_own.insert(of_own.end(), sums.begin(), sums.end());
  }
  const std::vector<double> all = comm.gather(std::span<const double>(of_own));
  std::vector<double> total(width, 0.0);
  for (std::size_t i = 0; i < all.size(); ++i) total[i % width] += all[i];
  comm.broadcast(std::span(total));
  return total;
}

std::vector<float> training_fill_values(const Communicator& comm, const TableSchema& schema,
                                        const OwnShards& own) {
  if (!fills_missing(schema)) return {};
  const std::uint64_t features = own.examples.features;
  const std::vector<double> sums = sum_over_shards(
      comm, own, 2 * features, [&](const auto& rows) { return present_sums(own.examples, rows); });
  const auto columns = filled_columns(schema);
  agree(comm, [&] {
    for (const auto& [column, first, width] : columns) {
      if (sums[features + first] > 0) continue;
      const std::string name = feature_names(schema)[first];
      throw Error(ExitCode::data,
                  fmt::format("{} is missing in every training example, so nothing can replace it; "
                              "ignore its column (role: IGNORED)",
                              quoted_names(std::span(&name, 1))));
    }
  });
  std::vector<float> fill_values(features, 0.0F);
  for (const auto& [column, first, width] : columns) {
    const auto present = std::span(sums).subspan(first, width);
    if (column->when_missing == WhenMissing::training_mean) {
      for (std::uint64_t j = 0; j < width; ++j) {
        fill_values[first + j] = static_cast<float>(present[j] / sums[features + first + j]);
      }
    } else if (column->role == ColumnRole::category) {
      const auto most = std::ranges::max_element(present) - present.begin();
      fill_values[first + static_cast<std::uint64_t>(most)] = 1;
    } else {
      fill_values[first] = typical_value(comm, own, first, column->when_missing);
    }
  }
  return fill_values;
}

Normalizer training_normalizer(const NormalizationRule& config, const Communicator& comm,
                               const OwnShards& own, std::uint64_t train_examples,
                               const std::optional<ImageShape>& image) {
  const std::uint64_t features = own.examples.features;
  if (std::holds_alternative<KeepInputs>(config)) return {};
  if (const auto* scale = std::get_if<ScaleInputs>(&config)) {
    return scaler(features, scale->divisor);
  }
  if (const auto* robust = std::get_if<RobustScale>(&config)) {
    return robust_normalizer(*robust, comm, own);
  }
  const std::uint64_t group =
      features_per_statistic(std::get<Standardize>(config).per, features, image);
  const auto divide = [&](std::vector<double> sums) {
    for (double& sum : sums) sum /= static_cast<double>(train_examples);
    return pooled(sums, group);
  };
  const auto mean = divide(sum_over_shards(
      comm, own, features, [&](const auto& rows) { return feature_sums(own.examples, rows); }));
  const auto variance = divide(sum_over_shards(comm, own, features, [&](const auto& rows) {
    return centred_square_sums(own.examples, rows, mean);
  }));
  agree(comm, [&] {
    // 1 / deviation must be a normal float.
    constexpr double kLargestDeviation = 1.0 / std::numeric_limits<float>::min();
    for (std::size_t j = 0; j < variance.size(); ++j) {
      if (std::sqrt(variance[j]) <= kLargestDeviation) continue;
      throw Error(ExitCode::data,
                  fmt::format("feature {} (counted from 0) has a standard deviation of {:.3g} over "
                              "the training set, too large to divide by in float; scale it down "
                              "in the source",
                              j, std::sqrt(variance[j])));
    }
  });
  return standardizer(mean, variance);
}

TargetStatistics training_targets(const OutputConfig& output, const Communicator& comm,
                                  const OwnShards& own, std::uint64_t train_examples) {
  const std::uint64_t targets = own.examples.label_width;
  if (!predicts_values(output.loss) || targets != output.units) return {};
  const auto divide = [&](std::vector<double> sums) {
    for (double& sum : sums) sum /= static_cast<double>(train_examples);
    return sums;
  };
  const auto mean = divide(sum_over_shards(
      comm, own, targets, [&](const auto& rows) { return target_sums(own.examples, rows); }));
  const auto variance = divide(sum_over_shards(comm, own, targets, [&](const auto& rows) {
    return centred_target_square_sums(own.examples, rows, mean);
  }));
  return {mean, variance};
}

std::vector<std::string> cautions_of_targets(const TargetStatistics& targets,
                                             std::span<const std::string> names) {
  std::vector<std::string> cautions;
  for (std::size_t t = 0; t < targets.mean.size(); ++t) {
    const bool has_name = t < names.size() && !names[t].empty();
    const std::string title = has_name ? fmt::format("target \"{}\"", names[t])
                                       : fmt::format("target {} (counted from 0)", t);
    const FloatResolution resolution{targets.mean[t], std::sqrt(targets.variance[t])};
    if (targets.variance[t] == 0 && resolution.step() <= 1) {
      cautions.push_back(
          fmt::format("caution: the {} is {:.6g} in every training example, so "
                      "there is nothing to learn about it",
                      title, targets.mean[t]));
    } else if (resolution.is_lost()) {
      throw Error(ExitCode::data,
                  fmt::format("the {} {}: values are floats, and next to nothing is left of its "
                              "differences; subtract a constant from the column in the source",
                              title, resolution.text()));
    } else if (resolution.is_coarse()) {
      cautions.push_back(fmt::format(
          "caution: the {} {}: values are floats, and differences as small as this are lost in "
          "rounding, in RMSE and MAE, too; subtract a constant from the column in the source",
          title, resolution.text()));
    }
  }
  return cautions;
}

std::optional<std::string> caution_of_constant_features(const Normalizer& normalizer,
                                                        std::span<const std::string> names) {
  constexpr std::size_t kMostNamed = 5;
  std::vector<std::string> named;
  std::size_t constant = 0;
  for (std::size_t j = 0; j < normalizer.inverse_deviation.size(); ++j) {
    if (normalizer.inverse_deviation[j] != 0) continue;
    if (++constant <= kMostNamed) named.push_back(feature_title(j, names));
  }
  if (constant == 0) return std::nullopt;
  const std::string more =
      constant > kMostNamed ? fmt::format(" and {} more", constant - kMostNamed) : "";
  return fmt::format(
      "caution: {}{} {} constant over the training set, and so {} 0 in every set, whatever the "
      "value there",
      listed(named), more, constant == 1 ? "is" : "are", constant == 1 ? "becomes" : "become");
}

std::optional<std::string> caution_of_coarse_features(const Normalizer& normalizer,
                                                      std::span<const std::string> names) {
  constexpr std::size_t kMostNamed = 3;
  std::string named;
  std::size_t coarse = 0;
  for (std::size_t j = 0; j < normalizer.mean.size(); ++j) {
    const auto inverse = static_cast<double>(normalizer.inverse_deviation[j]);
    const FloatResolution resolution{normalizer.mean[j], inverse == 0 ? 0 : 1.0 / inverse};
    // The feature may really be constant; floats hold all whole numbers up to 2^24.
    const bool may_be_constant = inverse == 0 && resolution.step() <= 1;
    if (may_be_constant || !resolution.is_coarse()) continue;
    if (++coarse > kMostNamed) continue;
    named += fmt::format("{}{} {}", named.empty() ? "" : ", ", feature_title(j, names),
                         resolution.text());
  }
  if (coarse == 0) return std::nullopt;
  const std::string more =
      coarse > kMostNamed ? fmt::format(" and {} more", coarse - kMostNamed) : "";
  return fmt::format(
      "caution: {}{}: values are floats, and differences as small as this are lost in rounding "
      "before the mean is subtracted (1.9); subtract a constant from the column in the source",
      named, more);
}

}  // namespace lockstep
