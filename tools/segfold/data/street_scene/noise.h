#pragma once

#include <cstdint>

namespace segfold::street {

/// A number in [0, 1) for a cell of a grid; equal cells and seeds give equal numbers on every machine.
double cell_noise(std::int64_t column, std::int64_t row, std::uint32_t seed);

/// Smooth noise in [0, 1] with features about one unit wide (value noise on the integer grid).
double smooth_noise(double u, double v, std::uint32_t seed);

/// Sum of `octaves` smooth noises, each twice as fine and half as strong, scaled to [0, 1].
double fractal_noise(double u, double v, std::uint32_t seed, int octaves);

}  // namespace segfold::street
