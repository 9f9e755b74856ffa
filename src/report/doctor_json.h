#pragma once
// What `lockstep doctor` found out, as one JSON object.

#include <vector>

#include "base/json_text.h"
#include "doctor/findings.h"

namespace lockstep {

// The object that docs/commands.md describes. A change that breaks its readers raises "version".
Json doctor_json(const DoctorReport& report, const std::vector<Finding>& findings);

}  // namespace lockstep
