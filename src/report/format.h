#pragma once
// Records as text for people. Pure functions: the same record gives the same text.

#include <optional>
#include <string>

#include "records/evaluation.h"
#include "records/progress.h"
#include "records/run_start.h"
#include "records/summary.h"

namespace lockstep {

// A text as one word of a shell command, in quotes if it needs them.
std::string shell_word(const std::string& text);

// Epochs of the whole run; 0 when there are no steps.
double total_epochs(const RunStart& start);

// "2 ranks x 1 thread, 8 shards".
std::string format_layout(int ranks, int threads, int shards);

// A description of the run that starts, in one line without a newline.
std::string format_start(const RunStart& start);

// The live line. The remaining time counts only training steps.
std::string format_progress(const RunStart& start, const Progress& progress);

// The permanent line of an evaluation, with columns aligned over a run.
std::string format_evaluation(const RunStart& start, const Evaluation& evaluation);

// "stopped early: ..." for a stop reason of Summary; an unknown reason is returned unchanged.
std::string describe_stop(const std::string& stop_reason);

// A caution about errors on new examples (1.1) if a set is missing, or if dev and test have
// different distributions; otherwise empty.
std::string describe_sets(const RunStart& start);

// The results of a run: why it stopped, the best step, errors, files, next
// commands. `best` is the best evaluation, if known.
std::string format_finish(const RunStart& start, const Summary& summary,
                          const std::optional<Evaluation>& best);

}  // namespace lockstep
