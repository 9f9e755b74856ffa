// How fast could training be? Times the kernels alone: every thread multiplies 128 rows by a panel
// of 64 columns, again and again, in its own caches. Prints one JSON line for each precision. Its
// examples_per_second, the rate of multiply-adds over those that training needs for an example, is
// a limit for every trainer that makes the same products with these kernels on these cores.

#include <chrono>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "base/median.h"
#include "base/worker_pool.h"
#include "linalg/kernels.h"
#include "linalg/precision.h"

namespace lockstep {
namespace {

struct Arguments {
  std::vector<std::uint64_t> layers = {784, 1024, 1024, 10};
  int threads = 2;
  double seconds = 2;
  int blocks = 9;
};

constexpr std::uint64_t kRows = 128;
constexpr std::uint64_t kColumns = 64;
constexpr std::uint64_t kDepth = 128;  // floats; the operands and the result fit the caches

// What one thread multiplies. Values stay of ordinary size, because each product starts anew.
struct Operands {
  std::vector<float> a = std::vector<float>(kRows * kDepth, 0.5F);
  std::vector<float> b = std::vector<float>(kDepth * kColumns, 0.25F);
  std::vector<float> c = std::vector<float>(kRows * kColumns);
  std::vector<Pair> a_pairs = std::vector<Pair>(kRows * kDepth / 2);
  std::vector<Pair> b_pairs = std::vector<Pair>(kDepth / 2 * kColumns);

  Operands() {
    kernels().pair_columns({kRows, kDepth, kDepth}, a.data(), a_pairs.data());
    kernels().pair_rows({kDepth, kColumns, kColumns}, b.data(), b_pairs.data());
  }
  void multiply(Precision precision) {
    const bool in_pairs = precision == Precision::bfloat16;
    const std::uint64_t depth = in_pairs ? kDepth / 2 : kDepth;
    const BlockProduct product{.rows = kRows,
                               .columns = kColumns,
                               .depth = depth,
                               .a_stride = depth,
                               .b_stride = kColumns,
                               .c_stride = kColumns};
    if (in_pairs) {
      kernels().multiply_pairs(product, a_pairs.data(), b_pairs.data(), c.data());
    } else {
      kernels().multiply(product, a.data(), b.data(), c.data());
    }
  }
};

// Multiply-adds of all threads together in a second, in each block.
std::vector<double> measure(const Arguments& arguments, Precision precision) {
  WorkerPool pool(arguments.threads);
  std::vector<Operands> operands(static_cast<std::size_t>(arguments.threads));
  using Clock = std::chrono::steady_clock;
  const auto seconds_of = [&](std::uint64_t products) {
    const auto start = Clock::now();
    pool.run([&](int thread) {
      Operands& own = operands[static_cast<std::size_t>(thread)];
      for (std::uint64_t i = 0; i < products; ++i) own.multiply(precision);
    });
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  constexpr std::uint64_t kFirst = 2000;
  seconds_of(kFirst);
  const double of_block = arguments.seconds / arguments.blocks;
  const auto products = static_cast<std::uint64_t>(1 + kFirst * of_block / seconds_of(kFirst));
  const auto multiply_adds = static_cast<double>(products) * kRows * kColumns * kDepth *
                             static_cast<double>(arguments.threads);
  std::vector<double> rates;
  for (int block = 0; block < arguments.blocks; ++block) {
    rates.push_back(multiply_adds / seconds_of(products));
  }
  return rates;
}

// Of the products of a training step, for each example: nobody needs the gradient of the inputs.
double multiply_adds_of_training(const std::vector<std::uint64_t>& layers) {
  double sum = 0;
  for (std::size_t i = 1; i < layers.size(); ++i) {
    sum += static_cast<double>(layers[i] * layers[i - 1]) * (i == 1 ? 2 : 3);
  }
  return sum;
}

}  // namespace
}  // namespace lockstep

// An error ends the measurement, and std::terminate names it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  using namespace lockstep;
  Arguments arguments;
  CLI::App app("The rate of the kernels alone, and how fast training could be with it");
  app.add_option("--layers", arguments.layers, "Inputs, then the units of each layer")
      ->delimiter(',')
      ->check(CLI::PositiveNumber)
      ->expected(2, 1000)
      ->capture_default_str();
  app.add_option("--threads", arguments.threads, "Threads at work at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--seconds", arguments.seconds, "How long to measure each precision")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--blocks", arguments.blocks, "Pieces of that time; their median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  for (const Precision precision : {Precision::float32, Precision::bfloat16}) {
    const double rate = median(measure(arguments, precision));
    fmt::print(
        "{{\"name\": \"kernel_limit\", \"precision\": \"{}\", \"kernels\": \"{}\", "
        "\"threads\": {}, \"layers\": [{}], \"gflops\": {:.1f}, "
        "\"examples_per_second\": {:.0f}}}\n",
        precision == Precision::float32 ? "FLOAT32" : "BFLOAT16", enum_name(kernels().instructions),
        arguments.threads, fmt::join(arguments.layers, ", "), 2e-9 * rate,
        rate / multiply_adds_of_training(arguments.layers));
  }
  return 0;
}
