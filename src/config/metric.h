#pragma once
// Messages about the metrics of job and sweep files.

#include <string>

#include "records/metric.h"

namespace lockstep {

// What is wrong with a `metric` in the field `path` that does not suit a job whose targets are
// values (`values`) or classes.
std::string why_not_suited(const std::string& path, Metric metric, bool values);

// Why a dev set cannot serve where `decision` ("early_stopping decides") is made by a number that
// the set does not have.
std::string why_missing(const std::string& decision, Metric metric);

}  // namespace lockstep
