#include <fmt/format.h>
#include <zip.h>

#include <filesystem>
#include <memory>

#include "datasets/byte_stream.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

Archive open_archive(const std::string& path) {
  if (std::filesystem::is_directory(path)) throw DataError(path, "is a folder, not a file");
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
  if (archive) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  throw DataError(path, fmt::format("expected a zip archive, cannot open: {}", text));
}

class ZipMember final : public ByteStream {
 public:
  ZipMember(const std::string& path, const std::string& member)
      : ByteStream(path + ":" + member), archive_(open_archive(path)) {
    file_.reset(zip_fopen(archive_.get(), member.c_str(), 0));
    if (!file_) {
      throw DataError(name(), fmt::format("cannot open: {}", zip_strerror(archive_.get())));
    }
  }

  std::size_t read(std::span<std::uint8_t> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const zip_int64_t got = zip_fread(file_.get(), out.data() + done, out.size() - done);
      if (got < 0) {
        throw DataError(name(), fmt::format("after byte {}: expected zip data, found a broken "
                                            "stream ({})",
                                            offset(), zip_file_strerror(file_.get())));
      }
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
      advance(static_cast<std::size_t>(got));
    }
    return done;
  }

 private:
  Archive archive_;
  std::unique_ptr<zip_file_t, Discard> file_;
};

}  // namespace

std::unique_ptr<ByteStream> open_zip_member(const std::string& path, const std::string& member) {
  return std::make_unique<ZipMember>(path, member);
}

std::vector<std::string> zip_members(const std::string& path) {
  const Archive archive = open_archive(path);
  std::vector<std::string> names;
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  for (zip_int64_t k = 0; k < count; ++k) {
    const char* const name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(k), 0);
    if (name == nullptr) {
      throw DataError(
          path, fmt::format("member {}: no readable name ({})", k, zip_strerror(archive.get())));
    }
    names.emplace_back(name);
  }
  return names;
}

}  // namespace neurosim
