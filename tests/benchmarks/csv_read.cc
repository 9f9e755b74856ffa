// How fast is a table read? Reads a CSV file as training does, on the ranks that
// mpirun started: the survey, then every example to the rank that owns it. Prints one
// JSON line with the seconds of both. See csv_speed.py.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "comm/communicator.h"
#include "comm/session.h"
#include "train/training_source.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void read(const std::string& file, const std::string& label,
          const std::vector<std::string>& categories, const Communicator& comm) {
  TableConfig table{{{label, 0, ColumnRoleKind::label}},
                    ColumnRoleKind::number,
                    WhenMissingKind::refuse,
                    {},
                    UnknownCategoryKind::error};
  for (const std::string& name : categories) {
    table.columns.push_back({name, 0, ColumnRoleKind::category});
  }
  comm.barrier();
  const auto start = Clock::now();
  TrainingSource training({CsvSource{file, true, ',', table}, std::nullopt}, nullptr, comm);
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
  comm.barrier();
  if (!comm.is_root()) return;
  fmt::print("{{\"seconds\": {}, \"survey_seconds\": {}, \"bytes\": {}, \"examples\": {}, "
             "\"features\": {}}}\n",
             seconds_since(start), survey_seconds, std::filesystem::file_size(file), n,
             examples.features);
}

}  // namespace
}  // namespace lockstep

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
