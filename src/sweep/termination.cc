#include "sweep/termination.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <tuple>

#include "base/rounding.h"

namespace lockstep {
namespace {

std::vector<std::uint32_t> numbers_between(std::size_t begin, std::size_t end) {
  std::vector<std::uint32_t> numbers(end - begin);
  std::iota(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(begin));
  return numbers;
}

// Those of `trials` that have no result of the phase yet.
std::vector<std::uint32_t> without_result(std::vector<std::uint32_t> trials,
                                          std::span<const TrialRecord> records,
                                          std::size_t earlier_results) {
  std::erase_if(
      trials, [&](std::uint32_t trial) { return records[trial].results.size() > earlier_results; });
  return trials;
}

std::optional<SweepPhase> next_wave(const MedianRule& rule, std::span<const TrialRecord> records) {
  for (std::size_t begin = 0; begin < records.size(); begin += rule.wave) {
    const std::size_t end = std::min<std::size_t>(begin + rule.wave, records.size());
    auto trials = without_result(numbers_between(begin, end), records, 0);
    if (!trials.empty()) {
      return SweepPhase{std::move(trials), std::nullopt, static_cast<std::uint32_t>(begin)};
    }
  }
  return std::nullopt;
}

// The best 1 / eta of `alive`, at least one, by their results after `rung`.
std::vector<std::uint32_t> survivors(const SweepConfig& sweep, std::uint32_t eta,
                                     std::span<const TrialRecord> records,
                                     std::vector<std::uint32_t> alive, std::size_t rung) {
  const std::size_t kept = std::max<std::size_t>(1, alive.size() / eta);
  const auto result_of = [&](std::uint32_t trial) -> const TrialResult& {
    const auto& results = records[trial].results;
    return results[std::min(rung, results.size() - 1)];
  };
  std::erase_if(
      alive, [&](std::uint32_t trial) { return result_of(trial).status == TrialStatus::diverged; });
  std::ranges::stable_sort(
      alive, {}, [&](std::uint32_t trial) { return metric_value(sweep.metric, result_of(trial)); });
  alive.resize(std::min(alive.size(), kept));
  std::ranges::sort(alive);
  return alive;
}

std::optional<SweepPhase> next_rung(const SweepConfig& sweep, const SuccessiveHalving& rule,
                                    std::span<const TrialRecord> records) {
  std::vector<std::uint32_t> alive = numbers_between(0, records.size());
  double epochs = rule.first_epochs;
  for (std::size_t rung = 0; !alive.empty(); ++rung) {
    auto trials = without_result(alive, records, rung);
    std::erase_if(trials, [&](std::uint32_t trial) { return has_ended(records[trial]); });
    if (!trials.empty()) {
      const auto pause = alive.size() > 1 ? std::optional(epochs) : std::nullopt;
      return SweepPhase{std::move(trials), pause, 0};
    }
    if (std::ranges::all_of(alive,
                            [&](std::uint32_t trial) { return has_ended(records[trial]); })) {
      return std::nullopt;
    }
    alive = survivors(sweep, rule.eta, records, std::move(alive), rung);
    epochs *= rule.eta;
  }
  return std::nullopt;
}

double best_until(std::span<const CurvePoint> curve, double epoch, Metric metric) {
  double best = std::numeric_limits<double>::infinity();
  for (const CurvePoint& point : curve) {
    if (point.epoch <= epoch) best = std::min(best, metric_value(metric, point));
  }
  return best;
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

std::optional<SweepPhase> next_phase(const SweepConfig& sweep,
                                     std::span<const TrialRecord> records) {
  if (const auto* median = std::get_if<MedianRule>(&sweep.termination)) {
    return next_wave(*median, records);
  }
  if (const auto* halving = std::get_if<SuccessiveHalving>(&sweep.termination)) {
    return next_rung(sweep, *halving, records);
  }
  auto trials = without_result(numbers_between(0, records.size()), records, 0);
  if (trials.empty()) return std::nullopt;
  return SweepPhase{std::move(trials), std::nullopt, 0};
}

bool is_hopeless(const MedianRule& rule, Metric metric, std::span<const TrialRecord> judges,
                 std::span<const CurvePoint> curve) {
  if (curve.empty() || curve.back().epoch < rule.grace_epochs) return false;
  const double epoch = curve.back().epoch;
  std::vector<double> reached;
  for (const TrialRecord& judge : judges) {
    if (judge.curve.empty() || judge.curve.back().epoch < epoch) continue;
    reached.push_back(best_until(judge.curve, epoch, metric));
  }
  return !reached.empty() &&
         is_above(best_until(curve, epoch, metric), median_of(std::move(reached)));
}

std::vector<RankedTrial> rank_trials(const SweepConfig& sweep,
                                     std::span<const TrialRecord> records) {
  std::vector<RankedTrial> ranked;
  for (std::uint32_t number = 0; number < records.size(); ++number) {
    const TrialResult& result = records[number].results.back();
    const bool paused = result.status == TrialStatus::paused;
    ranked.push_back({number, paused ? TrialStatus::terminated : result.status, result});
  }
  std::ranges::stable_sort(ranked, {}, [&](const RankedTrial& trial) {
    const bool terminated = trial.status == TrialStatus::terminated;
    return std::tuple(
        trial.status, terminated ? -trial.result.epochs : 0.0,
        trial.status == TrialStatus::diverged ? 0.0 : metric_value(sweep.metric, trial.result));
  });
  return ranked;
}

std::vector<int> share_out(std::span<const double> costs, int groups) {
  std::vector<std::size_t> order(costs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return costs[i]; });
  std::vector<double> load(static_cast<std::size_t>(groups), 0.0);
  std::vector<int> group_of(costs.size());
  for (const std::size_t i : order) {
    const auto least = std::ranges::min_element(load);
    *least += costs[i];
    group_of[i] = static_cast<int>(least - load.begin());
  }
  return group_of;
}

}  // namespace lockstep
