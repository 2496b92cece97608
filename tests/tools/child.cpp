#include "tools/child.hpp"

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace neurosim {
namespace {

using namespace std::chrono_literals;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr auto kPatience = 900s;
#else
constexpr auto kPatience = 60s;
#endif

/// An unnamed temporary file.
int scratch_file() {
  std::string name = "/tmp/neurosim-child-XXXXXX";
  const int descriptor = mkstemp(name.data());
  if (descriptor < 0) throw std::runtime_error("mkstemp failed");
  unlink(name.c_str());
  return descriptor;
}

std::string read_file(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  // The child shares the place in the file, so it must not be moved.
  for (ssize_t got; (got = pread(descriptor, buffer.data(), buffer.size(),
                                 static_cast<off_t>(text.size()))) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

/// What a terminal receives until its last user is gone, which reads as an error.
std::string read_terminal(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got; (got = read(descriptor, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

/// Nothing of the tester's taste: no colour wishes, no width, no data folders.
std::vector<std::string> plain_environment(const ChildOptions& options) {
  std::map<std::string, std::string> variables = {
      {"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}};
  for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) variables[name] = value;
  }
  for (const auto& [name, value] : options.environment) variables[name] = value;
  std::vector<std::string> list;
  for (const auto& [name, value] : variables) list.push_back(name + "=" + value);
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (std::string& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const ChildOptions& options)
    : stdio_(options.stdio) {
  auto words = command;
  auto variables = plain_environment(options);
  const auto word_list = pointers(words);
  const auto variable_list = pointers(variables);
  if (stdio_ == Stdio::kTerminal) {
    const winsize size = {.ws_row = 24, .ws_col = 80, .ws_xpixel = 0, .ws_ypixel = 0};
    pid_ = forkpty(&out_, nullptr, nullptr, &size);
  } else {
    out_ = options.out_file.empty() ? scratch_file() : open(options.out_file.c_str(), O_WRONLY);
    err_ = scratch_file();
    pid_ = fork();
  }
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  if (stdio_ == Stdio::kFiles) {
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(out_, 1);
    dup2(err_, 2);
  }
  // Whoever runs the tests may ignore them.
  for (const int number : {SIGINT, SIGTERM, SIGPIPE}) std::signal(number, SIG_DFL);
  if (chdir(options.folder.c_str()) != 0) _exit(126);
  execve(word_list[0], word_list.data(), variable_list.data());
  _exit(127);
}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (const int descriptor : {out_, err_}) {
    if (descriptor >= 0) close(descriptor);
  }
}

void Child::send(int signal) const { kill(pid_, signal); }

std::string Child::errors() const { return read_file(err_); }

Outcome Child::wait() {
  Outcome outcome;
  if (stdio_ == Stdio::kTerminal) outcome.out = read_terminal(out_);
  int status = 0;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) kill(pid_, SIGKILL);
    std::this_thread::sleep_for(5ms);
  }
  pid_ = -1;
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  if (stdio_ == Stdio::kFiles) {
    outcome.out = read_file(out_);
    outcome.err = read_file(err_);
  }
  return outcome;
}

Outcome run_program(const std::vector<std::string>& command, const ChildOptions& options) {
  return Child(command, options).wait();
}

}  // namespace neurosim
