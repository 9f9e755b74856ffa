#include "data/label_coding.h"

#include <array>
#include <utility>

#include "base/digest.h"

namespace lockstep {

void decode_labels(std::span<float> labels, LabelCoding coding, std::string_view source,
                   const RowPlaces& places) {
  switch (coding) {
    case LabelCoding::as_is:
      return;
    case LabelCoding::minus_one_plus_one:
      check_signed_labels(labels, source, places);
      for (float& label : labels) label = label > 0 ? 1.0F : 0.0F;
      return;
    case LabelCoding::one_based:
      check_one_based_labels(labels, source, places);
      for (float& label : labels) label -= 1;
  }
}

RecodedSource::RecodedSource(std::unique_ptr<ExampleSource> source, LabelCoding coding)
    : source_(std::move(source)), coding_(coding), info_(source_->info()) {
  // Later checks report decoded labels, which differ from those in the file.
  if (!info_.labels_name.empty()) {
    info_.labels_name += coding == LabelCoding::one_based ? " (less 1, as label_coding says)"
                                                          : " (0 for -1, as label_coding says)";
  }
  info_.classes = std::nullopt;
}

std::vector<float> RecodedSource::read_labels() {
  std::vector<float> labels = source_->read_labels();
  decode_labels(labels, coding_, source_->info().labels_name,
                [this](std::span<const std::uint64_t> rows) { return source_->places(rows); });
  return labels;
}

Examples RecodedSource::read(std::span<const std::uint32_t> ids) {
  Examples examples = source_->read(ids);
  decode_labels(examples.labels, coding_, source_->info().labels_name);
  return examples;
}

std::uint64_t RecodedSource::fingerprint() const {
  const std::array<std::uint64_t, 2> parts = {source_->fingerprint(),
                                              static_cast<std::uint64_t>(coding_)};
  return digest_of(std::as_bytes(std::span(parts)));
}

}  // namespace lockstep
