#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace lockstep {

// Known once the data is loaded and before the first step.
struct RunStart {
  std::string program = "lockstep";  // the name of the program as the user called it
  std::string launch;  // starts it on as many ranks: "mpirun -n 4 lockstep"; empty: program
  std::string job_name;
  std::string run_dir;
  std::string resolved_job;  // text format, every default filled in
  int ranks = 1;
  int threads = 1;  // per rank
  int shards = 1;
  int hosts = 1;                      // that exchange messages with each other
  std::uint64_t exchanged_bytes = 0;  // the most that a host sends or receives in one step
  std::uint64_t parameters = 0;
  std::uint64_t train_examples = 0;
  std::uint64_t train_dev_examples = 0;  // 0: no train-dev set
  std::uint64_t dev_examples = 0;        // 0: no dev set
  std::uint64_t test_examples = 0;       // 0: no test set
  bool dev_and_test_differ = false;      // as the job declares their distributions
  // Digests of the whole sources; empty: no such set.
  std::string train_fingerprint, dev_fingerprint;
  std::uint64_t steps_per_epoch = 0;
  std::uint64_t total_steps = 0;
  std::uint64_t first_step = 0;  // above 0 after a resume
  // Numbers of evaluations and of records of the monitor up to first_step; absent: not known.
  std::optional<std::uint64_t> evaluations, flow_records;
  std::uint64_t monitor_every_steps = 0;           // 0: no signal-flow monitor
  std::map<std::string, std::string> environment;  // versions, hosts, kernels
};

}  // namespace lockstep
