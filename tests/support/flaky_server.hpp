#pragma once

#include <string>
#include <vector>

#include "tools/child.hpp"

namespace neurosim::test {

/// One request as flaky_server.py has logged it.
struct ServedRequest {
  std::string path;  ///< `behaviour/name`
  int status = 0;
  std::size_t first = 0;  ///< offset of the first byte sent
  std::size_t bytes = 0;  ///< of the file, which went out
};

/// tests/support/flaky_server.py on a folder, as long as this object lives.
class FlakyServer {
 public:
  /// `log`: a file that is made.
  FlakyServer(const std::string& folder, const std::string& log);

  /// `http://127.0.0.1:<port>/<path>`
  std::string url(const std::string& path) const;
  std::vector<ServedRequest> requests() const;

 private:
  std::string log_;
  std::string port_file_;
  Child child_;
  std::string port_;
};

}  // namespace neurosim::test
