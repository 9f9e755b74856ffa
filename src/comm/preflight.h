#pragma once
// Is the job what the launcher meant it to be?

#include <functional>
#include <optional>
#include <string>

namespace lockstep {

// The value of an environment variable, if set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

Environment process_environment();

// What a launcher said it started.
struct LaunchedTasks {
  std::string launcher;  // "mpirun", "Slurm" or "mpiexec" (of another MPI)
  int tasks;
};

// From the launcher's environment variables; nothing without a launcher. Call
// it before MPI starts: MPI sets variables of its own.
std::optional<LaunchedTasks> launched_tasks(const Environment& environment);

// Throws Error(usage) when the launcher started another number of tasks than
// MPI sees, as when srun has no working PMI plugin and every task believes
// itself to be alone. Does not communicate.
void check_launch(const std::optional<LaunchedTasks>& launched, int mpi_size);

}  // namespace lockstep
