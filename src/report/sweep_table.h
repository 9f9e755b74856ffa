#pragma once
// The results of a sweep as tables for people, spreadsheets and scripts. Pure functions;
// the results do not depend on the layout or on timings.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/sweep.h"
#include "evaluate/score_examples.h"
#include "sweep/termination.h"
#include "sweep/trials.h"

namespace lockstep {

struct SweepResults {
  const SweepConfig& sweep;
  const std::vector<Trial>& trials;
  std::vector<RankedTrial> ranked;       // as from rank_trials()
  std::uint64_t dev_examples = 0;        // examples in the winner's dev set
  std::optional<CheckpointScores> test;  // scores of the winner; absent without a test set
  std::vector<std::string> cautions;     // as lines
};

// The first of the ranked trials, if it was trained to its end; otherwise null.
const RankedTrial* winner_of(const SweepResults& results);

// The finished trials, by rank, whose dev error differs from the winner's by no more than
// chance: 0 lies in the interval of the difference (base/binomial.h), which holds with 95%
// for all compared trials at once. Trials with the winner's weights are left out. Returns
// nothing when the metric is not the error, or when there is no winner.
std::optional<std::vector<std::uint32_t>> indistinguishable(const SweepResults& results);

// The other finished trials, by rank, that were trained to exactly the winner's weights.
std::vector<std::uint32_t> twins(const SweepResults& results);

// sweep.csv: a header, and a row for each trial by number, with its rank from 1. The row is
// followed by one for each other combination of values that gives the same job. Numbers have
// every digit that they need (RFC 4180, LF). Absent values are empty.
std::string sweep_csv(const SweepResults& results);

// sweep.json, one object, indented: name, metric, trials (by number, as in the
// CSV, with other values that give the same job in `also`), winner with intervals and
// its test error, indistinguishable, cautions. Absent values are null.
std::string sweep_json(const SweepResults& results);

// sweep.txt: the ranked table, the winner, and notes about it. It does not depend on the
// place of the run directory.
std::string sweep_text(const SweepResults& results);

// Text that names the files and the commands to use the winner.
std::string next_steps(const SweepResults& results, const std::string& run_dir);

// winner.textproto: the winner's job with a comment about its origin.
std::string winner_job(const SweepResults& results);

}  // namespace lockstep
