#include "segfold/score/official_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/size.h"
#include "segfold/score/pixel_tables.h"
#include "segfold/score/statistics.h"

namespace segfold {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr std::array<std::string_view, kCategories> kCategoryNames{"void",   "flat", "construction", "object",
                                                                   "nature", "sky",  "human",        "vehicle"};

/// Mean size in pixels of a class's instances at 1024x2048. Source: cityscapesScripts 2.3.0, args.avgClassSize.
double mean_size(int id) {
  switch (id) {
    case 24:
      return 3462.4756337644;
    case 25:
      return 3930.4788056518;
    case 26:
      return 12794.0202738185;
    case 27:
      return 27855.1264367816;
    case 28:
      return 35732.1511111111;
    case 31:
      return 67583.7075812274;
    case 32:
      return 6298.7200839748;
    case 33:
      return 4672.3249222261;
    default:
      throw InternalError(fmt::format("label {} has no mean size", id));
  }
}

const Label& label(int id) { return labels()[static_cast<std::size_t>(id)]; }
bool is_ignored(int id) { return label(id).train_id == kIgnore; }

std::size_t category_of(int id) {
  const auto found = std::ranges::find(kCategoryNames, label(id).category);
  return static_cast<std::size_t>(found - kCategoryNames.begin());
}

/// Whether all classes of the category come in instances.
bool has_instances(std::size_t category) {
  for (int id = 0; id < kRawIds; ++id) {
    if (category_of(id) == category && !label(id).has_instances) return false;
  }
  return true;
}

void require_known(const Image& map, const char* what) {
  const auto found = std::ranges::find_if(map.pixels, [](std::uint8_t id) { return id >= kRawIds; });
  if (found == map.pixels.end()) return;
  const auto place = found - map.pixels.begin();
  throw DataError(fmt::format("the {} has id {} in row {}, column {}; expected raw ids 0 to {}", what, *found,
                              place / map.size.width, place % map.size.width, kRawIds - 1));
}

/// The pixels whose ids exist.
ConfusionMatrix known_pairs(const PixelTables& tables) {
  ConfusionMatrix confusion(kRawIds);
  for (int t = 0; t < kRawIds; ++t) {
    for (int p = 0; p < kRawIds; ++p) {
      confusion.at(t, p) = tables.pairs[static_cast<std::size_t>(t) * kByteValues + static_cast<std::size_t>(p)];
    }
  }
  return confusion;
}

std::array<std::uint8_t, kByteValues> categories_of_labels() {
  std::array<std::uint8_t, kByteValues> categories{};
  for (int id = 0; id < kRawIds; ++id) {
    categories[static_cast<std::size_t>(id)] = static_cast<std::uint8_t>(category_of(id));
  }
  return categories;
}

/// "row y, column x" of the first pixel with that id.
std::string place_of(std::size_t id, const InstanceMap& map) {
  const auto place = std::ranges::find(map.pixels, id) - map.pixels.begin();
  return fmt::format("row {}, column {}", place / map.size.width, place % map.size.width);
}

void add_instances(const std::vector<InstancePixels>& found, const InstanceMap& map, OfficialCounts& counts) {
  for (std::size_t id = kFirstInstance; id < found.size(); ++id) {
    const InstancePixels& instance = found[id];
    if (instance.size == 0) continue;
    const int owner = static_cast<int>(id) / kInstancesPerClass;
    if (owner >= kRawIds) {
      throw DataError(
          fmt::format("the instance map has id {} in {}, of the unknown label {}", id, place_of(id, map), owner));
    }
    if (is_ignored(owner)) continue;
    if (!label(owner).has_instances) {
      throw DataError(fmt::format("the instance map has id {} in {}, but '{}' comes in no instances", id,
                                  place_of(id, map), label(owner).name));
    }
    const double weight = mean_size(owner) / instance.size;
    InstanceSums& of_class = counts.classes[static_cast<std::size_t>(owner)];
    of_class.tp += weight * instance.right;
    of_class.fn += weight * (instance.size - instance.right);
    InstanceSums& of_category = counts.categories[category_of(owner)];
    of_category.tp += weight * instance.right_category;
    of_category.fn += weight * (instance.size - instance.right_category);
  }
}

/// Sum over a block of the matrix, of the rows and the columns that are wanted.
template <class Rows, class Columns>
double block_sum(const ConfusionMatrix& confusion, Rows rows, Columns columns) {
  std::uint64_t sum = 0;
  for (int t = 0; t < kRawIds; ++t) {
    for (int p = 0; p < kRawIds; ++p) sum += rows(t) && columns(p) ? confusion.at(t, p) : 0;
  }
  return static_cast<double>(sum);
}

/// Scores of a set of ids: a class or a category.
template <class Member>
struct SetScores {
  const ConfusionMatrix& confusion;
  Member member;  ///< whether an id belongs to the set

  /// Pixels predicted as one of the set's ids although their truth, which counts, is another.
  double false_positives() const {
    return block_sum(confusion, [&](int t) { return !is_ignored(t) && !member(t); }, member);
  }
  double iou() const {
    const double tp = block_sum(confusion, member, member);
    const double row = block_sum(confusion, member, [](int) { return true; });
    return ratio(tp, row + false_positives());
  }
  double instance_iou(const InstanceSums& sums) const { return ratio(sums.tp, sums.tp + false_positives() + sums.fn); }
};
template <class Member>
SetScores(const ConfusionMatrix&, Member) -> SetScores<Member>;

struct Scores {
  Json values = Json::object();
  double sum = 0;
  int count = 0;

  void add(std::string_view name, double score) {
    values[std::string(name)] = score;
    if (std::isnan(score)) return;
    sum += score;
    ++count;
  }
  double average() const { return ratio(sum, count); }
};

void score_classes(const OfficialCounts& counts, Scores& plain, Scores& by_instance) {
  for (int id = 0; id < kRawIds; ++id) {
    const SetScores set{counts.confusion, [id](int other) { return other == id; }};
    const bool counts_instances = !is_ignored(id) && label(id).has_instances;
    plain.add(label(id).name, is_ignored(id) ? kNaN : set.iou());
    by_instance.add(label(id).name,
                    counts_instances ? set.instance_iou(counts.classes[static_cast<std::size_t>(id)]) : kNaN);
  }
}

void score_categories(const OfficialCounts& counts, Scores& plain, Scores& by_instance) {
  for (std::size_t category = 0; category < kCategories; ++category) {
    const SetScores scored{counts.confusion, [=](int id) { return category_of(id) == category && !is_ignored(id); }};
    plain.add(kCategoryNames[category], scored.iou());
    // The instance-level score of a category knows its ignored classes too (caravan, trailer).
    const SetScores all{counts.confusion, [=](int id) { return category_of(id) == category; }};
    by_instance.add(kCategoryNames[category],
                    has_instances(category) ? all.instance_iou(counts.categories[category]) : kNaN);
  }
}

}  // namespace

OfficialCounts& OfficialCounts::operator+=(const OfficialCounts& other) {
  confusion += other.confusion;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    classes[i].tp += other.classes[i].tp;
    classes[i].fn += other.classes[i].fn;
  }
  for (std::size_t i = 0; i < categories.size(); ++i) {
    categories[i].tp += other.categories[i].tp;
    categories[i].fn += other.categories[i].fn;
  }
  return *this;
}

EvaluatedPixels evaluated_pixels(const ConfusionMatrix& confusion) {
  EvaluatedPixels counts;
  for (int t = 0; t < kRawIds; ++t) {
    if (is_ignored(t)) continue;
    counts.correct += confusion.at(t, t);
    for (int p = 0; p < kRawIds; ++p) counts.not_ignored += confusion.at(t, p);
  }
  return counts;
}

OfficialCounts official_counts(const Image& prediction, const Image& truth, const InstanceMap& instances) {
  if (prediction.size != truth.size || instances.size != truth.size || prediction.channels != 1 ||
      truth.channels != 1 || instances.channels != 1) {
    throw InternalError("prediction, truth and instances must be maps of one size");
  }
  OfficialCounts counts;
  const PixelTables tables = pixel_tables(prediction, truth, instances, categories_of_labels());
  counts.confusion = known_pairs(tables);
  if (counts.confusion.total() != truth.pixels.size()) {
    require_known(prediction, "prediction");
    require_known(truth, "truth");
  }
  add_instances(tables.instances, instances, counts);
  return counts;
}

Json official_scores(const OfficialCounts& counts) {
  const ConfusionMatrix& confusion = counts.confusion;
  Json matrix = Json::array();
  Json priors = Json::object();
  Json ids = Json::object();
  const auto total = static_cast<double>(confusion.total());
  for (int t = 0; t < kRawIds; ++t) {
    Json row = Json::array();
    for (int p = 0; p < kRawIds; ++p) row.push_back(confusion.at(t, p));
    matrix.push_back(row);
    const double pixels = block_sum(confusion, [t](int other) { return other == t; }, [](int) { return true; });
    priors[std::string(label(t).name)] = ratio(pixels, total);
    ids[std::string(label(t).name)] = t;
  }
  Scores classes, class_instances, categories, category_instances;
  score_classes(counts, classes, class_instances);
  score_categories(counts, categories, category_instances);
  return {{"confMatrix", matrix},
          {"priors", priors},
          {"labels", ids},
          {"classScores", classes.values},
          {"classInstScores", class_instances.values},
          {"categoryScores", categories.values},
          {"categoryInstScores", category_instances.values},
          {"averageScoreClasses", classes.average()},
          {"averageScoreInstClasses", class_instances.average()},
          {"averageScoreCategories", categories.average()},
          {"averageScoreInstCategories", category_instances.average()}};
}

}  // namespace segfold
