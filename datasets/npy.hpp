#pragma once

#include "datasets/byte_stream.hpp"
#include "datasets/raw_array.hpp"

namespace neurosim {

/// The .npy format of NumPy, versions 1 to 3: bytes 93 `NUMPY`, two bytes of version, the length of
/// the header (2 bytes little-endian, from version 2 on 4), the header, the elements. The header is
/// a Python dictionary of exactly `descr`, `fortran_order` and `shape`.

/// Reads a whole file. Elements are booleans, integers of 1 to 8 bytes or reals of 4 or 8; those in
/// Fortran order are put in row-major order. Memory is bounded by what the file really holds.
/// Throws DataError with the byte offset.
RawArray read_npy(ByteStream& file);

}  // namespace neurosim
