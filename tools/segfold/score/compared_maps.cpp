#include "segfold/score/compared_maps.h"

#include <fmt/format.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"

namespace segfold {
namespace {

constexpr std::int64_t kFrame = ComparedMaps::kFrame;

/// Copies a row of the truth and of the prediction. @returns the largest id outside void, 0 if all is void.
std::uint8_t copy_row(const std::uint8_t* truth, const std::uint8_t* prediction, std::int64_t width,
                      std::uint8_t* truth_copy, std::uint8_t* prediction_copy) {
  std::uint8_t largest = 0;
  for (std::int64_t x = 0; x < width; ++x) {
    const std::uint8_t true_id = truth[x];
    const std::uint8_t predicted_id = prediction[x];
    const std::uint8_t is_void = true_id == kIgnore ? 0xff : 0;
    const std::uint8_t id = (true_id > predicted_id ? true_id : predicted_id) & ~is_void;
    largest = id > largest ? id : largest;
    truth_copy[x] = true_id;
    prediction_copy[x] = predicted_id | is_void;
  }
  return largest;
}

[[noreturn]] void throw_unknown(const std::uint8_t* truth, const std::uint8_t* prediction, std::int64_t y,
                                int classes) {
  std::int64_t x = 0;
  while (truth[x] == kIgnore || std::max(truth[x], prediction[x]) < classes) ++x;
  throw DataError(
      fmt::format("row {}, column {}: truth {} and prediction {}, expected ids below {} (or 255 in the truth)", y, x,
                  truth[x], prediction[x], classes));
}

}  // namespace

ComparedMaps compare_maps(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> prediction, Size size,
                          int classes) {
  const auto area = static_cast<std::size_t>(size.area());
  if (truth.size() != area || prediction.size() != area) {
    throw InternalError(fmt::format("{} pixels of truth and {} predicted in a picture of {}", truth.size(),
                                    prediction.size(), to_string(size)));
  }
  const Size framed{size.height + 2 * kFrame, size.width + 2 * kFrame};
  ComparedMaps maps{size, classes, Image(framed, 1, kIgnore), Image(framed, 1, kIgnore)};
  for (std::int64_t y = 0; y < size.height; ++y) {
    const std::uint8_t* true_row = truth.data() + y * size.width;
    const std::uint8_t* predicted_row = prediction.data() + y * size.width;
    const int largest = copy_row(true_row, predicted_row, size.width, maps.truth.row(y + kFrame) + kFrame,
                                 maps.prediction.row(y + kFrame) + kFrame);
    if (largest >= classes) throw_unknown(true_row, predicted_row, y, classes);
  }
  return maps;
}

}  // namespace segfold
