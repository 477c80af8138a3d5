#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::kNoiseImageSize;
using testing::kNoiseLabelSize;
using testing::noise_sample;
using testing::preprocess_seal;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

std::size_t files_in(const TemporaryFolder& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(ShardWriter, CountsTheStoredPixelsOfEachClass) {
  const TemporaryFolder folder;
  ShardSample sample = noise_sample("a_000000_000019", kNoiseImageSize, kNoiseLabelSize);
  std::ranges::fill(sample.label, kIgnore);
  sample.label[0] = 0;
  sample.label[1] = 18;
  sample.label[2] = 18;
  ShardWriter writer(folder / "a.h5", kNoiseImageSize, kNoiseLabelSize, 1);
  writer.add(sample);
  writer.finish(preprocess_seal());
  const ShardReader reader(folder / "a.h5");
  std::vector<std::uint64_t> expected(kClasses, 0);
  expected[0] = 1;
  expected[18] = 2;
  EXPECT_EQ(reader.info().class_pixels.front(), expected);
}

TEST(ShardWriter, HasEqualBytesForEqualContent) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(2, 3));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // HDF5's timestamps count seconds
  write_noise_shard(folder / "b.h5", sample_names(2, 3));
  EXPECT_EQ(read_file(folder / "a.h5"), read_file(folder / "b.h5"));
}

TEST(ShardWriter, SealsAnotherContentWhenOnePixelDiffers) {
  const TemporaryFolder folder;
  const auto content_with_pixel = [&](std::uint8_t value) {
    ShardSample sample = noise_sample("a_000000_000019", kNoiseImageSize, kNoiseLabelSize);
    sample.image[17] = value;
    ShardWriter writer(folder / "a.h5", kNoiseImageSize, kNoiseLabelSize, 1);
    writer.add(sample);
    writer.finish(preprocess_seal());
    return ShardReader(folder / "a.h5").info().seal.content;
  };
  EXPECT_NE(content_with_pixel(1), content_with_pixel(2));
}

TEST(ShardWriter, DoesNotAppearBeforeItIsFinished) {
  const TemporaryFolder folder;
  {
    ShardWriter writer(folder / "a.h5", kNoiseImageSize, kNoiseLabelSize, 2);
    writer.add(noise_sample("a_000000_000019", kNoiseImageSize, kNoiseLabelSize));
    EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
  }
  EXPECT_EQ(files_in(folder), 0u);
}

TEST(ShardWriter, LeavesAnOlderOneAloneWhenWritingFails) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const std::string before = read_file(folder / "a.h5");
  {
    ShardWriter writer(folder / "a.h5", kNoiseImageSize, kNoiseLabelSize, 2);
    writer.add(noise_sample("a_000000_000019", kNoiseImageSize, kNoiseLabelSize));
    EXPECT_THROW(writer.finish(preprocess_seal()), InternalError);
  }
  EXPECT_EQ(read_file(folder / "a.h5"), before);
  EXPECT_EQ(files_in(folder), 1u);
}

TEST(ShardWriter, RefusesSamplesOutOfOrderOrOfAnotherShape) {
  const TemporaryFolder folder;
  ShardWriter writer(folder / "a.h5", kNoiseImageSize, kNoiseLabelSize, 3);
  writer.add(noise_sample("b_000000_000019", kNoiseImageSize, kNoiseLabelSize));
  EXPECT_THROW(writer.add(noise_sample("a_000000_000019", kNoiseImageSize, kNoiseLabelSize)), InternalError);
  EXPECT_THROW(writer.add(noise_sample("b_000000_000019", kNoiseImageSize, kNoiseLabelSize)), InternalError);
  EXPECT_THROW(writer.add(noise_sample("c_000000_000019", kNoiseLabelSize, kNoiseLabelSize)), InternalError);
  ShardSample sample = noise_sample("c_000000_000019", kNoiseImageSize, kNoiseLabelSize);
  sample.label[3] = 19;
  EXPECT_THROW(writer.add(sample), InternalError);
  expect_error<DataError>([&] { writer.add(noise_sample("../../c", kNoiseImageSize, kNoiseLabelSize)); },
                          {"../../c", "rename"});
}

/// Ends a limit on the size of files after all that libraries do at the exit, and before the counters of a coverage
/// build are written, which it would cut off.
const bool kEndsTheLimit = std::atexit([] {
                             rlimit limit{};
                             getrlimit(RLIMIT_FSIZE, &limit);
                             limit.rlim_cur = limit.rlim_max;
                             setrlimit(RLIMIT_FSIZE, &limit);
                           }) == 0;

/// Writes a shard under a limit on the size of files, which stands in for a full disk, and exits with the error's code.
[[noreturn]] void exit_after_writing_to_a_full_disk(const std::filesystem::path& path, rlim_t limit_bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = limit_bytes;
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

TEST(ShardWriter, SaysWhenTheDiskTakesNoMore) {
  // The whole file has 68 KB: the limits fall into the images, the tables and the last headers.
  for (const rlim_t limit : {100, 4096, 40000, 60000, 65536, 67000}) {
    const TemporaryFolder folder;
    EXPECT_EXIT(exit_after_writing_to_a_full_disk(folder / "a.h5", limit),
                ::testing::ExitedWithCode(static_cast<int>(ExitCode::kIo)),
                "a.h5: larger than files may be here.*ulimit -f")
        << limit;
    EXPECT_EQ(files_in(folder), 0u);
  }
}

}  // namespace
}  // namespace segfold
