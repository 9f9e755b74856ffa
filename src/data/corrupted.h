#pragma once
// A source whose features are damaged when they are read: data of another
// distribution, which shows the effect of a mismatch between training and dev data
// (lecture 1.1).

#include <cstdint>
#include <memory>
#include <vector>

#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

// Adds noise to each feature: a pure function of the seed, the number of the
// example and the number of the feature. Features keep their type: integers are
// rounded, and all values are clipped to its range (that of float for f64).
void add_noise(Examples& examples, const Corruption& corruption);

// The fingerprint of a source with that noise added.
std::uint64_t corrupted_fingerprint(std::uint64_t of_source, const Corruption& corruption);

// The examples of another source with added noise. The noise is part of the
// fingerprint.
class CorruptedSource : public ExampleSource {
 public:
  CorruptedSource(std::unique_ptr<ExampleSource> source, Corruption corruption);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override { return source_->read_labels(); }
  std::vector<std::uint64_t> read_groups() override { return source_->read_groups(); }
  std::vector<float> read_weights() override { return source_->read_weights(); }
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override;
  std::vector<std::string> places(std::span<const std::uint64_t> examples) override {
    return source_->places(examples);
  }

 private:
  std::unique_ptr<ExampleSource> source_;
  Corruption corruption_;
  SourceInfo info_;
};

}  // namespace lockstep
