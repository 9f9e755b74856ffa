#include "data/cifar.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"
#include "data/byte_stream.h"
#include "data/file_error.h"

namespace lockstep {
namespace {

constexpr ImageShape kShape{.channels = 3, .height = 32, .width = 32};
constexpr std::uint64_t kPixels = 3ULL * 32 * 32;

std::uint64_t label_bytes(CifarKind kind) { return kind == CifarKind::cifar10 ? 1 : 2; }

// Offset of the requested label in its record.
std::uint64_t label_offset(CifarKind kind) { return kind == CifarKind::cifar100_fine ? 1 : 0; }

std::uint64_t record_bytes(CifarKind kind) { return label_bytes(kind) + kPixels; }

unsigned classes(CifarKind kind) {
  switch (kind) {
    case CifarKind::cifar10:
      return 10;
    case CifarKind::cifar100_fine:
      return 100;
    case CifarKind::cifar100_coarse:
      break;
  }
  return 20;
}

// The kinds as the job file names them.
const char* kinds(CifarKind kind) {
  return kind == CifarKind::cifar10 ? "kind: CIFAR_10" : "kind: CIFAR_100_FINE or CIFAR_100_COARSE";
}

const char* name(CifarKind kind) { return kind == CifarKind::cifar10 ? "CIFAR-10" : "CIFAR-100"; }

// Bytes of the content; in a gzip file they must be counted.
std::uint64_t content_bytes(const std::filesystem::path& path, CifarKind kind) {
  ByteStream stream(path);
  std::vector<std::byte> start(record_bytes(kind));
  start.resize(stream.read(start));
  refuse_html(path, start, name(kind));
  if (!stream.compressed()) return stream.file_bytes();
  Digest unused;
  return start.size() + read_chunks(stream, unused, [](auto, auto) {});
}

std::uint64_t count_records(const std::filesystem::path& path, CifarKind kind) {
  const std::uint64_t bytes = content_bytes(path, kind);
  const std::uint64_t record = record_bytes(kind);
  if (bytes == 0) fail_file(path, "is empty; fetch the file again");
  if (bytes % record == 0) return bytes / record;
  const CifarKind other =
      kind == CifarKind::cifar10 ? CifarKind::cifar100_fine : CifarKind::cifar10;
  const bool of_other = bytes % record_bytes(other) == 0;
  fail_file(path, fmt::format("expected records of {} bytes ({}), found {}: {} over{}", record,
                              name(kind), bytes_text(bytes), bytes_text(bytes % record),
                              of_other ? fmt::format("; it would fit {}", kinds(other))
                                       : std::string("; fetch the file again")));
}

}  // namespace

CifarExampleSource::CifarExampleSource(const std::vector<std::filesystem::path>& files,
                                       CifarKind kind, bool labelled)
    : kind_(kind) {
  check(!files.empty(), "a CIFAR source has at least one file");
  std::uint64_t examples = 0;
  for (const auto& path : files) {
    files_.push_back({path, count_records(path, kind)});
    examples += files_.back().records;
  }
  if (examples > std::numeric_limits<std::uint32_t>::max()) {
    fail_file(files.front(), fmt::format("{} examples; expected fewer than 2^32", examples));
  }
  const std::string more =
      files.size() > 1 ? fmt::format(" and {} more", files.size() - 1) : std::string();
  info_ = {.name = files.front().string() + more,
           .labels_name = labelled ? files.front().string() + more : std::string(),
           .examples = examples,
           .features = kPixels,
           .label_width = labelled ? 1U : 0U,
           .type = ElementType::u8,
           .image = kShape};
}

std::vector<float> CifarExampleSource::read_labels() { return read_records(std::nullopt, nullptr); }

std::vector<float> CifarExampleSource::read_records(OptionalIds ids,
                                                    std::vector<std::byte>* values) {
  const std::uint64_t kept_total = ids ? ids->size() : info_.examples;
  const bool labelled = info_.label_width > 0;
  std::vector<float> labels(labelled ? kept_total : 0);
  if (values != nullptr) values->resize(kept_total * kPixels);
  const std::uint64_t pixels_begin = label_bytes(kind_);

  std::vector<std::uint64_t> digests;
  std::uint64_t first = 0;        // number of the file's first example
  std::uint64_t kept_before = 0;  // examples kept from earlier files
  for (const File& file : files_) {
    std::vector<std::uint32_t> own;  // numbers in this file
    if (ids) {
      const auto in_file = ids->subspan(kept_before);
      for (const std::uint32_t id : in_file) {
        if (id >= first + file.records) break;
        own.push_back(static_cast<std::uint32_t>(id - first));
      }
    }
    const OptionalIds own_ids = ids ? OptionalIds(own) : std::nullopt;
    ByteStream stream(file.path);
    Digest digest;
    const std::uint64_t bytes = read_rows(
        stream, digest, {file.records, record_bytes(kind_)}, own_ids,
        [&](std::uint64_t kept, std::uint64_t offset, std::span<const std::byte> part) {
          const std::uint64_t end = offset + part.size();
          const std::uint64_t at = kept_before + kept;
          const std::uint64_t label_at = label_offset(kind_);
          if (labelled && offset <= label_at && label_at < end) {
            const auto label = std::to_integer<unsigned>(part[label_at - offset]);
            if (label >= classes(kind_)) {
              fail_file(file.path, fmt::format("expected a label of {} from 0 to {}, found {} in "
                                               "record {} (counting from 0)",
                                               name(kind_), classes(kind_) - 1, label,
                                               own_ids ? own[kept] : kept));
            }
            labels[at] = static_cast<float>(label);
          }
          if (values == nullptr || end <= pixels_begin) return;
          const std::uint64_t from = std::max(offset, pixels_begin);
          std::ranges::copy(
              part.subspan(from - offset),
              values->begin() + static_cast<std::ptrdiff_t>(at * kPixels + from - pixels_begin));
        });
    const std::uint64_t expected = file.records * record_bytes(kind_);
    if (bytes != expected) {
      fail_size(file.path, fmt::format("{} records, as when it was opened", file.records), expected,
                bytes, stream.compressed());
    }
    digests.push_back(digest.value());
    first += file.records;
    kept_before += ids ? own.size() : file.records;
  }
  digests.push_back(static_cast<std::uint64_t>(kind_));
  digest_ = digest_of(std::as_bytes(std::span(digests)));
  return labels;
}

Examples CifarExampleSource::read(std::span<const std::uint32_t> ids) {
  check(std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end(),
        "ids are ascending and distinct");
  check(ids.empty() || ids.back() < info_.examples, "ids are below the number of examples");
  Examples examples{.type = ElementType::u8,
                    .features = kPixels,
                    .values = {},
                    .label_width = info_.label_width,
                    .labels = {},
                    .ids = {ids.begin(), ids.end()}};
  examples.labels = read_records(ids, &examples.values);
  return examples;
}

std::uint64_t CifarExampleSource::fingerprint() const {
  check(digest_.has_value(), "read() comes before fingerprint()");
  return digest_.value_or(0);
}

}  // namespace lockstep
