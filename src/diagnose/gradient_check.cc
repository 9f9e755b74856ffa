#include "diagnose/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "nn/numerical_gradient.h"

namespace lockstep {
namespace {

// Entries whose costs are gathered at a time.
constexpr std::size_t kEntriesAtATime = 64;

Comparison compare(std::span<const CheckedEntry> entries, double cost, double epsilon) {
  Comparison result;
  std::vector<double> numerical;
  std::vector<double> analytic;
  std::vector<double> differences;
  std::vector<double> roundings;
  for (const CheckedEntry& entry : entries) {
    if (entry.at_kink) {
      ++result.at_kink;
      continue;
    }
    if (entry.epsilon < epsilon) ++result.reduced;
    numerical.push_back(entry.numerical);
    analytic.push_back(entry.analytic);
    differences.push_back(entry.numerical - entry.analytic);
    roundings.push_back(rounding_of_difference(cost, entry.epsilon));
  }
  result.compared = numerical.size();
  result.numerical_norm = euclidean_norm(numerical);
  result.analytic_norm = euclidean_norm(analytic);
  result.difference_norm = euclidean_norm(differences);
  result.rounding_norm = euclidean_norm(roundings);
  result.ratio = relative_difference(numerical, analytic);
  result.verdict = verdict_of(result.ratio);
  const bool lost = !passes(result.verdict) && result.difference_norm <= result.rounding_norm;
  if (lost || result.compared == 0) result.verdict = GradientVerdict::unresolved;
  return result;
}

// Collective. Two-sided differences, on rank 0. Sets numerical, epsilon and
// at_kink of the entries at `which`, on every rank at_kink alone.
void take_differences(CostProbe& probe, const Communicator& comm, double epsilon,
                      std::span<const std::uint64_t> which, std::vector<CheckedEntry>& entries) {
  std::vector<NearbyPoint> points;
  for (const std::uint64_t i : which) {
    points.push_back({entries[i].entry, epsilon});
    points.push_back({entries[i].entry, -epsilon});
  }
  const std::vector<NearbyCost> costs = probe.costs_at(points);
  std::vector<std::uint8_t> kinks(which.size());
  if (comm.is_root()) {
    for (std::size_t i = 0; i < which.size(); ++i) {
      const NearbyCost& above = costs[2 * i];
      const NearbyCost& below = costs[2 * i + 1];
      CheckedEntry& entry = entries[which[i]];
      const auto cost_at = [&](double weight) {
        return weight > entry.weight ? above.cost : below.cost;
      };
      entry.numerical = two_sided_difference(cost_at, entry.weight, epsilon);
      entry.epsilon = epsilon;
      kinks[i] = above.beyond_kink || below.beyond_kink ? 1 : 0;
    }
  }
  comm.broadcast(std::span(kinks));
  for (std::size_t i = 0; i < which.size(); ++i) entries[which[i]].at_kink = kinks[i] != 0;
}

// Training that has blown up is no fault of the gradient, and leaves nothing to check.
void require_finite_differences(std::span<const CheckedEntry> entries, double cost) {
  const bool finite = std::isfinite(cost) && std::ranges::all_of(entries, [](const auto& entry) {
                        return entry.at_kink || std::isfinite(entry.numerical);
                      });
  if (finite) return;
  throw Error(ExitCode::diverged,
              fmt::format("J is {:.6g} at these weights, and it or a difference of it is not "
                          "finite: there is nothing to compare the gradient with; try a smaller "
                          "learning rate, or smaller initial weights",
                          cost));
}

}  // namespace

double rounding_of_difference(double cost, double epsilon) {
  return kRoundingUnits * std::numeric_limits<double>::epsilon() / 2 *
         std::max(1.0, std::abs(cost)) / epsilon;
}

GradientCheck compare_entries(const ParameterLayout& layout, std::span<const CheckedEntry> entries,
                              double cost, double epsilon) {
  GradientCheck check{cost, {}, compare(entries, cost, epsilon)};
  for (const ParameterTensor& tensor : layout.tensors) {
    TensorCheck part{tensor, {}, {}};
    for (const CheckedEntry& entry : entries) {
      if (tensor.range().contains(entry.entry)) part.entries.push_back(entry);
    }
    part.comparison = compare(part.entries, cost, epsilon);
    check.tensors.push_back(std::move(part));
  }
  return check;
}

GradientVerdict worst_verdict(const GradientCheck& check) {
  GradientVerdict worst = check.all.verdict;
  for (const TensorCheck& tensor : check.tensors) {
    worst = std::max(worst, tensor.comparison.verdict);
  }
  return worst;
}

std::vector<CheckedEntry> worst_entries(const TensorCheck& tensor, std::size_t count) {
  std::vector<CheckedEntry> entries;
  std::ranges::copy_if(tensor.entries, std::back_inserter(entries),
                       [](const CheckedEntry& entry) { return !entry.at_kink; });
  std::ranges::stable_sort(entries, std::greater<>(), [](const CheckedEntry& entry) {
    const double difference = std::abs(entry.numerical - entry.analytic);
    return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
  });
  entries.resize(std::min(entries.size(), count));
  return entries;
}

GradientCheck check_gradient(CostProbe& probe, const Communicator& comm,
                             const ParameterLayout& layout, std::span<const double> weights,
                             const CheckSetting& setting, const GradientOf& gradient_of) {
  const double cost = probe.move_to(weights);
  const std::vector<double> gradient = gradient_of(weights);
  std::vector<CheckedEntry> entries;
  std::vector<std::uint64_t> remaining;
  for (const std::uint64_t entry : setting.entries) {
    remaining.push_back(entries.size());
    entries.push_back({.entry = entry, .weight = weights[entry]});
    if (comm.is_root()) entries.back().analytic = gradient[entry];
  }

  double epsilon = setting.epsilon;
  for (int reductions = 0; reductions <= kReductions; ++reductions, epsilon /= 10) {
    for (std::size_t begin = 0; begin < remaining.size(); begin += kEntriesAtATime) {
      const std::size_t size = std::min(kEntriesAtATime, remaining.size() - begin);
      take_differences(probe, comm, epsilon, std::span(remaining).subspan(begin, size), entries);
      if (setting.on_progress) {
        setting.on_progress(entries.size() - remaining.size() + begin + size, entries.size());
      }
    }
    std::erase_if(remaining, [&](std::uint64_t i) { return !entries[i].at_kink; });
  }
  agree(comm, [&] {
    if (comm.is_root()) require_finite_differences(entries, cost);
  });
  if (!comm.is_root()) return {};
  return compare_entries(layout, entries, cost, setting.epsilon);
}

}  // namespace lockstep
