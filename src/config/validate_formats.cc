#include "config/validate_formats.h"

#include <cstdint>

#include <fmt/format.h>

#include "proto/job.pb.h"

namespace lockstep {
namespace {

void check_file(const ValueChecks& checks, bool is_there, const std::string& value,
                const std::string& path, const std::string& expected) {
  if (checks.present(is_there, path, expected)) {
    checks.require(!value.empty(), path, "\"\"", expected);
  }
}

void check_libsvm(const ValueChecks& checks, const proto::Libsvm& libsvm, const std::string& path) {
  check_file(checks, libsvm.has_file(), libsvm.file(), path + ".file", "the path of a libsvm file");
  if (libsvm.has_features()) checks.at_least(path + ".features", libsvm.features(), 1);
}

void check_npy(const ValueChecks& checks, const proto::Npy& npy, const std::string& path) {
  const std::string expected = "the path of an NPY file";
  check_file(checks, npy.has_features(), npy.features(), path + ".features", expected);
  check_file(checks, npy.has_labels(), npy.labels(), path + ".labels", expected);
  if (npy.has_groups()) check_file(checks, true, npy.groups(), path + ".groups", expected);
}

void check_cifar(const ValueChecks& checks, const proto::Cifar& cifar, const std::string& path) {
  const std::string expected = "the path of a file of CIFAR's binary version";
  if (!checks.present(cifar.file_size() > 0, path + ".file", "{ path: ... }, " + expected)) return;
  for (int i = 0; i < cifar.file_size(); ++i) {
    const std::string file = fmt::format("{}.file[{}]", path, i);
    check_file(checks, cifar.file(i).has_path(), cifar.file(i).path(), file + ".path", expected);
    for (int k = 0; k < i; ++k) {
      if (cifar.file(i).path() != cifar.file(k).path() || cifar.file(i).path().empty()) continue;
      checks.complain(
          file + ".path",
          fmt::format("{}.path is that of {}.file[{}] again; remove one", file, path, k));
      break;
    }
  }
}

void check_blobs(const ValueChecks& checks, const proto::Synthetic::Blobs& blobs,
                 const std::string& path) {
  checks.at_least(path + ".classes", blobs.classes(), 2);
  if (blobs.classes() >= 2 && checks.trusted(path + ".classes")) {
    checks.require(
        blobs.features() >= blobs.classes() - 1, path + ".features",
        fmt::to_string(blobs.features()),
        fmt::format("at least {}, in which {} centres can be equally far from each other",
                    blobs.classes() - 1, blobs.classes()));
  }
  checks.not_negative_float(path + ".distance", blobs.distance());
}

void check_teacher(const ValueChecks& checks, const proto::Synthetic::Teacher& teacher,
                   const std::string& path) {
  checks.at_least(path + ".features", teacher.features(), 1);
  checks.at_least(path + ".units", teacher.units(), 1);
  checks.at_least(path + ".classes", teacher.classes(), 2);
  checks.positive_float(path + ".gain", teacher.gain());
}

std::uint32_t classes_of(const proto::Synthetic& synthetic) {
  if (synthetic.has_blobs()) return synthetic.blobs().classes();
  return synthetic.has_teacher() ? synthetic.teacher().classes() : 2;
}

void check_synthetic(const ValueChecks& checks, const proto::Synthetic& synthetic,
                     const std::string& path) {
  if (checks.present(synthetic.has_examples(), path + ".examples", "how many there are")) {
    checks.at_least(path + ".examples", synthetic.examples(), 1);
  }
  check_choice(checks, synthetic.kind_case() != proto::Synthetic::KIND_NOT_SET, path,
               *proto::Synthetic::descriptor(), "kind");
  if (synthetic.has_two_spirals()) {
    checks.positive_float(path + ".two_spirals.turns", synthetic.two_spirals().turns());
    checks.not_negative_float(path + ".two_spirals.noise", synthetic.two_spirals().noise());
  }
  if (synthetic.has_blobs()) check_blobs(checks, synthetic.blobs(), path + ".blobs");
  if (synthetic.has_teacher()) check_teacher(checks, synthetic.teacher(), path + ".teacher");
  const std::uint32_t classes = classes_of(synthetic);
  if (classes < 2) return;
  const double noise = synthetic.label_noise();
  checks.require(noise >= 0 && noise < 1 - 1.0 / classes, path + ".label_noise",
                 fmt::to_string(noise),
                 fmt::format("a number from 0 to below {:.4g}, where labels would say nothing",
                             1 - 1.0 / classes));
}

}  // namespace

void check_formats(const ValueChecks& checks, const proto::Source& source,
                   const std::string& path) {
  if (source.has_libsvm()) check_libsvm(checks, source.libsvm(), path + ".libsvm");
  if (source.has_npy()) check_npy(checks, source.npy(), path + ".npy");
  if (source.has_cifar()) check_cifar(checks, source.cifar(), path + ".cifar");
  if (!source.has_synthetic()) return;
  check_synthetic(checks, source.synthetic(), path + ".synthetic");
  if (source.label_coding() != proto::AS_IS && checks.trusted(path + ".label_coding")) {
    checks.complain(path + ".label_coding",
                    fmt::format("{}.label_coding is {}, but the labels of a synthetic source are "
                                "classes from 0; remove it",
                                path, proto::LabelCoding_Name(source.label_coding())));
  }
}

}  // namespace lockstep
