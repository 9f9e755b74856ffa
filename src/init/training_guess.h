#pragma once
// A network and its training that suit a table of a given size. Pure.

#include <cstdint>

namespace lockstep {

struct TableSize {
  std::uint64_t rows = 0;      // of the file
  std::uint64_t features = 0;  // inputs of the network
  std::uint64_t classes = 0;   // 0: values are predicted
};

struct TrainingGuess {
  double dev = 0;   // fraction of the rows
  double test = 0;  // fraction of the rows
  std::uint32_t layers = 0;
  std::uint32_t units = 0;
  double keep_prob = 1;
  double learning_rate = 0;
  double weight_decay = 0;
  std::uint32_t batch_size = 0;
  std::uint32_t shards = 0;
  std::uint32_t epochs = 0;
  std::uint32_t patience = 0;
};

// The numbers are those of docs/tables.md, where they are measured.
TrainingGuess guess_training(const TableSize& size);

}  // namespace lockstep
