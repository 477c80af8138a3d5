#include "segfold/data/street_scene/plants.h"

#include <gtest/gtest.h>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::darkness;
using testing::Extent;
using testing::extents_of;
using testing::flat_light;
using testing::painted;

using Add = void (*)(Model&, const Pose&, double, const Light&, RandomStream&);

Model planted(Add add, const Pose& pose, double height, std::uint64_t key) {
  Model model(flat_light());
  RandomStream random(key);
  add(model, pose, height, flat_light(), random);
  return model;
}

/// Width of what is drawn at a height.
double width_at(const Model& model, double y) {
  Extent slice;
  for (const Patch* patch : model.from_far_to_near(testing::straight_camera())) {
    for (double u = 0.01; u < patch->u_size; u += 0.02) {
      Fragment fragment;
      const double v = y - patch->origin.y;
      if (v >= 0 && v < patch->v_size && patch->shader(u, v, 0.01, fragment))
        slice.include(patch->origin + u * patch->u_axis);
    }
  }
  return std::max(slice.width(), 0.0);
}

TEST(Trees, HaveACrownOnATrunk) {
  for (std::uint64_t key = 0; key < 20; ++key) {
    const Model model = planted(add_tree, {.x = 3, .z = 20}, 8, key);
    const auto extents = extents_of(model);
    ASSERT_EQ(extents.size(), 1U);
    const Extent& tree = extents.at(kVegetation);
    EXPECT_NEAR(tree.low.y, 0, 0.1);
    EXPECT_TRUE(tree.high.y > 0.7 * 8 && tree.high.y < 1.15 * 8) << tree.high.y;
    EXPECT_TRUE(tree.low.x < 3 && tree.high.x > 3);
    EXPECT_LT(width_at(model, 1), 0.8);
    EXPECT_GT(width_at(model, 5), 2);
    EXPECT_GT(darkness(model, 3, 20), 0.4);
  }
}

TEST(Bushes, StandOnTheGroundWithoutATrunk) {
  for (std::uint64_t key = 0; key < 20; ++key) {
    const Model model = planted(add_bush, {.x = 3, .z = 20}, 2, key);
    const auto extents = extents_of(model);
    ASSERT_EQ(extents.size(), 1U);
    const Extent& bush = extents.at(kVegetation);
    EXPECT_LT(bush.low.y, 0.4);
    EXPECT_TRUE(bush.high.y > 1.2 && bush.high.y < 2.5) << bush.high.y;
    EXPECT_GT(width_at(model, 0.8), 1);
    EXPECT_GT(darkness(model, 3, 20), 0.4);
  }
}

TEST(Plants, AreTheSameForTheSameRandomNumbers) {
  for (const Add add : {add_tree, add_bush}) {
    const Pose near{.x = 0, .z = 6};
    const Image picture = painted(planted(add, near, 3, 1)).photo();
    EXPECT_EQ(painted(planted(add, near, 3, 1)).photo(), picture);
    EXPECT_NE(painted(planted(add, near, 3, 2)).photo(), picture);
  }
}

TEST(Hedges, AreDenseBelowAndRaggedAtTheTop) {
  const Shader hedge = hedge_shader(2, {0.3F, 0.5F, 0.2F}, 7);
  int at_top = 0;
  for (double u = 0; u < 20; u += 0.05) {
    Fragment fragment;
    EXPECT_TRUE(hedge(u, 1.5, 0.01, fragment));
    EXPECT_FALSE(hedge(u, 2.2, 0.01, fragment));
    at_top += hedge(u, 1.9, 0.01, fragment);
  }
  EXPECT_TRUE(at_top > 20 && at_top < 380) << at_top << " of 400";
}

TEST(Leaves, AreMostlyGreenAndSometimesOfAutumn) {
  int green = 0;
  for (std::uint64_t key = 0; key < 300; ++key) {
    RandomStream random(key);
    const Rgb leaf = draw_leaf_colour(random);
    EXPECT_GT(leaf.g, leaf.b);
    green += leaf.g > leaf.r;
  }
  EXPECT_NEAR(green, 270, 20);
}

}  // namespace
}  // namespace segfold::street
