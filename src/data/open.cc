#include "data/open.h"

#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "data/cifar.h"
#include "data/corrupted.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/label_coding.h"
#include "data/libsvm.h"
#include "data/npy.h"
#include "data/synthetic.h"

namespace lockstep {
namespace {

std::optional<std::filesystem::path> unless_empty(const std::filesystem::path& path) {
  return path.empty() ? std::nullopt : std::optional(path);
}

CsvFile csv_file(const CsvSource& source, std::shared_ptr<const FittedTable> like) {
  check(like != nullptr || source.table.has_value(),
        "a table has its own rules or those of the training table");
  return {.path = source.file,
          .dialect = source.dialect,
          .rules = source.table.value_or(TableRules{}),
          .like = std::move(like),
          .labelled = source.labelled};
}

struct OpenSource {
  const std::optional<KnownFeatures>& known;

  std::unique_ptr<ExampleSource> operator()(const CsvSource& source) const {
    return std::make_unique<CsvExampleSource>(csv_file(source, known ? known->table : nullptr));
  }
  std::unique_ptr<ExampleSource> operator()(const IdxSource& source) const {
    return std::make_unique<IdxExampleSource>(source.features, unless_empty(source.labels),
                                              source.groups);
  }
  std::unique_ptr<ExampleSource> operator()(const LibsvmSource& source) const {
    LibsvmFeatures features;
    if (known) features = {.count = known->count, .given_by = known->given_by};
    if (source.features)
      features = {.count = *source.features, .given_by = "the job's libsvm.features says"};
    return std::make_unique<LibsvmExampleSource>(source.file, features, source.labelled);
  }
  std::unique_ptr<ExampleSource> operator()(const NpySource& source) const {
    return std::make_unique<NpyExampleSource>(
        source.features, unless_empty(source.labels), source.groups,
        source.channels_last ? NpyChannels::last : NpyChannels::first);
  }
  std::unique_ptr<ExampleSource> operator()(const CifarSource& source) const {
    return std::make_unique<CifarExampleSource>(source.files, source.kind, source.labelled);
  }
  std::unique_ptr<ExampleSource> operator()(const SyntheticSource& source) const {
    return std::make_unique<SyntheticExampleSource>(source);
  }
};

struct WithoutLabels {
  const std::filesystem::path& input;
  DataSource operator()(const IdxSource& /*like*/) const {
    return {.format = IdxSource{.features = input, .labels = {}, .groups = std::nullopt}};
  }
  DataSource operator()(const LibsvmSource& /*like*/) const {
    return {.format = LibsvmSource{.file = input, .features = std::nullopt, .labelled = false}};
  }
  DataSource operator()(const NpySource& like) const {
    return {.format = NpySource{.features = input,
                                .labels = {},
                                .groups = std::nullopt,
                                .channels_last = like.channels_last}};
  }
  DataSource operator()(const CifarSource& like) const {
    return {.format = CifarSource{.files = {input}, .kind = like.kind, .labelled = false}};
  }
  DataSource operator()(const SyntheticSource& /*like*/) const {
    throw Error(ExitCode::usage,
                "the model was trained on a synthetic source, which has no file format to read "
                "examples from; `lockstep evaluate` scores it on the points of its job");
  }
  DataSource operator()(const CsvSource& like) const {
    return {.format = CsvSource{
                .file = input, .dialect = like.dialect, .table = std::nullopt, .labelled = false}};
  }
};

struct WithLabels {
  const std::filesystem::path& input;
  const std::filesystem::path& labels;

  SourceFormat operator()(const IdxSource& /*like*/) const {
    require_labels();
    return IdxSource{.features = input, .labels = labels, .groups = std::nullopt};
  }
  SourceFormat operator()(const NpySource& like) const {
    require_labels();
    return NpySource{.features = input,
                     .labels = labels,
                     .groups = std::nullopt,
                     .channels_last = like.channels_last};
  }
  SourceFormat operator()(const LibsvmSource& /*like*/) const {
    refuse_labels();
    return LibsvmSource{.file = input, .features = std::nullopt, .labelled = true};
  }
  SourceFormat operator()(const CifarSource& like) const {
    refuse_labels();
    return CifarSource{.files = {input}, .kind = like.kind, .labelled = true};
  }
  SourceFormat operator()(const CsvSource& like) const {
    refuse_labels();
    return CsvSource{
        .file = input, .dialect = like.dialect, .table = std::nullopt, .labelled = true};
  }
  SourceFormat operator()(const SyntheticSource& /*like*/) const {
    throw Error(ExitCode::usage,
                "the model was trained on a synthetic source, which has no file format; "
                "--split scores it on the points of its job");
  }

 private:
  void require_labels() const {
    if (!labels.empty()) return;
    throw Error(ExitCode::usage,
                "the labels of the model's format are in a file of their own; name it with "
                "--labels");
  }
  void refuse_labels() const {
    if (labels.empty()) return;
    throw Error(ExitCode::usage,
                "--labels is for formats with a file of labels, IDX and NPY; the model's format "
                "has them beside the values; leave it out");
  }
};

}  // namespace

std::unique_ptr<PartedSource> open_part(const DataSource& source,
                                        std::shared_ptr<const FittedTable> like, std::uint64_t part,
                                        std::uint64_t parts) {
  const auto* csv = std::get_if<CsvSource>(&source.format);
  if (csv == nullptr) return nullptr;
  return std::make_unique<CsvExampleSource>(csv_file(*csv, std::move(like)),
                                            CsvPart{.index = part, .count = parts});
}

std::unique_ptr<ExampleSource> as_configured(std::unique_ptr<ExampleSource> opened,
                                             const DataSource& source) {
  if (source.label_coding != LabelCoding::as_is) {
    opened = std::make_unique<RecodedSource>(std::move(opened), source.label_coding);
  }
  if (!source.corruption) return opened;
  return std::make_unique<CorruptedSource>(std::move(opened), *source.corruption);
}

std::unique_ptr<ExampleSource> open_source(const DataSource& source,
                                           const std::optional<KnownFeatures>& known) {
  return as_configured(std::visit(OpenSource{known}, source.format), source);
}

DataSource unlabelled_source(const DataSource& like, const std::filesystem::path& input) {
  return std::visit(WithoutLabels{input}, like.format);
}

DataSource labelled_source(const DataSource& like, const std::filesystem::path& input,
                           const std::filesystem::path& labels) {
  return {.format = std::visit(WithLabels{input, labels}, like.format),
          .label_coding = like.label_coding};
}

}  // namespace lockstep
