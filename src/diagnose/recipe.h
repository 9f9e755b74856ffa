#pragma once
// The loop of the basic recipe (lecture 1.3): trains, diagnoses, takes a step, keeps it if the
// error that it aims at fell (recipe_judgement.h), and repeats.

#include <filesystem>
#include <optional>
#include <string>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job_file.h"
#include "diagnose/recipe_book.h"
#include "records/observer.h"
#include "train/run_reporter.h"
#include "train/stop_request.h"

namespace lockstep {

struct RecipeOptions {
  std::filesystem::path directory;         // exists
  int runs = 1;                            // the largest number; the original job counts as one
  Layout layout;                           // its prefetch threads are for runs with augmentation
  bool allow_changed_data = false;         // when a run is resumed
  bool allow_changed_environment = false;  // the same
  StopRequested stop_requested = nobody_asks_to_stop;
};

// The file operations of a recipe. All are called on rank 0 and may throw Error.
class RecipeHost {
 public:
  virtual ~RecipeHost() = default;
  // Makes the observers of a run, which must write what `finished` reads.
  virtual TrainingObservers observers(const LoadedJob& loaded) = 0;
  // The results of the finished run in `run_dir`; none when none has finished there.
  virtual std::optional<RunRecord> finished(const std::filesystem::path& run_dir) = 0;
  // The reason why the run in `run_dir` diverged, if it did.
  virtual std::optional<std::string> diverged(const std::filesystem::path& run_dir) = 0;
  virtual void note_divergence(const std::filesystem::path& run_dir,
                               const std::string& message) = 0;
  // Stores which examples the run in `run_dir` gets wrong, as a part of its record. Called before
  // the run's reports receive its end.
  virtual void keep_answers(const std::filesystem::path& run_dir, const Answers& answers) = 0;
  // Called after every run, and at the end.
  virtual void publish(const RecipeResult& result) = 0;
};

// Throws Error(usage) when the job has no dev error to choose by, or a warm start.
// Opens the files of a job that predicts values, and throws as dataset_sizes() does.
void check_recipe_job(const Job& job);

// Collective over comm. Follows the recipe from the job of `loaded`. Each run is trained as by
// train() into its own directory. Runs that `host` finds there are used if they have finished, or
// resumed if they have a checkpoint. Choices are made on rank 0 by training and dev errors alone,
// so they are the same at every layout. Only the best run is tested, once, at the end (1.4). A job
// that diverges is tried with smaller learning rates. Returns the result on rank 0; on
// other ranks only its member `end` is set. Throws AgreedError as train() does, except for
// divergence, and (usage) when a directory holds a run of another job.
RecipeResult run_recipe(const LoadedJob& loaded, const Communicator& comm,
                        const RecipeOptions& options, RecipeHost& host);

}  // namespace lockstep
