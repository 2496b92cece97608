#pragma once

namespace neurosim::hdf5 {

/// HDF5 1.10 itself crashes on some files whose structure is damaged, and loops for ever on others.
/// After this call either ends the process with `exit_code` and one line on standard error,
/// `error: <file>: damaged: ...`. A crash anywhere else stays what it was. Not a defence against
/// files made with malice: damage may have run on for a while before it shows.
///
/// `most_seconds`: processor time that one reading operation may take; operations read a block, or
/// less, at a time.
void end_on_damaged_files(int exit_code, int most_seconds = 20);

/// What end_on_damaged_files() blames as long as this lives. Only while holding the process-wide
/// lock, so that there is one at a time; of nested ones, the outermost counts.
class Suspect {
 public:
  explicit Suspect(const char* file);
  ~Suspect();
  Suspect(const Suspect&) = delete;
  Suspect& operator=(const Suspect&) = delete;

 private:
  bool outermost_;
};

}  // namespace neurosim::hdf5
