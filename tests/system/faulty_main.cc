// Lockstep with faults on demand: LOCKSTEP_FAULT="RANK STEP ACTION [TIME]", where
// ACTION is throw (an unforeseen exception), kill (SIGKILL to itself), terminate
// (SIGTERM to itself), early (the same before MPI starts, on all ranks), stop (SIGSTOP to itself),
// stop_at_start and stop_at_end (the same before MPI starts and before it ends),
// slow_end (it takes 3 s before MPI ends), stop_in_ACTIVITY (SIGSTOP when it begins that activity
// for the STEP-th time), hang (it does nothing for an hour), flip (a bit of its copy of the weights
// changes), nan (its copy of a weight of the first layer is not a number during that step), io (an
// error that a user can act on) or gradient (gradcheck is given a gradient of which the last
// entries are doubled; RANK and STEP do not count). TIME: the fault comes when the rank begins that
// step for the TIME-th time, as in the second trial that it trains; 1 if absent.

#include <bit>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "cli/cli.h"
#include "diagnose/exchanged_gradient.h"
#include "support/weights_probe.h"

namespace {

struct Fault {
  int rank = -1;
  std::uint64_t step = 0;
  std::string action;
  int time = 1;
};

Fault fault_from_environment() {
  Fault fault;
  const char* text = std::getenv("LOCKSTEP_FAULT");
  if (text == nullptr) return fault;
  std::istringstream words(text);
  words >> fault.rank >> fault.step >> fault.action;
  if (int time = 1; words >> time) fault.time = time;
  return fault;
}

// A high bit of the fraction of the last weight, which the last rank updates.
void flip_a_bit(std::span<float> weights) {
  float& last = weights.back();
  last = std::bit_cast<float>(std::bit_cast<std::uint32_t>(last) ^ (1U << 20U));
}

}  // namespace

int main(int argc, char** argv) {
  Fault fault = fault_from_environment();
  lockstep::CliHooks hooks;
  hooks.on_step = [&fault](int rank, std::uint64_t step) {
    if (rank != fault.rank || step != fault.step || --fault.time != 0) return;
    if (fault.action == "throw") throw std::runtime_error("made to fail by a test");
    if (fault.action == "io") {
      throw lockstep::Error(lockstep::ExitCode::io, "made to fail by a test");
    }
    if (fault.action == "kill") std::raise(SIGKILL);
    if (fault.action == "terminate") std::raise(SIGTERM);
    if (fault.action == "stop") std::raise(SIGSTOP);
    if (fault.action == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  };
  hooks.on_begin = [&fault](int rank) {
    if (fault.action == "early") std::raise(SIGTERM);
    if (fault.action == "stop_at_start" && rank == fault.rank) std::raise(SIGSTOP);
  };
  hooks.on_end = [&fault](int rank) {
    if (rank != fault.rank) return;
    if (fault.action == "stop_at_end") std::raise(SIGSTOP);
    if (fault.action == "slow_end") std::this_thread::sleep_for(std::chrono::seconds(3));
  };
  hooks.on_activity = [&fault, begun = std::uint64_t{0}](int rank,
                                                         std::string_view activity) mutable {
    if (rank != fault.rank || fault.action != fmt::format("stop_in_{}", activity)) return;
    if (++begun == fault.step) std::raise(SIGSTOP);
  };
  if (fault.action == "flip") {
    hooks.make_probe =
        lockstep::weights_probe([&fault](int rank, std::uint64_t step, std::span<float> weights) {
          if (rank == fault.rank && step == fault.step) flip_a_bit(weights);
        });
  }
  float kept = 0;
  if (fault.action == "nan") {
    hooks.make_probe = lockstep::weights_probe(
        [&fault, &kept](int rank, std::uint64_t step, std::span<float> weights) {
          if (rank != fault.rank) return;
          if (step == fault.step) kept = std::exchange(weights.front(), std::nanf(""));
          if (step == fault.step + 1) weights.front() = kept;
        });
  }
  if (fault.action == "gradient") {
    hooks.gradient_of = [](auto& engine, const auto& comm, std::uint64_t step) {
      std::vector<double> gradient = lockstep::exchanged_gradient(engine, comm, step);
      for (double& value : std::span(gradient).last(gradient.size() / 3)) value *= 2;
      return gradient;
    };
  }
  return lockstep::run_cli(argc, argv, hooks);
}
