#include "data/corrupted.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "base/digest.h"
#include "base/random.h"

namespace lockstep {
namespace {

// The nearest value of type V; for f64, the nearest that is finite as float.
template <typename V>
V nearest(double value) {
  using Range = std::conditional_t<std::is_floating_point_v<V>, float, V>;
  constexpr double kLowest = std::numeric_limits<Range>::lowest();
  constexpr double kLargest = std::numeric_limits<Range>::max();
  if constexpr (std::is_integral_v<V>) value = std::nearbyint(value);
  return static_cast<V>(std::clamp(value, kLowest, kLargest));
}

}  // namespace

void add_noise(Examples& examples, const Corruption& corruption) {
  const RandomKey key{corruption.seed, Purpose::corruption};
  const std::span<std::byte> bytes = examples.values;
  visit_values(examples.type, bytes, [&]<typename V>(std::span<const V> values) {
    auto* out = reinterpret_cast<V*>(bytes.data());
    for (std::uint64_t i = 0; i < examples.size(); ++i) {
      for (std::uint64_t j = 0; j < examples.features; j += 2) {
        // Normal values are drawn in pairs.
        const auto pair = static_cast<std::uint32_t>(j / 2);
        const auto normals = random_normals(key, {examples.ids[i], pair, 0, 0});
        for (std::uint64_t k = j; k < std::min(j + 2, examples.features); ++k) {
          const std::uint64_t at = i * examples.features + k;
          out[at] = nearest<V>(static_cast<double>(values[at]) +
                               corruption.gaussian_noise * normals[k - j]);
        }
      }
    }
  });
}

std::uint64_t corrupted_fingerprint(std::uint64_t of_source, const Corruption& corruption) {
  const std::array<std::uint64_t, 3> parts = {
      of_source, std::bit_cast<std::uint64_t>(corruption.gaussian_noise), corruption.seed};
  return digest_of(std::as_bytes(std::span(parts)));
}

CorruptedSource::CorruptedSource(std::unique_ptr<ExampleSource> source, Corruption corruption)
    : source_(std::move(source)), corruption_(corruption), info_(source_->info()) {
  info_.bayes_error = std::nullopt;  // noise makes it larger
}

Examples CorruptedSource::read(std::span<const std::uint32_t> ids) {
  Examples examples = source_->read(ids);
  add_noise(examples, corruption_);
  return examples;
}

std::uint64_t CorruptedSource::fingerprint() const {
  return corrupted_fingerprint(source_->fingerprint(), corruption_);
}

}  // namespace lockstep
