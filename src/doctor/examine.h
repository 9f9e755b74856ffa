#pragma once
// Examines the place where a job is to run: every rank, its host, and the links between hosts.

#include <optional>
#include <string>

#include "comm/communicator.h"
#include "doctor/report.h"

namespace lockstep {

struct Examination {
  std::string launcher;  // see DoctorReport
  std::string run_dir;   // where results would go
  int threads = 1;       // of each rank
  ProductShape shape;    // whose rate is measured
  std::optional<JobNeeds> job;
};

// Collective. Takes some seconds, more on many hosts (see doctor/link_schedule.h). The report is
// complete on rank 0; other ranks get an empty one.
DoctorReport examine(const Communicator& comm, const Examination& examination);

}  // namespace lockstep
