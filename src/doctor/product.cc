#include "doctor/product.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <vector>

#include "base/worker_pool.h"
#include "linalg/gemm.h"
#include "linalg/matrix.h"

namespace lockstep {
namespace {

struct Values {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::vector<float> numbers = std::vector<float>(rows * columns);

  [[nodiscard]] Matrix<float> view() { return {numbers.data(), rows, columns}; }
  [[nodiscard]] Matrix<const float> view() const { return {numbers.data(), rows, columns}; }
};

// value(i) at position i, row after row.
template <typename Function>
Values filled(std::uint64_t rows, std::uint64_t columns, Function value) {
  Values values{rows, columns};
  for (std::size_t i = 0; i < values.numbers.size(); ++i) values.numbers[i] = value(i);
  return values;
}

float whole_number(std::size_t i, std::size_t step, std::size_t modulus) {
  const std::size_t middle = modulus / 2;
  return static_cast<float>(i * step % modulus) - static_cast<float>(middle);
}

// The seconds of each product when one is repeated for about `seconds`, after one that warms up.
std::vector<double> product_times(const ProductShape& shape, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto value = [](std::size_t i) { return whole_number(i, 7, 11) / 16; };
  const Values rows = filled(shape.rows, shape.inputs, value);
  const Values weights = filled(shape.units, shape.inputs, value);
  Values out{shape.rows, shape.units};
  const auto multiply = [&] {
    gemm<float>(Transpose::no, Transpose::yes, rows.view(), weights.view(), false, out.view());
  };
  multiply();
  std::vector<double> times;
  for (double spent = 0; spent < seconds; spent += times.back()) {
    const Clock::time_point start = Clock::now();
    multiply();
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  return times;
}

}  // namespace

double flops_alone(const ProductShape& shape, double seconds) {
  std::vector<double> times = product_times(shape, seconds);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return shape.flops() / *middle;
}

double flops_together(const ProductShape& shape, int threads, double seconds) {
  std::vector<double> rates(static_cast<std::size_t>(threads));
  WorkerPool pool(threads);
  pool.run([&](int worker) {
    const std::vector<double> times = product_times(shape, seconds);
    const double spent = std::accumulate(times.begin(), times.end(), 0.0);
    rates[static_cast<std::size_t>(worker)] =
        shape.flops() * static_cast<double>(times.size()) / spent;
  });
  return std::accumulate(rates.begin(), rates.end(), 0.0) / threads;
}

}  // namespace lockstep
