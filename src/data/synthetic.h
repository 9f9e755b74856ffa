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
#include "data/teacher.h"
#include "data/two_spirals.h"

namespace lockstep {

struct SyntheticSpec {
  std::uint32_t examples = 0;  // at least 1
  std::uint32_t seed = 1;      // of the points
  // Probability, from 0 to below 1 - 1 / classes, that a label is replaced by
  // one of the other classes, each as likely: more and the data would speak
  // against the truth.
  double label_noise = 0;
  std::variant<TwoSpirals, Blobs, Teacher> kind;
  std::string text;  // everything that decides the points, for the fingerprint
};

// Memory is proportional to the rows read. Features are f32, labels class
// numbers.
class SyntheticExampleSource : public ExampleSource {
 public:
  explicit SyntheticExampleSource(SyntheticSpec spec);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  Examples read(std::span<const std::uint32_t> ids) override;
  // Of what decides the points: no point need be made for it.
  [[nodiscard]] std::uint64_t fingerprint() const override;

 private:
  // The label of an example; its features go to `features`, unless empty.
  std::uint32_t make(std::uint32_t example, std::span<float> features) const;

  SyntheticSpec spec_;
  SourceInfo info_;
};

// The error of the best classifier once labels are noisy: with it, or with what
// the noise made of it, it is right or wrong.
double with_label_noise(double bayes_error, double label_noise, std::uint32_t classes);

}  // namespace lockstep
