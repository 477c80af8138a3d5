#include "segfold/data/street_scene.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "segfold/base/random.h"
#include "segfold/data/street_scene/canvas.h"
#include "segfold/data/street_scene/frontage.h"
#include "segfold/data/street_scene/ground.h"
#include "segfold/data/street_scene/layout.h"
#include "segfold/data/street_scene/population.h"

namespace segfold {
namespace {

using namespace street;

/// Attempts at a scene that shows all that is wanted; then the best one counts.
constexpr int kAttempts = 40;
constexpr Size kTrialSize{32, 64};

/// How likely a class appears that was not asked for (what every street has is 1), and what share of the picture, in
/// thousandths, it should cover if it was. By train id.
struct Appearance {
  double chance;
  int share;
};
constexpr Appearance kAppearances[kClasses] = {
    {1, 24},     // road
    {1, 24},     // sidewalk
    {1, 30},     // building
    {0.4, 27},   // wall
    {0.4, 27},   // fence
    {1, 11},     // pole
    {0.5, 6},    // light
    {0.6, 7},    // sign
    {1, 30},     // vegetation
    {0.45, 22},  // terrain
    {1, 18},     // sky
    {0.7, 11},   // person
    {0.45, 9},   // rider
    {1, 27},     // car
    {0.35, 27},  // truck
    {0.35, 27},  // bus
    {0.3, 27},   // train
    {0.4, 11},   // motorcycle
    {0.45, 11},  // bicycle
};
/// A class with a smaller share might vanish in a smaller picture.
constexpr double kSeen = 1.5;

/// The camera of a city; numbers are relative to the picture's width or height.
struct Rig {
  double focal;
  double height_m;
  bool bonnet;
  double bonnet_height;
  Rgb bonnet_colour;
};

Rig draw_rig(const StreetSceneRequest& request) {
  RandomStream random(random_key({"street city", request.seed, request.city}));
  Rig rig{};
  rig.focal = random.uniform(0.76, 0.9);
  rig.height_m = random.uniform(1.35, 1.9);
  rig.bonnet = random.chance(0.6);
  rig.bonnet_height = random.uniform(0.05, 0.11);
  const Rgb colours[] = {{0.1F, 0.1F, 0.11F}, {0.4F, 0.41F, 0.43F}, {0.25F, 0.28F, 0.35F}, {0.5F, 0.48F, 0.45F}};
  rig.bonnet_colour = colours[random.below(std::size(colours))];
  return rig;
}

Camera draw_camera(const Rig& rig, Size size, RandomStream& random) {
  const auto width = static_cast<double>(size.width);
  Camera camera;
  camera.focal_px = rig.focal * width;
  camera.centre_x = width * random.uniform(0.42, 0.58);
  camera.centre_y = static_cast<double>(size.height) * random.uniform(0.36, 0.54);
  camera.height_m = rig.height_m * random.uniform(0.95, 1.05);
  return camera;
}

Canvas paint(const StreetSceneRequest& request, Size size, int factor, int attempt) {
  RandomStream random(random_key({"street scene", request.seed, request.city, request.frame, attempt}));
  Cast cast;
  for (std::size_t id = 0; id < kClasses; ++id) cast[id] = random.chance(kAppearances[id].chance) || request.wanted[id];
  const Rig rig = draw_rig(request);
  const Camera camera = draw_camera(rig, size, random);
  const Light light = draw_light(random);
  const Layout layout = draw_layout(cast, random);
  Model model(light);
  add_frontages(model, layout, random);
  populate(model, camera, layout, light, cast, random);
  Canvas canvas(size, factor, camera, light);
  canvas.paint_sky();
  canvas.paint(ground_patch(layout, light, model.shadows()));
  for (const Patch* patch : model.from_far_to_near(camera)) canvas.paint(*patch);
  if (rig.bonnet) canvas.paint_bonnet(rig.bonnet_height, rig.bonnet_colour);
  return canvas;
}

/// 0 if everything wanted covers as much as it should; the more is lacking, the more below 0.
double judge(const Image& label_ids, const std::bitset<kClasses>& wanted) {
  std::array<int, 256> pixels{};
  for (const std::uint8_t id : label_ids.pixels) ++pixels[train_id_from_raw_id()[id]];
  double verdict = 0;
  for (std::size_t id = 0; id < kClasses; ++id) {
    if (!wanted[id]) continue;
    const double share = 1000.0 * pixels[id] / static_cast<double>(label_ids.size.area());
    verdict -= std::max(0.0, 1.0 - share / kAppearances[id].share);
    if (share < kSeen) verdict -= kClasses;  // worse than any number of small ones
  }
  return verdict;
}

/// The first attempt that shows all that is wanted, judged on a small picture so that it holds for every size.
int choose_attempt(const StreetSceneRequest& request) {
  int best = 0;
  double best_verdict = -1e9;
  for (int attempt = 0; attempt < kAttempts && best_verdict < 0; ++attempt) {
    const double verdict = judge(paint(request, kTrialSize, 1, attempt).label_ids(), request.wanted);
    if (verdict > best_verdict) {
      best_verdict = verdict;
      best = attempt;
    }
  }
  return best;
}

}  // namespace

std::vector<std::bitset<kClasses>> plan_wanted_classes(std::int64_t scenes, std::uint64_t key) {
  std::vector<std::bitset<kClasses>> wanted(static_cast<std::size_t>(scenes));
  for (std::size_t id = 0; id < kClasses; ++id) {
    std::vector<std::size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    RandomStream random(random_key({"wanted classes", key, id}));
    shuffle(order, random);
    order.resize((order.size() + 1) / 2);
    for (const std::size_t scene : order) wanted[scene].set(id);
  }
  return wanted;
}

StreetScene draw_street_scene(const StreetSceneRequest& request) {
  const int attempt = choose_attempt(request);
  const int factor = request.size.height <= 256 ? 3 : 2;
  const Canvas canvas = paint(request, request.size, factor, attempt);
  return {canvas.photo(), canvas.label_ids(), canvas.instance_ids()};
}

}  // namespace segfold
