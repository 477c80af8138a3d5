#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segfold/base/ignore.h"

namespace segfold {

inline constexpr int kClasses = 19;  ///< Cityscapes train ids 0–18
inline constexpr int kRawIds = 34;   ///< raw ids 0–33 occur in files; −1 (license plate) never does

using Colour = std::array<std::uint8_t, 3>;  ///< R, G, B

/// One row of the Cityscapes label table. Source: cityscapesScripts, helpers/labels.py.
struct Label {
  int id;  ///< raw id
  std::string_view name;
  std::uint8_t train_id;  ///< 0–18, or kIgnore
  std::string_view category;
  bool has_instances;
  Colour colour;
};

/// All 34 labels, indexed by raw id.
std::span<const Label, kRawIds> labels();

/// The first label that bears the train id. @param train_id 0–18
const Label& label_of_train_id(int train_id);

/// train id by raw id, 256 entries; 0–33 as the table says, every other entry kUnknownRawId.
inline constexpr std::uint8_t kUnknownRawId = 254;
const std::array<std::uint8_t, 256>& train_id_from_raw_id();

/// raw id by train id, 256 entries: the first label that bears it; everything else 0 (unlabeled).
const std::array<std::uint8_t, 256>& raw_id_from_train_id();

/// Names of the 19 classes by train id.
const std::vector<std::string>& class_names();

}  // namespace segfold
