#pragma once
// Errors a user can act on. Programmer errors go through base/check.h instead.

#include <stdexcept>
#include <string>

namespace lockstep {

// Process exit codes, part of the contract with scripts.
enum class ExitCode {
  ok = 0,
  usage = 2,           // command line or job file
  data = 65,           // input that is not what it should be
  missing_input = 66,  // a file that is not there or not readable
  internal = 70,       // a bug in Lockstep
  io = 74,             // writing failed
  interrupted = 75,    // stopped with a checkpoint, resumable
  stalled = 76,        // a rank made no progress
  diverged = 77,       // the cost became infinite or NaN
  closed_pipe = 141,   // whoever reads stdout has gone, as `head` does; nothing is said
};

// A user or environment error: the message names the thing and the remedy.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

}  // namespace lockstep
