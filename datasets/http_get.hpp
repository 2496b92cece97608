#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace neurosim {

/// What a server says before the contents come.
struct HttpStart {
  std::uint64_t first = 0;             ///< the offset of the first byte that will come
  std::optional<std::uint64_t> total;  ///< size of the whole file, if announced
};

struct HttpRequest {
  std::string url;  ///< http or https; redirections lead to no other, nor from https to http
  std::uint64_t offset = 0;  ///< what comes before is not asked for
  /// Called once, for an answer of 200 or 206 only; `data` follows, `poll` all the time. What they
  /// throw ends the request and is passed on.
  std::function<void(const HttpStart& start)> start;
  std::function<void(std::span<const std::byte> bytes)> data;
  std::function<bool()> poll;  ///< false: give up
};

enum class HttpEnd {
  kComplete,
  kStatus,   ///< an answer without the file: see `status`
  kDropped,  ///< the connection broke, or stood still: worth another try
  kFailed,   ///< no such host, no connection, no trust, ...
  kGaveUp,   ///< by `poll`
};

struct HttpAnswer {
  HttpEnd end = HttpEnd::kFailed;
  long status = 0;                     ///< of HTTP; 0: no answer
  std::optional<std::uint64_t> total;  ///< of a `Content-Range`, also with status 416
  std::string problem;                 ///< in words; empty when complete
};

/// One GET. The certificate of an https server is verified.
HttpAnswer http_get(const HttpRequest& request);

}  // namespace neurosim
