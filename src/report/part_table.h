#pragma once
// The results of one part of a sweep. They have no ranks and no winner, because those need the
// trials of all parts. Pure functions.

#include <string>
#include <vector>

#include "config/sweep.h"
#include "sweep/part.h"
#include "sweep/termination.h"
#include "sweep/trials.h"

namespace lockstep {

struct PartResults {
  const SweepConfig& sweep;
  const std::vector<Trial>& trials;  // of the whole sweep
  SweepPart part;
  std::vector<RankedTrial> own;  // the trials of the part, by number
};

// part.txt: which part it is, its trials, and that no winner is known yet.
std::string part_report(const PartResults& results);

// part.json, one object, indented: name, part, parts, metric, and trials as in sweep.json, with
// rank null.
std::string part_json(const PartResults& results);

// Text that names the files, and the command that makes the table of all parts.
std::string part_next_steps(const std::string& run_dir);

}  // namespace lockstep
