#include "reference/data.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "reference/random.h"

namespace reference {

static Sets split(const Job& job, std::size_t examples) {
  Sets sets;
  Numbers test;
  Numbers train_dev;
  for (const std::size_t example : permutation({job.seed, Purpose::split}, 0, 0, examples)) {
    if (sets.dev.size() < job.dev_count) {
      sets.dev.push_back(example);
    } else if (test.size() < job.test_count) {
      test.push_back(example);
    } else if (train_dev.size() < job.train_dev_count) {
      train_dev.push_back(example);
    } else {
      sets.train.push_back(example);
    }
  }
  std::sort(sets.train.begin(), sets.train.end());
  std::sort(sets.dev.begin(), sets.dev.end());
  return sets;
}

static std::vector<Numbers> deal(const Job& job, const Numbers& train) {
  std::vector<Numbers> shards(job.shards);
  const auto order = permutation({job.seed, Purpose::deal}, 0, 0, train.size());
  for (std::size_t i = 0; i < order.size(); ++i) shards[i % job.shards].push_back(train[order[i]]);
  for (Numbers& shard : shards) std::sort(shard.begin(), shard.end());
  return shards;
}

Numbers order_of(const Job& job, std::size_t epoch, std::size_t shard, const Numbers& of_shard) {
  Numbers order;
  for (const std::size_t place :
       permutation({job.seed, Purpose::shuffle}, static_cast<std::uint32_t>(epoch),
                   static_cast<std::uint32_t>(shard), of_shard.size())) {
    order.push_back(of_shard[place]);
  }
  return order;
}

// The mean of term(x, column) of the training examples, for each of the `width` columns of x.
static std::vector<double> means(const std::vector<float>& x, std::size_t width,
                                 const std::vector<Numbers>& shards,
                                 const std::function<double(double, std::size_t)>& term) {
  std::vector<double> result;
  for (std::size_t j = 0; j < width; ++j) {
    double sum = 0.0;
    std::size_t n = 0;
    for (const Numbers& shard : shards) {
      double of_shard = 0.0;
      for (const std::size_t example : shard) {
        of_shard += term(static_cast<double>(x[example * width + j]), j);
      }
      sum += of_shard;
      n += shard.size();
    }
    result.push_back(sum / static_cast<double>(n));
  }
  return result;
}

// Replaces the values of the features of a group by their mean, where features form groups.
static void group(const Job& job, std::vector<double>& values) {
  if (job.normalization == Normalization::per_feature) return;
  const std::size_t groups = job.normalization == Normalization::all ? 1 : job.channels;
  const std::size_t size = values.size() / groups;
  for (std::size_t first = 0; first < values.size(); first += size) {
    double sum = 0.0;
    for (std::size_t j = first; j < first + size; ++j) sum += values[j];
    const double mean = sum / static_cast<double>(size);
    for (std::size_t j = first; j < first + size; ++j) values[j] = mean;
  }
}

static float factor_of(double variance) {
  const double factor = 1.0 / std::sqrt(variance);
  const bool is_float = factor <= static_cast<double>(std::numeric_limits<float>::max());
  return is_float ? static_cast<float>(factor) : 0.0F;
}

// The quantile of sorted values, between two neighbours where it falls between them.
static double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const double floor = std::floor(place);
  const auto at = static_cast<std::size_t>(floor);
  const double next = at + 1 < sorted.size() ? sorted[at + 1] : sorted[at];
  return sorted[at] + (place - floor) * (next - sorted[at]);
}

static std::vector<float> robust(const Job& job, const Examples& examples,
                                 const std::vector<Numbers>& shards) {
  std::vector<float> x = examples.x;
  for (std::size_t j = 0; j < examples.features; ++j) {
    std::vector<double> sorted;
    for (const Numbers& shard : shards) {
      for (const std::size_t example : shard) {
        sorted.push_back(static_cast<double>(examples.x[example * examples.features + j]));
      }
    }
    std::sort(sorted.begin(), sorted.end());
    const double spread = quantile(sorted, 0.75) - quantile(sorted, 0.25);
    const double range = sorted.back() - sorted.front();
    const double width = spread > 0.0 ? 1.0 / spread : range > 0.0 ? 2.0 / range : 0.0;
    const auto median = static_cast<double>(static_cast<float>(quantile(sorted, 0.5)));
    const auto factor = static_cast<double>(static_cast<float>(width));
    for (std::size_t i = j; i < x.size(); i += examples.features) {
      const double z = (static_cast<double>(x[i]) - median) * factor;
      const double part = z / static_cast<double>(static_cast<float>(job.clip));
      x[i] = static_cast<float>(z / std::sqrt(1.0 + part * part));
    }
  }
  return x;
}

static std::vector<float> normalized(const Job& job, const Examples& examples,
                                     const std::vector<Numbers>& shards) {
  if (job.normalization == Normalization::none) return examples.x;
  if (job.normalization == Normalization::robust) return robust(job, examples, shards);
  std::vector<double> mean(examples.features, 0.0);
  std::vector<float> factor(examples.features, static_cast<float>(1.0 / job.divisor));
  if (job.normalization != Normalization::scale) {
    mean = means(examples.x, examples.features, shards, [](double x, std::size_t) { return x; });
    group(job, mean);
    auto variance = means(examples.x, examples.features, shards, [&](double x, std::size_t j) {
      const double difference = x - mean[j];
      return difference * difference;
    });
    group(job, variance);
    std::transform(variance.begin(), variance.end(), factor.begin(), factor_of);
  }
  std::vector<float> x = examples.x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t j = i % examples.features;
    x[i] = (x[i] - static_cast<float>(mean[j])) * factor[j];
  }
  return x;
}

static std::vector<float> targets_of(const Job& job, const Examples& examples, std::size_t n,
                                     const std::vector<Numbers>& shards) {
  if (!predicts_values(job.loss) || !job.standardized_targets) return examples.targets;
  const std::size_t width = examples.targets.size() / n;
  const auto mean = means(examples.targets, width, shards, [](double t, std::size_t) { return t; });
  const auto variance = means(examples.targets, width, shards, [&](double t, std::size_t j) {
    const double difference = t - mean[j];
    return difference * difference;
  });
  std::vector<float> targets;
  for (std::size_t i = 0; i < examples.targets.size(); ++i) {
    const auto t = static_cast<double>(examples.targets[i]);
    targets.push_back(static_cast<float>((t - mean[i % width]) / std::sqrt(variance[i % width])));
  }
  return targets;
}

// Balanced or not, weights are divided by their mean over the training examples.
static std::vector<float> weights_of(const Job& job, const Examples& examples, std::size_t n,
                                     const std::vector<Numbers>& shards) {
  std::vector<float> weights(n, 1.0F);
  if (job.class_weights.empty()) return weights;
  const auto weight_of = [&](double target, std::size_t) {
    return job.class_weights[static_cast<std::size_t>(target)];
  };
  const double mean = means(examples.targets, 1, shards, weight_of)[0];
  for (const Numbers& shard : shards) {
    for (const std::size_t example : shard) {
      const auto target = static_cast<double>(examples.targets[example]);
      weights[example] = static_cast<float>(weight_of(target, 0) / mean);
    }
  }
  return weights;
}

std::span<const float> Data::row(std::size_t example) const {
  return std::span(x).subspan(example * features, features);
}

std::span<const float> Data::target(std::size_t example) const {
  return std::span(targets).subspan(example * targets_per_row, targets_per_row);
}

Data prepare(const Job& job, const Examples& examples) {
  const std::size_t n = examples.x.size() / examples.features;
  const Sets sets = split(job, n);
  const std::vector<Numbers> shards = deal(job, sets.train);
  return {.features = examples.features,
          .targets_per_row = examples.targets.size() / n,
          .x = normalized(job, examples, shards),
          .targets = targets_of(job, examples, n, shards),
          .weights = weights_of(job, examples, n, shards),
          .sets = sets,
          .shards = shards};
}

}  // namespace reference
