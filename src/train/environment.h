#pragma once
// Versions and kernels: what a result depends on besides the job and the data, and what explains
// its speed.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "comm/communicator.h"

namespace lockstep {

// Facts by name.
using EnvironmentFacts = std::map<std::string, std::string>;

// The value of a fact, or `otherwise`.
std::string value_of(const EnvironmentFacts& facts, const std::string& name,
                     const std::string& otherwise = "none");

// Facts that other code looks for.
inline constexpr const char* kVersionFact = "lockstep";  // the version of the program
inline constexpr const char* kKernelsFact = "kernels";   // the CPU instructions of products

// kVersionFact, "numerics" (the version of docs/numerics.md), "sources" (a digest of the sources
// that decide results, see result_sources.cmake), "compiler", "flags", "mpi", kKernelsFact, "blas"
// (for products in double), "protobuf", "libc", "cpu".
EnvironmentFacts environment();

// The facts in the file at `path`, a run's kEnvironmentFile. Throws Error(data) if it is damaged,
// and Error(missing_input) if it is absent or has no facts.
EnvironmentFacts recorded_environment(const std::filesystem::path& path);

// Whether all ranks of a run, and the runs of a search, must have the same value. The others have
// no influence on a bit.
bool must_agree(std::string_view name);

// Throws Error (internal) unless this process computes as docs/numerics.md says; takes a few
// milliseconds.
void check_arithmetic();

// Collective. Throws on all ranks when a rank differs from rank 0 in what must agree.
void require_same_environment(const Communicator& comm);

}  // namespace lockstep
