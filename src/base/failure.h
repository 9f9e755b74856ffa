#pragma once
// What a caught exception means to a user.

#include <exception>
#include <string>

#include "base/error.h"

namespace lockstep {

struct Failure {
  ExitCode code = ExitCode::internal;
  std::string message;
};

// The code and message of an Error; of what the system says about a file or directory that was
// looked at, which is not a bug; of too little memory; of anything else as an internal error.
Failure failure_of(const std::exception_ptr& error);

}  // namespace lockstep
