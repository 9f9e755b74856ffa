#pragma once
// What a recipe (lecture 1.3) has tried, and what it tries next: its decisions, which
// go by the errors of finished runs alone.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/job_file.h"
#include "train/diagnosis.h"
#include "train/observer.h"

namespace lockstep {

// What a finished run left behind.
struct RunRecord {
  std::string resolved_job;
  Summary summary;
  std::vector<Evaluation> evaluations;
};

// One run of a recipe.
struct RecipeTrial {
  int number = 1;    // from 1; its results are in run-NN
  int based_on = 0;  // the run whose job the step changes; 0: none, the job as it is
  RecipeStep step;   // empty for the first run
  // "start", "kept", "discarded"; "diverged"; and before any run has come to a useful
  // end: "blown up" (a loss far above guessing), "trains" (the first that did not).
  std::string outcome;
  std::string comparison;        // of the dev error with that of `based_on`; empty for the first
  std::vector<std::string> set;  // everything that is changed of the job as it was
  std::optional<Diagnosis> diagnosis;  // none of a run that diverged
};

struct RecipeResult {
  std::string job_name;
  int runs = 0;  // the budget
  std::vector<RecipeTrial> trials;
  // "neither" (nothing is high any more), "budget", "exhausted" (no step that a
  // program can take is left), "uncertain" (the sets are too small for a
  // verdict), "diverged" (the job as it is, and with smaller learning rates),
  // "interrupted"; empty: going on.
  std::string stop_reason;
  int best = 0;                  // number of the best run; 0: none
  std::string best_job;          // its job, resolved
  std::vector<RecipeStep> left;  // steps not taken: for a person, or beyond the budget
  bool has_test_set = false;
  // Of the best run, at the end; none without a test set or a checkpoint.
  std::optional<MeasuredError> test;
};

// Kept up on rank 0. Does not communicate.
class RecipeBook {
 public:
  // Of a recipe that begins with the job and may train `runs` times.
  RecipeBook(const LoadedJob& loaded, int runs);

  [[nodiscard]] const RecipeResult& result() const { return result_; }
  // The job to be trained next, resolved; empty: the recipe is over.
  [[nodiscard]] const std::string& next_job() const { return next_job_; }
  // The digest of the best run's weights; empty: there is none.
  [[nodiscard]] const std::string& best_weights() const { return best_weights_; }

  // What became of the next job: each chooses another one, or ends the recipe.
  void take(const RunRecord& record);
  void take_divergence(const std::string& message);
  void interrupt() { stop("interrupted"); }

  // Of the best run, when the recipe is over.
  void take_test(const MeasuredError& error) { result_.test = error; }

 private:
  [[nodiscard]] const RecipeTrial& best_trial() const;
  [[nodiscard]] bool budget_is_spent() const;
  // How often a step has had its turn: its kind, then the very same lines.
  std::pair<int, int> turns(const RecipeStep& step);
  void stop(const std::string& reason);
  void finish_without_start(RecipeTrial trial);
  // The next run when none has come to its end: the last job with a smaller learning
  // rate.
  void tame();
  // The next run: the first step of the best run's recipe that a program can
  // take and that makes a job not yet tried. First all steps against bias, then
  // those against variance, then mismatch; of one group, a kind of step that has
  // been tried waits until the others have had as many turns, and so do the very
  // same lines.
  void choose();
  // `step` on top of `trial`, which makes `job`.
  void take_next(RecipeStep step, const RecipeTrial& trial, std::string job);

  RecipeResult result_;
  std::set<std::string> tried_;  // resolved jobs
  std::map<std::string, int> kinds_taken_;
  std::map<std::vector<std::string>, int> lines_taken_;
  std::string best_weights_;  // their digest
  RecipeTrial next_;          // being run
  std::string next_job_;      // its job, resolved; empty: the recipe is over
};

}  // namespace lockstep
