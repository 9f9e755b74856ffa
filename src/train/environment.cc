#include "train/environment.h"

#include <fstream>

#include <gnu/libc-version.h>

#include <fmt/format.h>

#include "comm/agreement.h"
#include "comm/session.h"
#include "linalg/gemm.h"

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

std::map<std::string, std::string> environment() {
  return {{"lockstep", LOCKSTEP_VERSION},   {"compiler", fmt::format("gcc {}", __VERSION__)},
          {"flags", LOCKSTEP_BUILD_FLAGS},  {"mpi", mpi_description()},
          {"blas", blas_description()},     {"protobuf", LOCKSTEP_PROTOBUF_VERSION},
          {"libc", gnu_get_libc_version()}, {"cpu", cpu_model()}};
}

void require_same_environment(const Communicator& comm) {
  std::string facts;
  for (const auto& [name, value] : environment()) {
    // Two models of a CPU family use the same kernels, which "blas" names.
    if (name != "cpu") facts += fmt::format("{}: {}\n", name, value);
  }
  require_same(comm, facts, [](const std::string& theirs, const std::string& root) {
    return fmt::format("its build or libraries are\n{}rank 0 has\n{}", theirs, root);
  });
}

}  // namespace lockstep
