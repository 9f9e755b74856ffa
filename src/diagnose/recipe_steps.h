#pragma once
// Makes the basic recipe for machine learning (lecture 1.3) concrete for one job: which fields to
// change, and to which values.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "records/diagnosis.h"
#include "records/evaluation.h"

namespace lockstep {

// Facts about a run besides its errors.
struct RunFacts {
  std::string stop_reason;  // as in Summary; empty: not known
  std::uint64_t train_examples = 0;
  std::uint64_t dev_examples = 0;
  std::uint64_t features = 0;  // 0: not known
  bool images = false;         // whether examples are known to be images
  std::optional<bool> cost_was_falling;
  bool dev_was_best_before_the_end = false;
};

// Whether J was still falling at the end of a run: in the last fifth of its steps it fell by 2%
// or more. None with fewer than 3 evaluations.
std::optional<bool> cost_was_falling(std::span<const Evaluation> evaluations);

// Pure. The steps that `diagnosis` asks for, in the lecture's order:
//   high bias: bigger network, longer training, another optimizer (inputs
//   normalized first), learning rate, schedule or batch size, less regularization
//   (1.5), another architecture;
//   high variance: more data, L2, dropout, a bigger network with more dropout,
//   augmentation of images, early stopping (1.8), a schedule, another architecture;
//   mismatch: training data more like dev (1.1);
// if no verdict is possible, steps that make one possible come first. Every step's `set` loads
// with the job of `loaded` and changes it.
std::vector<RecipeStep> recipe_steps(const LoadedJob& loaded, const Diagnosis& diagnosis,
                                     const RunFacts& facts);

}  // namespace lockstep
