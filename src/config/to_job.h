#pragma once
// Converts the schema's message to the plain structs of config/job.h.

#include "config/job.h"

namespace lockstep::proto {
class Job;
}

namespace lockstep {

// `job` is validated and has its defaults filled in.
Job to_job(const proto::Job& job);

}  // namespace lockstep
