#include "targets.h"

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

constexpr std::array<FuzzTarget, 14> kTargets = {{
    {"job_file", fuzz_job_file},
    {"overrides", fuzz_overrides},
    {"sweep_file", fuzz_sweep_file},
    {"csv", fuzz_csv},
    {"libsvm", fuzz_libsvm},
    {"idx", fuzz_idx},
    {"npy", fuzz_npy},
    {"cifar", fuzz_cifar},
    {"predict_input", fuzz_predict_input},
    {"checkpoint_file", fuzz_checkpoint_file},
    {"checkpoint_records", fuzz_checkpoint_records},
    {"metrics", fuzz_metrics},
    {"flow", fuzz_flow},
    {"trial_record", fuzz_trial_record},
}};

}  // namespace

std::span<const FuzzTarget> fuzz_targets() { return kTargets; }

const FuzzTarget* find_fuzz_target(std::string_view name) {
  const auto* const found =
      std::ranges::find_if(kTargets, [&](const FuzzTarget& target) { return target.name == name; });
  return found == kTargets.end() ? nullptr : found;
}

}  // namespace lockstep
