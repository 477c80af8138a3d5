#include "segfold/score/boundary.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "segfold/base/ignore.h"
#include "segfold/score/pixel_runs.h"

namespace segfold {
namespace {

constexpr std::int64_t kFrame = ComparedMaps::kFrame;
static_assert(kBoundaryTolerancePx <= kFrame, "the disc around a pixel must not leave the frame");

/// Is a neighbour of another class? Bits, not branches, so that compilers vectorise.
constexpr int differs(std::uint8_t id, std::uint8_t neighbour) {
  return static_cast<int>(neighbour != id) & static_cast<int>(neighbour != kIgnore);
}

/// The map's ids at boundary pixels, 255 everywhere else.
Image boundaries(const Image& map) {
  Image result(map.size, 1, kIgnore);
  const std::int64_t width = map.size.width;
  for (std::int64_t y = 1; y + 1 < map.size.height; ++y) {
    const std::uint8_t* above = map.row(y - 1);
    const std::uint8_t* row = map.row(y);
    const std::uint8_t* below = map.row(y + 1);
    std::uint8_t* out = result.row(y);
    for (std::int64_t x = 1; x + 1 < width; ++x) {
      const std::uint8_t id = row[x];
      const int is_boundary =
          differs(id, above[x]) | differs(id, below[x]) | differs(id, row[x - 1]) | differs(id, row[x + 1]);
      out[x] = is_boundary != 0 ? id : kIgnore;
    }
  }
  return result;
}

/// Distances in memory from a pixel to those within the tolerance, itself first.
std::vector<std::int64_t> disc(std::int64_t width) {
  std::vector<std::int64_t> offsets;
  for (int distance = 0; distance <= kBoundaryTolerancePx * kBoundaryTolerancePx; ++distance) {
    for (int y = -kBoundaryTolerancePx; y <= kBoundaryTolerancePx; ++y) {
      for (int x = -kBoundaryTolerancePx; x <= kBoundaryTolerancePx; ++x) {
        if (y * y + x * x == distance) offsets.push_back(y * width + x);
      }
    }
  }
  return offsets;
}

struct Matches {
  std::uint64_t matched = 0;
  std::uint64_t all = 0;
};
using MatchesByClass = std::array<Matches, kIgnore>;

/// Boundary pixels of one map and those that are matched in the other.
MatchesByClass match(const Image& boundary, const Image& other) {
  const std::vector<std::int64_t> offsets = disc(boundary.size.width);
  MatchesByClass matches{};
  for (std::int64_t y = kFrame; y < boundary.size.height - kFrame; ++y) {
    const std::uint8_t* begin = boundary.row(y);
    const std::uint8_t* end = begin + boundary.size.width - kFrame;
    const std::uint8_t* other_row = other.row(y);
    for (const std::uint8_t* at = begin + kFrame; at != end; ++at) {
      if (*at == kIgnore) {
        at = end_of_run(at, end);
        if (at == end) break;
      }
      const std::uint8_t* place = other_row + (at - begin);
      const auto is_same = [&](std::int64_t offset) { return place[offset] == *at; };
      ++matches[*at].all;
      if (std::ranges::any_of(offsets, is_same)) ++matches[*at].matched;
    }
  }
  return matches;
}

}  // namespace

double BoundaryCounts::f() const {
  if (predicted + truth == 0) return std::nan("");
  if (matched_predicted == 0 || matched_truth == 0) return 0;
  const double precision = static_cast<double>(matched_predicted) / static_cast<double>(predicted);
  const double recall = static_cast<double>(matched_truth) / static_cast<double>(truth);
  return 2 * precision * recall / (precision + recall);
}

std::vector<BoundaryCounts> boundary_counts(const ComparedMaps& maps) {
  const Image truth = boundaries(maps.truth);
  const Image prediction = boundaries(maps.prediction);
  const MatchesByClass predicted_matches = match(prediction, truth);
  const MatchesByClass true_matches = match(truth, prediction);
  std::vector<BoundaryCounts> counts;
  for (std::size_t c = 0; c < static_cast<std::size_t>(maps.classes); ++c) {
    counts.push_back(
        {predicted_matches[c].matched, predicted_matches[c].all, true_matches[c].matched, true_matches[c].all});
  }
  return counts;
}

}  // namespace segfold
