#pragma once

#include <atomic>

namespace neurosim {

/// Installs handlers for SIGINT and SIGTERM and returns the flag that the first of them sets; a
/// second one ends the process at once. A signal that the caller had us ignore stays ignored.
const std::atomic<bool>& catch_interrupts();

}  // namespace neurosim
