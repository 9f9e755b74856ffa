#pragma once
// Where predictions go.

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "base/atomic_file.h"
#include "report/prediction_table.h"

namespace lockstep {

// Writes predictions to a file that is whole or absent, or to stdout, block after block. The header
// of an NPY file has the number of rows, so its content is collected in a temporary file without a
// name until that is known. All members throw Error(io), or Error(closed_pipe).
class PredictionOutput {
 public:
  // `path`: a file; empty: stdout.
  PredictionOutput(const std::string& path, const PredictionTable& table, bool is_npy);
  void write(const PredictionBlock& block);
  void finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void put(const std::string& bytes);
  void collect(const std::string& bytes);
  void put_collected();

  const PredictionTable& table_;
  std::optional<AtomicFile> file_;
  std::unique_ptr<std::FILE, Close> collected_;  // of npy
  bool has_header_ = false;
  std::uint64_t rows_ = 0;
};

}  // namespace lockstep
