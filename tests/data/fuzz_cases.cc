#include "fuzz_cases.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "data/cifar.h"
#include "data/csv.h"
#include "data/idx.h"
#include "data/label_coding.h"
#include "data/libsvm.h"
#include "data/npy.h"
#include "npy_files.h"

namespace lockstep {
namespace {

using Paths = std::vector<std::filesystem::path>;

// 0, 1, 2, ...
template <typename T>
std::vector<T> counted(std::size_t n) {
  std::vector<T> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<T>(i);
  return values;
}

std::unique_ptr<ExampleSource> open_idx_files(const Paths& paths) {
  return std::make_unique<IdxExampleSource>(paths[0], paths[1], paths[2]);
}

std::unique_ptr<ExampleSource> open_npy_files(const Paths& paths) {
  return std::make_unique<NpyExampleSource>(paths[0], paths[1], paths[2]);
}

std::unique_ptr<ExampleSource> open_images(const Paths& paths) {
  return std::make_unique<NpyExampleSource>(paths[0], std::nullopt, std::nullopt,
                                            NpyChannels::last);
}

std::unique_ptr<ExampleSource> open_cifar(const Paths& paths) {
  return std::make_unique<CifarExampleSource>(paths, CifarKind::cifar10, true);
}

std::unique_ptr<ExampleSource> open_cifar100(const Paths& paths) {
  return std::make_unique<CifarExampleSource>(paths, CifarKind::cifar100_fine, true);
}

// The number of features is the largest index.
std::unique_ptr<ExampleSource> open_libsvm(const Paths& paths) {
  return std::make_unique<LibsvmExampleSource>(paths[0], LibsvmFeatures{}, true);
}

std::unique_ptr<ExampleSource> open_libsvm_to_predict(const Paths& paths) {
  return std::make_unique<LibsvmExampleSource>(paths[0], LibsvmFeatures{6, "the model"}, false);
}

std::unique_ptr<ExampleSource> open_signed_libsvm(const Paths& paths) {
  return std::make_unique<RecodedSource>(open_libsvm(paths), LabelCoding::minus_one_plus_one);
}

std::unique_ptr<ExampleSource> open_table(const Paths& paths) {
  TableRules rules;
  rules.columns = {
      {"", 2, ColumnRole::category}, {"", 3, ColumnRole::group}, {"", 5, ColumnRole::class_name}};
  return std::make_unique<CsvExampleSource>(CsvFile{paths[0], {}, rules});
}

// By the columns and categories of another.
std::unique_ptr<ExampleSource> open_other_table(const Paths& paths) {
  auto fitted = std::make_shared<FittedTable>();
  fitted->schema.columns = {{"x", ColumnRole::number, {}},
                            {"color", ColumnRole::category, {"blue, dark", "red"}},
                            {"y", ColumnRole::label, {}}};
  return std::make_unique<CsvExampleSource>(CsvFile{paths[0], {';', true}, {}, fitted});
}

// A header of version 2 or 3: the length has four bytes.
std::string with_version(std::string npy, char version) {
  npy[6] = version;
  return npy.insert(10, 2, '\0');
}

std::string cifar_records(std::size_t labels, std::size_t n) {
  std::string content;
  for (std::size_t i = 0; i < n; ++i) {
    content += std::string(labels, static_cast<char>(i)) + std::string(3072, 'x');
  }
  return content;
}

}  // namespace

std::vector<FuzzCase> fuzz_cases() {
  const std::string libsvm =
      "# comment\n+1 qid:3 1:0.5 3:-2e-1 6:1\n-1 qid:3 2:1\r\n\n+1 qid:4 # none\n-1 qid:4 5:7 6:.5";
  const std::string without_groups = "1 1:0.5 3:-2\n0 2:1\n1:1 4:1\n2\n";
  // Dense storage: what libsvm.h allows.
  constexpr std::size_t kDense = std::size_t{17} << 20;
  constexpr std::size_t kGrowth = 257;

  std::vector<FuzzCase> cases = {
      {"idx of bytes",
       {idx_file(0x08, {5, 2, 3}, counted<std::uint8_t>(30)),
        idx_file(0x08, {5}, counted<std::uint8_t>(5)),
        idx_file(0x0C, {5}, counted<std::int32_t>(5))},
       open_idx_files},
      {"idx of doubles",
       {idx_file(0x0E, {3, 4}, counted<double>(12)), idx_file(0x0D, {3, 2}, counted<float>(6)),
        idx_file(0x0B, {3}, counted<std::int16_t>(3))},
       open_idx_files},
      {"npy 1.0",
       {npy_file("<f4", "(5, 2, 3)", counted<float>(30)),
        npy_file("<i8", "(5,)", counted<std::int64_t>(5)),
        npy_file("<u8", "(5,)", counted<std::uint64_t>(5))},
       open_npy_files},
      {"npy in Fortran order",
       {npy_file("<f8", "(5, 2, 3)", counted<double>(30), true),
        npy_file("<f2", "(5, 2)", counted<std::uint16_t>(10), true),
        npy_file("|u1", "(5,)", counted<std::uint8_t>(5))},
       open_npy_files},
      {"npy 2.0 and 3.0",
       {with_version(npy_file("<i2", "(3, 2)", counted<std::int16_t>(6)), 2),
        with_version(npy_file("|b1", "(3,)", std::vector<std::uint8_t>{0, 1, 1}), 3),
        npy_file("<i4", "(3,)", counted<std::int32_t>(3))},
       open_npy_files},
      {"npy with channels last",
       {npy_file("|u1", "(2, 3, 4, 3)", counted<std::uint8_t>(72))},
       open_images},
      {"cifar-10", {cifar_records(1, 3), cifar_records(1, 2)}, open_cifar},
      {"cifar-100", {cifar_records(2, 3)}, open_cifar100},
      {"csv",
       {"x,color,who,z,\"the\nclass\"\r\n1.5,\"blue, "
        "dark\",ann,-2e-1,cat\n3,red,\"b\"\"ob\",4,dog\n"
        "\n\"7\",\"a\nb\",ann,.5,cat"},
       open_table},
      {"csv of known columns",
       {"\xEF\xBB\xBFy;x;color\n0;1;red\n1;-3.25;blue, dark\n1;0.125;\"red\"\n"},
       open_other_table},
      {"libsvm", {libsvm}, open_libsvm, kDense, kGrowth},
      {"libsvm to predict", {without_groups}, open_libsvm_to_predict, kDense, kGrowth},
      {"libsvm of -1 and +1", {libsvm}, open_signed_libsvm, kDense, kGrowth},
  };
  // And all of them compressed: damage then is to gzip.
  for (std::size_t i = 0, n = cases.size(); i < n; ++i) {
    FuzzCase compressed = cases[i];
    compressed.name += ", gzip";
    for (std::string& file : compressed.files) file = gzip(file);
    cases.push_back(std::move(compressed));
  }
  return cases;
}

}  // namespace lockstep
