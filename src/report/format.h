#pragma once
// Records as text for people. Pure functions: the same record, the same text.

#include <cstdint>
#include <optional>
#include <string>

#include "base/number_text.h"
#include "records/observer.h"

namespace lockstep {

// A text as one word of a shell command, in quotes where it needs them.
std::string shell_word(const std::string& text);

// "5" or "2.50".
std::string format_epoch(double epoch);

// Epochs of the whole run; 0 when there are no steps.
double total_epochs(const RunStart& start);

// "2 ranks x 1 thread, 8 shards".
std::string format_layout(int ranks, int threads, int shards);

// What is about to run, in one line without a newline.
std::string format_start(const RunStart& start);

// The live line. The time left counts training steps only.
std::string format_progress(const RunStart& start, const Progress& progress);

// The permanent line of an evaluation, its columns aligned over a run.
std::string format_evaluation(const RunStart& start, const Evaluation& evaluation);

// "stopped early: ..." for a stop reason of Summary; an unknown one as it is.
std::string describe_stop(const std::string& stop_reason);

// What the sets of a run leave open about errors on new examples (1.1): which is
// missing, or that dev and test are of different distributions; empty if nothing.
std::string describe_sets(const RunStart& start);

// The results of a run: why it stopped, the best step, errors, files, next
// commands. `best` is the best evaluation, where known.
std::string format_finish(const RunStart& start, const Summary& summary,
                          const std::optional<Evaluation>& best);

}  // namespace lockstep
