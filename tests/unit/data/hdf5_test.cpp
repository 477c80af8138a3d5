#include "segfold/data/hdf5.h"

#include <array>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using hdf5::Access;
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

TEST(Hdf5, RefusesAnAttributeThatIsLongerThanAnyOfOurs) {
  const TemporaryFolder folder;
  File written(folder / "a.h5", Access::kCreate, kRemedy);
  {
    const auto lock = hdf5::lock_library();
    const hdf5::Handle type = hdf5::Dataset::text_type(50000);  // one is short enough, two are not
    const hsize_t count = 2;
    const hdf5::Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const hdf5::Handle texts(H5Acreate2(written.id(), "texts", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                             H5Aclose);
    ASSERT_GE(H5Awrite(texts.get(), type.get(), std::string(100000, 'x').data()), 0);
  }
  written.close();
  const File read(folder / "a.h5", Access::kRead, kRemedy);
  expect_error<DataError>([&] { read.read_texts("texts"); }, {"a.h5", "texts", "short list"});
}

TEST(Hdf5, TellsAFaultyDiskFromAnotherKindOfFile) {
  expect_error<IoError>([] { File("/proc/self/mem", Access::kRead, kRemedy); }, {"/proc/self/mem", "cannot read"});
}

TEST(Hdf5, SaysThatAPropertyWasRefused) { EXPECT_THROW(hdf5::require_set(-1), InternalError); }

TEST(Hdf5, SaysThatAFileCannotBeCreated) {
  const TemporaryFolder folder;
  expect_error<CannotCreateError>([&] { File(folder / "none" / "a.h5", Access::kCreate, kRemedy, "shown.h5"); },
                                  {"shown.h5", "cannot create"});
}

}  // namespace
}  // namespace segfold
