#include "segfold/base/random.h"

#include <cmath>
#include <numbers>

namespace segfold {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;

void round(std::array<std::uint32_t, 4>& c, std::uint32_t k0, std::uint32_t k1) {
  const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c[0];
  const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c[2];
  c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
       static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
}

}  // namespace

std::uint64_t KeyPart::mix(std::uint64_t x) {
  x += kGolden;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

KeyPart::KeyPart(std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a, finished by a mix
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  value_ = mix(hash ^ 0x5EEDULL);
}

std::uint64_t random_key(std::initializer_list<KeyPart> parts) {
  std::uint64_t key = 0;
  for (const KeyPart& part : parts) key = KeyPart::mix(key * kGolden + part.value());
  return key;
}

std::array<std::uint32_t, 4> RandomStream::block(std::uint64_t key, std::uint64_t counter) {
  std::array<std::uint32_t, 4> c{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0};
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int i = 0; i < 10; ++i) {
    round(c, k0, k1);
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return c;
}

std::uint32_t RandomStream::next() {
  if (left_ == 0) {
    buffer_ = block(key_, counter_++);
    left_ = 4;
  }
  return buffer_[static_cast<std::size_t>(4 - left_--)];
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
  // Values past the last whole multiple of the bound would make small results likelier: draw again.
  const std::uint64_t limit = ~std::uint64_t{0} - ~std::uint64_t{0} % bound;
  while (true) {
    const std::uint64_t high = next();
    const std::uint64_t value = (high << 32) | next();
    if (value < limit) return value % bound;
  }
}

double RandomStream::uniform() {
  const std::uint64_t high = next();
  return static_cast<double>(((high << 32) | next()) >> 11) * 0x1.0p-53;
}

double RandomStream::normal() {
  const double u = 1.0 - uniform();  // (0, 1]: its logarithm is finite
  const double v = uniform();
  return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
}

}  // namespace segfold
