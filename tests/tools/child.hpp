#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace neurosim {

struct Outcome {
  int code = -1;    ///< exit code; -1: ended by a signal
  int signal = 0;   ///< the signal that ended it, or 0
  std::string out;  ///< standard output; on a terminal: everything
  std::string err;
};

enum class Stdio { kFiles, kTerminal };

struct ChildOptions {
  std::string folder = ".";                        ///< working folder
  std::map<std::string, std::string> environment;  ///< on top of a plain one (see child.cpp)
  Stdio stdio = Stdio::kFiles;
  std::string out_file;  ///< standard output goes there, unread; empty: captured
};

/// A program under test. It is killed after a minute (15 under sanitizers), and when
/// forgotten.
class Child {
 public:
  Child(const std::vector<std::string>& command, const ChildOptions& options);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  void send(int signal) const;
  /// What it wrote to standard error up to now. REQUIRES: Stdio::kFiles.
  std::string errors() const;
  /// Waits for its end.
  Outcome wait();

 private:
  pid_t pid_ = -1;
  int out_ = -1, err_ = -1;  ///< descriptors to read what it wrote
  Stdio stdio_;
};

/// Runs any program to its end.
Outcome run_program(const std::vector<std::string>& command, const ChildOptions& options = {});

}  // namespace neurosim
