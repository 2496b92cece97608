# neurosim_embed(TARGET SYMBOL FILE): the bytes of a file become part of a target, as
#   extern "C" const char SYMBOL[];  extern "C" const std::uint64_t SYMBOL_size;
# The assembler copies them: no tool is needed, however large the file is. The target is built
# again when the file changes.
function(neurosim_embed target symbol file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Made by tools/report/embed.cmake.
asm(".pushsection .rodata\n"
    ".global @symbol@\n"
    "@symbol@:\n"
    ".incbin \"@file@\"\n"
    "@symbol@_end:\n"
    ".balign 8\n"
    ".global @symbol@_size\n"
    "@symbol@_size:\n"
    ".quad @symbol@_end - @symbol@\n"
    ".popsection\n");
]])
  set_source_files_properties(${source} TARGET_DIRECTORY ${target}
    PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
