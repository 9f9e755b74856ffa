#pragma once
// What a finished run has left behind, as the recipe and a diagnosis need it.

#include <string>
#include <vector>

#include "metrics/answers.h"
#include "records/evaluation.h"
#include "records/summary.h"

namespace lockstep {

struct RunRecord {
  std::string resolved_job;
  Summary summary;
  std::vector<Evaluation> evaluations;
  Answers answers;  // empty if they are not known
};

}  // namespace lockstep
