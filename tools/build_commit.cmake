# Writes OUTPUT, which says of which commit SOURCE is: 12 digits, "-dirty" behind them where its
# files differ, or "unknown" outside of git. Results do not count, as runs write them.
set(commit unknown)
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
  OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
if(NOT failed AND EXISTS ${SOURCE}/.git)  # and not of a folder around it
  set(commit ${head})
  execute_process(COMMAND git -C ${SOURCE} diff --quiet HEAD -- . :!experiments/results
    RESULT_VARIABLE differs ERROR_QUIET)
  if(differs)
    string(APPEND commit -dirty)
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
// Made by tools/build_commit.cmake.
#include "tools/commands.hpp"

namespace neurosim {

std::string build_commit() { return "@commit@"; }

}  // namespace neurosim
]])
