#include "segfold/score/score_json.h"

#include <cmath>

namespace segfold {

Json number_or_null(double value) { return std::isnan(value) ? Json(nullptr) : Json(value); }

Json scores_by_class(const std::vector<double>& scores, const std::vector<std::string>& classes) {
  Json by_class = Json::object();
  for (std::size_t c = 0; c < scores.size(); ++c) by_class[classes.at(c)] = number_or_null(scores[c]);
  return by_class;
}

}  // namespace segfold
