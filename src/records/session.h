#pragma once
// The sessions of a run: what one process of it trained, from its start or resumption
// to where it ended or what it saved last. Timings of rank 0, shown and never used.

#include <cstdint>
#include <map>
#include <string>

namespace lockstep {

struct RunSession {
  std::uint64_t first_step = 0;  // steps done before it
  std::uint64_t last_step = 0;   // steps done after it
  std::uint32_t ranks = 1;
  std::uint32_t threads = 1;             // per rank
  double seconds = 0;                    // of training, evaluating and saving
  std::map<std::string, double> phases;  // seconds by phase, with their "total"
  friend bool operator==(const RunSession&, const RunSession&) = default;
};

}  // namespace lockstep
