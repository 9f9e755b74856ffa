#pragma once
// Output for a person at the terminal: progress on stderr, results on stdout.

#include <optional>
#include <string>

#include <unistd.h>

#include "records/observer.h"

namespace lockstep {

struct ProgressStyle {
  bool live = false;   // redraw one line between evaluations
  bool color = false;  // ANSI colours
};

// Live only on a terminal; in colour if live, allowed, and NO_COLOR (no-color.org) is
// unset or empty.
ProgressStyle progress_style(int log_descriptor, bool allow_color);

// Writes one line at the start, one per notice and evaluation, and the results at the end;
// on a terminal also a live line in between. Errors of the log descriptor are ignored; an
// error of the result descriptor makes on_finish throw Error(io). The process must ignore
// SIGPIPE.
class ProgressReport : public TrainingObserver {
 public:
  // If not `shows_results`, nothing is written at the end.
  explicit ProgressReport(ProgressStyle style, int log_descriptor = STDERR_FILENO,
                          int result_descriptor = STDOUT_FILENO, bool shows_results = true);
  // Leaves the cursor on an empty line, even if training fails.
  ~ProgressReport() override;
  ProgressReport(const ProgressReport&) = delete;
  ProgressReport& operator=(const ProgressReport&) = delete;

  void on_start(const RunStart& start) override;
  void on_notice(const std::string& notice) override;
  void on_progress(const Progress& progress) override;
  void on_evaluation(const Evaluation& evaluation) override;
  void on_finish(const Summary& summary) override;

 private:
  void clear_live_line();

  ProgressStyle style_;
  int log_;
  int results_;
  bool shows_results_;
  bool live_line_shown_ = false;
  RunStart start_;
  std::optional<Evaluation> best_;
};

}  // namespace lockstep
