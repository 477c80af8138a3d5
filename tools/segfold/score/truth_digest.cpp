#include "segfold/score/truth_digest.h"

#include <map>

#include "segfold/base/json.h"
#include "segfold/base/sha256.h"

namespace segfold {

std::string truth_digest(const std::vector<ImageCounts>& images) {
  std::map<std::string, Json> by_name;
  for (const ImageCounts& image : images) {
    Json pixels = Json::array();
    for (std::size_t c = 0; c < image.tp.size(); ++c) pixels.push_back(image.tp[c] + image.fn[c]);
    by_name[image.name] = Json::array({image.group, std::move(pixels)});
  }
  return sha256_hex(json_text(Json(by_name)));
}

}  // namespace segfold
