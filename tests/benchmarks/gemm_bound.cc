// How fast could training be? Times the matrix products of training steps and
// nothing else: every worker thread does those of its own shards, in the order
// and the shapes of a step (forward, then weight and input gradients from the
// last layer to the first), on buffers of its own, with no word to the others.
// Prints one JSON line; its examples_per_second bounds any trainer that makes
// the same products with these kernels on these cores.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "base/worker_pool.h"
#include "linalg/gemm.h"
#include "linalg/matrix.h"

namespace lockstep {
namespace {

struct Arguments {
  std::vector<std::uint64_t> layers = {784, 1024, 1024, 10};
  std::uint64_t rows = 128;
  std::uint64_t shards_per_worker = 1;
  int workers = 2;
  double seconds = 5;
  int blocks = 9;
};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Buffer {
  Buffer(std::uint64_t rows, std::uint64_t columns)
      : values(rows * columns), view{values.data(), rows, columns} {}
  Buffer(Buffer&&) noexcept = default;  // a copy's view would show the original

  std::vector<float> values;
  Matrix<float> view;
};

// The products of one worker. Only inputs, weights and the last delta are
// filled: all else is computed from them anew in each step, so values stay of
// ordinary size however long this runs.
class Products {
 public:
  Products(std::span<const std::uint64_t> layers, std::uint64_t rows, std::uint32_t seed) {
    std::mt19937 generator(seed);
    const auto fill = [&](std::vector<float>& values, double deviation) {
      std::normal_distribution<float> normal(0, static_cast<float>(deviation));
      for (float& value : values) value = normal(generator);
    };
    for (std::size_t i = 0; i < layers.size(); ++i) {
      outputs_.emplace_back(rows, layers[i]);
      if (i == 0) continue;
      deltas_.emplace_back(rows, layers[i]);
      weights_.emplace_back(layers[i], layers[i - 1]);
      gradients_.emplace_back(layers[i], layers[i - 1]);
      fill(weights_.back().values, 1 / std::sqrt(static_cast<double>(layers[i - 1])));
    }
    fill(outputs_.front().values, 1);
    fill(deltas_.back().values, 1);
  }

  // Those of one shard.
  void run() {
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      gemm<float>(Transpose::no, Transpose::yes, outputs_[i].view, weights_[i].view, false,
                  outputs_[i + 1].view);
    }
    for (std::size_t i = weights_.size(); i-- > 0;) {
      gemm<float>(Transpose::yes, Transpose::no, deltas_[i].view, outputs_[i].view, false,
                  gradients_[i].view);
      if (i == 0) break;  // nobody needs the gradient of the inputs
      gemm<float>(Transpose::no, Transpose::no, deltas_[i].view, weights_[i].view, false,
                  deltas_[i - 1].view);
    }
  }

 private:
  std::vector<Buffer> outputs_;    // of layer 0 (the inputs) to the last: [rows, units]
  std::vector<Buffer> deltas_;     // of layer 1 to the last: [rows, units]
  std::vector<Buffer> weights_;    // [units, inputs]
  std::vector<Buffer> gradients_;  // likewise
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Examples per second of all workers together in each block.
std::vector<double> measure(const Arguments& arguments) {
  use_one_blas_thread();
  WorkerPool pool(arguments.workers);
  std::vector<Products> products;
  for (int worker = 0; worker < arguments.workers; ++worker) {
    products.emplace_back(arguments.layers, arguments.rows, static_cast<std::uint32_t>(worker));
  }
  const auto seconds_of = [&](std::uint64_t steps) {
    const auto start = Clock::now();
    pool.run([&](int worker) {
      Products& own = products[static_cast<std::size_t>(worker)];
      for (std::uint64_t i = 0; i < steps * arguments.shards_per_worker; ++i) own.run();
    });
    return seconds_since(start);
  };

  seconds_of(2);  // touches every page
  const double block_seconds = arguments.seconds / arguments.blocks;
  const auto steps = static_cast<std::uint64_t>(std::max(1.0, 4 * block_seconds / seconds_of(4)));
  const auto examples =
      static_cast<double>(steps * arguments.rows * arguments.shards_per_worker * products.size());
  std::vector<double> speeds;
  for (int block = 0; block < arguments.blocks; ++block) {
    speeds.push_back(examples / seconds_of(steps));
  }
  return speeds;
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  lockstep::Arguments arguments;
  CLI::App app("Examples per second of a training step's matrix products alone");
  app.add_option("--layers", arguments.layers, "Inputs, then the units of each layer")
      ->delimiter(',')
      ->check(CLI::PositiveNumber)
      ->expected(2, 1000)
      ->capture_default_str();
  app.add_option("--rows", arguments.rows, "Rows of a shard in a batch")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--shards-per-worker", arguments.shards_per_worker, "Done one after the other")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--workers", arguments.workers, "Threads at work at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--seconds", arguments.seconds, "How long to measure")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--blocks", arguments.blocks, "Pieces of that time; their median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const std::vector<double> speeds = lockstep::measure(arguments);
  fmt::print(
      "{{\"name\": \"gemm_bound\", \"layers\": [{}], \"rows\": {}, \"shards_per_worker\": {}, "
      "\"workers\": {}, \"blocks\": [{:.0f}], \"examples_per_second\": {:.0f}}}\n",
      fmt::join(arguments.layers, ", "), arguments.rows, arguments.shards_per_worker,
      arguments.workers, fmt::join(speeds, ", "), lockstep::median(speeds));
  return 0;
}
