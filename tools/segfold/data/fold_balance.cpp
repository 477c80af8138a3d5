#include "segfold/data/fold_balance.h"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <unordered_map>

#include "segfold/base/error.h"

namespace segfold {

FoldBalance balance_of(const Folds& folds, const std::vector<SplitSample>& samples) {
  std::unordered_map<std::string, std::size_t> fold_of;
  for (std::size_t fold = 0; fold < folds.held_out.size(); ++fold) {
    for (const std::string& name : folds.held_out[fold]) fold_of[name] = fold;
  }
  const std::size_t classes = samples.empty() ? 0 : samples.front().class_pixels.size();
  const std::size_t k = folds.held_out.size();
  std::vector<std::set<std::string>> groups(k);
  std::vector<std::vector<std::uint64_t>> pixels(k, std::vector<std::uint64_t>(classes, 0));
  std::vector<std::uint64_t> totals(classes, 0);
  FoldBalance balance;
  balance.sizes.assign(k, 0);
  for (const SplitSample& sample : samples) {
    const auto found = fold_of.find(sample.name);
    if (found == fold_of.end()) throw InternalError(fmt::format("sample '{}' is in no fold", sample.name));
    ++balance.sizes[found->second];
    groups[found->second].insert(sample.group);
    for (std::size_t c = 0; c < classes; ++c) {
      pixels[found->second][c] += sample.class_pixels[c];
      totals[c] += sample.class_pixels[c];
    }
  }
  for (const auto& names : groups) balance.groups.push_back(names.size());
  for (std::size_t fold = 0; fold < k; ++fold) {
    const double due = static_cast<double>(balance.sizes[fold]) / static_cast<double>(samples.size());
    for (std::size_t c = 0; c < classes; ++c) {
      if (totals[c] == 0) continue;
      const double deviation = std::abs(static_cast<double>(pixels[fold][c]) / static_cast<double>(totals[c]) - due);
      if (balance.fold >= 0 && deviation <= balance.largest_deviation) continue;
      balance.largest_deviation = deviation;
      balance.fold = static_cast<int>(fold);
      balance.class_index = static_cast<int>(c);
    }
  }
  return balance;
}

Json balance_to_json(const FoldBalance& balance, const std::vector<std::string>& classes) {
  Json json = {{"sizes", balance.sizes},
               {"groups", balance.groups},
               {"largest_class_share_deviation", balance.largest_deviation}};
  if (balance.fold >= 0) {
    json["class"] = classes.at(static_cast<std::size_t>(balance.class_index));
    json["fold"] = balance.fold;
  }
  return json;
}

}  // namespace segfold
