#pragma once
// Gathers the inputs and labels of a rank's passes through the network, on request or ahead of time
// by helpers.

#include <cstdint>
#include <future>
#include <optional>
#include <span>
#include <vector>

#include "base/helper_pool.h"
#include "base/range.h"
#include "base/team.h"
#include "data/augmentation.h"
#include "linalg/matrix.h"
#include "sets/dataset.h"
#include "train/phase_clock.h"

namespace lockstep {

// The most rows that go through the network at a time. A larger batch is divided into several
// passes, so that memory does not grow with the batch.
constexpr std::uint64_t kRowsPerPass = 512;
// The rows of a shard are divided at multiples of this number, whatever else is in a pass: products
// in double have bits that depend on their shape.
constexpr std::uint64_t kRowsOfAPart = 256;

// Rows of one shard in a pass.
struct ShardRows {
  std::uint64_t shard = 0;
  Range positions;     // in the shard's order in this epoch
  bool first = false;  // whether they begin the shard's rows of the step
  bool last = false;   // whether they end them
  bool operator==(const ShardRows&) const = default;
};

// Rows of neighbouring shards in one step that go through the network together.
struct Pass {
  std::uint64_t step = 0;
  std::vector<ShardRows> shards;
  bool operator==(const Pass&) const = default;

  [[nodiscard]] std::uint64_t rows() const;
  // The rows of each of `shards` in the pass.
  [[nodiscard]] std::vector<Range> segments() const;
};

// The largest number of rows of a pass of this many shards.
std::uint64_t rows_of_a_pass(const BatchGeometry& geometry, std::uint64_t shards);

// All passes of these shards in a step, in order, at least one. A shard that has no rows left is in
// one, with an empty range.
std::vector<Pass> passes_of_step(const BatchGeometry& geometry, Range shards, std::uint64_t step);

template <typename T>
class PassLoader {
 public:
  // `data` and `helpers` must live as long as the loader. A team of at most `threads` threads loads
  // passes of `shards`.
  PassLoader(const Dataset& data, Range shards, std::uint32_t seed, HelperPool& helpers,
             int threads);
  ~PassLoader();  // waits for the helpers
  PassLoader(const PassLoader&) = delete;
  PassLoader& operator=(const PassLoader&) = delete;

  // Bytes for inputs that are gathered ahead.
  static std::uint64_t bytes_ahead(const BatchGeometry& geometry, std::uint64_t shards,
                                   std::uint64_t features);

  // Called by all threads of a team. Sets `inputs` [rows of the pass, features] to the pass's
  // inputs; with helpers, begins with `next`, if any. Each thread has a clock of its own.
  void load(const Pass& pass, const std::optional<Pass>& next, Matrix<T> inputs, PhaseClock& clock,
            const Team& team = {});

  // The numbers of the examples of the pass that was loaded last, and their labels.
  [[nodiscard]] std::span<const std::uint32_t> ids() const { return current_.ids; }
  [[nodiscard]] Matrix<const float> labels() const {
    return {current_.labels.data(), current_.ids.size(), data_.label_width};
  }
  // How much each of them counts; empty: 1.
  [[nodiscard]] std::span<const float> row_weights() const { return current_.weights; }

 private:
  struct Batch {
    std::uint64_t epoch = 0;
    std::vector<std::uint32_t> rows;  // of data_.train
    std::vector<std::uint32_t> ids;
    std::vector<float> labels;
    std::vector<float> weights;
  };
  // A pass that helpers load; only they access it until the futures are ready.
  struct Ahead {
    Pass pass;
    Batch batch;
    std::vector<T> inputs;
    std::vector<double> seconds;  // of each helper
    std::vector<std::future<void>> done;
  };

  void start_epoch(std::uint64_t epoch);
  // Finds the rows of `pass`.
  void prepare(const Pass& pass, Batch& batch);
  // Gathers the rows `part` of a prepared batch, as thread or helper number `worker`.
  void gather(Batch& batch, Range part, Matrix<T> inputs, std::size_t worker);
  // Uses what helpers have loaded, if that is `pass`; returns whether it was.
  bool take_ahead(const Pass& pass, PhaseClock& clock);
  void start_ahead(const Pass& pass);

  const Dataset& data_;
  Range shards_;
  std::uint32_t seed_;
  HelperPool& helpers_;
  std::vector<Augmenter> augmenters_;  // for each thread or helper, if there is augmentation
  std::optional<std::uint64_t> epoch_;
  std::vector<std::vector<std::uint32_t>> order_;  // row orders of the own shards in this epoch
  Batch current_;
  Ahead ahead_;
  bool is_ahead_ = false;  // whether ahead_.inputs has the pass that is being loaded
};

}  // namespace lockstep
