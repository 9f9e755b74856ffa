#pragma once
// Checks that MPI sees as many ranks as the launcher started.

#include <functional>
#include <optional>
#include <string>

namespace lockstep {

// Returns the value of an environment variable, if it is set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

Environment process_environment();

// The number of tasks that a launcher reports to have started.
struct LaunchedTasks {
  std::string launcher;  // "mpirun", "Slurm" or "mpiexec" (of another MPI)
  int tasks;
};

// Reads the launcher's environment variables; none without a launcher. Call it before MPI starts,
// because MPI sets variables of its own.
std::optional<LaunchedTasks> launched_tasks(const Environment& environment);

// The rank that the launcher gives to this process; 0 without a launcher.
int launched_rank(const Environment& environment);

// Throws Error(usage) when srun started this process without PMIx, with which Open MPI cannot
// start. Call it before MPI starts. Does not communicate.
void check_step(const Environment& environment);

// What a person types in front of a command's name to start `program` on as many ranks again, as in
// "mpirun -n 4 lockstep". A launch script says it in the variable LOCKSTEP_LAUNCH, as in
// "launch/local -n 4 -t 2".
std::string launch_command(const std::optional<LaunchedTasks>& launched,
                           const Environment& environment, const std::string& program);

// Throws Error(usage) when the launcher started another number of tasks than MPI sees, for example
// when srun has no working PMI plugin and every task believes that it is alone. Does not
// communicate.
void check_launch(const std::optional<LaunchedTasks>& launched, int mpi_size);

}  // namespace lockstep
