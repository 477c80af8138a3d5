#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "segfold/image/image.h"

namespace segfold {

inline constexpr std::size_t kByteValues = 256;
inline constexpr int kFirstInstance = 1001;      ///< smaller values of an instance map are crowds: labels themselves
inline constexpr int kInstancesPerClass = 1000;  ///< instance id = this × label + number

/// An instance's pixels.
struct InstancePixels {
  std::uint32_t size = 0;
  std::uint32_t right = 0;           ///< predicted as its label
  std::uint32_t right_category = 0;  ///< predicted as any label of its category
  bool operator==(const InstancePixels&) const = default;
};

/// How often each value occurs in a pair of prediction and truth, unknown labels included.
struct PixelTables {
  std::vector<std::uint32_t> pairs;       ///< [256 × truth + prediction]
  std::vector<InstancePixels> instances;  ///< by instance id; crowds are not counted
};

/// Counts the pixels of three maps of one size; large areas of equal values take little time.
/// @param category_of_label  by label
PixelTables pixel_tables(const Image& prediction, const Image& truth, const InstanceMap& instances,
                         const std::array<std::uint8_t, kByteValues>& category_of_label);

}  // namespace segfold
