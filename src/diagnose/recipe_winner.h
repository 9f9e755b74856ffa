#pragma once
// Chooses the best of a recipe's runs, when all are known.

#include <cstdint>
#include <set>
#include <span>

#include "metrics/answers.h"
#include "records/diagnosis.h"

namespace lockstep {

// The properties by which a finished run is chosen.
struct RecipeContender {
  int run = 0;
  MeasuredError dev;
  std::uint64_t parameters = 0;
  ExampleErrors of_examples;  // on dev; empty if not known
  bool of_values = false;     // as in Diagnosis
};

// Pure. The run with the lowest dev error; in a tie the one with the fewest parameters, then the
// first. Runs in `excluded` are left out; 0: no run is left.
int best_contender(std::span<const RecipeContender> contenders, const std::set<int>& excluded = {});

// Pure. Number of contenders, including the run `best`, that the dev set cannot tell from `best`.
int as_good_within_chance(std::span<const RecipeContender> contenders, int best);

}  // namespace lockstep
