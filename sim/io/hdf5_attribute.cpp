#include "sim/core/error.hpp"
#include "sim/io/hdf5.hpp"
#include "sim/io/hdf5_native.hpp"

namespace neurosim::hdf5 {

void Object::fail(const std::string& what) const { throw DataError(file_, path_ + ": " + what); }

std::string Object::child(const std::string& name) const {
  return path_ == "/" ? "/" + name : path_ + "/" + name;
}

bool Object::has_attribute(const std::string& name) const {
  const ReadGuard guard(file_);
  return H5Aexists(id(), name.c_str()) > 0;
}

namespace {

std::string titled(const std::string& name, const std::string& what) {
  return "attribute " + name + ": " + what;
}

/// Creates the attribute anew and writes it; false on failure.
bool put(hid_t object, const std::string& name, hid_t stored, hid_t memory, hid_t space,
         const void* data) {
  if (H5Aexists(object, name.c_str()) > 0 && H5Adelete(object, name.c_str()) < 0) return false;
  const Handle attribute(H5Acreate2(object, name.c_str(), stored, space, H5P_DEFAULT, H5P_DEFAULT));
  return attribute.get() >= 0 && H5Awrite(attribute.get(), memory, data) >= 0;
}

}  // namespace

void Object::set_text(const std::string& name, std::string_view text) {
  const Guard guard;
  const Handle type = text_type();
  const Handle space = make_space({});
  const std::string terminated(text);
  const char* pointer = terminated.c_str();
  if (!put(id(), name, type.get(), type.get(), space.get(), &pointer)) {
    fail_with_cause(file_, path_, titled(name, "cannot be written"));
  }
}

void Object::set_enum(const std::string& name, std::span<const EnumMember> members,
                      std::uint8_t value) {
  const Guard guard;
  const Handle type(H5Tenum_create(H5T_STD_U8LE));
  for (const auto& member : members) {
    if (H5Tenum_insert(type.get(), member.name, &member.value) < 0) {
      fail_with_cause(file_, path_, titled(name, "cannot be written"));
    }
  }
  const Handle space = make_space({});
  if (!put(id(), name, type.get(), type.get(), space.get(), &value)) {
    fail_with_cause(file_, path_, titled(name, "cannot be written"));
  }
}

void Object::write_attribute(const std::string& name, Type type, const Shape& shape,
                             const void* data) {
  const Guard guard;
  const Handle space = make_space(shape);
  if (!put(id(), name, stored_type(type), memory_type(type), space.get(), data)) {
    fail_with_cause(file_, path_, titled(name, "cannot be written"));
  }
}

Handle Object::open_attribute(const std::string& name) const {
  if (H5Aexists(id(), name.c_str()) <= 0) fail(titled(name, "missing"));
  Handle attribute(H5Aopen(id(), name.c_str(), H5P_DEFAULT));
  if (attribute.get() < 0) fail_with_cause(file_, path_, titled(name, "cannot be read"));
  return attribute;
}

void Object::read_attribute(const std::string& name, Type type, int rank, void* data) const {
  const ReadGuard guard(file_);
  const Handle attribute = open_attribute(name);
  const Handle space(H5Aget_space(attribute.get()));
  if (H5Sget_simple_extent_ndims(space.get()) != rank ||
      H5Sget_simple_extent_type(space.get()) == H5S_NULL) {
    fail(titled(name, rank == 0 ? "expected a single number" : "expected a list of numbers"));
  }
  const Handle stored(H5Aget_type(attribute.get()));
  const H5T_class_t kind = H5Tget_class(stored.get());
  const bool real = type == Type::kF32 || type == Type::kF64;
  if (kind != H5T_INTEGER && !(real && kind == H5T_FLOAT)) {
    fail(titled(name, real ? "expected a number" : "expected an integer"));
  }
  if (H5Aread(attribute.get(), memory_type(type), data) < 0) {
    fail_with_cause(file_, path_, titled(name, "cannot be read"));
  }
}

std::uint64_t Object::attribute_length(const std::string& name) const {
  const ReadGuard guard(file_);
  const Handle attribute = open_attribute(name);
  const Handle space(H5Aget_space(attribute.get()));
  const hssize_t points = H5Sget_simple_extent_npoints(space.get());
  if (points < 0) fail_with_cause(file_, path_, titled(name, "cannot be read"));
  return static_cast<std::uint64_t>(points);
}

std::string Object::text(const std::string& name) const {
  const ReadGuard guard(file_);
  const Handle attribute = open_attribute(name);
  const Handle space(H5Aget_space(attribute.get()));
  const Handle type(H5Aget_type(attribute.get()));
  if (H5Tget_class(type.get()) != H5T_STRING || H5Sget_simple_extent_npoints(space.get()) != 1) {
    fail(titled(name, "expected a text"));
  }
  std::vector<std::string> texts;
  const auto read = [&](hid_t memory, void* data) {
    return H5Aread(attribute.get(), memory, data);
  };
  if (read_strings(type.get(), space.get(), 1, read, texts) < 0) {
    fail_with_cause(file_, path_, titled(name, "cannot be read"));
  }
  return texts[0];
}

bool Object::flag(const std::string& name) const {
  const auto value = number<std::uint8_t>(name);
  if (value > 1) fail(titled(name, "expected 0 or 1, got " + std::to_string(value)));
  return value == 1;
}

}  // namespace neurosim::hdf5
