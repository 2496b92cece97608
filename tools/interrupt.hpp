#pragma once

#include <atomic>
#include <string_view>

namespace neurosim {

/// Installs handlers for SIGINT and SIGTERM and returns the flag that the first of them sets; a
/// second one ends the process at once. A signal that the caller had us ignore stays ignored.
/// `doing`: what the user is told that the process does until it ends; a text that stays.
const std::atomic<bool>& catch_interrupts(std::string_view doing = "keeping what is done");

}  // namespace neurosim
