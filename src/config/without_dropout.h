#pragma once
// The debugging step of dropout (lecture 1.7): the same job with every keep_prob
// at 1, so that J is well defined and must fall.

#include "config/job_file.h"

namespace lockstep {

// `loaded` with network.input_keep_prob and every layer's keep_prob set to 1.
LoadedJob without_dropout(const LoadedJob& loaded);

}  // namespace lockstep
