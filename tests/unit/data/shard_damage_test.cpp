#include <fcntl.h>
#include <unistd.h>

#include <functional>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/hdf5.h"
#include "segfold/data/shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_shard.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using hdf5::Handle;
using testing::expect_error;
using testing::sample_names;
using testing::TemporaryFolder;
using testing::write_noise_shard;

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

/// A valid shard after `change` was done to it by HDF5's own functions.
void write_changed_shard(const std::filesystem::path& path, const std::function<void(hid_t)>& change) {
  write_noise_shard(path, sample_names(1, 3));
  const auto lock = hdf5::lock_library();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110);
  const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.get()), H5Fclose);
  ASSERT_GE(file.get(), 0);
  change(file.get());
}

/// Puts another data set in the place of `name`.
void replace(hid_t file, const char* name, const std::vector<hsize_t>& dims, hid_t type, hid_t creation) {
  ASSERT_GE(H5Ldelete(file, name, H5P_DEFAULT), 0);
  const Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr), H5Sclose);
  const Handle dataset(H5Dcreate2(file, name, type, space.get(), H5P_DEFAULT, creation, H5P_DEFAULT), H5Dclose);
  ASSERT_GE(dataset.get(), 0);
}

Handle chunked(const std::vector<hsize_t>& chunk) {
  Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
  H5Pset_fletcher32(creation.get());
  return creation;
}

void expect_refused(const std::function<void(hid_t)>& change, std::initializer_list<std::string> parts) {
  const TemporaryFolder folder;
  write_changed_shard(folder / "a.h5", change);
  expect_error<DataError>([&] { ShardReader(folder / "a.h5"); }, parts);
}

void set_number(hid_t file, const char* name, std::int32_t value) {
  const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose);
  ASSERT_GE(H5Awrite(attribute.get(), H5T_NATIVE_INT32, &value), 0);
}

TEST(HostileShard, OfAnotherVersionIsRefused) {
  expect_refused([](hid_t file) { set_number(file, "format", 2); },
                 {"a.h5", "version 2", "version 1", "run preprocess again"});
}

TEST(HostileShard, ThatWasNeverFinishedIsRefused) {
  expect_refused([](hid_t file) { set_number(file, "complete", 0); }, {"never finished"});
}

TEST(HostileShard, WithoutItsAttributesIsRefused) {
  for (const char* name :
       {"format", "classes", "train_id_from_raw_id", "image_size", "label_size", "seal", "complete"}) {
    expect_refused([&](hid_t file) { H5Adelete(file, name); }, {name, "missing"});
  }
}

TEST(HostileShard, WithoutItsDataIsRefused) {
  for (const char* name : {"images", "labels", "names", "groups", "label_sizes", "class_pixels"}) {
    expect_refused([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); }, {name, "missing"});
  }
}

TEST(HostileShard, ThatKeepsItsDataElsewhereIsRefused) {
  expect_refused(
      [](hid_t file) {
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_external(creation.get(), "/etc/passwd", 0, H5F_UNLIMITED);
        replace(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, creation.get());
      },
      {"images", "another file"});
  expect_refused(
      [](hid_t file) {
        H5Ldelete(file, "images", H5P_DEFAULT);
        H5Lcreate_external("other.h5", "images", file, "images", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"images", "link"});
  expect_refused(
      [](hid_t file) {
        H5Ldelete(file, "images", H5P_DEFAULT);
        H5Lcreate_soft("/labels", file, "images", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"images", "link"});
}

TEST(HostileShard, WithVirtualOrUnchunkedDataIsRefused) {
  expect_refused(
      [](hid_t file) {
        const hsize_t dims[] = {3, 5, 7, 3};
        const Handle space(H5Screate_simple(4, dims, nullptr), H5Sclose);
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_virtual(creation.get(), space.get(), "other.h5", "images", space.get());
        replace(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, creation.get());
      },
      {"images", "not stored in chunks"});
  expect_refused([](hid_t file) { replace(file, "labels", {3, 6, 9}, H5T_STD_U8LE, H5P_DEFAULT); },
                 {"labels", "not stored in chunks"});
}

TEST(HostileShard, WithOtherFiltersIsRefused) {
  expect_refused(
      [](hid_t file) {
        const Handle creation = chunked({1, 5, 7, 3});
        H5Pset_deflate(creation.get(), 1);
        replace(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, creation.get());
      },
      {"images", "filters"});
}

TEST(HostileShard, ThatDeclaresMoreThanItHoldsIsRefused) {
  const hsize_t huge = hsize_t{1} << 50;
  expect_refused(
      [&](hid_t file) { replace(file, "images", {huge, 5, 7, 3}, H5T_STD_U8LE, chunked({1, 5, 7, 3}).get()); },
      {"images", "more data than the file holds"});
  expect_refused([&](hid_t file) { replace(file, "class_pixels", {huge, 19}, H5T_STD_U64LE, chunked({1, 19}).get()); },
                 {"class_pixels", "more data than the file holds"});
}

TEST(HostileShard, WithOtherTypesOrShapesIsRefused) {
  expect_refused([](hid_t file) { replace(file, "images", {3, 5, 7, 3}, H5T_IEEE_F32LE, chunked({1, 5, 7, 3}).get()); },
                 {"images"});
  expect_refused([](hid_t file) { replace(file, "images", {3, 5, 8, 3}, H5T_STD_U8LE, chunked({1, 5, 8, 3}).get()); },
                 {"images"});
  expect_refused([](hid_t file) { replace(file, "labels", {2, 6, 9}, H5T_STD_U8LE, chunked({1, 6, 9}).get()); },
                 {"labels"});
  expect_refused([](hid_t file) { replace(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, chunked({3, 5, 7, 3}).get()); },
                 {"images", "chunk"});
}

TEST(HostileShard, WithChunksThatWereNeverWrittenIsRefused) {
  expect_refused([](hid_t file) { replace(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, chunked({1, 5, 7, 3}).get()); },
                 {"images"});
}

}  // namespace
}  // namespace segfold
