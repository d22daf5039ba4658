// A file mapped read-only for as long as a buffer points into it.
#pragma once
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace jambalaya_native {

class MappedFile {
 public:
  /** Null and a reason in `error` when the file cannot be mapped. */
  static std::shared_ptr<MappedFile> open(const std::string& path, std::string& error) {
    auto file = std::shared_ptr<MappedFile>(new MappedFile());
#if defined(_WIN32)
    HANDLE handle = CreateFileA(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
    LARGE_INTEGER size;
    if (handle == INVALID_HANDLE_VALUE || !GetFileSizeEx(handle, &size)) {
      error = "the file cannot be opened";
      return nullptr;
    }
    HANDLE mapping = CreateFileMappingA(handle, nullptr, PAGE_READONLY, 0, 0, nullptr);
    if (mapping != nullptr) file->data_ = static_cast<const char*>(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0));
    file->size_ = size.QuadPart;
    if (mapping != nullptr) CloseHandle(mapping);
    CloseHandle(handle);
    if (file->data_ == nullptr) {
      error = "the file cannot be mapped";
      return nullptr;
    }
#else
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
      error = std::strerror(errno);
      return nullptr;
    }
    struct stat status;
    void* data = MAP_FAILED;
    if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
      data = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_SHARED, descriptor, 0);
    }
    const int failure = errno;
    ::close(descriptor);
    if (data == MAP_FAILED) {
      error = std::strerror(failure);
      return nullptr;
    }
    file->data_ = static_cast<const char*>(data);
    file->size_ = status.st_size;
#endif
    return file;
  }
  ~MappedFile() {
    if (data_ == nullptr) return;
#if defined(_WIN32)
    UnmapViewOfFile(data_);
#else
    munmap(const_cast<char*>(data_), static_cast<size_t>(size_));
#endif
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  /** Gives up the memory of a part that nobody uses any more; it comes back from the file should anyone read it after all. */
  void forget(long long offset, long long bytes) const {
#if !defined(_WIN32)
    const long long page = sysconf(_SC_PAGESIZE);
    const long long begin = (offset + page - 1) / page * page, end = (offset + bytes) / page * page;
    if (end > begin) madvise(const_cast<char*>(data_) + begin, static_cast<size_t>(end - begin), MADV_DONTNEED);
#else
    (void)offset, (void)bytes;
#endif
  }

  const char* data() const { return data_; }
  long long size() const { return size_; }

 private:
  MappedFile() = default;
  const char* data_ = nullptr;
  long long size_ = 0;
};

}  // namespace jambalaya_native
