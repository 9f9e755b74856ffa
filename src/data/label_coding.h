#pragma once
// Class labels as other programs write them: -1 and +1, or counted from 1.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/labels.h"
#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

// Converts labels to what the losses expect. Throws Error(data), naming the source, the
// first offending rows and what is allowed, for labels that do not have this coding.
void decode_labels(std::span<float> labels, LabelCoding coding, std::string_view source,
                   const RowPlaces& places = {});

// The examples of another source with decoded labels; the coding is part of the
// fingerprint.
class RecodedSource : public ExampleSource {
 public:
  // `coding` is not as_is.
  RecodedSource(std::unique_ptr<ExampleSource> source, LabelCoding coding);

  [[nodiscard]] const SourceInfo& info() const override { return info_; }
  std::vector<float> read_labels() override;
  std::vector<std::uint64_t> read_groups() override { return source_->read_groups(); }
  std::vector<float> read_weights() override { return source_->read_weights(); }
  Examples read(std::span<const std::uint32_t> ids) override;
  [[nodiscard]] std::uint64_t fingerprint() const override;
  std::vector<std::string> places(std::span<const std::uint64_t> examples) override {
    return source_->places(examples);
  }

 private:
  std::unique_ptr<ExampleSource> source_;
  LabelCoding coding_;
  SourceInfo info_;
};

}  // namespace lockstep
