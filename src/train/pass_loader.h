#pragma once
// Gathers the inputs and labels of a worker's passes through the network, on request or ahead of
// time by a helper.

#include <cstdint>
#include <future>
#include <optional>
#include <span>
#include <vector>

#include "base/helper_pool.h"
#include "base/range.h"
#include "data/augmentation.h"
#include "linalg/matrix.h"
#include "train/dataset.h"
#include "train/phase_clock.h"

namespace lockstep {

// Number of rows that go through the network at a time. A shard's larger batch is divided into
// several passes, so that memory does not grow with the batch.
constexpr std::uint64_t kRowsPerPass = 1024;

// The largest number of rows of a pass.
std::uint64_t rows_of_a_pass(const BatchGeometry& geometry);

// Rows of one shard in one step that go through the network together.
struct Pass {
  std::uint64_t step = 0;
  std::uint64_t shard = 0;
  Range positions;     // in the shard's order in this epoch
  bool first = false;  // the first pass of the shard in this step
  bool last = false;
  bool operator==(const Pass&) const = default;
};

// All passes of these shards in a step, in order; none for a shard that has no rows left.
std::vector<Pass> passes_of_step(const BatchGeometry& geometry, Range shards, std::uint64_t step);

// The loaded values are a pure function of pass, data and seed, so they have the same bits,
// whichever thread gathers them and when.
template <typename T>
class PassLoader {
 public:
  // `data` and `helpers` must live as long as the loader. With helpers, exactly one pass is loaded
  // ahead of the requested one.
  PassLoader(const Dataset& data, Range shards, std::uint32_t seed, HelperPool& helpers);
  // Bytes that a loader with helpers takes for the inputs of the pass ahead.
  static std::uint64_t bytes_ahead(const BatchGeometry& geometry, std::uint64_t features);
  // Waits for a pass that is being loaded.
  ~PassLoader();
  PassLoader(const PassLoader&) = delete;
  PassLoader& operator=(const PassLoader&) = delete;

  // Writes the inputs of `pass` to the rows of `inputs`; ids() and labels() then belong to it.
  // `next` is the pass that will most likely be requested next. The time counts as the clock's
  // data and augmentation.
  void load(const Pass& pass, const std::optional<Pass>& next, Matrix<T> inputs, PhaseClock& clock);

  // The numbers [rows] and labels [rows, label_width] of the examples of the last pass.
  [[nodiscard]] std::span<const std::uint32_t> ids() const { return current_.ids; }
  [[nodiscard]] Matrix<const float> labels() const {
    return {current_.labels.data(), current_.ids.size(), data_.label_width};
  }

 private:
  struct Batch {
    std::vector<std::uint32_t> ids;
    std::vector<float> labels;
  };
  // A pass that a helper loads; only the helper accesses it until the future is ready.
  struct Ahead {
    Pass pass;
    Batch batch;
    std::vector<T> inputs;
    double seconds = 0;
    std::future<void> done;
  };

  void start_epoch(std::uint64_t epoch);
  void gather(const Pass& pass, Batch& batch, Matrix<T> inputs, PhaseClock& clock);
  // Uses what a helper has loaded, if that is `pass`; returns whether it was.
  bool take_ahead(const Pass& pass, Matrix<T> inputs, PhaseClock& clock);
  void start_ahead(const Pass& pass);

  const Dataset& data_;
  Range shards_;
  std::uint32_t seed_;
  HelperPool& helpers_;
  // Used by the thread that gathers: this one, or a helper until ahead_.done is ready.
  std::optional<Augmenter> augmenter_;
  std::optional<std::uint64_t> epoch_;
  std::vector<std::vector<std::uint32_t>> order_;  // row orders of the own shards in this epoch
  std::vector<std::uint32_t> rows_;                // scratch
  Batch current_;
  Ahead ahead_;
};

}  // namespace lockstep
