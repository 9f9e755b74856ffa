#include "comm/preflight.h"

#include <cstdlib>

#include <fmt/format.h>

#include "base/error.h"
#include "base/parse_number.h"

namespace lockstep {
namespace {

std::optional<int> whole_number(const std::optional<std::string>& text, int at_least) {
  const auto number = text ? parse_number<int>(*text) : std::nullopt;
  return number && *number >= at_least ? number : std::nullopt;
}

std::optional<int> task_count(const std::optional<std::string>& text) {
  return whole_number(text, 1);
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::optional<LaunchedTasks> launched_tasks(const Environment& environment) {
  // mpirun's variable takes precedence over Slurm's: inside an allocation of 8 tasks mpirun may be
  // told to start 2. A step's variable takes precedence over the allocation's.
  if (const auto ranks = task_count(environment("OMPI_COMM_WORLD_SIZE"))) {
    return LaunchedTasks{"mpirun", *ranks};
  }
  if (const auto tasks = task_count(environment("SLURM_STEP_NUM_TASKS"))) {
    return LaunchedTasks{"Slurm", *tasks};
  }
  // In the shell of an allocation SLURM_NTASKS is set although nothing was started.
  if (const auto tasks = task_count(environment("SLURM_NTASKS"));
      tasks && environment("SLURM_STEP_ID")) {
    return LaunchedTasks{"Slurm", *tasks};
  }
  // The launchers of MPICH and Intel MPI.
  if (const auto tasks = task_count(environment("PMI_SIZE"))) {
    return LaunchedTasks{"mpiexec", *tasks};
  }
  return std::nullopt;
}

int launched_rank(const Environment& environment) {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "PMI_RANK"}) {
    if (const auto rank = whole_number(environment(name), 0)) return *rank;
  }
  return 0;
}

void check_step(const Environment& environment) {
  const auto step = environment("SLURM_STEP_ID");
  // The shell of an allocation may be a step of its own (LaunchParameters=use_interactive_step).
  const bool by_srun = step && *step != "4294967290" && !environment("OMPI_COMM_WORLD_SIZE");
  if (!by_srun || environment("PMIX_NAMESPACE")) return;
  throw Error(ExitCode::usage,
              "srun started this program without PMIx, which Open MPI needs: use srun --mpi=pmix. "
              "`srun --mpi=list` shows what this cluster has; without pmix, use mpirun inside the "
              "allocation");
}

std::string launch_command(const std::optional<LaunchedTasks>& launched,
                           const Environment& environment, const std::string& program) {
  if (const auto script = environment("LOCKSTEP_LAUNCH")) return *script;
  if (!launched) return program;
  const char* launcher =
      launched->launcher == "Slurm" ? "srun --mpi=pmix" : launched->launcher.c_str();
  return fmt::format("{} -n {} {}", launcher, launched->tasks, program);
}

void check_launch(const std::optional<LaunchedTasks>& launched, int mpi_size) {
  if (!launched || launched->tasks == mpi_size) return;
  const char* remedy = launched->launcher == "Slurm"
                           ? "use srun --mpi=pmix"
                           : "use the mpirun of Open MPI, which Lockstep was built with";
  throw Error(ExitCode::usage,
              fmt::format("MPI sees {} rank{}, {} started {}; {}", mpi_size,
                          mpi_size == 1 ? "" : "s", launched->launcher, launched->tasks, remedy));
}

}  // namespace lockstep
