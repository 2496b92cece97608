#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/plot/script.hpp"

namespace neurosim {

/// Has gnuplot draw a script, without a shell and without the user's settings. Returns the picture.
/// Throws DataError that names `output`, where the picture will go, if gnuplot is missing or fails.
std::vector<std::byte> draw_with_gnuplot(const std::string& script, const std::string& output);

/// Tells programs that place a PNG how large it is: adds the pixels an inch (a pHYs chunk).
/// REQUIRES: a PNG, with its IHDR chunk first as in each PNG.
void set_png_density(std::vector<std::byte>& png, double dots_per_inch);

}  // namespace neurosim
