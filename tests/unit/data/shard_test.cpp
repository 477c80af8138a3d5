#include "segfold/data/shard.h"

#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/labels.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::noise_sample;
using testing::preprocess_seal;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

constexpr Size kImageSize{5, 7};
constexpr Size kLabelSize{6, 9};

std::size_t files_in(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(Shard, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(2, 3));
  const ShardReader reader(folder / "a.h5");
  const ShardInfo& info = reader.info();
  ASSERT_EQ(info.samples(), 6);
  EXPECT_EQ(info.image_size, kImageSize);
  EXPECT_EQ(info.label_size, kLabelSize);
  EXPECT_EQ(info.classes, class_names());
  EXPECT_EQ(info.groups, (std::vector<std::string>{"city0", "city0", "city0", "city1", "city1", "city1"}));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::vector<std::uint8_t> image(samples[i].image.size());
    std::vector<std::uint8_t> label(samples[i].label.size());
    reader.read_image(static_cast<std::int64_t>(i), image);
    reader.read_label(static_cast<std::int64_t>(i), label);
    EXPECT_EQ(info.names[i], samples[i].name);
    EXPECT_EQ(info.true_label_sizes[i], samples[i].true_label_size);
    EXPECT_EQ(image, samples[i].image);
    EXPECT_EQ(label, samples[i].label);
  }
}

TEST(Shard, CountsTheStoredPixelsOfEachClass) {
  const TemporaryFolder folder;
  ShardSample sample = noise_sample("a_000000_000019", kImageSize, kLabelSize);
  std::fill(sample.label.begin(), sample.label.end(), kIgnore);
  sample.label[0] = 0;
  sample.label[1] = 18;
  sample.label[2] = 18;
  ShardWriter writer(folder / "a.h5", kImageSize, kLabelSize, 1);
  writer.add(sample);
  writer.finish(preprocess_seal());
  const ShardReader reader(folder / "a.h5");
  std::vector<std::uint64_t> expected(kClasses, 0);
  expected[0] = 1;
  expected[18] = 2;
  EXPECT_EQ(reader.info().class_pixels.front(), expected);
}

TEST(Shard, CarriesItsSeal) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const Seal seal = ShardReader(folder / "a.h5").info().seal;
  EXPECT_EQ(seal.run_digest(), preprocess_seal().run_digest());
  EXPECT_EQ(seal.content.size(), 64u);
}

TEST(Shard, HasEqualBytesForEqualContent) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(2, 3));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // HDF5's timestamps count seconds
  write_noise_shard(folder / "b.h5", sample_names(2, 3));
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
}

TEST(Shard, SealsAnotherContentWhenOnePixelDiffers) {
  const TemporaryFolder folder;
  const auto content_with_pixel = [&](std::uint8_t value) {
    ShardSample sample = noise_sample("a_000000_000019", kImageSize, kLabelSize);
    sample.image[17] = value;
    ShardWriter writer(folder / "a.h5", kImageSize, kLabelSize, 1);
    writer.add(sample);
    writer.finish(preprocess_seal());
    return ShardReader(folder / "a.h5").info().seal.content;
  };
  EXPECT_NE(content_with_pixel(1), content_with_pixel(2));
}

TEST(Shard, IsReadByManyThreadsAtOnce) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(4, 8));
  const ShardReader reader(folder / "a.h5");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::uint8_t> image(samples[0].image.size());
      for (int round = 0; round < 50; ++round) {
        for (std::size_t i = 0; i < samples.size(); ++i) {
          reader.read_image(static_cast<std::int64_t>(i), image);
          wrong[t] += image != samples[i].image ? 1 : 0;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Shard, DoesNotAppearBeforeItIsFinished) {
  const TemporaryFolder folder;
  {
    ShardWriter writer(folder / "a.h5", kImageSize, kLabelSize, 2);
    writer.add(noise_sample("a_000000_000019", kImageSize, kLabelSize));
    EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
  }
  EXPECT_EQ(files_in(folder), 0u);
}

TEST(Shard, LeavesAnOlderOneAloneWhenWritingFails) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const std::string before = read_file(folder / "a.h5");
  {
    ShardWriter writer(folder / "a.h5", kImageSize, kLabelSize, 2);
    writer.add(noise_sample("a_000000_000019", kImageSize, kLabelSize));
    EXPECT_THROW(writer.finish(preprocess_seal()), InternalError);
  }
  EXPECT_EQ(read_file(folder / "a.h5"), before);
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(Shard, RefusesSamplesOutOfOrderOrOfAnotherShape) {
  const TemporaryFolder folder;
  ShardWriter writer(folder / "a.h5", kImageSize, kLabelSize, 3);
  writer.add(noise_sample("b_000000_000019", kImageSize, kLabelSize));
  EXPECT_THROW(writer.add(noise_sample("a_000000_000019", kImageSize, kLabelSize)), InternalError);
  EXPECT_THROW(writer.add(noise_sample("b_000000_000019", kImageSize, kLabelSize)), InternalError);
  EXPECT_THROW(writer.add(noise_sample("c_000000_000019", kLabelSize, kLabelSize)), InternalError);
  ShardSample sample = noise_sample("c_000000_000019", kImageSize, kLabelSize);
  sample.label[3] = 19;
  EXPECT_THROW(writer.add(sample), InternalError);
  expect_error<DataError>([&] { writer.add(noise_sample("../../c", kImageSize, kLabelSize)); }, {"../../c", "rename"});
}

/// Writes a shard under a limit on the size of files, which stands in for a full disk, and exits with the error's code.
[[noreturn]] void exit_after_writing_to_a_full_disk(const std::filesystem::path& path, rlim_t limit_bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{limit_bytes, limit_bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
  int code = 0;
  try {
    write_noise_shard(path, sample_names(2, 8), {32, 32}, {32, 32});
  } catch (const Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    code = static_cast<int>(error.code());
  }
  std::exit(code);
}

TEST(Shard, SaysWhenTheDiskTakesNoMore) {
  // The whole file has 68 KB: the limits fall into the images, the tables and the last headers.
  for (const rlim_t limit : {100, 4096, 40000, 60000, 65536, 67000}) {
    const TemporaryFolder folder;
    EXPECT_EXIT(exit_after_writing_to_a_full_disk(folder / "a.h5", limit),
                ::testing::ExitedWithCode(static_cast<int>(ExitCode::kIo)), "a.h5.*cannot write: File too large")
        << limit;
    EXPECT_EQ(files_in(folder), 0u);
  }
}

TEST(Shard, SaysThatAFileIsMissingAFolderOrNoShard) {
  const TemporaryFolder folder;
  expect_error<NotFoundError>([&] { ShardReader(folder / "none.h5"); }, {"none.h5", "no such file"});
  expect_error<NotFoundError>([&] { ShardReader(folder.path()); }, {"folder"});
  write_file(folder / "text.h5", "epoch,lr\n1,0.1\n");
  expect_error<DataError>([&] { ShardReader(folder / "text.h5"); },
                          {"text.h5", "no HDF5 file", "run preprocess again"});
  write_file(folder / "empty.h5", "");
  expect_error<DataError>([&] { ShardReader(folder / "empty.h5"); }, {"empty.h5"});
}

TEST(ShardSet, JoinsShardsInTheOrderOfTheNames) {
  const TemporaryFolder folder;
  const auto names = sample_names(3, 2);
  write_noise_shard(folder / "a.h5", {names[0], names[3], names[4]});
  write_noise_shard(folder / "b.h5", {names[1], names[2], names[5]});
  const ShardSet forward({folder / "a.h5", folder / "b.h5"});
  const ShardSet backward({folder / "b.h5", folder / "a.h5"});
  ASSERT_EQ(forward.size(), 6);
  std::vector<std::uint8_t> image(static_cast<std::size_t>(kImageSize.area()) * 3);
  std::vector<std::uint8_t> label(static_cast<std::size_t>(kLabelSize.area()));
  for (std::int64_t i = 0; i < 6; ++i) {
    EXPECT_EQ(forward.name(i), names[static_cast<std::size_t>(i)]);
    EXPECT_EQ(backward.name(i), forward.name(i));
    EXPECT_EQ(forward.find(forward.name(i)), i);
    const ShardSample expected = noise_sample(forward.name(i), kImageSize, kLabelSize);
    forward.read_image(i, image);
    backward.read_label(i, label);
    EXPECT_EQ(image, expected.image);
    EXPECT_EQ(label, expected.label);
    EXPECT_EQ(forward.group(i), expected.group);
  }
  EXPECT_EQ(forward.digest(), backward.digest());
  EXPECT_EQ(forward.find("nobody"), std::nullopt);
}

TEST(ShardSet, RefusesANameThatStandsTwice) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  write_noise_shard(folder / "b.h5", sample_names(1, 1));
  expect_error<DataError>([&] { ShardSet({folder / "a.h5", folder / "b.h5"}); },
                          {"a.h5", "b.h5", "city0_000000_000019"});
}

TEST(ShardSet, RefusesShardsOfDifferentSizes) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 1));
  write_noise_shard(folder / "b.h5", {"z_000000_000019"}, {5, 8}, {6, 9});
  write_noise_shard(folder / "c.h5", {"z_000000_000019"}, {5, 7}, {7, 9});
  expect_error<DataError>([&] { ShardSet({folder / "a.h5", folder / "b.h5"}); }, {"b.h5", "5x7", "5x8"});
  expect_error<DataError>([&] { ShardSet({folder / "a.h5", folder / "c.h5"}); }, {"c.h5", "6x9", "7x9"});
  EXPECT_THROW(ShardSet({}), UsageError);
}

}  // namespace
}  // namespace segfold
