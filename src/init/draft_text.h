#pragma once
// A draft of a job as text: the job file with comments, and a summary of the guesses. Pure.

#include <string>

#include "init/job_draft.h"

namespace lockstep {

// The job file. `command` is the command line that made it, for its first comment.
std::string job_text(const JobDraft& draft, const std::string& command);

// What was guessed and why, a line for each column that is not an ordinary number.
std::string summary_text(const JobDraft& draft);

}  // namespace lockstep
