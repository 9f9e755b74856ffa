#include "report/json_fields.h"

#include <cmath>

namespace lockstep {

void set_number(Json& object, std::string_view key, std::optional<double> number) {
  Json& field = object[std::string(key)];
  if (number && std::isfinite(*number)) {
    field = *number;
    return;
  }
  field = nullptr;
  if (number) object["finite"] = false;
}

}  // namespace lockstep
