#include "segfold/data/labels.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

constexpr std::array<Label, kRawIds> kLabels = {{
    {0, "unlabeled", kIgnore, "void", false, {0, 0, 0}},
    {1, "ego vehicle", kIgnore, "void", false, {0, 0, 0}},
    {2, "rectification border", kIgnore, "void", false, {0, 0, 0}},
    {3, "out of roi", kIgnore, "void", false, {0, 0, 0}},
    {4, "static", kIgnore, "void", false, {0, 0, 0}},
    {5, "dynamic", kIgnore, "void", false, {111, 74, 0}},
    {6, "ground", kIgnore, "void", false, {81, 0, 81}},
    {7, "road", 0, "flat", false, {128, 64, 128}},
    {8, "sidewalk", 1, "flat", false, {244, 35, 232}},
    {9, "parking", kIgnore, "flat", false, {250, 170, 160}},
    {10, "rail track", kIgnore, "flat", false, {230, 150, 140}},
    {11, "building", 2, "construction", false, {70, 70, 70}},
    {12, "wall", 3, "construction", false, {102, 102, 156}},
    {13, "fence", 4, "construction", false, {190, 153, 153}},
    {14, "guard rail", kIgnore, "construction", false, {180, 165, 180}},
    {15, "bridge", kIgnore, "construction", false, {150, 100, 100}},
    {16, "tunnel", kIgnore, "construction", false, {150, 120, 90}},
    {17, "pole", 5, "object", false, {153, 153, 153}},
    {18, "polegroup", kIgnore, "object", false, {153, 153, 153}},
    {19, "traffic light", 6, "object", false, {250, 170, 30}},
    {20, "traffic sign", 7, "object", false, {220, 220, 0}},
    {21, "vegetation", 8, "nature", false, {107, 142, 35}},
    {22, "terrain", 9, "nature", false, {152, 251, 152}},
    {23, "sky", 10, "sky", false, {70, 130, 180}},
    {24, "person", 11, "human", true, {220, 20, 60}},
    {25, "rider", 12, "human", true, {255, 0, 0}},
    {26, "car", 13, "vehicle", true, {0, 0, 142}},
    {27, "truck", 14, "vehicle", true, {0, 0, 70}},
    {28, "bus", 15, "vehicle", true, {0, 60, 100}},
    {29, "caravan", kIgnore, "vehicle", true, {0, 0, 90}},
    {30, "trailer", kIgnore, "vehicle", true, {0, 0, 110}},
    {31, "train", 16, "vehicle", true, {0, 80, 100}},
    {32, "motorcycle", 17, "vehicle", true, {0, 0, 230}},
    {33, "bicycle", 18, "vehicle", true, {119, 11, 32}},
}};

std::array<std::uint8_t, 256> make_train_ids() {
  std::array<std::uint8_t, 256> map{};
  map.fill(kUnknownRawId);
  for (const Label& label : kLabels) map[static_cast<std::size_t>(label.id)] = label.train_id;
  return map;
}

std::array<std::uint8_t, 256> make_raw_ids() {
  std::array<std::uint8_t, 256> map{};
  for (int c = 0; c < kClasses; ++c)
    map[static_cast<std::size_t>(c)] = static_cast<std::uint8_t>(label_of_train_id(c).id);
  return map;
}

std::vector<std::string> make_class_names() {
  std::vector<std::string> names;
  for (int c = 0; c < kClasses; ++c) names.emplace_back(label_of_train_id(c).name);
  return names;
}

}  // namespace

std::span<const Label, kRawIds> labels() { return kLabels; }

const Label& label_of_train_id(int train_id) {
  for (const Label& label : kLabels) {
    if (label.train_id == train_id && train_id < kClasses) return label;
  }
  throw InternalError(fmt::format("train id {} is not one of the {} classes", train_id, kClasses));
}

const std::array<std::uint8_t, 256>& train_id_from_raw_id() {
  static const auto map = make_train_ids();
  return map;
}

const std::array<std::uint8_t, 256>& raw_id_from_train_id() {
  static const auto map = make_raw_ids();
  return map;
}

const std::vector<std::string>& class_names() {
  static const auto names = make_class_names();
  return names;
}

}  // namespace segfold
