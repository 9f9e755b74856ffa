#pragma once
// Records what a recipe (lecture 1.3) has tried and decides what it tries next, by the errors of
// finished runs alone.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "diagnose/recipe_judgement.h"
#include "diagnose/recipe_turns.h"
#include "diagnose/recipe_winner.h"
#include "diagnose/run_record.h"
#include "records/diagnosis.h"
#include "records/recipe_run.h"

namespace lockstep {

// When no step against bias reduces the training error any more, the base error is probably near
// it (1.2, 1.3). This is an assumption and not a measurement.
struct AssumedBase {
  double error = 0;
  int run = 0;    // the run with this training error
  int steps = 0;  // steps against bias that did not reduce it
};

struct RecipeResult {
  std::string job_name;
  int budget = 0;  // the most runs that it may train
  std::vector<RecipeRun> runs;
  std::optional<RecipeEnd> end;  // none: the recipe continues
  std::optional<AssumedBase> assumed_base;
  int best = 0;          // the best run on dev; 0: none
  int as_good = 0;       // number of runs, including the best, that the dev set cannot tell from it
  std::string best_job;  // its job, resolved
  std::vector<RecipeStep> left;  // steps not taken: for a person, or beyond the budget
  bool has_test_set = false;
  // Test error of the best run, at the end; none without a test set or a checkpoint.
  std::optional<MeasuredError> test;
};

// Used on rank 0. Does not communicate.
class RecipeBook {
 public:
  // For a recipe that begins with the job and may train `runs` times.
  RecipeBook(const LoadedJob& loaded, int runs);

  [[nodiscard]] const RecipeResult& result() const { return result_; }
  // The job to be trained next, resolved; empty: the recipe is over.
  [[nodiscard]] const std::string& next_job() const { return next_job_; }
  // The digest of the best run's weights; empty: there is none.
  [[nodiscard]] const std::string& best_weights() const { return best_weights_; }

  // Adds the result of the next job: each function chooses another next job, or ends the recipe.
  void take(const RunRecord& record);
  void take_divergence(const std::string& message);
  void interrupt() { stop(RecipeEnd::interrupted); }

  // Sets the test error of the best run, when the recipe is over.
  void take_test(const MeasuredError& error) { result_.test = error; }

 private:
  // A finished run, with what the next steps depend on.
  struct Run {
    int number = 0;
    LoadedJob loaded;
    RunRecord record;
    Diagnosis diagnosis;
  };

  [[nodiscard]] const Run& run(int number) const;
  [[nodiscard]] static JudgedRun judged(const Run& run);
  [[nodiscard]] bool has_start() const { return footing_ > 0; }
  [[nodiscard]] bool budget_is_spent() const;
  void stop(RecipeEnd end);
  void finish_without_start(RecipeRun ended);
  void name_the_best();
  // Chooses the next run when no run has finished yet: the last job with a smaller learning rate.
  void tame();
  // Chooses the next run: a step on the footing, against bias until the training set is fitted or
  // no kind of step reduces the training error any more, then against variance, then against
  // mismatch. When every kind has failed there, the recipe continues from the best run on dev that
  // it has not worked off yet. That run was not kept, because it may be best by chance, but it is
  // the best guess.
  void choose();
  // The diagnosis of a run's errors with the assumed base error, if there is one.
  [[nodiscard]] Diagnosis diagnosis_of(const Run& run) const;
  // The next step against a problem on the footing; none: there is no such problem, or every kind
  // of step has failed.
  [[nodiscard]] std::optional<OpenStep> turn_against(RecipeTarget problem) const;
  void assume_base_where_bias_does_not_move();
  [[nodiscard]] int steps_against_bias_on_footing() const;
  // Returns false if no run is left to continue from.
  bool move_footing();
  // Makes `step` on top of the footing the next run.
  void take_next(int based_on, OpenStep step);

  RecipeResult result_;
  std::set<std::string> tried_;              // resolved jobs
  std::vector<Run> runs_;                    // finished with useful results
  std::vector<RecipeContender> contenders_;  // the same runs
  // The run whose job the next step changes; 0: none yet.
  int footing_ = 0;
  std::set<int> worked_off_;  // footings where every kind has failed `failures_` times
  int failures_ = 1;
  std::string best_weights_;  // their digest
  RecipeRun next_;            // the run in progress
  std::string next_job_;      // its job, resolved; empty: the recipe is over
};

}  // namespace lockstep
