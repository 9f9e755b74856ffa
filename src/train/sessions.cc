#include "train/sessions.h"

namespace lockstep {

double total_seconds(std::span<const RunSession> sessions) {
  double seconds = 0;
  for (const RunSession& session : sessions) seconds += session.seconds;
  return seconds;
}

std::map<std::string, double> total_phases(std::span<const RunSession> sessions) {
  std::map<std::string, double> total;
  for (const RunSession& session : sessions) {
    for (const auto& [phase, seconds] : session.phases) total[phase] += seconds;
  }
  return total;
}

}  // namespace lockstep
