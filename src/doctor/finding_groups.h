#pragma once
// The findings about one side of a report each. Pure.

#include <vector>

#include "doctor/findings.h"

namespace lockstep {

// Ranks whose builds, CPU instructions or program differ, and products that are wrong.
std::vector<Finding> findings_of_programs(const DoctorReport& report);
// Ranks against shards, threads against cores, and waiting ranks.
std::vector<Finding> findings_of_layout(const DoctorReport& report);
// Memory, /dev/shm and clocks of hosts.
std::vector<Finding> findings_of_hosts(const DoctorReport& report);
// Whether the run directory is writable and shared, its locks and its space.
std::vector<Finding> findings_of_directory(const DoctorReport& report);
// Hosts and ranks that compute slowly, links that are slow or asymmetric.
std::vector<Finding> findings_of_rates(const DoctorReport& report);

}  // namespace lockstep
