#include "segfold/data/street_scene.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "segfold/image/resize.h"

namespace segfold {
namespace {

StreetSceneRequest request(std::int64_t frame, Size size = {64, 128}, std::uint64_t seed = 1) {
  return {.size = size, .seed = seed, .city = "anytown", .frame = frame, .wanted = {}};
}

/// Train ids of a scene's truth.
Image train_ids(const StreetScene& scene) {
  Image ids = scene.label_ids;
  for (std::uint8_t& id : ids.pixels) id = train_id_from_raw_id()[id];
  return ids;
}

std::array<std::int64_t, 256> pixels_by_id(const Image& ids) {
  std::array<std::int64_t, 256> counts{};
  for (const std::uint8_t id : ids.pixels) ++counts[id];
  return counts;
}

double mean_row(const Image& ids, int id) {
  double sum = 0;
  double count = 0;
  for (std::int64_t y = 0; y < ids.size.height; ++y) {
    const auto found = std::count(ids.row(y), ids.row(y) + ids.size.width, static_cast<std::uint8_t>(id));
    sum += static_cast<double>(found * y);
    count += static_cast<double>(found);
  }
  return sum / count;
}

TEST(StreetScene, EqualRequestsGiveEqualPictures) {
  const StreetScene first = draw_street_scene(request(3));
  const StreetScene second = draw_street_scene(request(3));
  EXPECT_EQ(first.photo, second.photo);
  EXPECT_EQ(first.label_ids, second.label_ids);
  EXPECT_EQ(first.instance_ids, second.instance_ids);
}

TEST(StreetScene, OtherFramesCitiesAndSeedsGiveOtherPictures) {
  const StreetScene scene = draw_street_scene(request(3));
  EXPECT_NE(draw_street_scene(request(4)).label_ids, scene.label_ids);
  EXPECT_NE(draw_street_scene(request(3, {64, 128}, 2)).label_ids, scene.label_ids);
  StreetSceneRequest elsewhere = request(3);
  elsewhere.city = "othertown";
  EXPECT_NE(draw_street_scene(elsewhere).label_ids, scene.label_ids);
}

TEST(StreetScene, HasTheSizeThatWasAskedFor) {
  for (const Size size : {Size{32, 64}, Size{33, 101}, Size{300, 200}}) {
    const StreetScene scene = draw_street_scene(request(1, size));
    EXPECT_EQ(scene.photo.size, size);
    EXPECT_EQ(scene.photo.channels, 3);
    EXPECT_EQ(scene.label_ids.size, size);
    EXPECT_EQ(scene.label_ids.channels, 1);
    EXPECT_EQ(scene.instance_ids.size, size);
  }
}

TEST(StreetScene, ShowsTheSameAtEverySize) {
  const Image small = draw_street_scene(request(5, {64, 128})).label_ids;
  const Image large = resize_labels(draw_street_scene(request(5, {128, 256})).label_ids, small.size);
  std::int64_t equal = 0;
  for (std::size_t i = 0; i < small.pixels.size(); ++i) equal += small.pixels[i] == large.pixels[i];
  EXPECT_GT(equal, small.size.area() * 9 / 10);
}

TEST(StreetScene, InstanceIdsAgreeWithTheLabels) {
  for (std::int64_t frame = 0; frame < 4; ++frame) {
    const StreetScene scene = draw_street_scene(request(frame));
    for (std::size_t i = 0; i < scene.label_ids.pixels.size(); ++i) {
      const int id = scene.label_ids.pixels[i];
      const int instance = scene.instance_ids.pixels[i];
      ASSERT_LT(id, kRawIds);
      ASSERT_EQ(labels()[static_cast<std::size_t>(id)].has_instances ? instance / 1000 : instance, id);
    }
  }
}

TEST(StreetScene, ShowsEveryClassThatIsWantedEvenAllAtOnce) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    StreetSceneRequest all = request(0, {64, 128}, seed);
    all.wanted.set();
    const auto counts = pixels_by_id(train_ids(draw_street_scene(all)));
    for (int id = 0; id < kClasses; ++id)
      EXPECT_GT(counts[static_cast<std::size_t>(id)], 0) << class_names()[static_cast<std::size_t>(id)];
  }
}

TEST(StreetScene, LooksLikeAStreet) {
  for (std::int64_t frame = 0; frame < 6; ++frame) {
    const Image ids = train_ids(draw_street_scene(request(frame)));
    const auto counts = pixels_by_id(ids);
    constexpr int kRoad = 0, kSky = 10;
    EXPECT_GT(counts[kRoad], ids.size.area() / 20);
    ASSERT_GT(counts[kSky], 0);
    EXPECT_LT(mean_row(ids, kSky), mean_row(ids, kRoad) - static_cast<double>(ids.size.height) / 4);
    EXPECT_EQ(std::count(ids.row(ids.size.height - 8), ids.row(ids.size.height), kSky), 0);
    EXPECT_EQ(std::count(ids.row(0), ids.row(8), kRoad), 0);
  }
}

TEST(StreetScene, ColoursChangeWhereLabelsDo) {
  double at_borders = 0, inside = 0;
  std::int64_t borders = 0, insides = 0;
  for (std::int64_t frame = 0; frame < 2; ++frame) {
    const StreetScene scene = draw_street_scene(request(frame, {128, 256}));
    for (std::int64_t y = 0; y < scene.photo.size.height; ++y) {
      for (std::int64_t x = 1; x < scene.photo.size.width; ++x) {
        const double step = std::abs(scene.photo.at(y, x, 1) - scene.photo.at(y, x - 1, 1));
        const bool border = scene.label_ids.at(y, x) != scene.label_ids.at(y, x - 1);
        (border ? at_borders : inside) += step;
        ++(border ? borders : insides);
      }
    }
  }
  EXPECT_GT(at_borders / static_cast<double>(borders), 3 * inside / static_cast<double>(insides));
}

TEST(StreetScene, PlansEveryClassForHalfOfTheScenes) {
  for (const std::int64_t scenes : {1, 2, 6, 7}) {
    const auto wanted = plan_wanted_classes(scenes, 9);
    ASSERT_EQ(static_cast<std::int64_t>(wanted.size()), scenes);
    for (std::size_t id = 0; id < kClasses; ++id) {
      const auto found = std::ranges::count_if(wanted, [&](const auto& classes) { return classes[id]; });
      EXPECT_EQ(found, (scenes + 1) / 2);
    }
  }
}

}  // namespace
}  // namespace segfold
