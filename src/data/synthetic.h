#pragma once
// Examples without files, for demonstrations and scale tests: made when they are
// read, each a pure function of the seed and its number, so that a rank makes
// its own alone and all layouts see the same bits.

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "data/blobs.h"
#include "data/source.h"
#include "data/spec.h"
#include "data/teacher.h"
#include "data/two_spirals.h"

namespace lockstep {

// Memory is proportional to the rows read. Features are f32, labels class
// numbers.
class SyntheticExampleSource : public ExampleSource {
 public:
  explicit SyntheticExampleSource(const SyntheticSource& spec);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  Examples read(std::span<const std::uint32_t> ids) override;
  // Of what decides the points: no point need be made for it.
  [[nodiscard]] std::uint64_t fingerprint() const override;

 private:
  // The label of an example; its features go to `features`, unless empty.
  std::uint32_t make(std::uint32_t example, std::span<float> features) const;

  SyntheticSource spec_;
  std::variant<TwoSpirals, Blobs, Teacher> kind_;  // of spec_
  SourceInfo info_;
};

// The error of the best classifier once labels are noisy: with it, or with what
// the noise made of it, it is right or wrong.
double with_label_noise(double bayes_error, double label_noise, std::uint32_t classes);

}  // namespace lockstep
