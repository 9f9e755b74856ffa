#include "data/array_source.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/error.h"
#include "data/file_error.h"

namespace lockstep {

ArrayExampleSource::ArrayExampleSource(std::unique_ptr<ArrayFile> features,
                                       std::unique_ptr<ArrayFile> labels,
                                       std::unique_ptr<ArrayFile> groups)
    : features_(std::move(features)), labels_(std::move(labels)), groups_(std::move(groups)) {
  const ArrayHeader& header = features_->header();
  if (header.rows > std::numeric_limits<std::uint32_t>::max()) {
    fail_file(features_->path(), fmt::format("{}: more than 2^32 - 1 examples", header.text));
  }
  info_ = {.name = features_->path().string(),
           .labels_name = "",
           .examples = header.rows,
           .features = header.row_values,
           .label_width = 0,
           .type = header.type,
           .image = header.image,
           .image_hint = header.image_hint};
  if (groups_) {
    const ArrayHeader& of_groups = groups_->header();
    if (!of_groups.integers || of_groups.row_values != 1 || of_groups.rows != header.rows) {
      fail_file(groups_->path(),
                fmt::format("expected groups, one integer for each of the {} examples of "
                            "{}, found {}",
                            header.rows, info_.name, of_groups.text));
    }
  }
  if (!labels_) return;
  const ArrayHeader& of_labels = labels_->header();
  if (of_labels.dimensions.size() > 2) {
    fail_file(labels_->path(), fmt::format("expected labels [examples] or [examples, width], "
                                           "found {}; are features and labels swapped?",
                                           of_labels.text));
  }
  if (header.rows != of_labels.rows) {
    throw Error(
        ExitCode::data,
        fmt::format("{} has {} examples, but {} has {} labels; do they belong to the same set?",
                    info_.name, header.rows, labels_->path().string(), of_labels.rows));
  }
  info_.labels_name = labels_->path().string();
  info_.label_width = of_labels.row_values;
}

std::vector<float> ArrayExampleSource::read_labels() { return read_labels_of(std::nullopt); }

std::vector<float> ArrayExampleSource::read_labels_of(OptionalIds ids) {
  if (!labels_) {
    labels_digest_ = 0;
    return {};
  }
  const ArrayContent content = labels_->read(ids);
  labels_digest_ = content.digest;
  return visit_values(
      labels_->header().type, content.values, []<typename V>(std::span<const V> numbers) {
        std::vector<float> labels(numbers.size());
        std::ranges::transform(numbers, labels.begin(), [](V v) { return static_cast<float>(v); });
        return labels;
      });
}

std::vector<std::uint64_t> ArrayExampleSource::read_groups() {
  if (!groups_) return {};
  ArrayFile::Integers groups = groups_->read_integers();
  groups_digest_ = groups.digest;
  return std::move(groups.values);
}

Examples ArrayExampleSource::read(std::span<const std::uint32_t> ids) {
  check(std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end(),
        "ids are ascending and distinct");
  check(ids.empty() || ids.back() < info_.examples, "ids are below the number of examples");

  std::vector<float> labels = read_labels_of(ids);
  ArrayContent content = features_->read(ids);
  features_digest_ = content.digest;
  if (groups_ && !groups_digest_) read_groups();
  return {.type = info_.type,
          .features = info_.features,
          .values = std::move(content.values),
          .label_width = info_.label_width,
          .labels = std::move(labels),
          .ids = {ids.begin(), ids.end()}};
}

std::uint64_t ArrayExampleSource::fingerprint() const {
  check(features_digest_ && labels_digest_, "read() comes before fingerprint()");
  std::vector digests = {features_digest_.value_or(0), labels_digest_.value_or(0)};
  if (groups_digest_) digests.push_back(*groups_digest_);
  return digest_of(std::as_bytes(std::span(digests)));
}

}  // namespace lockstep
