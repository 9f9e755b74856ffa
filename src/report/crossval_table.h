#pragma once
// The results of a cross-validation as tables for people, spreadsheets and scripts. Pure functions;
// the results do not depend on the layout or on timings.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluate/score_examples.h"
#include "sweep/crossval.h"
#include "sweep/trial_record.h"

namespace lockstep {

// The run whose test set is one fold.
struct FoldScores {
  std::uint32_t repeat = 0;
  std::uint32_t fold = 0;
  TrialResult result;                    // of its training
  std::optional<CheckpointScores> test;  // of the fold; none if the training diverged
};

struct CrossvalResults {
  std::string job_name;
  CrossvalPlan plan;
  std::uint64_t examples = 0;      // that the folds divide
  std::vector<FoldScores> folds;   // repeat after repeat, by fold
  std::vector<std::string> notes;  // as lines
};

// Mean, and standard deviation with n - 1 in the denominator, in the order of the numbers.
struct Spread {
  double mean = 0;
  double deviation = 0;
};

// The spread of at least two numbers.
Spread spread_of(std::span<const double> numbers);

// Whether every fold has scores. Otherwise there are no means.
bool is_complete(const CrossvalResults& results);

// crossval.csv: a header, and a row for each fold, with every digit that numbers need (RFC 4180,
// LF). Absent values are empty.
std::string crossval_csv(const CrossvalResults& results);

// crossval.json: one object, indented: the folds, the mean and the deviation of each number over
// all folds, and with several repeats those of the repeats' means. Absent values are null.
std::string crossval_json(const CrossvalResults& results);

// crossval.txt: the table of the folds, means and deviations, and what they mean.
std::string crossval_text(const CrossvalResults& results);

}  // namespace lockstep
