#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/labels.h"
#include "segfold/data/shard.h"
#include "segfold/data/shard_format.h"
#include "tests/support/changed_shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using hdf5::Handle;
using testing::chunked_storage;
using testing::expect_changed_shard_refused;
using testing::expect_error;
using testing::kNoiseImageSize;
using testing::kNoiseLabelSize;
using testing::noise_sample;
using testing::preprocess_seal;
using testing::replace_dataset;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_changed_shard;
using testing::write_noise_shard;

TEST(ShardReader, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(2, 3));
  const ShardReader reader(folder / "a.h5");
  const ShardInfo& info = reader.info();
  ASSERT_EQ(info.samples(), 6);
  EXPECT_EQ(info.image_size, kNoiseImageSize);
  EXPECT_EQ(info.label_size, kNoiseLabelSize);
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

TEST(ShardReader, CarriesItsSeal) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const Seal seal = ShardReader(folder / "a.h5").info().seal;
  EXPECT_EQ(seal.run_digest(), preprocess_seal().run_digest());
  EXPECT_EQ(seal.content.size(), 64u);
}

TEST(ShardReader, IsReadByManyThreadsAtOnce) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(4, 8));
  const ShardReader reader(folder / "a.h5");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& mine : wrong) {
    threads.emplace_back([&] {
      std::vector<std::uint8_t> image(samples[0].image.size());
      for (int round = 0; round < 50; ++round) {
        for (std::size_t i = 0; i < samples.size(); ++i) {
          reader.read_image(static_cast<std::int64_t>(i), image);
          mine += image != samples[i].image ? 1 : 0;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(ShardReader, GoesOnWhereItsFileWasRemovedIfItKeepsItOpen) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const ShardReader open(folder / "a.h5", KeepOpen::kYes);
  const ShardReader closed(folder / "a.h5", KeepOpen::kNo);
  std::vector<std::uint8_t> image(samples[0].image.size());
  closed.read_image(1, image);
  EXPECT_EQ(image, samples[1].image);
  std::filesystem::remove(folder / "a.h5");
  open.read_image(0, image);
  EXPECT_EQ(image, samples[0].image);
  expect_error<NotFoundError>([&] { closed.read_image(1, image); }, {"a.h5", "no such file"});
}

TEST(ShardReader, RefusesAnIndexOrMemoryThatDoesNotFit) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(1, 2));
  const ShardReader reader(folder / "a.h5");
  std::vector<std::uint8_t> image(samples[0].image.size());
  EXPECT_THROW(reader.read_image(-1, image), InternalError);
  EXPECT_THROW(reader.read_image(2, image), InternalError);
  EXPECT_THROW(reader.read_label(0, image), InternalError);
}

TEST(ShardReader, SaysThatAFileIsMissingAFolderOrNoShard) {
  const TemporaryFolder folder;
  expect_error<NotFoundError>([&] { ShardReader(folder / "none.h5"); }, {"none.h5", "no such file"});
  expect_error<NotFoundError>([&] { ShardReader(folder.path()); }, {"folder"});
  write_file(folder / "text.h5", "epoch,lr\n1,0.1\n");
  expect_error<DataError>([&] { ShardReader(folder / "text.h5"); },
                          {"text.h5", "no HDF5 file; name one, or run preprocess again"});
  write_file(folder / "empty.h5", "");
  expect_error<DataError>([&] { ShardReader(folder / "empty.h5"); }, {"empty.h5"});
}

/// Everything that a shard tells, in one piece of text.
std::string whole_content(const std::filesystem::path& path) {
  const ShardReader reader(path);
  const ShardInfo& info = reader.info();
  std::string all = seal_to_json(info.seal).dump() + to_string(info.image_size) + to_string(info.label_size);
  std::vector<std::uint8_t> image(static_cast<std::size_t>(info.image_size.area()) * 3);
  std::vector<std::uint8_t> label(static_cast<std::size_t>(info.label_size.area()));
  for (const std::string& name : info.classes) all += name + ";";
  for (std::size_t i = 0; i < info.names.size(); ++i) {
    all += info.names[i] + info.groups[i] + to_string(info.true_label_sizes[i]);
    for (const std::uint64_t pixels : info.class_pixels[i]) all += std::to_string(pixels) + ",";
    reader.read_image(static_cast<std::int64_t>(i), image);
    reader.read_label(static_cast<std::int64_t>(i), label);
    all.append(image.begin(), image.end());
    all.append(label.begin(), label.end());
  }
  return all;
}

/// Changes one byte of a file in place.
void overwrite_byte(const std::filesystem::path& path, std::size_t offset, char value) {
  const int file = ::open(path.c_str(), O_WRONLY);
  ASSERT_EQ(::pwrite(file, &value, 1, static_cast<off_t>(offset)), 1);
  ::close(file);
}

TEST(DamagedShard, IsNeverReadAsSomethingElse) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 3));
  const std::string bytes = read_file(folder / "a.h5");
  const std::string expected = whole_content(folder / "a.h5");
  RandomStream random(1);
  std::size_t refused = 0;
  std::size_t harmless = 0;  // in bytes that nothing uses
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    overwrite_byte(folder / "a.h5", i, static_cast<char>(bytes[i] ^ (1 << random.below(8))));
    try {
      EXPECT_EQ(whole_content(folder / "a.h5"), expected) << "byte " << i << " was damaged and nobody noticed";
      ++harmless;
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("run preprocess again"));
      ++refused;
    } catch (const std::exception& error) {
      ADD_FAILURE() << "byte " << i << ": " << error.what();
    }
    overwrite_byte(folder / "a.h5", i, bytes[i]);
  }
  EXPECT_GT(refused, bytes.size() / 2) << harmless << " harmless";
  RecordProperty("bytes", static_cast<int>(bytes.size()));
  RecordProperty("harmless", static_cast<int>(harmless));
}

TEST(DamagedShard, IsRefusedWhereverItIsCutOff) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "a.h5", sample_names(1, 3));
  const std::string bytes = read_file(folder / "a.h5");
  for (std::size_t length = 0; length < bytes.size(); length += 97) {
    write_file(folder / "b.h5", bytes.substr(0, length));
    EXPECT_THROW(whole_content(folder / "b.h5"), DataError) << length << " bytes";
  }
}

/// Where the pixels of each sample lie. @param name  "images" or "labels"
std::vector<hdf5::ChunkPlace> places_in(const std::filesystem::path& path, const char* name) {
  const hdf5::File file(path, hdf5::Access::kRead, "make it again");
  return hdf5::Dataset::open(file, name).chunk_places();
}

TEST(DamagedShard, WhoseRoadBecameVoidIsNoticed) {
  const TemporaryFolder folder;
  ShardSample sample = noise_sample("a_000000_000019", kNoiseImageSize, kNoiseLabelSize);
  std::ranges::fill(sample.label, std::uint8_t{0});
  sample.label[0] = 1;
  ShardWriter writer(folder / "a.h5", kNoiseImageSize, kNoiseLabelSize, 1);
  writer.add(sample);
  writer.finish(preprocess_seal());
  const auto place = places_in(folder / "a.h5", "labels").front();
  for (std::uint64_t i = 10; i < 20; ++i)
    overwrite_byte(folder / "a.h5", place.offset + i, '\xff');  // even words: Fletcher's sums stay what they were
  expect_error<DataError>([&] { whole_content(folder / "a.h5"); },
                          {"a.h5", sample.name, "label is damaged", "run preprocess again"});
}

TEST(DamagedShard, WithAHoleInTheFileIsNoticed) {
  for (const char* name : {"images", "labels"}) {
    const TemporaryFolder folder;
    write_noise_shard(folder / "a.h5", sample_names(1, 3));
    const auto place = places_in(folder / "a.h5", name)[2];
    for (std::uint64_t i = 0; i < place.bytes; ++i) overwrite_byte(folder / "a.h5", place.offset + i, '\0');
    expect_error<DataError>([&] { whole_content(folder / "a.h5"); }, {"a.h5", "city0_000002_000019", "damaged"});
  }
}

TEST(DamagedShard, WhosePicturesWereSwappedIsNoticed) {
  for (const char* name : {"images", "labels"}) {
    const TemporaryFolder folder;
    write_noise_shard(folder / "a.h5", sample_names(1, 3));
    const auto places = places_in(folder / "a.h5", name);
    const std::string bytes = read_file(folder / "a.h5");
    for (std::uint64_t i = 0; i < places[0].bytes; ++i) {
      overwrite_byte(folder / "a.h5", places[0].offset + i, bytes[places[1].offset + i]);
      overwrite_byte(folder / "a.h5", places[1].offset + i, bytes[places[0].offset + i]);
    }
    expect_error<DataError>([&] { whole_content(folder / "a.h5"); }, {"a.h5", "city0_000000_000019", "damaged"});
  }
}

TEST(DamagedShard, NamesTheFileAndTheSample) {
  const TemporaryFolder folder;
  const auto samples = write_noise_shard(folder / "a.h5", sample_names(1, 3));
  const std::string bytes = read_file(folder / "a.h5");
  const std::string image(samples[1].image.begin(), samples[1].image.end());
  const auto at = bytes.find(image);
  ASSERT_NE(at, std::string::npos);
  overwrite_byte(folder / "a.h5", at + 40, static_cast<char>(bytes[at + 40] ^ 1));
  const ShardReader reader(folder / "a.h5");
  std::vector<std::uint8_t> memory(image.size());
  reader.read_image(0, memory);
  expect_error<DataError>([&] { reader.read_image(1, memory); }, {"a.h5", samples[1].name, "run preprocess again"});
}

/// @param values  as many as the attribute has
void set_numbers(hid_t file, const char* name, const std::vector<std::int32_t>& values) {
  const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose);
  ASSERT_GE(H5Awrite(attribute.get(), H5T_NATIVE_INT32, values.data()), 0);
}

/// Puts values into a table in the place of those that are there.
template <class T>
void set_table(hid_t file, const char* name, hid_t type, const std::vector<T>& values) {
  const Handle table(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  ASSERT_GE(H5Dwrite(table.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
}

/// The texts of the three samples' table, each padded to its width.
void set_texts(hid_t file, const char* name, const std::vector<std::string>& texts) {
  const Handle table(H5Dopen2(file, name, H5P_DEFAULT), H5Dclose);
  const Handle type(H5Dget_type(table.get()), H5Tclose);
  std::string bytes;
  for (std::string text : texts) {
    text.resize(H5Tget_size(type.get()));
    bytes += text;
  }
  ASSERT_GE(H5Dwrite(table.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), 0);
}

TEST(HostileShard, OfAnotherVersionIsRefused) {
  for (const std::int32_t version : {1, 3}) {
    expect_changed_shard_refused(
        [&](hid_t file) { set_numbers(file, "format", {version}); },
        {"a.h5", fmt::format("version {}, this program reads version 2; run preprocess again", version)});
  }
}

TEST(DamagedShard, WhoseTablesAreNotThoseThatWereSealedIsRefused) {
  const std::vector<std::function<void(hid_t)>> changes = {
      [](hid_t file) {
        set_texts(file, "names", {"city0_000000_000019", "city0_000001_000019", "city0_000003_000019"});
      },
      [](hid_t file) { set_texts(file, "groups", {"city0", "city1", "city0"}); },
      [](hid_t file) { set_table<std::int32_t>(file, "label_sizes", H5T_NATIVE_INT32, {6, 8, 6, 7, 6, 8}); },
      [](hid_t file) {
        set_table(file, "class_pixels", H5T_NATIVE_UINT64, std::vector<std::uint64_t>(3 * kClasses, 0));
      },
      [](hid_t file) { set_table(file, "checksums", H5T_NATIVE_UINT8, std::vector<std::uint8_t>(3 * 32, 0)); }};
  for (const auto& change : changes) {
    expect_changed_shard_refused(change, {"a.h5: seal", "others than were sealed; run preprocess again"});
  }
}

TEST(HostileShard, ThatWasNeverFinishedIsRefused) {
  expect_changed_shard_refused([](hid_t file) { set_numbers(file, "complete", {0}); }, {"never finished"});
}

TEST(HostileShard, OfOtherClassesIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) {
        const Handle attribute(H5Aopen(file, "classes", H5P_DEFAULT), H5Aclose);
        const Handle type(H5Aget_type(attribute.get()), H5Tclose);
        std::string names(kClasses * H5Tget_size(type.get()), '\xff');
        ASSERT_GE(H5Awrite(attribute.get(), type.get(), names.data()), 0);
      },
      {"a.h5", "classes", "are other classes", "run preprocess again"});
}

TEST(HostileShard, WithoutItsAttributesIsRefused) {
  for (const char* name :
       {"format", "classes", "train_id_from_raw_id", "image_size", "label_size", "seal", "complete"}) {
    expect_changed_shard_refused([&](hid_t file) { H5Adelete(file, name); }, {name, "missing"});
  }
}

TEST(HostileShard, WithoutItsDataIsRefused) {
  for (const char* name : {"images", "labels", "names", "groups", "label_sizes", "class_pixels", "checksums"}) {
    expect_changed_shard_refused([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); }, {name, "missing"});
  }
}

TEST(HostileShard, WithOtherTypesOrShapesIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) {
        replace_dataset(file, "images", {3, 5, 7, 3}, H5T_IEEE_F32LE, chunked_storage({1, 5, 7, 3}).get());
      },
      {"images", "is of another type or shape than the 3 × 5 × 7 × 3 expected"});
  expect_changed_shard_refused(
      [](hid_t file) {
        replace_dataset(file, "images", {3, 5, 8, 3}, H5T_STD_U8LE, chunked_storage({1, 5, 8, 3}).get());
      },
      {"images"});
  expect_changed_shard_refused(
      [](hid_t file) { replace_dataset(file, "labels", {2, 6, 9}, H5T_STD_U8LE, chunked_storage({1, 6, 9}).get()); },
      {"labels"});
  expect_changed_shard_refused(
      [](hid_t file) {
        replace_dataset(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, chunked_storage({3, 5, 7, 3}).get());
      },
      {"images", "chunk"});
}

TEST(HostileShard, OfImpossibleSizesOrOtherIdsIsRefused) {
  expect_changed_shard_refused([](hid_t file) { set_numbers(file, "image_size", {5, 0}); },
                               {"a.h5", "image_size", "height and a width from 1 to 16384"});
  expect_changed_shard_refused([](hid_t file) { set_numbers(file, "label_size", {16385, 9}); }, {"label_size"});
  expect_changed_shard_refused(
      [](hid_t file) { set_numbers(file, "train_id_from_raw_id", std::vector<std::int32_t>(kRawIds, 0)); },
      {"train_id_from_raw_id", "maps ids in another way"});
}

TEST(HostileShard, WithNamesThatCannotBeIsRefused) {
  expect_changed_shard_refused([](hid_t file) { set_texts(file, "names", {"b", "a", "c"}); }, {"names", "not sorted"});
  expect_changed_shard_refused([](hid_t file) { set_texts(file, "names", {"a", "a", "c"}); }, {"names", "twice"});
  expect_changed_shard_refused([](hid_t file) { set_texts(file, "names", {"../a", "b", "c"}); },
                               {"names", "cannot be part of a file name"});
}

TEST(HostileShard, WithTablesThatContradictItsSizesIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) { set_table<std::int32_t>(file, "label_sizes", H5T_NATIVE_INT32, {6, 9, 7, 9, 6, 9}); },
      {"label_sizes", "7x9 of sample 'city0_000001_000019' is outside the stored size"});
  expect_changed_shard_refused(
      [](hid_t file) {
        std::vector<std::uint64_t> pixels(3 * kClasses, 0);
        pixels[2 * kClasses] = 6 * 9 + 1;
        set_table(file, "class_pixels", H5T_NATIVE_UINT64, pixels);
      },
      {"class_pixels", "more pixels than sample 'city0_000002_000019' has"});
}

TEST(HostileShard, WhoseLabelsAreNoTrainIdsIsRefusedWhenTheyAreRead) {
  const TemporaryFolder folder;
  write_noise_shard(folder / "honest.h5", sample_names(1, 3));
  const ShardInfo info = ShardReader(folder / "honest.h5").info();
  write_changed_shard(folder / "a.h5", [&](hid_t file) {  // with checksums and a seal that fit
    const std::vector<std::uint8_t> nineteens(static_cast<std::size_t>(kNoiseLabelSize.area()), 19);
    std::vector<std::uint8_t> labels;
    std::vector<shard_format::Checksums> checksums(3, {shard_format::Checksum{}, shard_format::checksum(nineteens)});
    for (int i = 0; i < 3; ++i) labels.insert(labels.end(), nineteens.begin(), nineteens.end());
    set_table(file, "labels", H5T_NATIVE_UINT8, labels);
    set_table(file, "checksums", H5T_NATIVE_UINT8, checksums);
    Json seal = seal_to_json(info.seal);
    seal["tables"] = shard_format::digest_of_tables(info, checksums);
    const Handle attribute(H5Aopen(file, "seal", H5P_DEFAULT), H5Aclose);
    const Handle type(H5Aget_type(attribute.get()), H5Tclose);
    ASSERT_GE(H5Awrite(attribute.get(), type.get(), compact_json(seal).data()), 0);
  });
  const ShardReader reader(folder / "a.h5");
  std::vector<std::uint8_t> label(static_cast<std::size_t>(kNoiseLabelSize.area()));
  expect_error<DataError>([&] { reader.read_label(0, label); }, {"a.h5", reader.info().names[0], "19", "no train id"});
}

}  // namespace
}  // namespace segfold
