#include "segfold/data/street_scene/plots.h"

#include <gtest/gtest.h>

#include "tests/support/street_model.h"

namespace segfold::street {
namespace {

using testing::straight_street;

TEST(Plots, AreClaimedOnce) {
  const Layout street = straight_street();
  Plots plots(street);
  EXPECT_TRUE(plots.claim(20, 2, 4, 2));     // from 18 to 22 along the street, from 1 to 3 m across
  EXPECT_FALSE(plots.claim(23, 2, 4, 2));    // 21 to 25
  EXPECT_FALSE(plots.claim(20, 3.5, 4, 2));  // 2.5 to 4.5
  EXPECT_FALSE(plots.claim(20, 2, 1, 1));
  EXPECT_TRUE(plots.claim(24, 2, 4, 2));  // they touch
  EXPECT_TRUE(plots.claim(20, 4, 4, 2));
}

TEST(Plots, AClaimInVainTakesNothing) {
  const Layout street = straight_street();
  Plots plots(street);
  plots.claim(20, 2, 4, 2);
  EXPECT_FALSE(plots.claim(23, 2, 4, 2));
  EXPECT_TRUE(plots.claim(24.5, 2, 1, 2));
}

TEST(Plots, TheFirstVisiblePlaceIsFartherForWhatStandsAside) {
  Layout street = straight_street();
  const Plots plots(street);
  EXPECT_DOUBLE_EQ(plots.first_visible(0), 7);
  EXPECT_DOUBLE_EQ(plots.first_visible(5.5), 10);
  EXPECT_DOUBLE_EQ(plots.first_visible(-11), 20);
  street.offset = -5.5;  // the road's middle lies to the camera's left
  EXPECT_DOUBLE_EQ(plots.first_visible(0), 10);
  EXPECT_DOUBLE_EQ(plots.first_visible(5.5), 7);
}

TEST(Plots, AreFoundNearTheLineWithinTheRange) {
  const Layout street = straight_street();
  RandomStream random(1);
  for (int i = 0; i < 100; ++i) {
    Plots plots(street);
    const auto plot = plots.find(5.5, 6, 1, 1, random);
    ASSERT_TRUE(plot);
    EXPECT_NEAR(plot->across, 5.5, 0.4);
    EXPECT_TRUE(plot->z >= plots.first_visible(plot->across) && plot->z <= 10.8 + 6) << plot->z;
    EXPECT_FALSE(plots.claim(plot->z, plot->across, 1, 1));
  }
}

TEST(Plots, AreNotFoundWhereEverythingIsTaken) {
  const Layout street = straight_street();
  Plots plots(street);
  plots.claim(15, 0, 30, 4);
  RandomStream random(1);
  EXPECT_FALSE(plots.find(0, 6, 1, 1, random));
}

}  // namespace
}  // namespace segfold::street
