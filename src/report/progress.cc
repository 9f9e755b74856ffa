#include "report/progress.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/run_files.h"
#include "report/descriptor.h"
#include "report/format.h"
#include "report/metrics_jsonl.h"

namespace lockstep {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kPlain = "\x1b[0m";

std::string painted(const std::string& text, const char* color, bool paint) {
  return paint ? color + text + kPlain : text;
}

}  // namespace

ProgressStyle progress_style(int log_descriptor, bool allow_color) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  // mpirun redirects stderr to a pipe; launch/local tells whether a terminal is behind it.
  const bool live =
      is_live_terminal(log_descriptor) || std::getenv("LOCKSTEP_LIVE_TERMINAL") != nullptr;
  return {.live = live, .color = live && allow_color && !unwanted};
}

ProgressReport::ProgressReport(ProgressStyle style, int log_descriptor, int result_descriptor,
                               bool shows_results)
    : style_(style),
      log_(log_descriptor),
      results_(result_descriptor),
      shows_results_(shows_results) {}

ProgressReport::~ProgressReport() { clear_live_line(); }

void ProgressReport::on_start(const RunStart& start) {
  start_ = start;
  if (start.first_step > 0) {
    const auto metrics = std::filesystem::path(start.run_dir) / kMetricsFile;
    for (const Evaluation& evaluation : read_metrics(metrics, start.first_step)) {
      if (evaluation.best) best_ = evaluation;
    }
  }
  write_log(log_, painted(format_start(start), kBold, style_.color) + "\n");
}

void ProgressReport::on_notice(const std::string& notice) {
  clear_live_line();
  write_log(log_, notice + "\n");
}

void ProgressReport::on_progress(const Progress& progress) {
  if (!style_.live) return;
  std::string line = format_progress(start_, progress);
  // A line that wraps cannot be redrawn.
  const auto width = static_cast<std::size_t>(terminal_columns(log_) - 1);
  if (line.size() > width) line.resize(width);
  write_log(log_, std::string(kClearLine) + line);
  live_line_shown_ = true;
}

void ProgressReport::on_evaluation(const Evaluation& evaluation) {
  if (evaluation.best) best_ = evaluation;
  clear_live_line();
  const std::string line = format_evaluation(start_, evaluation);
  write_log(log_, painted(line, kGreen, style_.color && evaluation.best) + "\n");
}

void ProgressReport::on_finish(const Summary& summary) {
  clear_live_line();
  if (!shows_results_) return;
  const std::string text = format_finish(start_, summary, best_);
  if (const int error = write_all(results_, text); error != 0) {
    if (error == EPIPE) throw Error(ExitCode::closed_pipe, "stdout is closed");
    throw Error(ExitCode::io,
                std::string("cannot write the results to stdout: ") + std::strerror(error));
  }
}

void ProgressReport::clear_live_line() {
  if (std::exchange(live_line_shown_, false)) write_log(log_, kClearLine);
}

}  // namespace lockstep
