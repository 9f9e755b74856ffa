#include "diagnose/remedies.h"

#include <string>

#include <fmt/format.h>

namespace lockstep {

void against_mismatch(RecipeDraft& recipe) {
  const std::string why = fmt::format(
      "data mismatch: {} wrong on train-dev, {} on dev, which is of another "
      "distribution (1.1)",
      percent(recipe.diagnosis.train_dev), percent(recipe.diagnosis.dev));
  const auto& source = recipe.job.data.held_out ? recipe.job.data.held_out : recipe.job.data.dev;
  if (source && source->corruption && !recipe.job.data.train.corruption) {
    recipe.add("data like dev", "the noise of the dev set on training examples too",
               why + ": make training data like it", "dev error closer to the train-dev error",
               {fmt::format("data.train.corruption={{gaussian_noise: {:g} seed: {}}}",
                            source->corruption->gaussian_noise, source->corruption->seed + 1)});
  }
  recipe.add("data like dev", "training examples like those of dev: collect, make or simulate them",
             why + "; look for what the wrong dev examples have in common",
             "dev error closer to the train-dev error", {});
  const AugmentationRules now = recipe.job.data.augmentation.value_or(AugmentationRules{});
  if (recipe.facts.images && !now.brightness && !now.contrast) {
    recipe.add("augmentation", "training images of varied brightness and contrast",
               why + ": make training data more varied (1.8)",
               "dev error closer to the train-dev error",
               {"data.augmentation.brightness={}", "data.augmentation.contrast={}"});
  }
}

}  // namespace lockstep
