#include "tests/fuzz/untrusted_picture.h"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>
#include <string>

#include "segfold/base/error.h"
#include "segfold/image/codec.h"

namespace segfold::testing {
namespace {

template <class T>
using Decoder = Raster<T> (*)(std::string_view bytes, const std::filesystem::path& path);

template <class T>
std::optional<Raster<T>> decode(Decoder<T> decoder, std::string_view bytes, const std::filesystem::path& path) {
  try {
    return decoder(bytes, path);
  } catch (const DataError& error) {
    if (std::string_view(error.what()).find(path.string()) != std::string_view::npos) return std::nullopt;
    throw std::logic_error(fmt::format("refused without naming the file: {}", error.what()));
  } catch (const std::exception& error) {
    throw std::logic_error(fmt::format("not refused with DataError: {}", error.what()));
  }
}

template <class T>
bool is_accepted(Decoder<T> decoder, std::string_view bytes, const std::filesystem::path& path) {
  const std::optional<Raster<T>> picture = decode(decoder, bytes, path);
  if (!picture) return false;
  if (picture->size.area() < 1 ||
      picture->pixels.size() != static_cast<std::size_t>(picture->size.area() * picture->channels)) {
    throw std::logic_error(
        fmt::format("{} values for a picture of {}", picture->pixels.size(), to_string(picture->size)));
  }
  // A byte behind the end is a fault that libspng forgives, and that the fast decoder leaves to it.
  const std::optional<Raster<T>> by_libspng = decode(decoder, std::string(bytes) + "x", path);
  if (by_libspng && *by_libspng != *picture) throw std::logic_error("libspng decodes other pixels");
  return true;
}

}  // namespace

bool is_accepted_picture(std::string_view bytes, const std::filesystem::path& path) {
  const bool photo = is_accepted<std::uint8_t>(decode_rgb_png, bytes, path);
  const bool labels = is_accepted<std::uint8_t>(decode_label_png, bytes, path);
  const bool instances = is_accepted<std::uint16_t>(decode_instance_png, bytes, path);
  return photo || labels || instances;
}

}  // namespace segfold::testing
