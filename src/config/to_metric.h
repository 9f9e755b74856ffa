#pragma once
// Turns the metric of a job or sweep file into that of the program.

#include "proto/metric.pb.h"
#include "records/metric.h"

namespace lockstep {

constexpr Metric to_metric(proto::Metric metric) { return static_cast<Metric>(metric); }

}  // namespace lockstep
