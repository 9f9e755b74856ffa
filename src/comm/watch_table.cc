#include "comm/watch_table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace lockstep {
namespace {

// A warning comes after this part of a limit.
constexpr double kWarningPart = 0.25;
constexpr double kFirstStallWarning = 60;
// A stall is this many times as long as the longest time before.
constexpr double kGapFactor = 10;
// Ranks that all wait for each other have stalled after this part of the limit.
constexpr double kWaitPart = 1.0 / 6;
constexpr std::size_t kMostNamed = 4;

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size() && i < kMostNamed; ++i) {
    text += (i == 0 ? "" : "; ") + parts[i];
  }
  if (parts.size() > kMostNamed) text += fmt::format("; and {} others", parts.size() - kMostNamed);
  return text;
}

}  // namespace

std::string seconds_text(double seconds) {
  return seconds < 10 ? fmt::format("{:.1f} s", seconds) : fmt::format("{:.0f} s", seconds);
}

std::string describe(const RankState& state) {
  std::string text = state.activity;
  if (state.step > 0) text += fmt::format(", step {}", state.step);
  if (state.waits && state.activity != kWaitingActivity) text += ", waiting";
  return text;
}

WatchTable::WatchTable(std::vector<std::string> hosts, WatchLimits limits, double now)
    : limits_(limits),
      start_(now),
      progress_at_(now),
      next_warning_(std::min(kFirstStallWarning, kWarningPart * limits.progress)) {
  for (std::string& host : hosts) ranks_.push_back({std::move(host), {}, {}, false});
}

void WatchTable::hear(int rank, const RankState& state, double now) {
  Rank& known = ranks_[static_cast<std::size_t>(rank)];
  if (state.count != known.state.count) {
    double& longest = longest_gaps_[ranks_[0].state.activity];
    longest = std::max(longest, now - progress_at_);
    if (all_wait()) longest_wait_ = std::max(longest_wait_, now - progress_at_);
    progress_at_ = now;
    next_warning_ = std::min(kFirstStallWarning, kWarningPart * limits_.progress);
  }
  known.state = state;
  known.heard = now;
  known.warned = false;
}

void WatchTable::forgive(double now) {
  for (Rank& rank : ranks_) {
    if (rank.heard) rank.heard = now;
  }
  progress_at_ = now;
}

WatchVerdict WatchTable::judge(double now) {
  using enum WatchVerdict::Kind;
  if (limits_.silence > 0) {
    const std::vector<int> lost = silent_for_more_than(limits_.silence, now);
    if (!lost.empty()) return {end, describe_silent(lost, now)};
  }
  const double without_progress = now - progress_at_;
  if (without_progress > stall_limit()) {
    return {end, fmt::format("{}no rank has made progress for {}: {}",
                             stop_requested_ ? "a stop was requested, but " : "",
                             seconds_text(without_progress), describe_late())};
  }
  if (stop_requested_) {
    const std::vector<int> lost = silent_for_more_than(kStopPatience, now);
    if (!lost.empty()) return {end, "a stop was requested, but " + describe_silent(lost, now)};
  }
  const std::string warnings = new_warnings(now);
  return warnings.empty() ? WatchVerdict{} : WatchVerdict{warning, warnings};
}

double WatchTable::usual_gap() const {
  const auto known = longest_gaps_.find(ranks_[0].state.activity);
  return known == longest_gaps_.end() ? 0 : known->second;
}

bool WatchTable::all_wait() const {
  return std::ranges::all_of(ranks_,
                             [](const Rank& rank) { return rank.heard && rank.state.waits; });
}

double WatchTable::stall_limit() const {
  const double limit =
      limits_.progress > 0 ? limits_.progress : std::numeric_limits<double>::infinity();
  if (!all_wait()) return std::max(limit, kGapFactor * usual_gap());
  return std::max(std::min(kWaitPart * limit, stop_requested_ ? kStopPatienceWithWaits : limit),
                  kGapFactor * longest_wait_);
}

std::string WatchTable::new_warnings(double now) {
  std::vector<std::string> warnings;
  if (limits_.silence > 0) {
    std::vector<int> silent = silent_for_more_than(kWarningPart * limits_.silence, now);
    std::erase_if(silent, [&](int rank) { return ranks_[static_cast<std::size_t>(rank)].warned; });
    for (const int rank : silent) ranks_[static_cast<std::size_t>(rank)].warned = true;
    if (!silent.empty()) {
      warnings.push_back(fmt::format("{}; the job ends when that lasts {:g} s",
                                     describe_silent(silent, now), limits_.silence));
    }
    std::vector<std::string> unheard;
    for (Rank& rank : ranks_) {
      if (rank.heard || rank.warned || now - start_ <= limits_.silence) continue;
      rank.warned = true;
      unheard.push_back(fmt::format("rank {} on {}", &rank - ranks_.data(), rank.host));
    }
    if (!unheard.empty()) {
      warnings.push_back(fmt::format("no UDP packets arrive from {}: the stall watch cannot see {}",
                                     joined(unheard), unheard.size() == 1 ? "it" : "them"));
    }
  }
  if (limits_.progress > 0 && now - progress_at_ > next_warning_) {
    next_warning_ = 2 * (now - progress_at_);
    warnings.push_back(fmt::format("no rank has made progress for {}: {}",
                                   seconds_text(now - progress_at_), describe_late()));
  }
  return joined(warnings);
}

std::vector<int> WatchTable::silent_for_more_than(double seconds, double now) const {
  std::vector<int> silent;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    if (ranks_[i].heard && now - *ranks_[i].heard > seconds) silent.push_back(static_cast<int>(i));
  }
  return silent;
}

std::string WatchTable::describe(int rank) const {
  const auto& [host, state, heard, warned] = ranks_[static_cast<std::size_t>(rank)];
  return fmt::format("rank {} on {} ({})", rank, host, lockstep::describe(state));
}

std::string WatchTable::describe_silent(const std::vector<int>& ranks, double now) const {
  std::vector<std::string> texts;
  texts.reserve(ranks.size());
  for (const int rank : ranks) {
    texts.push_back(fmt::format("{} has not been heard from for {}", describe(rank),
                                seconds_text(now - *ranks_[static_cast<std::size_t>(rank)].heard)));
  }
  return joined(texts);
}

std::string WatchTable::describe_late() const {
  // The ranks that do not wait keep the others waiting; else those at the earliest step do.
  std::vector<int> late;
  for (std::size_t i = 0; i < ranks_.size(); ++i) {
    if (ranks_[i].heard && !ranks_[i].state.waits) late.push_back(static_cast<int>(i));
  }
  if (late.empty()) {
    const auto step_of = [](const Rank& rank) { return rank.state.step; };
    const std::uint64_t earliest = std::ranges::min(ranks_, {}, step_of).state.step;
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
      if (step_of(ranks_[i]) == earliest) late.push_back(static_cast<int>(i));
    }
    if (late.size() == ranks_.size()) {
      return "all ranks wait for each other; a link between their hosts may be cut: " + describe(0);
    }
  }
  std::vector<std::string> texts;
  texts.reserve(late.size());
  for (const int rank : late) texts.push_back(describe(rank));
  return "the others wait for " + joined(texts);
}

}  // namespace lockstep
