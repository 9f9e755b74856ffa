#pragma once
// The best of a recipe's runs, when all are known.

#include <cstdint>
#include <optional>
#include <set>
#include <span>

#include "records/diagnosis.h"
#include "train/answers.h"

namespace lockstep {

// What a finished run is chosen by.
struct RecipeContender {
  int run = 0;
  MeasuredError dev;
  std::uint64_t parameters = 0;
  WrongAnswers wrong;  // on dev; empty where not known
};

// Pure. The run with the lowest dev error; of equal ones the one with the fewest
// parameters, then the first. Runs in `excluded` are left out; 0: no run is left.
int best_contender(std::span<const RecipeContender> contenders, const std::set<int>& excluded = {});

// Pure. How many of the contenders the dev set cannot tell from the run `best`, itself
// counted.
int as_good_within_chance(std::span<const RecipeContender> contenders, int best);

}  // namespace lockstep
