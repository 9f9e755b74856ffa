#include "diagnose/recipe.h"

#include <algorithm>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/error.h"
#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "config/job_diff.h"
#include "diagnose/bias_variance.h"
#include "diagnose/diagnose_run.h"
#include "diagnose/flow_monitor.h"
#include "diagnose/remedies.h"
#include "train/evaluate_checkpoint.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string percent(double error) { return fmt::format("{:.2f}%", 100 * error); }

std::optional<MeasuredError> dev_of(const RecipeTrial& trial) {
  return trial.diagnosis ? trial.diagnosis->dev : std::nullopt;
}

std::string compare(const MeasuredError& before, const MeasuredError& after) {
  const auto wrong = [](const MeasuredError& set) {
    return set.error * static_cast<double>(set.examples);
  };
  const Interval change =
      difference_interval(wrong(before), before.examples, wrong(after), after.examples);
  const bool chance = change.low <= 0 && change.high >= 0;
  return fmt::format("dev error {} -> {}, {}", percent(before.error), percent(after.error),
                     chance ? "within chance" : "beyond chance");
}

// `before` and then `after`; a path that is set again appears only the last time.
std::vector<std::string> combined(std::vector<std::string> before,
                                  const std::vector<std::string>& after) {
  const auto path_of = [](const std::string& line) { return line.substr(0, line.find('=')); };
  for (const std::string& line : after) {
    std::erase_if(before, [&](const std::string& old) { return path_of(old) == path_of(line); });
    before.push_back(line);
  }
  return before;
}

// Throws unless the run that is in `run_dir` is of the job.
void require_job(const fs::path& run_dir, const std::string& theirs, const std::string& ours) {
  const std::vector<FieldDifference> differences = diff_jobs(theirs, ours);
  if (differences.empty()) return;
  const auto& [path, value_a, value_b] = differences.front();
  throw Error(ExitCode::usage,
              fmt::format("{} holds a run of another job: {} {}, this recipe has {}; choose "
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

// What rank 0 knows of the recipe so far, and how it goes on.
class Book {
 public:
  Book(const LoadedJob& loaded, int runs) {
    result_.job_name = loaded.job.name;
    result_.runs = runs;
    result_.has_test_set = loaded.job.data.test || loaded.job.data.split.test;
    tried_.insert(loaded.resolved_text);
    next_.number = 1;
    next_job_ = loaded.resolved_text;
  }

  [[nodiscard]] const RecipeResult& result() const { return result_; }
  [[nodiscard]] const std::string& next_job() const { return next_job_; }
  [[nodiscard]] const std::string& best_weights() const { return best_weights_; }

  void take(const RunRecord& record) {
    const LoadedJob loaded = parse_job(record.resolved_job, "resolved job", "/", {});
    RecipeTrial trial = std::move(next_);
    trial.diagnosis = diagnose_run(loaded, record.summary, record.evaluations);
    const auto before = result_.best == 0 ? std::nullopt : dev_of(best_trial());
    const auto after = dev_of(trial);
    if (before && after) {
      trial.outcome = after->error < before->error ? "kept" : "discarded";
      trial.comparison = compare(*before, *after);
    } else if (trial.based_on > 0) {
      trial.outcome = "trains";
      trial.comparison = fmt::format("dev error {}", after ? percent(after->error) : "-");
    } else {
      trial.outcome = "start";
    }
    if (trial.outcome != "discarded") {
      result_.best = trial.number;
      result_.best_job = record.resolved_job;
      best_weights_ = record.summary.weights_digest;
    }
    result_.trials.push_back(std::move(trial));
    choose();
  }

  void take_divergence(const std::string& message) {
    RecipeTrial trial = std::move(next_);
    trial.outcome = "diverged";
    trial.comparison = message;
    result_.trials.push_back(std::move(trial));
    if (result_.best == 0) {
      tame();
    } else {
      choose();
    }
  }

  void interrupt() { stop("interrupted"); }
  void test(const MeasuredError& error) { result_.test = error; }

 private:
  [[nodiscard]] const RecipeTrial& best_trial() const {
    return result_.trials[static_cast<std::size_t>(result_.best) - 1];
  }

  void stop(const std::string& reason) {
    result_.stop_reason = reason;
    next_job_.clear();
  }

  // How often a step has had its turn: its kind, then the very same lines.
  std::pair<int, int> turns(const RecipeStep& step) {
    return {kinds_taken_[step.kind], lines_taken_[step.set]};
  }

  [[nodiscard]] bool budget_is_spent() const {
    return static_cast<int>(result_.trials.size()) >= result_.runs;
  }

  // The next run when none has come to its end: the last job with a smaller learning
  // rate.
  void tame() {
    constexpr std::size_t kMostDivergences = 4;
    if (budget_is_spent() || result_.trials.size() >= kMostDivergences) return stop("diverged");
    const LoadedJob last = parse_job(next_job_, "resolved job", "/", {});
    RecipeStep step = against_divergence(last.job);
    std::string job = parse_job(last.resolved_text, "resolved job", "/", step.set).resolved_text;
    take_next(std::move(step), result_.trials.back(), std::move(job));
  }

  // `step` on top of `trial`, which makes `job`.
  void take_next(RecipeStep step, const RecipeTrial& trial, std::string job) {
    tried_.insert(job);
    next_ = {};
    next_.number = static_cast<int>(result_.trials.size()) + 1;
    next_.based_on = trial.number;
    next_.set = combined(trial.set, step.set);
    next_.step = std::move(step);
    next_job_ = std::move(job);
  }

  // The next run: the first step of the best run's recipe that a program can
  // take and that makes a job not yet tried. First all steps against bias, then
  // those against variance, then mismatch; of one group, a kind of step that has
  // been tried waits until the others have had as many turns, and so do the very
  // same lines.
  void choose() {
    const Diagnosis diagnosis = best_trial().diagnosis.value_or(Diagnosis{});
    const LoadedJob best = parse_job(result_.best_job, "resolved job", "/", {});
    const RecipeStep* chosen = nullptr;
    std::string chosen_job;
    result_.left.clear();
    for (const RecipeStep& step : diagnosis.recipe) {
      if (step.set.empty() || !step.comparable) {
        result_.left.push_back(step);
        continue;
      }
      std::string job = parse_job(best.resolved_text, "resolved job", "/", step.set).resolved_text;
      if (tried_.contains(job)) continue;
      result_.left.push_back(step);
      if (chosen == nullptr || (step.against == chosen->against && turns(step) < turns(*chosen))) {
        chosen = &step;
        chosen_job = std::move(job);
      }
    }
    if (diagnosis.verdict == "neither" || diagnosis.verdict == "uncertain") {
      return stop(diagnosis.verdict);
    }
    if (chosen == nullptr) return stop("exhausted");
    if (budget_is_spent()) return stop("budget");
    ++kinds_taken_[chosen->kind];
    ++lines_taken_[chosen->set];
    take_next(*chosen, best_trial(), std::move(chosen_job));
  }

  RecipeResult result_;
  std::set<std::string> tried_;  // resolved jobs
  std::map<std::string, int> kinds_taken_;
  std::map<std::vector<std::string>, int> lines_taken_;
  std::string best_weights_;  // their digest
  RecipeTrial next_;          // being run
  std::string next_job_;      // its job, resolved; empty: the recipe is over
};

// What rank 0 finds of a run before it is trained, and every rank must know.
struct Found {
  bool finished = false;
  bool diverged = false;
  bool has_checkpoint = false;
};

class RecipeRun {
 public:
  RecipeRun(const LoadedJob& loaded, const Communicator& comm, const RecipeOptions& options,
            RecipeHost& host)
      : comm_(comm), options_(options), host_(host), book_(loaded, options.runs) {}

  RecipeResult run() {
    std::string job = book_.next_job();
    for (int number = 1; !job.empty(); ++number) {
      if (!take_run(parse_job(job, "resolved job", "/", {}),
                    recipe_run_directory(options_.directory, number))) {
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
    comm_.broadcast(result.stop_reason);
    return result;
  }

 private:
  // Collective. The test error of the best run, when the recipe has ended.
  void test_best() {
    std::string checkpoint;  // empty: nothing to test, or nothing to test it with
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      const RecipeResult& result = book_.result();
      if (result.best == 0 || result.stop_reason == "interrupted") return;
      if (!result.has_test_set) return;
      const fs::path run_dir = recipe_run_directory(options_.directory, result.best);
      const auto found = find_with_weights(run_dir / "ckpt", book_.best_weights());
      if (found) checkpoint = found->path.string();
    });
    comm_.broadcast(checkpoint);
    if (checkpoint.empty()) return;
    const CheckpointScores scores = evaluate_checkpoint(
        checkpoint, EvaluationSplit::test, comm_, options_.layout, options_.allow_changed_data);
    agree(comm_, [&] {
      if (!comm_.is_root() || !scores.error) return;
      book_.test(measured({*scores.error, scores.examples}));
      host_.publish(book_.result());
    });
  }

  // Collective. Has the book take in one run, trained now or before. False when
  // it was interrupted.
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
      found = {record.has_value(), why.has_value(), fs::exists(run_dir / "ckpt")};
      create(run_dir);
    });
    comm_.broadcast(found);
    if (!found.finished && !found.diverged) {
      try {
        if (train_run(loaded, run_dir, found.has_checkpoint) == "interrupted") return false;
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
    options.on_step = options_.on_step;
    options.allow_changed_data = options_.allow_changed_data;
    options.with_test = false;
    options.make_monitor = make_flow_monitor;
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) observers.push_back(host_.reports(loaded));
    return train(loaded.job, loaded.resolved_text, comm_, options, observers).stop_reason;
  }

  const Communicator& comm_;
  const RecipeOptions& options_;
  RecipeHost& host_;
  Book book_;  // kept up on rank 0
};

}  // namespace

fs::path recipe_run_directory(const fs::path& directory, int number) {
  return directory / fmt::format("run-{:02}", number);
}

void check_recipe_job(const Job& job) {
  if (job.network.output.loss == LossKind::squared_error) {
    throw Error(ExitCode::usage,
                "the recipe goes by errors, and SQUARED_ERROR has no error rate: it cannot tell "
                "bias from variance");
  }
  if (!job.data.dev && !job.data.split.dev) {
    throw Error(ExitCode::usage,
                "the recipe chooses by the dev error, and the job has no dev set; give data.dev or "
                "data.split.dev, as in --set data.split.dev.fraction=0.2 (1.1)");
  }
}

RecipeResult run_recipe(const LoadedJob& loaded, const Communicator& comm,
                        const RecipeOptions& options, RecipeHost& host) {
  return RecipeRun(loaded, comm, options, host).run();
}

}  // namespace lockstep
