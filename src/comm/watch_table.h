#pragma once
// What rank 0 knows of all ranks, and what it concludes: the rules of the stall watch, as pure
// functions of the messages and times that it is given. Times are seconds from any origin.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/heartbeat.h"

namespace lockstep {

struct WatchLimits {
  // A rank that has been heard and then is silent for longer is lost. 0: never.
  double silence = 20;
  // The job has stalled when no rank makes progress for longer; or for ten times as long as it took
  // before, in what rank 0 is doing, if that is longer. A sixth of it where all ranks wait for each
  // other: then nothing but a message on its way can end the wait. 0: never.
  double progress = 1800;
};

// After a request to stop, a rank that is silent for this many seconds is lost, whatever the limit
// is.
constexpr double kStopPatience = 10;

// After a request to stop, ranks that all wait for each other for this many seconds have stalled.
constexpr double kStopPatienceWithWaits = 30;

// Text such as "exchange, step 41, waiting".
std::string describe(const RankState& state);

// Text such as "4.2 s" or "20 s".
std::string seconds_text(double seconds);

struct WatchVerdict {
  enum class Kind { fine, warning, end };
  Kind kind = Kind::fine;
  std::string text;  // whole sentences for people
};

class WatchTable {
 public:
  // `hosts`: the host of each rank. `now`: the start.
  WatchTable(std::vector<std::string> hosts, WatchLimits limits, double now);

  // Rank `rank` has reported `state`.
  void hear(int rank, const RankState& state, double now);
  // This process itself did not run up to `now`: what was not heard meanwhile counts as heard.
  void forgive(double now);
  // A stop was requested.
  void request_stop() { stop_requested_ = true; }

  [[nodiscard]] std::size_t size() const { return ranks_.size(); }

  // What follows at `now`. A warning is given once for each rank that falls silent or was never
  // heard, and again each time that a stall has become twice as long.
  WatchVerdict judge(double now);

 private:
  struct Rank {
    std::string host;
    RankState state;
    std::optional<double> heard;
    bool warned = false;
  };

  [[nodiscard]] std::vector<int> silent_for_more_than(double seconds, double now) const;
  [[nodiscard]] std::string describe(int rank) const;
  [[nodiscard]] std::string describe_late() const;
  [[nodiscard]] std::string describe_silent(const std::vector<int>& ranks, double now) const;
  [[nodiscard]] double usual_gap() const;
  // Every rank has been heard, and waits for others.
  [[nodiscard]] bool all_wait() const;
  // The seconds without progress after which the job has stalled; infinite: never.
  [[nodiscard]] double stall_limit() const;
  std::string new_warnings(double now);

  std::vector<Rank> ranks_;
  WatchLimits limits_;
  double start_;
  double progress_at_;                          // when some rank last made progress
  std::map<std::string, double> longest_gaps_;  // without progress, by rank 0's activity
  double longest_wait_ = 0;                     // of all ranks for each other
  double next_warning_;  // the length of a stall that the next warning reports
  bool stop_requested_ = false;
};

}  // namespace lockstep
