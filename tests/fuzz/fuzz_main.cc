// The functions that libFuzzer calls. The environment variable LOCKSTEP_FUZZ_TARGET names the
// target.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "targets.h"

namespace {

const lockstep::FuzzTarget& chosen_target() {
  const char* const name = std::getenv("LOCKSTEP_FUZZ_TARGET");
  const lockstep::FuzzTarget* const found = lockstep::find_fuzz_target(name == nullptr ? "" : name);
  if (found != nullptr) return *found;
  std::cerr << "Set LOCKSTEP_FUZZ_TARGET to one of:";
  for (const lockstep::FuzzTarget& target : lockstep::fuzz_targets()) {
    std::cerr << ' ' << target.name;
  }
  std::cerr << '\n';
  std::exit(2);
}

}  // namespace

// libFuzzer calls these two by their names.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  chosen_target();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lockstep::FuzzTarget& target = chosen_target();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
// NOLINTEND(readability-identifier-naming)
