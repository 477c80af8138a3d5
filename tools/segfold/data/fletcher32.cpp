#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "segfold/data/hdf5.h"

namespace segfold::hdf5 {
namespace {

// Words are summed in lanes so that compilers vectorise: with a = sum of a lane's words and b = sum of its running
// sums, the plain algorithm's second sum over a block of n words is Σ_lane (kLanes · b − lane · a).
constexpr std::size_t kLanes = 16;
constexpr std::size_t kRounds = 256;  // b < 256 · 257 / 2 · 65535 < 2^32

constexpr std::uint16_t big_endian(std::uint16_t word) {
  if constexpr (std::endian::native == std::endian::big) return word;
  return static_cast<std::uint16_t>((word << 8) | (word >> 8));  // NOLINT(modernize-use-std-bit): two bytes swapped
}

struct Sums {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  void add_word(std::uint16_t word) {
    first += word;
    second += first;
  }
  void reduce() {
    first %= 65535;
    second %= 65535;
  }
};

void add_block(Sums& sums, const std::uint8_t* bytes, std::size_t rounds) {
  std::array<std::uint32_t, kLanes> a{};
  std::array<std::uint32_t, kLanes> b{};
  for (std::size_t round = 0; round < rounds; ++round) {
    std::array<std::uint16_t, kLanes> words;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled at once
    std::memcpy(words.data(), bytes + round * sizeof words, sizeof words);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      a[lane] += big_endian(words[lane]);
      b[lane] += a[lane];
    }
  }
  sums.second += sums.first * rounds * kLanes;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    sums.first += a[lane];
    sums.second += kLanes * std::uint64_t{b[lane]} - lane * std::uint64_t{a[lane]};
  }
  sums.reduce();
}

}  // namespace

std::uint32_t fletcher32(std::span<const std::uint8_t> bytes) {
  Sums sums;
  std::size_t at = 0;
  bool all_zero = true;
  while (bytes.size() - at >= 2 * kLanes) {
    const std::size_t rounds = std::min(kRounds, (bytes.size() - at) / (2 * kLanes));
    add_block(sums, bytes.data() + at, rounds);
    at += rounds * 2 * kLanes;
  }
  for (; at + 1 < bytes.size(); at += 2) sums.add_word(static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]));
  if (at < bytes.size()) sums.add_word(static_cast<std::uint16_t>(bytes[at] << 8));
  sums.reduce();
  if (sums.first == 0 || sums.second == 0) {
    all_zero = std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
  }
  // Folding carries, as the original does, never turns a positive sum into zero: it ends at 65535.
  const auto folded = [&](std::uint64_t sum) {
    return static_cast<std::uint32_t>(sum == 0 && !all_zero ? 65535 : sum);
  };
  return (folded(sums.second) << 16) | folded(sums.first);
}

}  // namespace segfold::hdf5
