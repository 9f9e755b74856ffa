#pragma once
// What a person at the terminal sees: progress on stderr, results on stdout.

#include <optional>
#include <string>

#include <unistd.h>

#include "records/observer.h"

namespace lockstep {

struct ProgressStyle {
  bool live = false;   // redraw one line between evaluations
  bool color = false;  // ANSI colours
};

// Live on a terminal only; in colour when live, allowed, and NO_COLOR
// (no-color.org) is unset or empty.
ProgressStyle progress_style(int log_descriptor, bool allow_color);

// One line at the start, one per notice and evaluation, the results at the end; on a
// terminal also a live line in between. A failing log descriptor is ignored; a
// failing result descriptor throws Error(io) from on_finish. SIGPIPE must be
// ignored by the process.
class ProgressReport : public TrainingObserver {
 public:
  // Without `shows_results` nothing is written at the end.
  explicit ProgressReport(ProgressStyle style, int log_descriptor = STDERR_FILENO,
                          int result_descriptor = STDOUT_FILENO, bool shows_results = true);
  // Leaves the cursor on an empty line, also when training fails.
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
