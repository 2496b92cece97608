#include "tools/graphviz.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace neurosim {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Scratch = std::unique_ptr<std::FILE, Close>;

constexpr int kNotStarted = 127;  // what a child reports whose exec failed

/// Runs `dot` between two files; its exit status, or kNotStarted. Files rather than pipes: nobody
/// has to read while the other writes.
int run_dot(std::FILE* in, std::FILE* out) {
  std::array<std::string, 2> words = {"dot", "-Tsvg"};
  const std::array<char*, 3> arguments = {words[0].data(), words[1].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, "dot", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return kNotStarted;
  int status = 0;
  while (waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string contents(std::FILE* file) {
  std::string text;
  std::array<char, 4096> buffer;
  std::rewind(file);
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), file)) > 0;) {
    text.append(buffer.data(), got);
  }
  return text;
}

}  // namespace

Graphviz dot_to_svg(const std::string& dot, std::string& svg) {
  const Scratch in(std::tmpfile()), out(std::tmpfile());
  if (!in || !out) return Graphviz::kFailed;
  if (std::fwrite(dot.data(), 1, dot.size(), in.get()) != dot.size()) return Graphviz::kFailed;
  std::rewind(in.get());
  const int status = run_dot(in.get(), out.get());
  if (status == kNotStarted) return Graphviz::kMissing;
  if (status != 0) return Graphviz::kFailed;
  svg = contents(out.get());
  return Graphviz::kDrawn;
}

}  // namespace neurosim
