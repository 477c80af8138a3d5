#pragma once

#include <filesystem>
#include <string_view>

namespace segfold::testing {

/// Decodes a picture from an untrusted hand as photo, labels and instances, and returns whether it was accepted as one
/// of them; it may be refused with DataError alone.
/// @param path  names it
/// @throws std::logic_error saying what was broken: another error, pixels that do not fill the picture, or other pixels
/// from the fast decoder of plain files than from libspng.
bool is_accepted_picture(std::string_view bytes, const std::filesystem::path& path);

}  // namespace segfold::testing
