#pragma once
// Examples without files, for demonstrations and scale tests. They are made when they
// are read. Each is a pure function of the seed and its number, so that a rank makes
// only its own examples and all layouts have the same bits.

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "data/blobs.h"
#include "data/source.h"
#include "data/spec.h"
#include "data/teacher.h"
#include "data/two_spirals.h"

namespace lockstep {

// Memory is proportional to the rows read. Features are f32; labels are class
// numbers.
class SyntheticExampleSource : public ExampleSource {
 public:
  explicit SyntheticExampleSource(const SyntheticSource& spec);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  Examples read(std::span<const std::uint32_t> ids) override;
  // Digest of the settings that determine the points; makes no points.
  [[nodiscard]] std::uint64_t fingerprint() const override;

 private:
  // Returns the label of an example and writes its features to `features`, unless that is
  // empty.
  std::uint32_t make(std::uint32_t example, std::span<float> features) const;

  SyntheticSource spec_;
  std::variant<TwoSpirals, Blobs, Teacher> kind_;  // the kind in spec_
  SourceInfo info_;
};

// The error of the best classifier on noisy labels. `bayes_error` is its error without
// noise.
double with_label_noise(double bayes_error, double label_noise, std::uint32_t classes);

}  // namespace lockstep
