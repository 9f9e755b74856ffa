#pragma once
// What is fuzzed: every place where Lockstep reads what others wrote.
//
// A target takes an input and returns, whether the input is valid or not. It lets every
// exception but Error pass, and aborts where a promise of the reader is broken; the fuzzer
// reports both.

#include <span>
#include <string_view>

namespace lockstep {

struct FuzzTarget {
  const char* name;  // also that of the folder with its seeds, in corpus/
  void (*run)(std::string_view input);
};

// To fuzz another reader, add a target here, a file for it, and a folder with seeds.
std::span<const FuzzTarget> fuzz_targets();

// Null if there is no such target.
const FuzzTarget* find_fuzz_target(std::string_view name);

// Texts in protobuf text format.
void fuzz_job_file(std::string_view input);
void fuzz_overrides(std::string_view input);  // one override on each line
void fuzz_sweep_file(std::string_view input);

// Files of examples. The first byte chooses how the file, which is the rest, is read.
void fuzz_csv(std::string_view input);
void fuzz_libsvm(std::string_view input);
void fuzz_idx(std::string_view input);
void fuzz_npy(std::string_view input);
void fuzz_cifar(std::string_view input);
void fuzz_predict_input(std::string_view input);

// Files of runs and sweeps.
void fuzz_checkpoint_file(std::string_view input);
void fuzz_checkpoint_records(std::string_view input);  // their checksums are right
void fuzz_metrics(std::string_view input);
void fuzz_flow(std::string_view input);
void fuzz_trial_record(std::string_view input);

}  // namespace lockstep
