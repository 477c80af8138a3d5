#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segfold {

/// One part of a random key: a number or a name.
class KeyPart {
 public:
  // NOLINTBEGIN(misc-explicit-constructor): meant to convert
  KeyPart(std::integral auto number) : value_(mix(static_cast<std::uint64_t>(number))) {}
  KeyPart(std::string_view name);
  KeyPart(const char* name) : KeyPart(std::string_view(name)) {}
  KeyPart(const std::string& name) : KeyPart(std::string_view(name)) {}
  // NOLINTEND(misc-explicit-constructor)
  std::uint64_t value() const { return value_; }

  /// The SplitMix64 finaliser (Steele et al. 2014).
  static std::uint64_t mix(std::uint64_t x);

 private:
  std::uint64_t value_;
};

/// Key of a random stream from what it is for, e.g. random_key({"augment", seed, fold, epoch, name}).
/// The order counts; equal parts give equal keys on every machine.
std::uint64_t random_key(std::initializer_list<KeyPart> parts);

/// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
/// A stream is a pure function of its key, so what is drawn never depends on threads, order or a resume point.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t key) : key_(key) {}

  std::uint32_t next();                      ///< uniform over all 32-bit values
  std::uint64_t below(std::uint64_t bound);  ///< uniform in [0, bound), without bias; bound > 0
  double uniform();                          ///< [0, 1), 53 bits
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal();  ///< mean 0, variance 1 (Box–Muller)
  bool chance(double probability) { return uniform() < probability; }

  /// One block of the generator: the counter's two low words are `counter`, the high ones 0.
  static std::array<std::uint32_t, 4> block(std::uint64_t key, std::uint64_t counter);

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
  std::array<std::uint32_t, 4> buffer_{};
  int left_ = 0;
};

/// Fisher–Yates; every order is equally likely.
template <class T>
void shuffle(std::vector<T>& items, RandomStream& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace segfold
