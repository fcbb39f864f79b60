/// \file
/// Device memory, owned.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <cuda_runtime_api.h>

#include "launch.hpp"

namespace ridgeflow::kernels {

template <class T>
std::vector<T> download(const T* from, std::uint64_t count) {
  std::vector<T> values(count);
  if (count > 0) {
    check(cudaMemcpy(values.data(), from, count * sizeof(T), cudaMemcpyDeviceToHost), "copy from the device");
  }
  return values;
}

template <class T>
void upload(T* to, const std::vector<T>& values) {
  if (!values.empty()) {
    check(cudaMemcpy(to, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice),
          "copy to the device");
  }
}

template <class T>
class DeviceArray {
 public:
  DeviceArray() = default;
  /// Zeroed.
  explicit DeviceArray(std::uint64_t size) : size_(size) {
    if (size > 0) {
      void* p = nullptr;
      check(cudaMalloc(&p, size * sizeof(T)), "allocation on the device");
      data_.reset(static_cast<T*>(p));
      check(cudaMemset(p, 0, size * sizeof(T)), "clearing device memory");
    }
  }
  explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
    upload(this->get(), values);
  }

  T* get() const { return this->data_.get(); }
  std::uint64_t size() const { return this->size_; }

  std::vector<T> download(std::uint64_t first, std::uint64_t count) const {
    return kernels::download(this->get() + first, count);
  }

 private:
  struct Free {
    void operator()(T* p) const { cudaFree(p); }
  };
  std::unique_ptr<T, Free> data_;
  std::uint64_t size_ = 0;
};

}  // namespace ridgeflow::kernels
