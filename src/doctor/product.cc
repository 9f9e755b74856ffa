#include "doctor/product.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <vector>

#include "base/worker_pool.h"
#include "linalg/gemm.h"
#include "linalg/matrix.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

// Wide and narrow layers, and the sizes of small-matrix kernels.
constexpr std::array<ProductShape, 4> kShapes = {
    {{64, 1024, 10}, {64, 333, 100}, {64, 50, 37}, {32, 784, 256}}};

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

Values transposed(const Values& values) {
  return filled(values.columns, values.rows, [&](std::size_t i) {
    return values.numbers[i % values.rows * values.columns + i / values.rows];
  });
}

float whole_number(std::size_t i, std::size_t step, std::size_t modulus) {
  const std::size_t middle = modulus / 2;
  return static_cast<float>(i * step % modulus) - static_cast<float>(middle);
}

// a b, by one addition after the other.
Values plain_product(const Values& a, const Values& b) {
  Values c{a.rows, b.columns};
  for (std::uint64_t i = 0; i < a.rows; ++i) {
    for (std::uint64_t k = 0; k < a.columns; ++k) {
      for (std::uint64_t j = 0; j < b.columns; ++j) {
        c.numbers[i * b.columns + j] += a.numbers[i * a.columns + k] * b.numbers[k * b.columns + j];
      }
    }
  }
  return c;
}

bool is_right_at(const ProductShape& shape) {
  const Values a =
      filled(shape.rows, shape.inputs, [](std::size_t i) { return whole_number(i, 7, 11); });
  const Values b =
      filled(shape.inputs, shape.units, [](std::size_t i) { return whole_number(i, 5, 13); });
  const Values expected = plain_product(a, b);
  const auto gives_it = [&](Transpose of_a, Transpose of_b) {
    const Values left = of_a == Transpose::yes ? transposed(a) : a;
    const Values right = of_b == Transpose::yes ? transposed(b) : b;
    Values c{shape.rows, shape.units};
    gemm<float>(of_a, of_b, left.view(), right.view(), false, c.view());
    return c.numbers == expected.numbers;
  };
  return gives_it(Transpose::no, Transpose::yes) && gives_it(Transpose::no, Transpose::no) &&
         gives_it(Transpose::yes, Transpose::no);
}

// The product of a forward pass: rows [B, I], weights [O, I].
Values forward(const Values& rows, const Values& weights) {
  Values out{rows.rows, weights.rows};
  gemm<float>(Transpose::no, Transpose::yes, rows.view(), weights.view(), false, out.view());
  return out;
}

bool rows_are_independent(const ProductShape& shape) {
  const auto value = [](std::size_t i) { return numerics::sin(static_cast<float>(i)); };
  const Values rows = filled(shape.rows, shape.inputs, value);
  const Values weights = filled(shape.units, shape.inputs, value);
  const Values together = forward(rows, weights);
  for (std::uint64_t i = 0; i < shape.rows; ++i) {
    const auto own = rows.view().row(i);
    const Values row = filled(1, shape.inputs, [&](std::size_t k) { return own[k]; });
    if (!std::ranges::equal(forward(row, weights).numbers, together.view().row(i))) return false;
  }
  return true;
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

bool product_is_right() { return std::ranges::all_of(kShapes, is_right_at); }

RowIndependence measure_row_independence() {
  return {kShapes.size(),
          static_cast<std::uint64_t>(std::ranges::count_if(kShapes, rows_are_independent))};
}

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
