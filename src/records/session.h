#pragma once
// The sessions of a run: the steps that one process trained, from its start or resumption to its
// end or its last checkpoint. Timings are of rank 0; they are shown but never affect results.

#include <cstdint>
#include <map>
#include <string>

namespace lockstep {

// The sum of all phases, beside them.
inline constexpr const char* kTotalSeconds = "total";

struct RunSession {
  std::uint64_t first_step = 0;  // number of steps done before it
  std::uint64_t last_step = 0;   // number of steps done after it
  std::uint32_t ranks = 1;
  std::uint32_t threads = 1;             // per rank
  double seconds = 0;                    // time of training, evaluating and saving
  std::map<std::string, double> phases;  // seconds by phase, with kTotalSeconds
  friend bool operator==(const RunSession&, const RunSession&) = default;
};

}  // namespace lockstep
