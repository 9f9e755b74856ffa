// Lockstep with faults on demand: LOCKSTEP_FAULT="RANK STEP ACTION", where
// ACTION is throw (an unforeseen exception), kill (SIGKILL to itself) or
// terminate (SIGTERM to itself).

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>

#include "cli/cli.h"

namespace {

struct Fault {
  int rank = -1;
  std::uint64_t step = 0;
  std::string action;
};

Fault fault_from_environment() {
  Fault fault;
  const char* text = std::getenv("LOCKSTEP_FAULT");
  if (text == nullptr) return fault;
  std::istringstream(text) >> fault.rank >> fault.step >> fault.action;
  return fault;
}

}  // namespace

int main(int argc, char** argv) {
  const Fault fault = fault_from_environment();
  lockstep::CliHooks hooks;
  hooks.on_step = [&fault](int rank, std::uint64_t step) {
    if (rank != fault.rank || step != fault.step) return;
    if (fault.action == "throw") throw std::runtime_error("made to fail by a test");
    if (fault.action == "kill") std::raise(SIGKILL);
    if (fault.action == "terminate") std::raise(SIGTERM);
  };
  return lockstep::run_cli(argc, argv, hooks);
}
