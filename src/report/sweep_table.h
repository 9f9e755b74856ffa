#pragma once
// The results of a sweep as tables: for people, for spreadsheets, for scripts. Pure
// functions; nothing in them depends on the layout or on time.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/sweep.h"
#include "sweep/termination.h"
#include "sweep/trials.h"
#include "train/evaluate_checkpoint.h"

namespace lockstep {

struct SweepResults {
  const SweepConfig& sweep;
  const std::vector<Trial>& trials;
  std::vector<RankedTrial> ranked;       // of rank_trials
  std::uint64_t dev_examples = 0;        // of the winner's dev set
  std::optional<CheckpointScores> test;  // of the winner; none without a test set
  std::vector<std::string> cautions;     // as lines
};

// The first of the ranked trials, if it was trained to its end.
const RankedTrial* winner_of(const SweepResults& results);

// The finished trials, by rank, whose dev error differs from the winner's by no more
// than chance: 0 is in the interval of the difference (base/binomial.h), which holds
// with 95 % for all that are compared. Those that have the winner's weights are not
// among them. None when the metric is not the error, which is counted, or nobody won.
std::optional<std::vector<std::uint32_t>> indistinguishable(const SweepResults& results);

// The other finished trials, by rank, that were trained to the winner's very weights.
std::vector<std::uint32_t> twins(const SweepResults& results);

// sweep.csv: a header, and one row for each trial by number, with rank from 1, after it
// one more for each other combination of values that makes the same job; with
// numbers with every digit that they need (RFC 4180, LF). What a trial does not
// have is empty.
std::string sweep_csv(const SweepResults& results);

// sweep.json, one object, indented: name, metric, trials (by number, as in the
// CSV, with other values that make the same job in `also`), winner with intervals and
// its test error, indistinguishable, cautions. What does not exist is null.
std::string sweep_json(const SweepResults& results);

// sweep.txt: the ranked table, the winner, and what should be known of it. The same
// wherever the run directory is.
std::string sweep_text(const SweepResults& results);

// Where the files are, and what to do with the winner.
std::string next_steps(const SweepResults& results, const std::string& run_dir);

// winner.textproto: the winner's job with a comment that says where it comes from.
std::string winner_job(const SweepResults& results);

}  // namespace lockstep
