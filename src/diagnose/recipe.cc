#include "diagnose/recipe.h"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/run_files.h"
#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "config/job_diff.h"
#include "diagnose/bias_variance.h"
#include "diagnose/flow_monitor.h"
#include "evaluate/evaluate_checkpoint.h"
#include "records/stop_reason.h"
#include "sets/dataset_sizes.h"
#include "sets/same_data.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Throws unless the run in `run_dir` is a run of the job.
void require_job(const fs::path& run_dir, const std::string& theirs, const std::string& ours) {
  const std::vector<FieldDifference> differences = diff_jobs(theirs, ours);
  if (differences.empty()) return;
  const auto& [path, value_a, value_b] = differences.front();
  throw Error(ExitCode::usage,
              fmt::format("{} holds a run of another job: {} {}, but this recipe has {}; choose "
                          "another --run-dir",
                          run_dir.string(), path, value_a, value_b));
}

void create(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw Error(ExitCode::io, fmt::format("cannot create the run directory {}: {}",
                                          directory.string(), error.message()));
  }
}

// What rank 0 finds about a run before it is trained, for all ranks.
struct Found {
  bool finished = false;
  bool diverged = false;
  bool has_checkpoint = false;
};

class Recipe {
 public:
  Recipe(const LoadedJob& loaded, const Communicator& comm, const RecipeOptions& options,
         RecipeHost& host)
      : comm_(comm), options_(options), host_(host), book_(loaded, options.runs) {}

  RecipeResult run() {
    std::string job = book_.next_job();
    for (int number = 1; !job.empty(); ++number) {
      if (!take_run(parse_resolved_job(job), options_.directory / recipe_run_name(number))) {
        book_.interrupt();
      }
      agree(comm_, [&] {
        if (comm_.is_root()) host_.publish(book_.result());
      });
      job = book_.next_job();
      comm_.broadcast(job);
    }
    test_best();
    RecipeResult result = book_.result();
    comm_.broadcast(result.end);
    return result;
  }

 private:
  // Collective. Measures the test error of the best run, when the recipe has ended.
  void test_best() {
    std::string checkpoint;  // empty: nothing to test, or no test set
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      const RecipeResult& result = book_.result();
      if (result.best == 0 || result.end == RecipeEnd::interrupted) return;
      if (!result.has_test_set) return;
      const fs::path run_dir = options_.directory / recipe_run_name(result.best);
      const auto found = find_with_weights(run_dir / kCheckpointFolder, book_.best_weights());
      if (found) checkpoint = found->path.string();
    });
    comm_.broadcast(checkpoint);
    if (checkpoint.empty()) return;
    const CheckpointScores scores = evaluate_checkpoint(
        checkpoint, EvaluationSplit::test, comm_, options_.layout, options_.allow_changed_data);
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      if (scores.error) {
        book_.take_test(measured({*scores.error, scores.examples}));
      } else if (const auto& rmse = scores.relative_rmse) {
        book_.take_test(measured({rmse->value, scores.examples, rmse->standard_error}));
      }
      host_.publish(book_.result());
    });
  }

  // Collective. Adds one run, trained now or earlier, to the book. Returns false when it was
  // interrupted.
  bool take_run(const LoadedJob& loaded, const fs::path& run_dir) {
    std::optional<RunRecord> record;
    std::string divergence;
    Found found;
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      record = host_.finished(run_dir);
      if (record) require_job(run_dir, record->resolved_job, loaded.resolved_text);
      const auto why = host_.diverged(run_dir);
      divergence = why.value_or("");
      found = {record.has_value(), why.has_value(), fs::exists(run_dir / kCheckpointFolder)};
      create(run_dir);
    });
    comm_.broadcast(found);
    if (!found.finished && !found.diverged) {
      try {
        if (train_run(loaded, run_dir, found.has_checkpoint) == kInterrupted) return false;
      } catch (const AgreedError& error) {
        if (error.code() != ExitCode::diverged) throw;
        found.diverged = true;
        divergence = error.what();
      }
    }
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      if (found.diverged) {
        host_.note_divergence(run_dir, divergence);
        book_.take_divergence(divergence);
        return;
      }
      if (!record) record = host_.finished(run_dir);
      if (!record) {
        throw Error(ExitCode::io, fmt::format("{} lacks the results of its run", run_dir.string()));
      }
      if (data_.train.empty()) {
        data_ = {record->summary.train_fingerprint, record->summary.dev_fingerprint};
      }
      book_.take(*record);
    });
    return true;
  }

  // Collective. Returns the stop reason.
  std::string train_run(const LoadedJob& loaded, const fs::path& run_dir, bool resumes) {
    TrainOptions options;
    options.run_dir = run_dir;
    options.layout = options_.layout;
    if (!loaded.job.data.augmentation) options.layout.prefetch_threads = 0;
    options.resume = resumes ? Resume::automatic : Resume::never;
    options.stop_requested = options_.stop_requested;
    options.allow_changed_data = options_.allow_changed_data;
    options.allow_changed_environment = options_.allow_changed_environment;
    options.with_test = false;
    options.make_monitor = make_flow_monitor;
    options.take_answers = [&](const Answers& answers) { host_.keep_answers(run_dir, answers); };
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) {
      if (!data_.train.empty() && !options_.allow_changed_data) {
        observers.push_back(std::make_unique<SameData>(data_, "the earlier runs"));
      }
      for (auto& observer : host_.observers(loaded)) observers.push_back(std::move(observer));
    }
    return train(loaded.job, loaded.resolved_text, comm_, options, observers).stop_reason;
  }

  const Communicator& comm_;
  const RecipeOptions& options_;
  RecipeHost& host_;
  RecipeBook book_;        // used on rank 0
  DataFingerprints data_;  // on rank 0: data of the runs so far; empty: not known
};

}  // namespace

void check_recipe_job(const Job& job) {
  if (!job.data.dev && !job.data.split.dev) {
    throw Error(
        ExitCode::usage,
        "the recipe chooses runs by the dev error, but the job has no dev set; give data.dev or "
        "data.split.dev, for example with --set data.split.dev.fraction=0.2 (1.1)");
  }
  if (!job.training.weights_from.empty()) {
    throw Error(ExitCode::usage,
                "the recipe changes layers, which could then not start with the weights of "
                "training.weights_from; leave that out");
  }
  const OutputConfig& output = job.network.output;
  if (predicts_values(output.loss) && dataset_sizes(job).label_width != output.units) {
    throw Error(ExitCode::usage,
                "the recipe compares errors, and there is none where class labels are predicted as "
                "values; use SOFTMAX_CROSS_ENTROPY or LOGISTIC");
  }
}

RecipeResult run_recipe(const LoadedJob& loaded, const Communicator& comm,
                        const RecipeOptions& options, RecipeHost& host) {
  return Recipe(loaded, comm, options, host).run();
}

}  // namespace lockstep
