#pragma once
// What `lockstep doctor` found out, for people.

#include <string>
#include <vector>

#include "doctor/findings.h"

namespace lockstep {

// First what is to be changed, then tables of the hosts and links. Of many links, only the slowest
// are shown.
std::string doctor_text(const DoctorReport& report, const std::vector<Finding>& findings);

}  // namespace lockstep
