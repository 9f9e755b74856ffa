#pragma once
// The loop of the basic recipe (lecture 1.3): train, diagnose, take a step, keep it if the
// error that it is about fell (recipe_judgement.h), and again.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job_file.h"
#include "diagnose/recipe_book.h"
#include "records/observer.h"
#include "train/layout.h"
#include "train/stop_request.h"

namespace lockstep {

struct RecipeOptions {
  std::filesystem::path directory;  // exists
  int runs = 1;                     // at most; the job as it is counts as one
  Layout layout;                    // prefetch threads: of runs that augment
  bool allow_changed_data = false;  // when a run is gone on with
  StopRequested stop_requested = nobody_asks_to_stop;
};

// How a recipe touches files. All is called on rank 0 and may throw Error.
class RecipeHost {
 public:
  virtual ~RecipeHost() = default;
  // The reports of a run, which must write what `finished` reads.
  virtual std::unique_ptr<TrainingObserver> reports(const LoadedJob& loaded) = 0;
  // What the finished run in `run_dir` left; none when none has finished there.
  virtual std::optional<RunRecord> finished(const std::filesystem::path& run_dir) = 0;
  // Why the run in `run_dir` diverged, when one did.
  virtual std::optional<std::string> diverged(const std::filesystem::path& run_dir) = 0;
  virtual void note_divergence(const std::filesystem::path& run_dir,
                               const std::string& message) = 0;
  // Which examples the run in `run_dir` gets wrong: part of its record. Comes before its
  // reports know its end.
  virtual void keep_answers(const std::filesystem::path& run_dir, const Answers& answers) = 0;
  // After every run, and at the end.
  virtual void publish(const RecipeResult& result) = 0;
};

// The directory of run `number` of a recipe.
std::filesystem::path recipe_run_directory(const std::filesystem::path& directory, int number);

// Throws Error(usage) when the job has no dev error to choose by.
void check_recipe_job(const Job& job);

// Collective over comm. Follows the recipe from the job of `loaded`. Each run is
// trained as by train() into its own directory; runs that `host` finds there,
// finished or with a checkpoint, are taken over or gone on with. Choices are
// made on rank 0 by training and dev errors alone: they are the same at every layout. Test is
// looked at once, at the end, for the best run (1.4). A job that diverges is tried
// with smaller learning rates. Returns the result on rank 0, on the others its
// stop_reason. Throws AgreedError as train() does, but for divergence, and
// (usage) when a directory holds the run of another job.
RecipeResult run_recipe(const LoadedJob& loaded, const Communicator& comm,
                        const RecipeOptions& options, RecipeHost& host);

}  // namespace lockstep
