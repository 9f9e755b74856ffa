#include "train/environment.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include <gnu/libc-version.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/input_file.h"
#include "base/json_text.h"
#include "comm/agreement.h"
#include "comm/session.h"
#include "linalg/gemm.h"
#include "linalg/kernels.h"
#include "linalg/self_test.h"
#include "numerics/self_test.h"
#include "numerics/version.h"
#include "train/sources_digest.h"  // made by sources_digest.cmake

namespace lockstep {
namespace {

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    const auto colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

std::string value_of(const EnvironmentFacts& facts, const std::string& name,
                     const std::string& otherwise) {
  const auto fact = facts.find(name);
  return fact == facts.end() ? otherwise : fact->second;
}

EnvironmentFacts environment() {
  return {{kVersionFact, LOCKSTEP_VERSION},
          {"numerics", std::to_string(kNumericsVersion)},
          {"sources", LOCKSTEP_SOURCES},
          {"compiler", fmt::format("gcc {}", __VERSION__)},
          {"flags", LOCKSTEP_BUILD_FLAGS},
          {"mpi", mpi_description()},
          {kKernelsFact, std::string(enum_name(kernels().instructions))},
          {"blas", blas_description()},
          {"protobuf", LOCKSTEP_PROTOBUF_VERSION},
          {"libc", gnu_get_libc_version()},
          {"cpu", cpu_model()}};
}

EnvironmentFacts recorded_environment(const std::filesystem::path& path) {
  EnvironmentFacts facts;
  require_file(path);
  if (std::filesystem::exists(path)) {
    const Json object = parse_object(read_file(path), path, "restore it from a copy");
    const auto recorded = object.find("environment");
    if (recorded != object.end() && recorded->is_object()) {
      for (const auto& [name, value] : recorded->items()) {
        if (value.is_string()) facts[name] = value.get<std::string>();
      }
    }
  }
  if (!facts.empty()) return facts;
  throw Error(ExitCode::missing_input,
              fmt::format("{} is absent or empty, so the build that trained the run is not known",
                          path.string()));
}

bool must_agree(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {kVersionFact, "numerics", "sources",
                                                      "compiler",   "flags",    "mpi"};
  return std::ranges::find(kNames, name) != kNames.end();
}

void check_arithmetic() {
  const auto fail = [](const std::string& what) {
    throw Error(ExitCode::internal,
                "the arithmetic of this host is not that of docs/numerics.md: " + what +
                    "; its CPU, its libraries or its build cannot be trusted");
  };
  if (const auto what = products_differ(kernels())) fail(*what);
  if (const auto what = numerics::functions_differ()) fail(*what);
}

void require_same_environment(const Communicator& comm) {
  std::string facts;
  for (const auto& [name, value] : environment()) {
    if (must_agree(name)) facts += fmt::format("{}: {}\n", name, value);
  }
  require_same(comm, facts, [](const std::string& theirs, const std::string& root) {
    return fmt::format("its build is\n{}rank 0 has\n{}", theirs, root);
  });
}

}  // namespace lockstep
