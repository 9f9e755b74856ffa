#include "metrics/answers_file.h"

#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/input_file.h"
#include "base/json_text.h"

namespace lockstep {
namespace {

// Decisions become a text with a digit for each example, and values a list of numbers.
nlohmann::json to_json(const ExampleErrors& answers) {
  std::string digits;
  for (const float error : answers) {
    if (error != 0 && error != 1) return answers;
    digits += error == 0 ? '0' : '1';
  }
  return digits;
}

// None if it is neither.
std::optional<ExampleErrors> errors_in(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  ExampleErrors errors;
  if (found->is_string()) {
    for (const char digit : found->get<std::string>()) errors.push_back(digit == '0' ? 0.0F : 1.0F);
    return errors;
  }
  if (!found->is_array()) return std::nullopt;
  for (const nlohmann::json& number : *found) {
    if (!number.is_number()) return std::nullopt;
    errors.push_back(number.get<float>());
  }
  return errors;
}

}  // namespace

void write_answers(const std::filesystem::path& path, const Answers& answers) {
  const nlohmann::json object = {{"train", to_json(answers.train)}, {"dev", to_json(answers.dev)}};
  replace_file(path, to_text(object) + "\n");
}

std::optional<Answers> read_answers(const std::filesystem::path& path) {
  const std::optional<std::string> text = read_if_there(path);
  if (!text) return std::nullopt;
  const nlohmann::json object = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  auto train = object.is_object() ? errors_in(object, "train") : std::nullopt;
  auto dev = object.is_object() ? errors_in(object, "dev") : std::nullopt;
  if (!train || !dev) {
    throw Error(ExitCode::data, path.string() +
                                    ": not the answers of a run; remove the run's "
                                    "directory to train it again");
  }
  return Answers{std::move(*train), std::move(*dev)};
}

}  // namespace lockstep
