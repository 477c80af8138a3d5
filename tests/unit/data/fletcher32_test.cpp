#include <gtest/gtest.h>

#include <vector>

#include "segfold/base/random.h"
#include "segfold/data/hdf5.h"

namespace segfold {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The definition, one word at a time, carries folded as they arise.
std::uint32_t plain_fletcher32(const Bytes& bytes) {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  const auto fold = [](std::uint32_t sum) { return (sum & 0xffff) + (sum >> 16); };
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const std::uint32_t low = i + 1 < bytes.size() ? bytes[i + 1] : 0;
    first = fold(first + ((std::uint32_t{bytes[i]} << 8) | low));
    second = fold(second + first);
  }
  return (second << 16) | first;
}

TEST(Fletcher32, OfFewBytesEqualsTheSumByHand) {
  EXPECT_EQ(hdf5::fletcher32(Bytes{}), 0u);
  EXPECT_EQ(hdf5::fletcher32(Bytes{0, 0, 0}), 0u);
  EXPECT_EQ(hdf5::fletcher32(Bytes{1, 2}), 0x01020102u);
  EXPECT_EQ(hdf5::fletcher32(Bytes{1, 2, 3}), 0x05040402u);  // words 0x0102 and 0x0300
  EXPECT_EQ(hdf5::fletcher32(Bytes{0xff, 0xff}), 0xffffffffu);
}

TEST(Fletcher32, EqualsItsDefinitionAtEveryLength) {
  RandomStream random(7);
  Bytes bytes;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(hdf5::fletcher32(bytes), plain_fletcher32(bytes)) << length << " bytes";
    bytes.push_back(static_cast<std::uint8_t>(random.below(256)));
  }
}

TEST(Fletcher32, DoesNotOverflowOnTheLargestSums) {
  for (const std::size_t length : {8190, 8192, 8193, 16384, 100001, 1000000}) {
    const Bytes bytes(length, 0xff);
    EXPECT_EQ(hdf5::fletcher32(bytes), plain_fletcher32(bytes)) << length << " bytes";
  }
}

}  // namespace
}  // namespace segfold
