#include "report/format.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/number_text.h"
#include "base/run_files.h"
#include "records/missing_sets.h"
#include "records/stop_reason.h"
#include "report/diagnosis_text.h"
#include "report/metrics_text.h"

namespace lockstep {
namespace {

// Seconds of training left; not finite when the speed is not known yet.
double seconds_left(const RunStart& start, const Progress& progress) {
  const double examples_per_step =
      static_cast<double>(start.train_examples) / static_cast<double>(start.steps_per_epoch);
  const std::uint64_t steps = progress.total_steps - std::min(progress.step, progress.total_steps);
  return static_cast<double>(steps) * examples_per_step / progress.examples_per_second;
}

// "step   430/4,300  epoch  2/20".
std::string format_position(const RunStart& start, std::uint64_t step, double epoch) {
  const std::string steps = format_count(start.total_steps);
  const std::string epochs = format_epoch(total_epochs(start));
  return fmt::format("step {:>{}}/{}  epoch {:>{}}/{}", format_count(step), steps.size(), steps,
                     format_epoch(epoch), epochs.size(), epochs);
}

std::optional<double> accuracy_of(std::optional<double> error) {
  if (!error) return std::nullopt;
  return 1 - *error;
}

using Out = std::back_insert_iterator<std::string>;

// Adds a line to the table of results, for a part of the data if it exists.
void add_part(Out out, const char* part, std::uint64_t examples, std::optional<double> error,
              std::optional<double> cost) {
  if (examples == 0) return;
  // A long name takes the space of the number beside it, so that columns stay aligned.
  const std::string_view name = part;
  const std::size_t width = 7 - (name.size() > 8 ? name.size() - 8 : 0);
  fmt::format_to(out, "{:<8} error {:>{}}  accuracy {:>7}  cost {:<9}  examples {:>10}\n", name,
                 format_percent(error), width, format_percent(accuracy_of(error)),
                 format_cost(cost), format_count(examples));
}

// Adds the other metrics of the part before, indented.
void add_metrics(Out out, const SetMetrics& metrics) {
  const std::string line = metrics_line_of(metrics);
  if (!line.empty()) fmt::format_to(out, "{:<9}{}\n", "", line);
  if (!metrics.baseline_error) return;
  fmt::format_to(out, "{:<9}always deciding the most frequent class of training: error {}\n", "",
                 format_percent(metrics.baseline_error));
}

void add_best(Out out, const RunStart& start, const Summary& summary,
              const std::optional<Evaluation>& best) {
  if (!summary.best_step) return;
  fmt::format_to(out, "{:<9}step {}", "best", format_count(*summary.best_step));
  if (start.steps_per_epoch > 0) {
    const double epoch =
        static_cast<double>(*summary.best_step) / static_cast<double>(start.steps_per_epoch);
    fmt::format_to(out, ", epoch {}", format_epoch(epoch));
  }
  if (best && best->step == *summary.best_step) {
    if (best->dev_error) fmt::format_to(out, ", dev error {}", format_percent(best->dev_error));
    if (best->dev_cost) fmt::format_to(out, ", dev cost {}", format_cost(best->dev_cost));
  }
  fmt::format_to(out, "\n");
}

// Adds the norm of the weights, which is of middle size if early stopping worked (1.8),
// and the share near zero, which is large under L1 (1.4).
void add_weights(Out out, const Summary& summary) {
  const bool restored = summary.stop_reason == kStoppedEarly;
  fmt::format_to(out, "{:<9}norm {}{}, {} near zero\n", "weights",
                 format_cost(summary.weights_norm), restored ? " at the best step, restored" : "",
                 format_percent(summary.weights_near_zero));
}

void add_files(Out out, const RunStart& start, const Summary& summary) {
  fmt::format_to(out, "{:<9}{}\n", "files", start.run_dir);
  const auto add = [&](const std::string& name, const std::string& what) {
    fmt::format_to(out, "{:<11}{:<15}{}\n", "", name, what);
  };
  add(kReportFile, "curves and tables for a browser");
  add(kSummaryFile, "these results, for scripts");
  if (summary.diagnosis) add(kDiagnosisText, "bias and variance, and what to try");
  add(kMetricsFile, "one line per evaluation");
  add(fmt::format("{}/", kTensorBoardFolder), "the same for TensorBoard");
  if (summary.checkpoint.empty()) return;
  add(summary.checkpoint, "the trained network, with these results");
  if (summary.checkpoint == kLatestOfRun && summary.best_step &&
      *summary.best_step != summary.steps) {
    add(kBestOfRun, fmt::format("the network of the best evaluation, at step {}",
                                format_count(*summary.best_step)));
  }
}

// The command that resumes the run; empty if that makes no sense.
std::string resume_command(const RunStart& start, const std::string& stop_reason) {
  const std::string command = fmt::format(
      "{} train {} --run-dir {} --resume auto",
      start.launch.empty() ? shell_word(start.program) : start.launch,
      shell_word(fmt::format("{}/{}", start.run_dir, kJobFile)), shell_word(start.run_dir));
  if (stop_reason == kAllEpochs) return command + " --set training.epochs=N";
  if (stop_reason == kAllSteps) return command + " --set training.steps=N";
  if (stop_reason == kStoppedEarly) return command + " --set early_stopping.patience=N";
  return stop_reason == kInterrupted ? command : "";
}

void add_next(Out out, const RunStart& start, const Summary& summary) {
  if (summary.checkpoint.empty()) return;
  const std::string model = shell_word(start.run_dir + "/" + summary.checkpoint);
  const char* split = start.test_examples > 0        ? "test"
                      : start.dev_examples > 0       ? "dev"
                      : start.train_dev_examples > 0 ? "train_dev"
                                                     : "train";
  std::vector<std::string> commands{
      fmt::format("{} evaluate {} --split {}", shell_word(start.program), model, split),
      fmt::format("{} inspect {}", shell_word(start.program), model),
  };
  const std::string resume = resume_command(start, summary.stop_reason);
  // For an interrupted run, the command to resume comes first.
  const bool first = summary.stop_reason == kInterrupted;
  if (!resume.empty()) commands.insert(first ? commands.begin() : commands.end(), resume);
  const char* label = "next";
  for (const std::string& command : commands) {
    fmt::format_to(out, "{:<9}{}\n", std::exchange(label, ""), command);
  }
}

}  // namespace

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+:@%=,").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

double total_epochs(const RunStart& start) {
  if (start.steps_per_epoch == 0) return 0;
  return static_cast<double>(start.total_steps) / static_cast<double>(start.steps_per_epoch);
}

std::string format_layout(int ranks, int threads, int shards) {
  const auto quantity = [](int count, const char* noun) {
    return format_quantity(static_cast<std::uint64_t>(count), noun);
  };
  return fmt::format("{} x {}, {}", quantity(ranks, "rank"), quantity(threads, "thread"),
                     quantity(shards, "shard"));
}

std::string format_start(const RunStart& start) {
  const std::string train_dev =
      start.train_dev_examples > 0
          ? fmt::format(" {} train-dev,", format_count(start.train_dev_examples))
          : "";
  std::string text = fmt::format(
      "{}: {}; {} train,{} {} dev, {} test examples; {}; {} ({})", start.job_name,
      format_quantity(start.parameters, "parameter"), format_count(start.train_examples), train_dev,
      format_count(start.dev_examples), format_count(start.test_examples),
      format_layout(start.ranks, start.threads, start.shards),
      format_quantity(start.total_steps, "step"),
      format_epoch(total_epochs(start)) + (total_epochs(start) == 1 ? " epoch" : " epochs"));
  if (start.hosts > 1) {
    text += fmt::format("; {} hosts, each sends up to {} in a step", start.hosts,
                        format_bytes(start.exchanged_bytes));
  }
  if (start.first_step > 0) {
    text += fmt::format("; resumed at step {}", format_count(start.first_step));
  }
  if (!start.run_dir.empty()) text += "\nfiles in " + start.run_dir;
  return text;
}

std::string format_progress(const RunStart& start, const Progress& progress) {
  return fmt::format("{}  cost {}  {} examples/s  ETA {}",
                     format_position(start, progress.step, progress.epoch),
                     format_cost(progress.batch_cost), format_speed(progress.examples_per_second),
                     format_duration(seconds_left(start, progress)));
}

std::string format_evaluation(const RunStart& start, const Evaluation& evaluation) {
  std::string text =
      fmt::format("{}  J {:<7}", format_position(start, evaluation.step, evaluation.epoch),
                  format_cost(evaluation.cost));
  if (evaluation.train_error) {
    text += fmt::format("  train error {:>6}", format_percent(evaluation.train_error));
  }
  if (evaluation.train_dev_error) {
    text += fmt::format("  train-dev error {:>6}", format_percent(evaluation.train_dev_error));
  } else if (evaluation.train_dev_cost) {
    text += fmt::format("  train-dev cost {:<7}", format_cost(evaluation.train_dev_cost));
  }
  if (evaluation.dev_metrics.rmse) {
    text += fmt::format("  dev RMSE {:<7}  dev cost {:<7}",
                        format_cost(evaluation.dev_metrics.rmse), format_cost(evaluation.dev_cost));
  } else if (evaluation.dev_cost || evaluation.dev_error) {
    text += fmt::format("  dev error {:>6}  dev cost {:<7}", format_percent(evaluation.dev_error),
                        format_cost(evaluation.dev_cost));
  }
  text += fmt::format("  {:>7} examples/s  {:>5}", format_speed(evaluation.examples_per_second),
                      format_duration(evaluation.seconds));
  if (evaluation.best) text += "  best";
  return text;
}

std::string describe_stop(const std::string& stop_reason) {
  if (stop_reason == kAllEpochs || stop_reason == kAllSteps) return "finished every planned step";
  if (stop_reason == kStoppedEarly) return "stopped early: the dev metric stopped improving";
  if (stop_reason == kInterrupted) return "interrupted by a signal";
  if (stop_reason == kPaused) return "paused by the sweep, which continues with the best";
  if (stop_reason == kHopeless) return "ended by the sweep: worse than the median";
  return stop_reason;
}

std::string describe_sets(const RunStart& start) {
  const bool dev = start.dev_examples > 0;
  const bool test = start.test_examples > 0;
  if (dev && test) {
    if (!start.dev_and_test_differ) return "";
    return kDevAndTestDiffer;
  }
  if (dev) return kNoTestSet;
  if (test) return kNoDevSet;
  if (start.train_dev_examples > 0) {
    return "no dev or test set: the train-dev error is only for examples like the training set's";
  }
  return kNoDevOrTestSet;
}

std::string format_finish(const RunStart& start, const Summary& summary,
                          const std::optional<Evaluation>& best) {
  std::string text;
  const Out out(text);
  fmt::format_to(out, "{} {} (epoch {}, step {})\n", start.job_name,
                 describe_stop(summary.stop_reason), format_epoch(summary.epochs),
                 format_count(summary.steps));
  add_best(out, start, summary, best);
  add_part(out, "train", start.train_examples, summary.train_error, summary.train_cost);
  add_part(out, "train-dev", start.train_dev_examples, summary.train_dev_error,
           summary.train_dev_cost);
  add_part(out, "dev", start.dev_examples, summary.dev_error, summary.dev_cost);
  add_metrics(out, summary.dev_metrics);
  add_part(out, "test", start.test_examples, summary.test_error, summary.test_cost);
  add_metrics(out, summary.test_metrics);
  // The notes of a diagnosis already say this.
  const bool noted = summary.diagnosis && summary.diagnosis->train;
  const std::string open = noted ? "" : describe_sets(start);
  if (!open.empty()) fmt::format_to(out, "{:<9}{}\n", "", open);
  if (summary.diagnosis) text += diagnosis_lines(*summary.diagnosis);
  add_weights(out, summary);
  fmt::format_to(out, "{:<9}{} examples/s\n", "speed", format_speed(summary.examples_per_second));
  add_files(out, start, summary);
  add_next(out, start, summary);
  return text;
}

}  // namespace lockstep
