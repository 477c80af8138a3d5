#include "segfold/cli/options.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"

namespace segfold::cli {
namespace {

TEST(SizeOption, TakesRowsByColumns) {
  CLI::App app;
  Size size{32, 64};
  std::optional<Size> crop;
  add_size(app, "--size", size, "");
  add_size(app, "--crop", crop, "");
  app.parse("--size 512x1024");
  EXPECT_EQ(size, (Size{512, 1024}));
  EXPECT_EQ(crop, std::nullopt);
  app.parse("--crop 16x8");
  EXPECT_EQ(crop, (Size{16, 8}));
}

TEST(SizeOption, ShowsItsDefaultWhereThereIsOne) {
  CLI::App app;
  Size size{32, 64};
  Size unknown;
  EXPECT_EQ(add_size(app, "--size", size, "")->get_default_str(), "32x64");
  EXPECT_EQ(add_size(app, "--other", unknown, "")->get_default_str(), "");
}

TEST(SizeOption, RefusesWhatIsNoSize) {
  CLI::App app;
  Size size{32, 64};
  add_size(app, "--size", size, "");
  for (const char* text : {"512", "0x64", "-1x64", "32x64x3", "nanx64"})
    testing::expect_error<UsageError>([&] { app.parse(std::string("--size=") + text); }, {text});
  EXPECT_EQ(size, (Size{32, 64}));
}

TEST(SeedOption, TakesEveryWholeNumberOf64Bits) {
  CLI::App app;
  std::uint64_t seed = 42;
  EXPECT_EQ(add_seed(app, "--seed", seed, "")->get_default_str(), "42");
  app.parse("--seed 18446744073709551615");
  EXPECT_EQ(seed, UINT64_MAX);
  app.parse("--seed 0");
  EXPECT_EQ(seed, 0U);
}

TEST(SeedOption, RefusesWhatCLI11WouldTurnIntoAnotherNumber) {
  for (const char* text : {"-1", "18446744073709551616", "1.5", "1e3", "0x10", "7seven", " 7"}) {
    CLI::App app;
    std::uint64_t seed = 42;
    add_seed(app, "--seed", seed, "");
    const std::vector<std::string> words{std::string("--seed=") + text};
    testing::expect_error<UsageError>([&] { app.parse(std::vector(words)); }, {"--seed", "whole number from 0"});
  }
}

enum class Colour { kRed, kBlue };

TEST(ChoiceOption, TakesOneOfItsWords) {
  CLI::App app;
  Colour colour = Colour::kRed;
  const CLI::Option* option =
      add_choice<Colour>(app, "--colour", colour, {{"red", Colour::kRed}, {"blue", Colour::kBlue}}, "");
  EXPECT_EQ(option->get_default_str(), "red");
  EXPECT_EQ(option->get_type_name(), "blue|red");
  app.parse("--colour blue");
  EXPECT_EQ(colour, Colour::kBlue);
  EXPECT_THROW(app.parse("--colour green"), CLI::ValidationError);
  EXPECT_EQ(colour, Colour::kBlue);
}

}  // namespace
}  // namespace segfold::cli
