#include "data/synthetic.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "base/digest.h"

namespace lockstep {
namespace {

// Increased whenever the points of the same job change.
constexpr int kRevision = 1;

using Kind = std::variant<TwoSpirals, Blobs, Teacher>;

struct MakeKind {
  Kind operator()(const TwoSpiralsSpec& spec) const { return TwoSpirals(spec); }
  Kind operator()(const BlobsSpec& spec) const {
    return Blobs(spec.classes, spec.features, spec.distance);
  }
  Kind operator()(const TeacherSpec& spec) const { return Teacher(spec); }
};

// Describes all settings of a kind exactly.
struct DescribeKind {
  std::string operator()(const TwoSpiralsSpec& spec) const {
    return fmt::format("two spirals {:a} {:a}", spec.turns, spec.noise);
  }
  std::string operator()(const BlobsSpec& spec) const {
    return fmt::format("blobs {} {} {:a}", spec.classes, spec.features, spec.distance);
  }
  std::string operator()(const TeacherSpec& spec) const {
    return fmt::format("teacher {} {} {} {} {:a} {}", spec.features, spec.layers, spec.units,
                       spec.classes, spec.gain, spec.seed);
  }
};

std::uint32_t classes_of(const Kind& kind) {
  return std::visit([](const auto& of) { return of.classes(); }, kind);
}

}  // namespace

SyntheticExampleSource::SyntheticExampleSource(const SyntheticSource& spec)
    : spec_(spec), kind_(std::visit(MakeKind{}, spec.kind)) {
  check(spec_.examples > 0, "a synthetic source has examples");
  const std::uint32_t classes = classes_of(kind_);
  info_ = {.name = "the synthetic source",
           .labels_name = "the synthetic source",
           .examples = spec_.examples,
           .features = std::visit([](const auto& kind) { return kind.features(); }, kind_),
           .label_width = 1,
           .type = ElementType::f32,
           .image = std::nullopt,
           .classes = classes};
  const auto bayes =
      std::visit([](const auto& kind) { return std::optional<double>(kind.bayes_error()); }, kind_);
  if (bayes) info_.bayes_error = with_label_noise(*bayes, spec_.label_noise, classes);
}

std::uint32_t SyntheticExampleSource::make(std::uint32_t example, std::span<float> features) const {
  const SyntheticPoint point{spec_.seed, example};
  const std::uint32_t truth =
      std::visit([&](const auto& kind) { return kind.make(point, features); }, kind_);
  const auto words = point_words(point, PointDraw::relabel);
  if (uniform_from_words(words[0], words[1]) >= spec_.label_noise) return truth;
  const std::uint32_t classes = classes_of(kind_);
  return (truth + 1 + point_choice(uniform_from_words(words[2], words[3]), classes - 1)) % classes;
}

std::vector<float> SyntheticExampleSource::read_labels() {
  std::vector<float> labels(spec_.examples);
  for (std::uint32_t i = 0; i < spec_.examples; ++i) labels[i] = static_cast<float>(make(i, {}));
  return labels;
}

Examples SyntheticExampleSource::read(std::span<const std::uint32_t> ids) {
  check(std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end(),
        "ids are ascending and distinct");
  check(ids.empty() || ids.back() < info_.examples, "ids are below the number of examples");
  Examples examples{.type = ElementType::f32,
                    .features = info_.features,
                    .values = std::vector<std::byte>(ids.size() * info_.features * sizeof(float)),
                    .label_width = 1,
                    .labels = std::vector<float>(ids.size()),
                    .ids = {ids.begin(), ids.end()}};
  std::vector<float> features(info_.features);
  auto next = examples.values.begin();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    examples.labels[i] = static_cast<float>(make(ids[i], features));
    next = std::ranges::copy(std::as_bytes(std::span(features)), next).out;
  }
  return examples;
}

std::uint64_t SyntheticExampleSource::fingerprint() const {
  const std::string text =
      fmt::format("revision {}: {} examples {} label noise {:a} {}", kRevision, spec_.examples,
                  spec_.seed, spec_.label_noise, std::visit(DescribeKind{}, spec_.kind));
  return digest_of(std::as_bytes(std::span(text)));
}

double with_label_noise(double bayes_error, double label_noise, std::uint32_t classes) {
  // Noise makes the classifier wrong where it was right. Where it was wrong, noise moves the
  // label to the predicted class with the probability of one of the other classes.
  return (1 - bayes_error) * label_noise +
         bayes_error * (1 - label_noise / (static_cast<double>(classes) - 1));
}

}  // namespace lockstep
