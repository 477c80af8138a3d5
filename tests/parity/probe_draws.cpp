#include <fmt/format.h>

#include <numeric>
#include <vector>

#include "segfold/base/random.h"
#include "segfold/nn/dropout.h"
#include "tests/parity/probe.h"

namespace segfold::testing {
namespace {

KeyPart key_part(const Json& part) {
  if (part.is_string()) return KeyPart(part.get<std::string>());
  return KeyPart(part.get<std::int64_t>());
}

}  // namespace

Exchange probe_draws(const Exchange& input) {
  const auto parts = input.value<Json>("parts");
  const std::uint64_t key = random_key({key_part(parts.at(0)), key_part(parts.at(1)), key_part(parts.at(2))});
  RandomStream random(key);
  const int count = input.value<int>("count");

  Exchange output;
  output.values["key"] = fmt::format("{}", key);
  for (int i = 0; i < count; ++i) output.values["words"].push_back(random.next());
  for (int i = 0; i < count; ++i) output.values["below"].push_back(random.below(input.value<std::uint64_t>("bound")));
  for (int i = 0; i < count; ++i) output.values["uniform"].push_back(random.uniform());
  for (int i = 0; i < count; ++i) output.values["normal"].push_back(random.normal());
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  shuffle(order, random);
  output.values["order"] = order;

  const std::vector<std::uint64_t> samples{key, key + 1, 7};
  output.tensors["mask"] =
      dropout2d_mask(samples, 3, input.value<std::int64_t>("channels"), input.value<double>("dropout"));
  return output;
}

}  // namespace segfold::testing
