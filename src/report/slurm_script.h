#pragma once
// A batch script for Slurm that trains one job or one sweep. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

struct SlurmScript {
  std::string project;  // the folder that has launch/slurm.sbatch, absolute
  bool sweep = false;   // whether `file` is a sweep
  std::string name;     // of the job
  std::string file;     // the job or sweep file, absolute
  int array_tasks = 0;  // of a job array, each of which has `nodes`; 0: one job
  int nodes = 1;
  int ranks_per_node = 1;
  int cpus_per_rank = 1;
  std::uint64_t memory_bytes = 0;      // of a node; 0: Slurm's default
  std::string time;                    // the time limit of one start, as Slurm writes it
  std::string partition, account;      // empty: Slurm's default
  std::vector<std::string> arguments;  // after the file
  std::vector<std::string> remarks;    // where the numbers come from, one line each
};

// The batch script of the project that the script runs, relative to the project's folder.
const char* batch_script(bool sweep);

// The text of the script.
std::string slurm_script(const SlurmScript& script);

// The seconds of a time limit in one of Slurm's forms: minutes, minutes:seconds,
// hours:minutes:seconds, days-hours, days-hours:minutes or days-hours:minutes:seconds. None if the
// text is not in one of these forms.
std::optional<double> seconds_of_slurm_time(const std::string& text);

// A time limit such as "02:05:00" or "1-00:00:00", rounded up to whole minutes.
std::string slurm_time(double seconds);

}  // namespace lockstep
