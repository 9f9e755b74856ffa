#pragma once
// Checks what the schema's types cannot express: required parts, ranges, and fields that
// contradict each other.

#include "config/origins.h"
#include "config/problems.h"

namespace lockstep::proto {
class Job;
}

namespace lockstep {

// Adds a problem for every error in `job`, whose defaults are filled in.
void validate(const proto::Job& job, const Origins& origins, Problems& problems);

}  // namespace lockstep
