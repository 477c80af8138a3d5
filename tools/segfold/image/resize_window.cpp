#include "segfold/image/resize_window.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "segfold/base/error.h"

namespace segfold {
namespace {

constexpr float kOne = 1 << 11;  ///< weight 1 in fixed point

/// The two source indices that one target index is mixed from, and their weights.
struct Mix {
  std::int64_t low = 0;
  std::int64_t high = 0;
  int low_weight = 0;
  int high_weight = 0;
};

/// Source pixels per target pixel, rounded as OpenCV does it: by two divisions.
double step_of(std::int64_t source, std::int64_t target) {
  return 1.0 / (static_cast<double>(target) / static_cast<double>(source));
}

/// Mixes of the target indices from `begin` on. Beyond the picture stands its outermost pixel.
std::vector<Mix> mixes(std::int64_t source, std::int64_t target, std::int64_t begin, std::int64_t count) {
  const double step = step_of(source, target);
  std::vector<Mix> all(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto position = static_cast<float>((static_cast<double>(begin + i) + 0.5) * step - 0.5);
    const float floor = std::floor(position);
    const float share = position - floor;
    const auto low = static_cast<std::int64_t>(floor);
    all[static_cast<std::size_t>(i)] = {
        std::clamp<std::int64_t>(low, 0, source - 1), std::clamp<std::int64_t>(low + 1, 0, source - 1),
        static_cast<int>(std::lrint((1 - share) * kOne)), static_cast<int>(std::lrint(share * kOne))};
  }
  return all;
}

/// A source row whose columns are mixed, 11 fractional bits.
struct MixedRow {
  std::int64_t source = -1;
  std::vector<int> values;

  void fill(const Image& image, std::int64_t y, const std::vector<Mix>& columns) {
    if (source == y) return;
    source = y;
    values.resize(columns.size() * static_cast<std::size_t>(image.channels));
    int* value = values.data();
    for (const Mix& mix : columns) {
      const std::uint8_t* low = image.row(y) + mix.low * image.channels;
      const std::uint8_t* high = image.row(y) + mix.high * image.channels;
      for (int c = 0; c < image.channels; ++c) *value++ = low[c] * mix.low_weight + high[c] * mix.high_weight;
    }
  }
};

/// Mixes two rows. Bits are dropped on the way as OpenCV's 16-bit arithmetic does: that is the rule, not an accident.
void mix_rows(const MixedRow& low, const MixedRow& high, const Mix& mix, std::uint8_t* out) {
  const int* a = low.values.data();
  const int* b = high.values.data();
  const std::size_t count = low.values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const int sum = (((a[i] >> 4) * mix.low_weight) >> 16) + (((b[i] >> 4) * mix.high_weight) >> 16);
    out[i] = static_cast<std::uint8_t>((sum + 2) >> 2);
  }
}

void require_fitting(const Image& image, Size scaled, const Window& window, const Image& out) {
  if (is_inside(window, scaled) && !image.pixels.empty() && out.channels == image.channels &&
      out.size.height >= window.size.height && out.size.width >= window.size.width) {
    return;
  }
  throw InternalError(fmt::format("cannot put {} at row {}, column {} of a picture of {} resized to {} into {}",
                                  to_string(window.size), window.y, window.x, to_string(image.size), to_string(scaled),
                                  to_string(out.size)));
}

}  // namespace

void resize_image_window(const Image& image, Size scaled, const Window& window, Image& out) {
  require_fitting(image, scaled, window, out);
  const std::vector<Mix> rows = mixes(image.size.height, scaled.height, window.y, window.size.height);
  const std::vector<Mix> columns = mixes(image.size.width, scaled.width, window.x, window.size.width);
  std::array<MixedRow, 2> mixed;  // by the parity of the source row: the two rows of a mix never displace each other
  for (std::size_t y = 0; y < rows.size(); ++y) {
    MixedRow& low = mixed[static_cast<std::size_t>(rows[y].low % 2)];
    MixedRow& high = mixed[static_cast<std::size_t>(rows[y].high % 2)];
    low.fill(image, rows[y].low, columns);
    high.fill(image, rows[y].high, columns);
    mix_rows(low, high, rows[y], out.row(static_cast<std::int64_t>(y)));
  }
}

void resize_labels_window(const Image& labels, Size scaled, const Window& window, Image& out) {
  require_fitting(labels, scaled, window, out);
  const auto nearest = [](std::int64_t i, double step, std::int64_t source) {
    return std::min(static_cast<std::int64_t>(static_cast<double>(i) * step), source - 1);
  };
  const double row_step = step_of(labels.size.height, scaled.height);
  const double column_step = step_of(labels.size.width, scaled.width);
  std::vector<std::int64_t> columns(static_cast<std::size_t>(window.size.width));
  for (std::size_t x = 0; x < columns.size(); ++x)
    columns[x] = nearest(window.x + static_cast<std::int64_t>(x), column_step, labels.size.width);
  for (std::int64_t y = 0; y < window.size.height; ++y) {
    const std::uint8_t* source = labels.row(nearest(window.y + y, row_step, labels.size.height));
    std::uint8_t* target = out.row(y);
    for (std::size_t x = 0; x < columns.size(); ++x) target[x] = source[columns[x]];
  }
}

}  // namespace segfold
