#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/data/hdf5.h"
#include "tests/support/changed_shard.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using hdf5::Access;
using hdf5::Dataset;
using hdf5::File;
using hdf5::Handle;
using testing::chunked_storage;
using testing::expect_changed_shard_refused;
using testing::expect_error;
using testing::replace_dataset;
using testing::TemporaryFolder;

constexpr const char* kRemedy = "make it again";

TEST(Hdf5Dataset, KeepsTables) {
  const TemporaryFolder folder;
  const std::vector<std::uint64_t> counts = {1, 2, std::uint64_t{1} << 60, 4, 5, 6};
  {
    File file(folder / "a.h5", Access::kCreate, kRemedy);
    Dataset table = Dataset::create(file, "counts", H5T_STD_U64LE, {3, 2}, 2);
    table.write_rows(0, 2, H5T_NATIVE_UINT64, counts.data());
    table.write_rows(2, 1, H5T_NATIVE_UINT64, counts.data() + 4);
    table.close();
    Dataset::write_texts(file, "names", {"a", "bonn", ""});
    file.close();
  }
  const File file(folder / "a.h5", Access::kRead, kRemedy);
  const Dataset table = Dataset::open(file, "counts");
  EXPECT_EQ(table.dims(), (std::vector<hsize_t>{3, 2}));
  EXPECT_EQ(table.chunk(), (std::vector<hsize_t>{2, 2}));
  EXPECT_EQ(table.read<std::uint64_t>(), counts);
  expect_error<DataError>([&] { table.read<std::int32_t>(); }, {"a.h5", "counts", "another type"});
  EXPECT_EQ(Dataset::open(file, "names").read_texts(), (std::vector<std::string>{"a", "bonn", ""}));
}

TEST(Hdf5Dataset, TellsWhereTheRowsLie) {
  const TemporaryFolder folder;
  const std::array<std::uint8_t, 6> pixels = {11, 12, 13, 21, 22, 23};
  {
    File file(folder / "a.h5", Access::kCreate, kRemedy);
    Dataset rows = Dataset::create(file, "rows", H5T_STD_U8LE, {2, 3}, 1);
    rows.write_rows(1, 1, H5T_NATIVE_UINT8, pixels.data() + 3);  // not in the order of the file
    rows.write_rows(0, 1, H5T_NATIVE_UINT8, pixels.data());
    rows.close();
    file.close();
  }
  const File file(folder / "a.h5", Access::kRead, kRemedy);
  const auto places = Dataset::open(file, "rows").chunk_places();
  const std::string bytes = read_file(folder / "a.h5");
  ASSERT_EQ(places.size(), 2u);
  for (std::size_t row = 0; row < 2; ++row) {
    const std::string stored = bytes.substr(places[row].offset, places[row].bytes);
    EXPECT_EQ(stored, std::string(pixels.begin() + 3 * row, pixels.begin() + 3 * row + 3)) << "row " << row;
  }
}

TEST(Hdf5Dataset, SaysThatItIsMissingOrAnotherKind) {
  const TemporaryFolder folder;
  const std::array<std::uint8_t, 2> bytes = {1, 2};
  {
    File file(folder / "a.h5", Access::kCreate, kRemedy);
    Dataset rows = Dataset::create(file, "rows", H5T_STD_U8LE, {2}, 1);
    rows.write_rows(0, 2, H5T_NATIVE_UINT8, bytes.data());
    rows.close();
    file.close();
  }
  const File file(folder / "a.h5", Access::kRead, kRemedy);
  expect_error<DataError>([&] { Dataset::open(file, "none"); }, {"a.h5", "none", "missing", kRemedy});
  const Dataset rows = Dataset::open(file, "rows");
  EXPECT_TRUE(rows.stores(H5T_STD_U8LE));
  EXPECT_FALSE(rows.stores(H5T_STD_I8LE));
  expect_error<DataError>([&] { rows.read_texts(); }, {"a.h5", "rows", "texts"});
}

/// Lets every further reading of the file fail as on a faulty disk.
void break_disk_below(const File& file) {
  void* descriptor = nullptr;
  ASSERT_GE(H5Fget_vfd_handle(file.id(), H5P_DEFAULT, &descriptor), 0);
  const int faulty = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);  // no memory lies at its first addresses
  ASSERT_GE(::dup2(faulty, *static_cast<int*>(descriptor)), 0);
  ::close(faulty);
}

TEST(Hdf5Dataset, CallsAFaultyDiskNoDamage) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> row(100'000);  // what comes after it is not read together with the file's head
  {
    File file(folder / "a.h5", Access::kCreate, kRemedy);
    for (const char* name : {"a", "b"}) {
      Dataset rows = Dataset::create(file, name, H5T_STD_U8LE, {1, row.size()}, 1);
      rows.write_rows(0, 1, H5T_NATIVE_UINT8, row.data());
      rows.close();
    }
    file.close();
  }
  const File file(folder / "a.h5", Access::kRead, kRemedy);
  const Dataset opened = Dataset::open(file, "a");
  break_disk_below(file);
  expect_error<IoError>([&] { opened.read<std::uint8_t>(); }, {"a.h5", "cannot read: Input/output error"});
  expect_error<IoError>([&] { Dataset::open(file, "b"); }, {"a.h5", "cannot read: Input/output error"});
}

TEST(HostileShard, ThatKeepsItsDataElsewhereIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) {
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_external(creation.get(), "/etc/passwd", 0, H5F_UNLIMITED);
        replace_dataset(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, creation.get());
      },
      {"images", "another file"});
  expect_changed_shard_refused(
      [](hid_t file) {
        H5Ldelete(file, "images", H5P_DEFAULT);
        H5Lcreate_external("other.h5", "images", file, "images", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"images", "link"});
  expect_changed_shard_refused(
      [](hid_t file) {
        H5Ldelete(file, "images", H5P_DEFAULT);
        H5Lcreate_soft("/labels", file, "images", H5P_DEFAULT, H5P_DEFAULT);
      },
      {"images", "link"});
}

TEST(HostileShard, WithVirtualOrUnchunkedDataIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) {
        const hsize_t dims[] = {3, 5, 7, 3};
        const Handle space(H5Screate_simple(4, dims, nullptr), H5Sclose);
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        H5Pset_virtual(creation.get(), space.get(), "other.h5", "images", space.get());
        replace_dataset(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, creation.get());
      },
      {"images", "not stored in chunks"});
  expect_changed_shard_refused(
      [](hid_t file) { replace_dataset(file, "labels", {3, 6, 9}, H5T_STD_U8LE, H5P_DEFAULT); },
      {"labels", "not stored in chunks"});
}

TEST(HostileShard, WithFiltersIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) {
        const Handle creation = chunked_storage({1, 5, 7, 3});
        H5Pset_deflate(creation.get(), 1);
        replace_dataset(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, creation.get());
      },
      {"images", "filters"});
}

TEST(HostileShard, ThatDeclaresMoreThanItHoldsIsRefused) {
  const hsize_t huge = hsize_t{1} << 50;
  expect_changed_shard_refused(
      [&](hid_t file) {
        replace_dataset(file, "images", {huge, 5, 7, 3}, H5T_STD_U8LE, chunked_storage({1, 5, 7, 3}).get());
      },
      {"images", "more data than the file holds"});
  expect_changed_shard_refused(
      [&](hid_t file) {
        replace_dataset(file, "class_pixels", {huge, 19}, H5T_STD_U64LE, chunked_storage({1, 19}).get());
      },
      {"class_pixels", "more data than the file holds"});
}

TEST(HostileShard, WithChunksThatWereNeverWrittenIsRefused) {
  expect_changed_shard_refused(
      [](hid_t file) {
        replace_dataset(file, "images", {3, 5, 7, 3}, H5T_STD_U8LE, chunked_storage({1, 5, 7, 3}).get());
      },
      {"images"});
}

}  // namespace
}  // namespace segfold
