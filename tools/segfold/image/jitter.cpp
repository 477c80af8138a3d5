#include "segfold/image/jitter.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace segfold {
namespace {

constexpr std::int64_t kTile = 512;  // pixels worked on at a time: 6 KB of floats, in the nearest cache
constexpr float kTop = 255.0F;

/// Some pixels as planes of floats, 0–255.
struct Tile {  // NOLINT(cppcoreguidelines-pro-type-member-init): as much as `count` says is filled before it is read
  std::int64_t count = 0;
  alignas(64) std::array<float, kTile> red;
  alignas(64) std::array<float, kTile> green;
  alignas(64) std::array<float, kTile> blue;
};

/// One operation that changes something: kContrast also has the level that colours move away from.
struct Step {
  JitterOperation operation;
  float amount;
  float mean_grey = 0;
};

float clamped(float value) { return std::min(std::max(value, 0.0F), kTop); }

/// Luma as ITU-R 601 weighs it, with torchvision's digits.
float grey_of(float red, float green, float blue) { return 0.2989F * red + 0.587F * green + 0.114F * blue; }

void load(const std::uint8_t* pixels, Tile& tile) {
  for (std::int64_t i = 0; i < tile.count; ++i) {
    tile.red[i] = pixels[3 * i];
    tile.green[i] = pixels[3 * i + 1];
    tile.blue[i] = pixels[3 * i + 2];
  }
}

void store(const Tile& tile, std::uint8_t* pixels) {
  // Values are in 0–255 and positive: adding a half and cutting off rounds.
  const std::int64_t count = tile.count;  // a local, since bytes might overlap the tile as far as a compiler knows
  for (std::int64_t i = 0; i < count; ++i) {
    pixels[3 * i] = static_cast<std::uint8_t>(static_cast<int>(tile.red[i] + 0.5F));
    pixels[3 * i + 1] = static_cast<std::uint8_t>(static_cast<int>(tile.green[i] + 0.5F));
    pixels[3 * i + 2] = static_cast<std::uint8_t>(static_cast<int>(tile.blue[i] + 0.5F));
  }
}

void multiply(Tile& tile, float factor) {
  for (auto* plane : {&tile.red, &tile.green, &tile.blue}) {
    for (std::int64_t i = 0; i < tile.count; ++i) (*plane)[i] = clamped(factor * (*plane)[i]);
  }
}

void blend_with_level(Tile& tile, float factor, float level) {
  const float rest = (1 - factor) * level;
  for (auto* plane : {&tile.red, &tile.green, &tile.blue}) {
    for (std::int64_t i = 0; i < tile.count; ++i) (*plane)[i] = clamped(factor * (*plane)[i] + rest);
  }
}

void blend_with_own_grey(Tile& tile, float factor) {
  for (std::int64_t i = 0; i < tile.count; ++i) {
    const float rest = (1 - factor) * grey_of(tile.red[i], tile.green[i], tile.blue[i]);
    tile.red[i] = clamped(factor * tile.red[i] + rest);
    tile.green[i] = clamped(factor * tile.green[i] + rest);
    tile.blue[i] = clamped(factor * tile.blue[i] + rest);
  }
}

/// One channel of a colour of hue `sixths` (of a turn, from −4 to 8), value and chroma; the usual
/// case distinction of HSV → RGB written as one trapezoid, which compilers can vectorise.
float channel_of(float sixths, float offset, float value, float chroma) {
  float k = sixths + offset;
  k = k >= 6 ? k - 6 : k;
  k = k >= 6 ? k - 6 : k;
  k = k < 0 ? k + 6 : k;
  const float rise = std::min(k, 4 - k);
  return clamped(value - chroma * std::min(std::max(rise, 0.0F), 1.0F));
}

void turn_hue(Tile& tile, float turns) {
  const float shift = 6 * turns;
  for (std::int64_t i = 0; i < tile.count; ++i) {
    const float red = tile.red[i];
    const float green = tile.green[i];
    const float blue = tile.blue[i];
    const float value = std::max(red, std::max(green, blue));
    const float chroma = value - std::min(red, std::min(green, blue));
    const float inverse = 1 / (chroma == 0 ? 1.0F : chroma);
    // Which channel is the largest decides; of equal ones red goes before green before blue.
    const float from_red = (green - blue) * inverse;
    const float from_green = 2 + (blue - red) * inverse;
    const float from_blue = 4 + (red - green) * inverse;
    const float from_other = value == green ? from_green : from_blue;
    const float sixths = (value == red ? from_red : from_other) + shift;
    tile.red[i] = channel_of(sixths, 5, value, chroma);
    tile.green[i] = channel_of(sixths, 3, value, chroma);
    tile.blue[i] = channel_of(sixths, 1, value, chroma);
  }
}

void apply(const Step& step, Tile& tile) {
  switch (step.operation) {
    case JitterOperation::kBrightness:
      multiply(tile, step.amount);
      break;
    case JitterOperation::kContrast:
      blend_with_level(tile, step.amount, step.mean_grey);
      break;
    case JitterOperation::kSaturation:
      blend_with_own_grey(tile, step.amount);
      break;
    case JitterOperation::kHue:
      turn_hue(tile, step.amount);
      break;
  }
}

/// Runs `visit(tile, pixels)` over the whole picture, tile by tile, after `steps`.
template <class Visit>
void for_each_tile(Image& image, std::span<const Step> steps, Visit&& visit) {
  Tile tile;
  const std::int64_t total = image.size.area();
  for (std::int64_t start = 0; start < total; start += kTile) {
    std::uint8_t* pixels = image.pixels.data() + 3 * start;
    tile.count = std::min(kTile, total - start);
    load(pixels, tile);
    for (const Step& step : steps) apply(step, tile);
    visit(tile, pixels);
  }
}

/// Mean grey of the picture as it is after `steps`.
float mean_grey_after(Image& image, std::span<const Step> steps) {
  double sum = 0;
  for_each_tile(image, steps, [&](const Tile& tile, const std::uint8_t*) {
    for (std::int64_t i = 0; i < tile.count; ++i) sum += grey_of(tile.red[i], tile.green[i], tile.blue[i]);
  });
  return static_cast<float>(sum / static_cast<double>(image.size.area()));
}

/// The operations of a draw that change anything, in its order.
std::vector<Step> steps_of(const AugmentParams& params) {
  std::vector<Step> steps;
  const auto add = [&](JitterOperation operation, double amount, double neutral) {
    if (amount != neutral) steps.push_back({operation, static_cast<float>(amount)});
  };
  for (const JitterOperation operation : params.order) {
    switch (operation) {
      case JitterOperation::kBrightness:
        add(operation, params.brightness, 1);
        break;
      case JitterOperation::kContrast:
        add(operation, params.contrast, 1);
        break;
      case JitterOperation::kSaturation:
        add(operation, params.saturation, 1);
        break;
      case JitterOperation::kHue:
        add(operation, params.hue, 0);
        break;
    }
  }
  return steps;
}

}  // namespace

void jitter_colours(const AugmentParams& params, Image& image) {
  std::vector<Step> steps = steps_of(params);
  if (steps.empty()) return;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    // Contrast needs a mean over the whole picture as the operations before it leave it: they run twice, which costs
    // less than a picture of floats that no cache holds.
    if (steps[i].operation == JitterOperation::kContrast)
      steps[i].mean_grey = mean_grey_after(image, std::span(steps).first(i));
  }
  for_each_tile(image, steps, [](const Tile& tile, std::uint8_t* pixels) { store(tile, pixels); });
}

}  // namespace segfold
