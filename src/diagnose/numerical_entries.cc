#include "diagnose/numerical_entries.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/agreement.h"
#include "nn/gradient_comparison.h"
#include "nn/numerical_gradient.h"

namespace lockstep {
namespace {

// Number of entries whose costs are gathered at a time.
constexpr std::size_t kEntriesAtATime = 64;

// Numerical derivatives of J at some weights.
class Differences {
 public:
  // `cost`: J at the weights, on rank 0.
  Differences(CostProbe& probe, const Communicator& comm, bool one_sided, double cost)
      : probe_(probe), comm_(comm), one_sided_(one_sided), cost_(cost) {}

  // Collective. Sets the difference of each of the entries at `which` with its epsilon, a part of
  // them at a time: everything on rank 0, only at_kink on other ranks. `on_part` is called after
  // each part with the number of entries done.
  void take(std::span<const std::uint64_t> which, std::vector<CheckedEntry>& entries,
            const std::function<void(std::size_t done)>& on_part) {
    for (std::size_t begin = 0; begin < which.size(); begin += kEntriesAtATime) {
      const std::size_t size = std::min(kEntriesAtATime, which.size() - begin);
      take_part(which.subspan(begin, size), entries);
      on_part(begin + size);
    }
  }

 private:
  void take_part(std::span<const std::uint64_t> which, std::vector<CheckedEntry>& entries) {
    std::vector<NearbyPoint> points;
    for (const std::uint64_t i : which) {
      points.push_back({entries[i].entry, entries[i].epsilon});
      if (!one_sided_) points.push_back({entries[i].entry, -entries[i].epsilon});
    }
    const std::size_t per_entry = one_sided_ ? 1 : 2;
    const std::vector<NearbyCost> costs = probe_.costs_at(points);
    std::vector<std::uint8_t> kinks(which.size());
    if (comm_.is_root()) {
      for (std::size_t i = 0; i < which.size(); ++i) {
        const auto at = std::span(costs).subspan(per_entry * i, per_entry);
        set(entries[which[i]], at);
        kinks[i] = std::ranges::any_of(at, &NearbyCost::beyond_kink) ? 1 : 0;
      }
    }
    comm_.broadcast(std::span(kinks));
    for (std::size_t i = 0; i < which.size(); ++i) entries[which[i]].at_kink = kinks[i] != 0;
  }

  // `at`: costs above the weight and, for two sides, below it.
  void set(CheckedEntry& entry, std::span<const NearbyCost> at) const {
    const auto cost_at = [&](double weight) {
      if (weight == entry.weight) return cost_;
      return weight > entry.weight ? at.front().cost : at.back().cost;
    };
    entry.numerical = one_sided_ ? one_sided_difference(cost_at, entry.weight, entry.epsilon)
                                 : two_sided_difference(cost_at, entry.weight, entry.epsilon);
    entry.rounding = rounding_of_difference(cost_, entry.epsilon) * (one_sided_ ? 2 : 1);
  }

  CostProbe& probe_;
  const Communicator& comm_;
  const bool one_sided_;
  const double cost_;
};

// Those of the `candidates` in a tensor whose differences may have so much rounding of J that no
// gradient could be found fair.
std::vector<std::uint64_t> lost_in_rounding(const ParameterTable& table,
                                            std::span<const CheckedEntry> entries,
                                            std::span<const std::uint64_t> candidates) {
  std::vector<std::uint64_t> lost;
  for (const ParameterTensor& tensor : table.tensors) {
    std::vector<double> numerical;
    std::vector<double> roundings;
    for (const CheckedEntry& entry : entries) {
      if (entry.at_kink || !tensor.range().contains(entry.entry)) continue;
      numerical.push_back(entry.numerical);
      roundings.push_back(entry.rounding);
    }
    if (euclidean_norm(roundings) <= kFairDifference * euclidean_norm(numerical)) continue;
    for (const std::uint64_t i : candidates) {
      if (tensor.range().contains(entries[i].entry)) lost.push_back(i);
    }
  }
  return lost;
}

// Collective. Enlarges the steps of entries that are lost in rounding, as described at
// take_numerical_gradient.
void enlarge_lost(Differences& differences, const Communicator& comm, const ParameterTable& table,
                  double epsilon, std::vector<CheckedEntry>& entries,
                  const CheckProgress& on_progress) {
  std::vector<std::uint64_t> growing;  // on rank 0, then shared
  for (std::uint64_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].at_kink && entries[i].epsilon == epsilon) growing.push_back(i);
  }
  while (true) {
    if (comm.is_root()) growing = lost_in_rounding(table, entries, growing);
    comm.broadcast(growing);
    epsilon *= 10;
    if (growing.empty() || epsilon > 1.001 * kLargestEpsilon) return;
    std::vector<CheckedEntry> wider = entries;
    for (const std::uint64_t i : growing) wider[i].epsilon = epsilon;
    differences.take(growing, wider, [&](std::size_t done) {
      if (on_progress) on_progress(entries.size() - growing.size() + done, entries.size());
    });
    if (!comm.is_root()) continue;
    std::erase_if(growing, [&](std::uint64_t i) {
      CheckedEntry& entry = entries[i];
      const double change = std::abs(wider[i].numerical - entry.numerical);
      const double noise = 10 * wider[i].rounding;  // that of the smaller step
      // The comparison is written so that NaN is refused.
      const bool agrees = !wider[i].at_kink && change <= noise;
      if (agrees) {
        entry = wider[i];
        entry.rounding = noise;  // the larger step is known to be this accurate
      }
      return !agrees;
    });
  }
}

// Collective. A training that has diverged is not a fault of the gradient, and leaves nothing to
// check.
void require_finite(const Communicator& comm, double cost, std::span<const CheckedEntry> entries) {
  agree(comm, [&] {
    if (!comm.is_root()) return;
    const bool finite = std::isfinite(cost) && std::ranges::all_of(entries, [](const auto& entry) {
                          return entry.at_kink || std::isfinite(entry.numerical);
                        });
    if (finite) return;
    throw Error(
        ExitCode::diverged,
        fmt::format("J is {:.6g} at these weights{}: there is nothing to compare the "
                    "gradient with; try a smaller learning rate, or smaller initial weights",
                    cost, std::isfinite(cost) ? ", and a difference of it is not finite" : ""));
  });
}

}  // namespace

double rounding_of_difference(double cost, double epsilon) {
  return kRoundingUnits * std::numeric_limits<double>::epsilon() / 2 *
         std::max(1.0, std::abs(cost)) / epsilon;
}

NumericalGradient take_numerical_gradient(CostProbe& probe, const Communicator& comm,
                                          const ParameterTable& table,
                                          std::span<const double> weights,
                                          const CheckSetting& setting) {
  const double cost = probe.move_to(weights);
  require_finite(comm, cost, {});
  std::vector<CheckedEntry> entries;
  std::vector<std::uint64_t> remaining;
  for (const std::uint64_t entry : setting.entries) {
    remaining.push_back(entries.size());
    entries.push_back({.entry = entry, .weight = weights[entry]});
  }
  Differences differences(probe, comm, setting.one_sided, cost);
  double epsilon = setting.epsilon;
  for (int reductions = 0; reductions <= kReductions; ++reductions, epsilon /= 10) {
    const std::size_t before = entries.size() - remaining.size();
    for (const std::uint64_t i : remaining) entries[i].epsilon = epsilon;
    differences.take(remaining, entries, [&](std::size_t done) {
      if (setting.on_progress) setting.on_progress(before + done, entries.size());
    });
    std::erase_if(remaining, [&](std::uint64_t i) { return !entries[i].at_kink; });
  }
  if (!setting.one_sided) {
    enlarge_lost(differences, comm, table, setting.epsilon, entries, setting.on_progress);
  }
  require_finite(comm, cost, entries);
  if (!comm.is_root()) return {};
  return {cost, std::move(entries)};
}

std::vector<CheckedEntry> refine_entries(CostProbe& probe, const Communicator& comm, double cost,
                                         std::vector<CheckedEntry> entries,
                                         const CheckProgress& on_progress) {
  comm.broadcast(entries);
  Differences differences(probe, comm, /*one_sided=*/false, cost);
  std::vector<std::uint64_t> shrinking(entries.size());
  std::iota(shrinking.begin(), shrinking.end(), std::uint64_t{0});
  while (true) {
    std::erase_if(shrinking, [&](std::uint64_t i) {
      return entries[i].at_kink || entries[i].epsilon < 10 * kSmallestEpsilon;
    });
    if (shrinking.empty()) return entries;
    std::vector<CheckedEntry> narrower = entries;
    for (const std::uint64_t i : shrinking) narrower[i].epsilon /= 10;
    differences.take(shrinking, narrower, [&](std::size_t) {
      if (on_progress) on_progress(entries.size() - shrinking.size(), entries.size());
    });
    std::erase_if(shrinking, [&](std::uint64_t i) {
      const double change = std::abs(narrower[i].numerical - entries[i].numerical);
      // The comparison is written so that NaN, from a step too small for a large weight, is
      // refused.
      const bool bends = change > narrower[i].rounding;
      if (bends) {
        // The error of the order of epsilon^2 is a hundredth of that of the larger step.
        narrower[i].rounding = std::max(narrower[i].rounding, change / 50);
        entries[i] = narrower[i];
      } else {
        // J may bend by this much, which the smaller step's rounding hides.
        entries[i].rounding = std::max(entries[i].rounding, change);
      }
      return !bends;
    });
    comm.broadcast(shrinking);
    comm.broadcast(entries);
  }
}

}  // namespace lockstep
