#include "diagnose/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <utility>

namespace lockstep {
namespace {

Comparison compare(std::span<const CheckedEntry> entries, double epsilon) {
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
    if (entry.epsilon > epsilon) ++result.enlarged;
    numerical.push_back(entry.numerical);
    analytic.push_back(entry.analytic);
    differences.push_back(entry.numerical - entry.analytic);
    roundings.push_back(entry.rounding);
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

// The entries of tensors whose verdict speaks against the gradient, ascending; all entries if only
// theta as a whole has such a verdict.
std::vector<CheckedEntry> entries_in_doubt(const GradientCheck& check) {
  const bool any = std::ranges::any_of(
      check.tensors, [](const TensorCheck& tensor) { return !passes(tensor.comparison.verdict); });
  std::vector<CheckedEntry> entries;
  for (const TensorCheck& tensor : check.tensors) {
    const bool doubted = any ? !passes(tensor.comparison.verdict) : !passes(check.all.verdict);
    if (doubted) entries.insert(entries.end(), tensor.entries.begin(), tensor.entries.end());
  }
  return entries;
}

}  // namespace

GradientCheck compare_entries(const ParameterTable& table, std::span<const CheckedEntry> entries,
                              double cost, double epsilon) {
  GradientCheck check{cost, {}, compare(entries, epsilon)};
  for (const ParameterTensor& tensor : table.tensors) {
    TensorCheck part{tensor, {}, {}};
    for (const CheckedEntry& entry : entries) {
      if (tensor.range().contains(entry.entry)) part.entries.push_back(entry);
    }
    part.comparison = compare(part.entries, epsilon);
    check.tensors.push_back(std::move(part));
  }
  return check;
}

GradientVerdict worst_verdict(const GradientCheck& check) {
  if (check.all.numerical_norm == 0 && check.all.analytic_norm == 0) {
    return GradientVerdict::unresolved;
  }
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
                             const ParameterTable& table, std::span<const double> weights,
                             const CheckSetting& setting, const GradientOf& gradient_of) {
  NumericalGradient numerical = take_numerical_gradient(probe, comm, table, weights, setting);
  const std::vector<double> gradient = gradient_of(weights);
  GradientCheck check;
  std::vector<CheckedEntry> doubted;
  if (comm.is_root()) {
    for (CheckedEntry& entry : numerical.entries) entry.analytic = gradient[entry.entry];
    check = compare_entries(table, numerical.entries, numerical.cost, setting.epsilon);
    doubted = entries_in_doubt(check);
  }
  if (setting.one_sided) return check;
  // The differences are refined before a gradient is called wrong.
  const auto refined =
      refine_entries(probe, comm, numerical.cost, std::move(doubted), setting.on_progress);
  if (!comm.is_root() || refined.empty()) return check;
  for (CheckedEntry& entry : numerical.entries) {
    const auto same = std::ranges::lower_bound(refined, entry.entry, {}, &CheckedEntry::entry);
    if (same != refined.end() && same->entry == entry.entry) entry = *same;
  }
  return compare_entries(table, numerical.entries, numerical.cost, setting.epsilon);
}

}  // namespace lockstep
