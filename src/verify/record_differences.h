#pragma once
// Compares the recorded numbers of a run with those of the same run that is trained again. Pure.

#include <string>
#include <vector>

#include "base/json_text.h"

namespace lockstep {

struct RecordDifference {
  std::string field;
  std::string recorded;  // as JSON
  std::string again;
};

struct RecordComparison {
  std::vector<RecordDifference> differences;
  std::vector<std::string> not_compared;  // fields that only one of the two has
};

// Compares two lines of metrics.jsonl, exactly and without their timings.
RecordComparison compare_evaluations(const Json& recorded, const Json& again);

// Compares what two files summary.json say of the network: steps, errors, costs, digests of weights
// and data; not timings, layout and build.
RecordComparison compare_summaries(const Json& recorded, const Json& again);

// "cost: recorded 0.5, trained again 0.625; dev_error: ..."
std::string describe(const std::vector<RecordDifference>& differences);

}  // namespace lockstep
