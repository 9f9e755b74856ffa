#pragma once
// Totals over the sessions of a run.

#include <map>
#include <span>
#include <string>

#include "records/session.h"

namespace lockstep {

double total_seconds(std::span<const RunSession> sessions);

// Seconds by phase.
std::map<std::string, double> total_phases(std::span<const RunSession> sessions);

}  // namespace lockstep
