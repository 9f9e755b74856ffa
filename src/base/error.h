#pragma once
// Errors a user can act on. Programmer errors go through base/check.h instead.

#include <stdexcept>
#include <string>

namespace lockstep {

// Process exit codes, part of the contract with scripts.
enum class ExitCode {
  ok = 0,
  usage = 2,           // command line or job file
  data = 65,           // invalid input
  missing_input = 66,  // a file that is missing or unreadable
  internal = 70,       // a bug in Lockstep
  in_use = 73,         // another program holds the run directory
  io = 74,             // writing failed
  interrupted = 75,    // stopped with a checkpoint, resumable
  stalled = 76,        // a rank made no progress
  diverged = 77,       // the cost became infinite or NaN
  closed_pipe = 141,   // the reader of stdout has closed it, as `head` does; no message
};

// A user or environment error: the message names its subject and the remedy.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace lockstep
