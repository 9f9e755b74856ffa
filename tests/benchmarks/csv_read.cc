// How fast is a table read? Reads a CSV file as training does, on the ranks that
// mpirun started: the survey, then every example to the rank that owns it. Prints one
// JSON line with the seconds that took, and those of a core for the busiest rank. See
// csv_speed.py.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "comm/communicator.h"
#include "comm/session.h"
#include "sets/training_source.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Seconds of a core that this process has had.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void read(const std::string& file, const std::string& label,
          const std::vector<std::string>& categories, const Communicator& comm) {
  TableRules table{{{label, 0, ColumnRole::label}},
                   ColumnRole::number,
                   WhenMissing::refuse,
                   {},
                   UnknownCategory::error};
  for (const std::string& name : categories) {
    table.columns.push_back({name, 0, ColumnRole::category});
  }
  comm.barrier();
  const auto start = Clock::now();
  const double cpu_before = cpu_seconds();
  TrainingSource training({CsvSource{.file = file, .dialect = {}, .table = table}}, nullptr, comm);
  const double survey_seconds = seconds_since(start);
  // Dealt round: most examples go to another rank than the one that parses them.
  const std::uint64_t n = training.source().info().examples;
  const auto ranks = static_cast<std::uint32_t>(comm.size());
  std::vector<std::uint32_t> owners(training.parted() ? n : 0);
  std::vector<std::uint32_t> own;
  for (std::uint32_t id = 0; id < n; ++id) {
    if (training.parted()) owners[id] = id % ranks;
    if (id % ranks == static_cast<std::uint32_t>(comm.rank())) own.push_back(id);
  }
  const Examples examples = training.read(own, owners);
  const double own_cpu = cpu_seconds() - cpu_before;  // waiting for others is in it
  const std::vector<double> cpu = comm.gather(std::span(&own_cpu, 1));
  comm.barrier();
  if (!comm.is_root()) return;
  fmt::print(
      "{{\"seconds\": {}, \"cpu_seconds\": {}, \"survey_seconds\": {}, \"bytes\": {}, "
      "\"examples\": {}, \"features\": {}}}\n",
      seconds_since(start), *std::ranges::max_element(cpu), survey_seconds,
      std::filesystem::file_size(file), n, examples.features);
}

}  // namespace
}  // namespace lockstep

// An error ends the measurement, and std::terminate names it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  CLI::App app("Reads a CSV file as training does");
  std::string file;
  std::string label;
  std::vector<std::string> categories;
  app.add_option("file", file, "A CSV file with a header")->required();
  app.add_option("--label", label, "The label's column")->required();
  app.add_option("--category", categories, "A column of categories");
  CLI11_PARSE(app, argc, argv);
  const lockstep::MpiSession session(argc, argv);
  lockstep::read(file, label, categories, lockstep::Communicator::world());
  return 0;
}
