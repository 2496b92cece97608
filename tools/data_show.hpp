#pragma once

#include "tools/command_line.hpp"

namespace neurosim {

/// `neurosim data show NAME|FILE`: a picture of one sample in the terminal, or in the file --output
/// (.png or .svg). The first operand is `show`, the second NAME (a set of images, synthetic-digits
/// or nmnist) or FILE (a recording). Reads the options split (default test), sample (default 0),
/// output, force (replace it), camera (saccades: what the simulated camera sees of an image) and
/// data-dir. Throws UsageError and DataError.
ExitCode data_show(const CommandLine& line);

}  // namespace neurosim
