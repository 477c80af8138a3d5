#include "segfold/data/hdf5.h"

#include <unistd.h>

#include <array>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using hdf5::Access;
using hdf5::Dataset;
using hdf5::File;
using testing::expect_error;
using testing::TemporaryFolder;

constexpr const char* kRemedy = "make it again";

TEST(Hdf5, KeepsAttributes) {
  const TemporaryFolder folder;
  File written(folder / "a.h5", Access::kCreate, kRemedy);
  written.write_numbers("numbers", std::array{1, -2, 3});
  written.write_texts("texts", {"road", "Straße", ""});
  written.close();
  const File read(folder / "a.h5", Access::kRead, kRemedy);
  EXPECT_EQ(read.read_numbers("numbers"), (std::vector<std::int32_t>{1, -2, 3}));
  EXPECT_EQ(read.read_texts("texts"), (std::vector<std::string>{"road", "Straße", ""}));
}

TEST(Hdf5, ChangesAnAttributeInPlace) {
  const TemporaryFolder folder;
  File written(folder / "a.h5", Access::kCreate, kRemedy);
  written.write_numbers("complete", std::array{0});
  written.close();
  const auto size = std::filesystem::file_size(folder / "a.h5");
  File changed(folder / "a.h5", Access::kUpdate, kRemedy);
  changed.overwrite_numbers("complete", std::array{1});
  changed.close();
  EXPECT_EQ(File(folder / "a.h5", Access::kRead, kRemedy).read_numbers("complete"), std::vector<std::int32_t>{1});
  EXPECT_EQ(std::filesystem::file_size(folder / "a.h5"), size);
}

TEST(Hdf5, NamesTheAttributeThatIsMissingOrAnother) {
  const TemporaryFolder folder;
  File written(folder / "a.h5", Access::kCreate, kRemedy);
  written.write_texts("texts", {"road"});
  written.write_numbers("numbers", std::array{1});
  written.close();
  const File read(folder / "a.h5", Access::kRead, kRemedy);
  expect_error<DataError>([&] { read.read_numbers("none"); }, {"a.h5", "none", "missing", kRemedy});
  expect_error<DataError>([&] { read.read_numbers("texts"); }, {"a.h5", "texts", "int32"});
  expect_error<DataError>([&] { read.read_texts("numbers"); }, {"a.h5", "numbers", "texts"});
}

TEST(Hdf5, RefusesAnAttributeThatWouldNotBeChecksummed) {
  const TemporaryFolder folder;
  File written(folder / "a.h5", Access::kCreate, kRemedy);
  EXPECT_THROW(written.write_texts("long", {std::string(70000, 'x')}), InternalError);
}

TEST(Hdf5, KeepsTables) {
  const TemporaryFolder folder;
  const std::vector<std::uint64_t> counts = {1, 2, std::uint64_t{1} << 60, 4, 5, 6};
  {
    File file(folder / "a.h5", Access::kCreate, kRemedy);
    Dataset table = Dataset::create(file, "counts", H5T_STD_U64LE, {3, 2}, 2);
    table.write_rows(0, 2, H5T_NATIVE_UINT64, counts.data());
    table.write_rows(2, 1, H5T_NATIVE_UINT64, counts.data() + 4);
    table.close();
    const hdf5::Handle type = Dataset::text_type(5);
    Dataset names = Dataset::create(file, "names", type.get(), {2}, 2);
    names.write_texts({"a", "bonn"});
    EXPECT_THROW(names.write_texts({"a", "aachen"}), InternalError);
    names.close();
    file.close();
  }
  const File file(folder / "a.h5", Access::kRead, kRemedy);
  const Dataset table = Dataset::open(file, "counts");
  EXPECT_EQ(table.dims(), (std::vector<hsize_t>{3, 2}));
  EXPECT_EQ(table.chunk(), (std::vector<hsize_t>{2, 2}));
  EXPECT_EQ(table.read<std::uint64_t>(), counts);
  expect_error<DataError>([&] { table.read<std::int32_t>(); }, {"a.h5", "counts", "another type"});
  EXPECT_EQ(Dataset::open(file, "names").read_texts(), (std::vector<std::string>{"a", "bonn"}));
}

TEST(Hdf5, TellsWhereTheRowsLie) {
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

TEST(Hdf5, HandsOutADescriptorThatOutlivesTheFile) {
  const TemporaryFolder folder;
  File(folder / "a.h5", Access::kCreate, kRemedy).close();
  int descriptor = -1;
  {
    const File file(folder / "a.h5", Access::kRead, kRemedy);
    descriptor = file.duplicate_descriptor();
  }
  char signature[4] = {};
  EXPECT_EQ(::pread(descriptor, signature, 4, 0), 4);
  EXPECT_EQ(std::string(signature, 4), "\x89HDF");
  ::close(descriptor);
}

TEST(Hdf5, SaysThatAFileCannotBeCreated) {
  const TemporaryFolder folder;
  expect_error<CannotCreateError>([&] { File(folder / "none" / "a.h5", Access::kCreate, kRemedy, "shown.h5"); },
                                  {"shown.h5", "cannot create"});
}

}  // namespace
}  // namespace segfold
