#include "train/build_synthetic.h"

#include <string>
#include <variant>

#include <fmt/format.h>

namespace lockstep {
namespace {

struct Built {
  decltype(SyntheticSpec::kind) kind;
  std::string text;  // all its settings, exactly
};

struct BuildKind {
  Built operator()(const TwoSpiralsConfig& config) const {
    return {TwoSpirals{config.turns, config.noise},
            fmt::format("two spirals {:a} {:a}", config.turns, config.noise)};
  }
  Built operator()(const BlobsConfig& config) const {
    return {Blobs(config.classes, config.features, config.distance),
            fmt::format("blobs {} {} {:a}", config.classes, config.features, config.distance)};
  }
  Built operator()(const TeacherConfig& config) const {
    return {Teacher({.features = config.features,
                     .layers = config.layers,
                     .units = config.units,
                     .classes = config.classes,
                     .gain = config.gain,
                     .seed = config.seed}),
            fmt::format("teacher {} {} {} {} {:a} {}", config.features, config.layers, config.units,
                        config.classes, config.gain, config.seed)};
  }
};

}  // namespace

SyntheticSpec build_synthetic(const SyntheticSource& config) {
  Built built = std::visit(BuildKind{}, config.kind);
  return {.examples = config.examples,
          .seed = config.seed,
          .label_noise = config.label_noise,
          .kind = std::move(built.kind),
          .text = fmt::format("{} examples {} label noise {:a} {}", config.examples, config.seed,
                              config.label_noise, built.text)};
}

}  // namespace lockstep
