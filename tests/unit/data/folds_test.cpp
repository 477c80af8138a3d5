#include "segfold/data/folds.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/random.h"
#include "segfold/data/fold_balance.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

constexpr SplitStrategy kAll[] = {SplitStrategy::kShuffle, SplitStrategy::kGroup, SplitStrategy::kStratified};

/// Samples of cities of uneven sizes; rare classes occur in few samples.
std::vector<SplitSample> street_samples(int count) {
  RandomStream random(3);
  std::vector<SplitSample> samples;
  for (int i = 0; i < count; ++i) {
    const auto city = std::min(random.below(7), random.below(7));
    const bool has_train = random.chance(0.1);
    samples.push_back({fmt::format("city{}_{:06}_000019", city, i),
                       fmt::format("city{}", city),
                       {1000 + random.below(500), random.below(300), has_train ? random.below(200) : 0, 0}});
  }
  return samples;
}

std::set<std::string> names_of(const std::vector<SplitSample>& samples) {
  std::set<std::string> names;
  for (const SplitSample& sample : samples) names.insert(sample.name);
  return names;
}

TEST(Folds, PartitionTheSamplesWhateverTheStrategy) {
  const auto samples = street_samples(101);
  for (const SplitStrategy strategy : kAll) {
    const Folds folds = split_samples(samples, 5, 42, strategy);
    ASSERT_EQ(folds.count(), 5);
    std::set<std::string> seen;
    std::size_t total = 0;
    for (const auto& names : folds.held_out) {
      EXPECT_TRUE(std::ranges::is_sorted(names));
      seen.insert(names.begin(), names.end());
      total += names.size();
    }
    EXPECT_EQ(total, samples.size()) << split_strategy_name(strategy);
    EXPECT_EQ(seen, names_of(samples)) << split_strategy_name(strategy);
  }
}

TEST(Folds, DifferInSizeByAtMostOne) {
  for (const SplitStrategy strategy : {SplitStrategy::kShuffle, SplitStrategy::kStratified}) {
    for (const int count : {3, 4, 5, 24, 101}) {
      const Folds folds = split_samples(street_samples(count), 3, 42, strategy);
      const auto [least, most] =
          std::ranges::minmax_element(folds.held_out, [](const auto& a, const auto& b) { return a.size() < b.size(); });
      EXPECT_LE(most->size() - least->size(), 1u) << split_strategy_name(strategy) << " of " << count;
    }
  }
}

TEST(Folds, DoNotDependOnTheOrderOfTheSamples) {
  auto samples = street_samples(60);
  for (const SplitStrategy strategy : kAll) {
    const Folds forward = split_samples(samples, 4, 42, strategy);
    std::ranges::reverse(samples);
    const Folds backward = split_samples(samples, 4, 42, strategy);
    EXPECT_EQ(forward.held_out, backward.held_out) << split_strategy_name(strategy);
    EXPECT_EQ(forward.digest, backward.digest);
  }
}

TEST(Folds, DependOnTheSeed) {
  const auto samples = street_samples(60);
  EXPECT_NE(split_samples(samples, 3, 1, SplitStrategy::kShuffle).held_out,
            split_samples(samples, 3, 2, SplitStrategy::kShuffle).held_out);
  EXPECT_EQ(split_samples(samples, 3, 1, SplitStrategy::kShuffle).held_out,
            split_samples(samples, 3, 1, SplitStrategy::kShuffle).held_out);
}

TEST(Folds, StayTheSameFromVersionToVersion) {
  // Recorded once: another result means that every study would have to be trained again.
  std::vector<SplitSample> samples;
  for (int i = 0; i < 7; ++i) samples.push_back({fmt::format("s{}", i), "g", {}});
  const Folds folds = split_samples(samples, 3, 42, SplitStrategy::kShuffle);
  EXPECT_EQ(folds.held_out, (std::vector<std::vector<std::string>>{{"s0", "s4", "s6"}, {"s1", "s3"}, {"s2", "s5"}}));
}

TEST(Folds, KeepEveryGroupTogether) {
  const auto samples = street_samples(101);
  const Folds folds = split_samples(samples, 3, 42, SplitStrategy::kGroup);
  std::map<std::string, std::set<std::size_t>> folds_of_group;
  for (std::size_t fold = 0; fold < folds.held_out.size(); ++fold) {
    for (const std::string& name : folds.held_out[fold]) folds_of_group[name.substr(0, name.find('_'))].insert(fold);
  }
  for (const auto& [group, where] : folds_of_group) EXPECT_EQ(where.size(), 1u) << group;
}

TEST(Folds, PlaceTheLargestGroupsFirst) {
  // Groups of 6, 5, 4, 3, 2: greedily {6, 3} and {5, 4, 2} or the like, 10 ± 1 each.
  std::vector<SplitSample> samples;
  for (const int size : {2, 3, 4, 5, 6}) {
    for (int i = 0; i < size; ++i) samples.push_back({fmt::format("g{}_{}", size, i), fmt::format("g{}", size), {}});
  }
  const FoldBalance balance = balance_of(split_samples(samples, 2, 42, SplitStrategy::kGroup), samples);
  EXPECT_EQ(std::max(balance.sizes[0], balance.sizes[1]), 11u);
  EXPECT_EQ(balance.groups[0] + balance.groups[1], 5u);
}

TEST(Folds, AreMoreEvenInClassesWhenStratified) {
  const auto samples = street_samples(120);
  const double shuffled = balance_of(split_samples(samples, 3, 42, SplitStrategy::kShuffle), samples).largest_deviation;
  const double stratified =
      balance_of(split_samples(samples, 3, 42, SplitStrategy::kStratified), samples).largest_deviation;
  EXPECT_GT(shuffled, 0.02);
  EXPECT_LT(stratified, 0.01);
}

TEST(Folds, GiveEachFoldItsShareOfARareClass) {
  // Six of 30 samples hold the rare class in equal parts: two for each of three folds.
  std::vector<SplitSample> samples;
  for (int i = 0; i < 30; ++i) samples.push_back({fmt::format("s{:02}", i), "g", {100, i < 6 ? 10u : 0u}});
  const Folds folds = split_samples(samples, 3, 42, SplitStrategy::kStratified);
  for (const auto& names : folds.held_out) {
    EXPECT_EQ(std::ranges::count_if(names, [](const std::string& name) { return name < "s06"; }), 2);
  }
}

TEST(Folds, RefuseWhatCannotBeSplit) {
  const auto samples = street_samples(10);
  EXPECT_THROW(split_samples(samples, 1, 42, SplitStrategy::kShuffle), UsageError);
  expect_error<UsageError>([&] { split_samples(samples, 11, 42, SplitStrategy::kShuffle); },
                           {"11 folds", "10 samples"});
  std::vector<SplitSample> one_city = {{"a", "g", {1}}, {"b", "g", {1}}, {"c", "g", {1}}};
  expect_error<UsageError>([&] { split_samples(one_city, 2, 42, SplitStrategy::kGroup); }, {"2 folds", "1 groups"});
  one_city.push_back(one_city.front());
  expect_error<DataError>([&] { split_samples(one_city, 2, 42, SplitStrategy::kShuffle); }, {"'a'", "twice"});
}

TEST(FoldsFile, ComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  for (const SplitStrategy strategy : kAll) {
    const Folds written = split_samples(street_samples(30), 3, 7, strategy);
    write_folds(folder / "folds.json", written, {});
    const Folds read = read_folds(folder / "folds.json");
    EXPECT_EQ(read.seed, 7u);
    EXPECT_EQ(read.strategy, strategy);
    EXPECT_EQ(read.held_out, written.held_out);
    EXPECT_EQ(read.digest, written.digest);
  }
}

/// Changes the JSON of valid folds, seals it as if it were right, and expects that it is refused.
void expect_refused(const std::function<void(Json&)>& change, std::initializer_list<std::string> parts) {
  const TemporaryFolder folder;
  write_folds(folder / "folds.json", split_samples(street_samples(9), 3, 7, SplitStrategy::kShuffle), {});
  Json document = read_json(folder / "folds.json");
  document.erase("seal");
  change(document);
  write_sealed_json(folder / "folds.json", document, {});
  expect_error<DataError>([&] { read_folds(folder / "folds.json"); }, parts);
}

TEST(FoldsFile, IsRefusedWhenItIsNoPartition) {
  const auto add_first_of = [](std::size_t fold) {  // to fold 0, where the names stay sorted
    return [fold](Json& document) {
      auto names = document["held_out"][0].get<std::vector<std::string>>();
      names.push_back(document["held_out"][fold][0]);
      std::ranges::sort(names);
      document["held_out"][0] = names;
    };
  };
  expect_refused(add_first_of(1), {"folds.json", "stands in fold 0 and again in fold 1"});
  expect_refused(add_first_of(0), {"folds.json", "stands in fold 0 and again in fold 0"});
  expect_refused([](Json& document) { std::swap(document["held_out"][0][0], document["held_out"][0][1]); },
                 {"folds.json", "fold 0 are not sorted"});
  expect_refused([](Json& document) { document["held_out"][2] = Json::array(); }, {"fold 2 is empty"});
  expect_refused([](Json& document) { document["held_out"] = Json::array({document["held_out"][0]}); }, {"1 folds"});
}

TEST(FoldsFile, IsRefusedWhenItsPartsContradictEachOther) {
  expect_refused([](Json& document) { document["folds"] = 4; }, {"'folds'"});
  expect_refused([](Json& document) { document["seed"] = 8; }, {"digest"});
  expect_refused([](Json& document) { document["strategy"] = "group"; }, {"digest"});
  expect_refused([](Json& document) { document["strategy"] = "random"; }, {"random", "stratified"});
  expect_refused([](Json& document) { document["held_out"][0].erase(0); }, {"digest"});
  expect_refused([](Json& document) { document["format"] = "segfold.folds/2"; }, {"segfold.folds/2"});
  expect_refused([](Json& document) { document["held_out"] = "all"; }, {"held_out"});
}

TEST(FoldFromText, IsANumberOrAll) {
  EXPECT_EQ(fold_from_text("2"), 2);
  EXPECT_EQ(fold_from_text("all"), std::nullopt);
  for (const char* text : {"", "-2", "1x", "99999999999", "ALL"}) {
    expect_error<UsageError>([&] { fold_from_text(text); }, {std::string("--fold ") + text, "or all"});
  }
}

TEST(FoldsFile, IsRefusedWhenChangedByHand) {
  const TemporaryFolder folder;
  write_folds(folder / "folds.json", split_samples(street_samples(9), 3, 7, SplitStrategy::kShuffle), {});
  std::string text = read_file(folder / "folds.json");
  text.replace(text.find("\"seed\": 7"), 9, "\"seed\": 8");
  write_file(folder / "folds.json", text);
  expect_error<DataError>([&] { read_folds(folder / "folds.json"); }, {"folds.json", "seal"});
}

}  // namespace
}  // namespace segfold
