#include "numerics/functions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "numerics/float_samples.h"
#include "numerics/function_table.h"

namespace lockstep::numerics {
namespace {

using Reference = long double (*)(long double);

struct Domain {
  std::string_view function;
  Reference reference;
  double low;
  double high;
  double most_ulps = 1.001;
};

const Domain kDomains[] = {
    {"exp", std::exp, -80, 80},       {"expm1", std::expm1, -20, 80},
    {"log", std::log, 1e-9, 1e9},     {"log1p", std::log1p, -0.99, 1e9},
    {"log10", std::log10, 1e-9, 1e9}, {"tanh", std::tanh, -9, 9},
    {"erfc", std::erfc, -6, 8, 1.5},  {"sin", std::sin, -1e4, 1e4},
    {"cos", std::cos, -1e4, 1e4},
};

// `count` keyed numbers from low to high; a third of them a millionth and a third a thousandth as
// far from the end that is nearer to 0.
template <typename T>
std::vector<T> arguments(double low, double high, std::uint32_t count) {
  std::vector<T> values;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto words = random_words({1, Purpose::split}, {i, 0, 0, 0});
    const double part = uniform_from_words(words[0], words[1]);
    const double centre = low > 0 ? low : 0;
    const double scale = i % 3 == 0 ? 1 : (i % 3 == 1 ? 1e-3 : 1e-6);
    values.push_back(static_cast<T>(centre + scale * (low + part * (high - low) - centre)));
  }
  return values;
}

// How far `value` is from `exact`, in units of the last place of T at `exact`.
template <typename T>
double ulps(T value, long double exact) {
  const T rounded = std::abs(static_cast<T>(exact));
  const long double unit =
      static_cast<long double>(std::nextafter(rounded, std::numeric_limits<T>::infinity())) -
      rounded;
  return static_cast<double>(std::abs(value - exact) / unit);
}

template <typename T>
auto form(const UnaryFunction& function) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return function.of_float;
  } else {
    return function.of_double;
  }
}

const Domain& domain_of(std::string_view name) {
  return *std::ranges::find(kDomains, name, &Domain::function);
}

template <typename T>
class Accuracy : public testing::Test {};
using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(Accuracy, Scalars);

TYPED_TEST(Accuracy, OfFunctionsOfOneArgument) {
  using T = TypeParam;
  for (const UnaryFunction& function : kUnaryFunctions) {
    const Domain& domain = domain_of(function.name);
    double most = 0;
    for (const T x : arguments<T>(domain.low, domain.high, 20000)) {
      most = std::max(most, ulps(form<T>(function)(x), domain.reference(x)));
    }
    EXPECT_LE(most, domain.most_ulps) << function.name;
    EXPECT_GT(most, 0.4) << function.name << ": arguments do not reach the error of rounding";
  }
}

TYPED_TEST(Accuracy, OfFunctionsOfTwoArguments) {
  using T = TypeParam;
  const std::vector<T> x = arguments<T>(0.1, 100, 20000);
  const std::vector<T> y = arguments<T>(-15, 15, 20000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double wide_x = x[i];
    const long double wide_y = y[i];
    ASSERT_LE(ulps(pow(x[i], y[i]), std::pow(wide_x, wide_y)), 1) << x[i] << ", " << y[i];
    ASSERT_LE(ulps(hypot(x[i], y[i]), std::hypot(wide_x, wide_y)), 1) << x[i] << ", " << y[i];
  }
}

TYPED_TEST(Accuracy, NotANumberStaysNotANumber) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  for (const UnaryFunction& function : kUnaryFunctions) {
    EXPECT_TRUE(std::isnan(form<T>(function)(nan))) << function.name;
  }
  EXPECT_TRUE(std::isnan(pow(nan, T(2))));
  EXPECT_TRUE(std::isnan(pow(T(2), nan)));
  EXPECT_TRUE(std::isnan(hypot(nan, T(1))));
}

// What numerics/functions.h says of log1p.
template <typename T>
bool is_exception(std::string_view function, T x) {
  return function == "log1p" && (x == std::numeric_limits<T>::max() ||
                                 std::abs(x) == std::numeric_limits<T>::denorm_min());
}

// Infinities, zeros and results outside the range, as the C standard has them.
TYPED_TEST(Accuracy, EndsOfTheRange) {
  using T = TypeParam;
  for (const UnaryFunction& function : kUnaryFunctions) {
    for (const T x : special_values<T>()) {
      if (is_exception(function.name, x)) continue;
      const T found = form<T>(function)(x);
      const T known = static_cast<T>(domain_of(function.name).reference(x));
      EXPECT_EQ(std::isnan(found), std::isnan(known)) << function.name << " of " << x;
      EXPECT_EQ(std::isinf(found), std::isinf(known)) << function.name << " of " << x;
      EXPECT_EQ(found == T(0), known == T(0)) << function.name << " of " << x;
    }
  }
}

}  // namespace
}  // namespace lockstep::numerics
