#include "datasets/http_get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <exception>
#include <memory>
#include <string_view>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr long kOk = 200;
constexpr long kPartialContent = 206;
constexpr long kMostRedirections = 5;
constexpr long kConnectSeconds = 20;
constexpr long kStandstillSeconds = 30;

/// `bytes 5-9/10`, `bytes */10`; numbers that are missing stay as they are.
struct ContentRange {
  std::optional<std::uint64_t> first, total;
};

std::optional<std::uint64_t> leading_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  return status == std::errc() ? std::optional(number) : std::nullopt;
}

ContentRange parse_content_range(std::string_view value) {
  ContentRange range;
  const std::size_t digits = value.find_first_of("0123456789*");
  if (digits != std::string_view::npos) range.first = leading_number(value.substr(digits));
  const std::size_t slash = value.find('/');
  if (slash != std::string_view::npos) range.total = leading_number(value.substr(slash + 1));
  return range;
}

bool begins_without_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

/// A request on its way. libcurl is C: no exception may pass through it.
class Transfer {
 public:
  explicit Transfer(const HttpRequest& request) : request_(request), curl_(curl_easy_init()) {
    if (!curl_) throw DataError(request.url, "libcurl cannot be started");
  }

  HttpAnswer run() {
    configure();
    const CURLcode code = curl_easy_perform(curl_.get());
    if (error_) std::rethrow_exception(error_);
    if (code == CURLE_OK && has_contents()) begin();
    if (error_) std::rethrow_exception(error_);
    return answer(code);
  }

 private:
  struct Cleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  };

  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(curl_.get(), option, value);
    if (code != CURLE_OK) throw DataError(request_.url, curl_easy_strerror(code));
  }

  void configure() {
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    const bool secure = begins_without_case(request_.url, "https:");
    set(CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMostRedirections);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_USERAGENT, "neurosim/" NEUROSIM_VERSION);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, kStandstillSeconds);
    set(CURLOPT_ERRORBUFFER, message_.data());
    if (request_.offset > 0) {
      // Not CURLOPT_RESUME_FROM: that fails where a server sends the whole file all the same.
      set(CURLOPT_RANGE, fmt::format("{}-", request_.offset).c_str());
    }
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &on_data);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_poll);
    set(CURLOPT_XFERINFODATA, this);
  }

  template <class Action>
  bool guarded(Action action) {
    try {
      action();
    } catch (...) {
      error_ = std::current_exception();
    }
    return !error_;
  }

  static std::size_t on_header(char* text, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(text, size);
    constexpr std::string_view kRange = "content-range:";
    // A redirection has headers of its own.
    if (line.starts_with("HTTP/")) transfer.range_ = {};
    if (begins_without_case(line, kRange)) {
      transfer.range_ = parse_content_range(line.substr(kRange.size()));
    }
    return size;
  }

  static std::size_t on_data(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (!transfer.has_contents()) return 0;  // the page of an error is of no use
    const bool good = transfer.begin() && transfer.guarded([&] {
      transfer.request_.data(std::as_bytes(std::span(bytes, size)));
    });
    return good ? size : 0;
  }

  static int on_poll(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    const bool good = transfer.guarded(
        [&] { transfer.gave_up_ = transfer.request_.poll && !transfer.request_.poll(); });
    return good && !transfer.gave_up_ ? 0 : 1;
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
  bool has_contents() const { return status() == kOk || status() == kPartialContent; }

  bool begin() {
    if (started_) return true;
    started_ = true;
    HttpStart start;
    curl_off_t length = -1;
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (status() == kPartialContent) {
      start.first = range_.first.value_or(request_.offset);
      start.total = range_.total;
    } else if (length >= 0) {
      start.total = static_cast<std::uint64_t>(length);
    }
    return guarded([&] { request_.start(start); });
  }

  HttpAnswer answer(CURLcode code) const {
    HttpAnswer answer;
    answer.status = status();
    answer.total = range_.total;
    if (gave_up_) {
      answer.end = HttpEnd::kGaveUp;
    } else if (answer.status >= 400 || (code == CURLE_OK && !has_contents())) {
      answer.end = HttpEnd::kStatus;
      answer.problem = fmt::format("the server answers {}", answer.status);
    } else if (code == CURLE_OK) {
      answer.end = HttpEnd::kComplete;
    } else {
      answer.end = is_drop(code) ? HttpEnd::kDropped : HttpEnd::kFailed;
      answer.problem = message_[0] != '\0' ? message_.data() : curl_easy_strerror(code);
    }
    return answer;
  }

  bool is_drop(CURLcode code) const {
    switch (code) {
      case CURLE_PARTIAL_FILE:
      case CURLE_RECV_ERROR:
      case CURLE_SEND_ERROR:
      case CURLE_GOT_NOTHING:
      case CURLE_HTTP2:
      case CURLE_HTTP2_STREAM:
        return true;
      case CURLE_OPERATION_TIMEDOUT:
        return status() != 0;  // else no connection came about: try another mirror
      default:
        return false;
    }
  }

  const HttpRequest& request_;
  std::unique_ptr<CURL, Cleanup> curl_;
  std::array<char, CURL_ERROR_SIZE> message_ = {};
  ContentRange range_;
  bool started_ = false;
  bool gave_up_ = false;
  std::exception_ptr error_;
};

}  // namespace

HttpAnswer http_get(const HttpRequest& request) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw DataError(request.url, curl_easy_strerror(ready));
  return Transfer(request).run();
}

}  // namespace neurosim
