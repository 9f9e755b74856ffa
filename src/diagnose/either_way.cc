#include "diagnose/either_way.h"

#include <cstddef>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "diagnose/training_length.h"
#include "nn/layers.h"

namespace lockstep {

void decaying_learning_rate(RecipeDraft& recipe, const std::string& problem) {
  if (!std::holds_alternative<ConstantFactor>(recipe.job.schedule.kind)) return;
  auto [length, lines] = twice_as_long(recipe.job.training);
  lines.emplace_back("optimizer.schedule.cosine={}");
  recipe.add("schedule", "a learning rate that falls to 0 along a cosine, in " + length,
             problem + ": steps of a constant size do not come to rest (1.3: other optimizers)",
             "less noise in the weights at the end, lower errors", lines);
}

void deeper_network(RecipeDraft& recipe, const std::string& kind, const std::string& problem,
                    const std::string& expected) {
  constexpr std::size_t kMostLayers = 8;
  const auto& hidden = recipe.job.network.hidden;
  if (hidden.empty() || hidden.size() >= kMostLayers) return;
  const LayerConfig& last = hidden.back();
  const std::optional<LayerWidth> width = layer_width(last.kind);
  if (!width) return;
  const double keep_prob = last.epilogue.keep_prob;
  const std::string dropout = keep_prob < 1 ? fmt::format(" keep_prob: {:g}", keep_prob) : "";
  recipe.add(kind, fmt::format("one more hidden layer of {} units", width->units),
             fmt::format("{} (1.3: {})", problem,
                         kind == "bigger network" ? kind : "another architecture, perhaps"),
             expected,
             {fmt::format("{}={{{}: {}{}}}", layer_path(hidden.size()), width->field, width->units,
                          dropout)});
}

}  // namespace lockstep
