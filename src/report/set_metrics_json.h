#pragma once
// The metrics of a set as JSON.

#include "base/json_text.h"
#include "records/set_metrics.h"

namespace lockstep {

// An object with the metrics that are present; null without any. `with_reliability`: also the
// bins of calibration, for classification.
Json metrics_to_json(const SetMetrics& metrics, bool with_reliability);

// Reads what metrics_to_json() made, without the bins. Anything else is absent.
SetMetrics metrics_from_json(const Json& object);

}  // namespace lockstep
