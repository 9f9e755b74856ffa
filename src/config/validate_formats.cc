#include "config/validate_formats.h"

#include <cstdint>

#include <fmt/format.h>

#include "config/file_identity.h"
#include "config/validate_csv.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

void check_cifar(const ValueChecks& checks, const proto::Cifar& cifar, const std::string& path) {
  for (int i = 0; i < cifar.file_size(); ++i) {
    const std::string file = fmt::format("{}.file[{}]", path, i);
    for (int k = 0; k < i; ++k) {
      if (cifar.file(i).path().empty()) continue;
      if (file_identity(cifar.file(i).path()) != file_identity(cifar.file(k).path())) continue;
      checks.complain(
          file + ".path",
          fmt::format("{}.path is the same as that of {}.file[{}]; remove one", file, path, k));
      break;
    }
  }
}

void check_blobs(const ValueChecks& checks, const proto::Synthetic::Blobs& blobs,
                 const std::string& path) {
  if (blobs.classes() >= 2 && checks.trusted(path + ".classes")) {
    checks.require(
        blobs.features() >= blobs.classes() - 1, path + ".features",
        fmt::to_string(blobs.features()),
        fmt::format("at least {}, in which {} centres can be equally far from each other",
                    blobs.classes() - 1, blobs.classes()));
  }
}

std::uint32_t classes_of(const proto::Synthetic& synthetic) {
  if (synthetic.has_blobs()) return synthetic.blobs().classes();
  return synthetic.has_teacher() ? synthetic.teacher().classes() : 2;
}

void check_synthetic(const ValueChecks& checks, const proto::Synthetic& synthetic,
                     const std::string& path) {
  if (synthetic.has_blobs()) check_blobs(checks, synthetic.blobs(), path + ".blobs");
  const std::uint32_t classes = classes_of(synthetic);
  if (classes < 2) return;
  const double noise = synthetic.label_noise();
  if (!(noise >= 0 && noise < 1)) return;  // reported already
  checks.require(noise < 1 - 1.0 / classes, path + ".label_noise", fmt::to_string(noise),
                 fmt::format("a number from 0 to below {:.4g}, where labels would be random",
                             1 - 1.0 / classes));
}

}  // namespace

void check_formats(const ValueChecks& checks, const proto::Source& source,
                   const std::string& path) {
  if (source.has_csv()) check_csv(checks, source.csv(), path + ".csv");
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
