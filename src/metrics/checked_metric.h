#pragma once
// Checks before training that the dev set has what the job decides by.

#include "config/job.h"
#include "data/examples.h"

namespace lockstep {

// Throws Error(data) when the metric cannot be computed on `dev` whatever is predicted, as ROC AUC
// with examples of one class only, and Error(usage) when it does not exist for examples with
// several labels. Does not communicate.
void check_metric(const Job& job, const Examples& dev);

// Throws Error(data) when the job chooses a threshold, and no example of `dev` is of the second
// class. Does not communicate.
void check_threshold(const Job& job, const Examples& dev);

}  // namespace lockstep
