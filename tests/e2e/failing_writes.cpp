// A shared object for LD_PRELOAD, for tests alone: it makes one call fail by which a program changes files, as a full
// or a broken disk would, and says which.
//
// Calls are counted from 1 in the order they are made; those on files outside one folder are not. Nothing is synced to
// the disk, so that trying every call is quick: what a power cut leaves is not what is tried here.
//
//   BANTAM_FAULT_UNDER   the folder, absolute; without it nothing is counted or changed
//   BANTAM_FAULT_AT      the number of the call that fails; 0 or absent: none does
//   BANTAM_FAULT_KIND    ENOSPC: that call fails with it, where it is one that takes room or a name; EIO: whatever it is;
//                        full: every call that takes room fails from there on, a write after half of its bytes
//   BANTAM_FAULT_LOG     a file to which each counted call is added: "NUMBER NAME PATH", and "failed" behind it
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

// What a call wants of the disk. A name in a folder is hardly ever refused by a full one.
enum class Takes { room, name, nothing };
enum class Outcome { goes_on, fails, stops_half_way };

std::atomic<long> calls{0};

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string path_of(int descriptor) {
  char text[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), text, sizeof text);
  return {text, size < 0 ? 0 : static_cast<size_t>(size)};
}

std::string path_at(int folder, const char* path) {
  if (path[0] == '/') return path;
  char here[PATH_MAX];
  std::string base;
  if (folder != AT_FDCWD)
    base = path_of(folder);
  else if (::getcwd(here, sizeof here) != nullptr)
    base = here;
  return base + "/" + path;
}

void note(long number, const char* name, const std::string& path, bool failed) {
  const std::string log = setting("BANTAM_FAULT_LOG");
  if (log.empty()) return;
  const std::string line = std::to_string(number) + " " + name + " " + path + (failed ? " failed\n" : "\n");
  const long file =
      ::syscall(SYS_openat, AT_FDCWD, log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  ::syscall(SYS_write, file, line.data(), line.size());
  ::syscall(SYS_close, file);
}

// Sets errno where the call is not to go on.
Outcome judge(const char* name, const std::string& path, Takes takes) {
  const int before = errno;
  const std::string under = setting("BANTAM_FAULT_UNDER");
  if (under.empty() || !std::string_view(path).starts_with(under + "/")) return Outcome::goes_on;
  const std::string kind = setting("BANTAM_FAULT_KIND");
  const long at = std::atol(setting("BANTAM_FAULT_AT").c_str()), number = ++calls;
  const bool here = at > 0 && (kind == "full" ? number >= at : number == at);
  const bool fails =
      here && (kind == "EIO" || takes == Takes::room || (takes == Takes::name && kind == "ENOSPC"));
  note(number, name, path, fails);
  errno = before;
  if (!fails) return Outcome::goes_on;
  errno = kind == "EIO" ? EIO : ENOSPC;
  return kind == "full" && number == at ? Outcome::stops_half_way : Outcome::fails;
}

bool fails(const char* name, const std::string& path, Takes takes) {
  return judge(name, path, takes) != Outcome::goes_on;
}

bool makes_a_file(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE || (flags & O_TRUNC) != 0;
}

bool changes(int descriptor) {
  const long flags = ::syscall(SYS_fcntl, descriptor, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

int open_file(int folder, const char* path, int flags, mode_t mode) {
  if (makes_a_file(flags) && fails("open", path_at(folder, path), Takes::room)) return -1;
  return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}

// `bytes` of them, or half where the disk is full from here on; less than 0 where nothing can be written.
ssize_t room_for(const char* name, int descriptor, size_t bytes) {
  switch (judge(name, path_of(descriptor), Takes::room)) {
    case Outcome::goes_on:
      return static_cast<ssize_t>(bytes);
    case Outcome::stops_half_way:
      return bytes > 1 ? static_cast<ssize_t>(bytes / 2) : -1;
    case Outcome::fails:
      break;
  }
  return -1;
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = makes_a_file(flags) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_file(AT_FDCWD, path, flags, mode);
}

EXPORTED int open64(const char* path, int flags, ...) __attribute__((alias("open")));

EXPORTED int openat(int folder, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = makes_a_file(flags) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_file(folder, path, flags, mode);
}

EXPORTED FILE* fopen64(const char* path, const char* mode) {
  if (std::strpbrk(mode, "wa+") != nullptr && fails("fopen", path_at(AT_FDCWD, path), Takes::room))
    return nullptr;
  static const auto real =
      reinterpret_cast<FILE* (*)(const char*, const char*)>(::dlsym(RTLD_NEXT, "fopen64"));
  return real(path, mode);
}

EXPORTED FILE* fopen(const char* path, const char* mode) { return fopen64(path, mode); }

EXPORTED int mkostemp(char* form, int flags) {
  if (fails("mkostemp", path_at(AT_FDCWD, form), Takes::room)) return -1;
  static const auto real = reinterpret_cast<int (*)(char*, int)>(::dlsym(RTLD_NEXT, "mkostemp"));
  return real(form, flags);
}

EXPORTED ssize_t write(int descriptor, const void* data, size_t bytes) {
  const ssize_t room = room_for("write", descriptor, bytes);
  return room < 0 ? -1 : ::syscall(SYS_write, descriptor, data, room);
}

EXPORTED ssize_t pwrite(int descriptor, const void* data, size_t bytes, off_t offset) {
  const ssize_t room = room_for("pwrite", descriptor, bytes);
  return room < 0 ? -1 : ::syscall(SYS_pwrite64, descriptor, data, room, offset);
}

EXPORTED ssize_t pwrite64(int descriptor, const void* data, size_t bytes, off_t offset) {
  return pwrite(descriptor, data, bytes, offset);
}

EXPORTED ssize_t writev(int descriptor, const iovec* pieces, int count) {
  if (room_for("writev", descriptor, 1) < 0) return -1;
  return ::syscall(SYS_writev, descriptor, pieces, count);
}

EXPORTED ssize_t sendfile(int to, int from, off_t* offset, size_t bytes) {
  const ssize_t room = room_for("sendfile", to, bytes);
  return room < 0 ? -1 : ::syscall(SYS_sendfile, to, from, offset, room);
}

EXPORTED int fsync(int descriptor) { return fails("fsync", path_of(descriptor), Takes::room) ? -1 : 0; }
EXPORTED int fdatasync(int descriptor) {
  return fails("fdatasync", path_of(descriptor), Takes::room) ? -1 : 0;
}

EXPORTED int close(int descriptor) {
  const bool failed = changes(descriptor) && fails("close", path_of(descriptor), Takes::nothing);
  const int error = errno;
  const int result =
      static_cast<int>(::syscall(SYS_close, descriptor));  // one that failed is closed all the same
  if (failed) errno = error;
  return failed ? -1 : result;
}

EXPORTED int rename(const char* from, const char* to) {
  if (fails("rename", path_at(AT_FDCWD, to), Takes::name)) return -1;
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

EXPORTED int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (fails("renameat2", path_at(to_folder, to), Takes::name)) return -1;
  return static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
}

EXPORTED int mkdir(const char* path, mode_t mode) {
  if (fails("mkdir", path_at(AT_FDCWD, path), Takes::room)) return -1;
  return static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

EXPORTED int link(const char* from, const char* to) {
  if (fails("link", path_at(AT_FDCWD, to), Takes::name)) return -1;
  return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

EXPORTED int truncate(const char* path, off_t size) {
  if (fails("truncate", path_at(AT_FDCWD, path), Takes::room)) return -1;
  return static_cast<int>(::syscall(SYS_truncate, path, size));
}

EXPORTED int ftruncate(int descriptor, off_t size) {
  if (fails("ftruncate", path_of(descriptor), Takes::room)) return -1;
  return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}

EXPORTED int unlink(const char* path) {
  if (fails("unlink", path_at(AT_FDCWD, path), Takes::nothing)) return -1;
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

EXPORTED int unlinkat(int folder, const char* path, int flags) {
  if (fails("unlinkat", path_at(folder, path), Takes::nothing)) return -1;
  return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

EXPORTED int remove(const char* path) {
  if (fails("remove", path_at(AT_FDCWD, path), Takes::nothing)) return -1;
  const long result = ::syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  return static_cast<int>(
      result == 0 || errno != EISDIR ? result : ::syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}
