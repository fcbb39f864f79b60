// The runtime's functions of memory: allocations, copies, symbols.
#include <cstdlib>
#include <cstring>

#include <cuda_runtime_api.h>

#include "device.hpp"

namespace emu {
namespace {

using Lock = std::lock_guard<std::recursive_mutex>;

std::uint64_t address_of(const void* p) {
  return reinterpret_cast<std::uint64_t>(p);
}
void* pointer_of(std::uint64_t address) {
  return reinterpret_cast<void*>(address);
}
bool is_device(const void* p) {
  return (address_of(p) & kTagMask) == kGlobalTag;
}

cudaError_t misuse(const char* call, const std::string& what) {
  Findings::get().add(Finding::kApi, call, what);
  return Device::get().fail(cudaErrorInvalidValue);
}

/// The host's pointer to \p bytes bytes at \p p, which may lie on the device; null and a finding where they
/// do not fit.
std::byte* bytes_at(const void* p, std::size_t bytes, const char* call, bool writes) {
  if (!is_device(p)) {
    return const_cast<std::byte*>(static_cast<const std::byte*>(p));
  }
  Allocation* allocation = DeviceMemory::get().find(address_of(p));
  if (allocation == nullptr || address_of(p) + bytes > allocation->end()) {
    misuse(call, std::to_string(bytes) + " bytes do not lie within an allocation" +
                     (DeviceMemory::get().was_freed(address_of(p)) ? ": it was freed" : ""));
    return nullptr;
  }
  const std::uint64_t at = address_of(p) - allocation->begin;
  if (writes) {
    allocation->shadows.mark_written(at, bytes);
  } else if (!allocation->shadows.is_written(at, bytes)) {
    Findings::get().add(Finding::kUninitialised, call, "copies bytes of the device that nobody wrote");
  }
  return DeviceMemory::host(address_of(p));
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, const char* call) {
  const Lock lock(Device::get().mutex);
  if (Device::get().sticky() != cudaSuccess) {
    return Device::get().sticky();
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (kind != cudaMemcpyDefault && (is_device(to) != to_device || is_device(from) != from_device)) {
    return misuse(call, "a pointer does not lie where the kind of copy says");
  }
  std::byte* source = bytes_at(from, bytes, call, false);
  std::byte* target = bytes_at(to, bytes, call, true);
  if (source == nullptr || target == nullptr) {
    return Device::get().peek_error();
  }
  std::memmove(target, source, bytes);
  return cudaSuccess;
}

cudaError_t fill(void* to, int value, std::size_t bytes, const char* call) {
  const Lock lock(Device::get().mutex);
  if (Device::get().sticky() != cudaSuccess) {
    return Device::get().sticky();
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  if (!is_device(to)) {
    return misuse(call, "memory that is not the device's");
  }
  std::byte* target = bytes_at(to, bytes, call, true);
  if (target == nullptr) {
    return Device::get().peek_error();
  }
  std::memset(target, value, bytes);
  return cudaSuccess;
}

}  // namespace
}  // namespace emu

using namespace emu;

extern "C" {

cudaError_t cudaMalloc(void** p, std::size_t bytes) {
  const Lock lock(Device::get().mutex);
  *p = nullptr;
  if (Device::get().sticky() != cudaSuccess) {
    return Device::get().sticky();
  }
  if (bytes == 0) {
    return cudaSuccess;
  }
  const std::uint64_t address = DeviceMemory::get().allocate(bytes);
  if (address == 0) {
    return Device::get().fail(cudaErrorMemoryAllocation);
  }
  *p = pointer_of(address);
  return cudaSuccess;
}
cudaError_t cudaFree(void* p) {
  const Lock lock(Device::get().mutex);
  if (p == nullptr || DeviceMemory::get().release(address_of(p))) {
    return cudaSuccess;
  }
  return misuse("cudaFree", DeviceMemory::get().was_freed(address_of(p)) ? "freed twice"
                                                                         : "not the begin of an allocation");
}
cudaError_t cudaMallocAsync(void** p, std::size_t bytes, cudaStream_t) {
  return cudaMalloc(p, bytes);
}
cudaError_t cudaFreeAsync(void* p, cudaStream_t) {
  return cudaFree(p);
}
cudaError_t cudaMallocHost(void** p, std::size_t bytes) {
  *p = std::calloc(bytes, 1);
  return *p == nullptr ? Device::get().fail(cudaErrorMemoryAllocation) : cudaSuccess;
}
cudaError_t cudaHostAlloc(void** p, std::size_t bytes, unsigned) {
  return cudaMallocHost(p, bytes);
}
cudaError_t cudaFreeHost(void* p) {
  std::free(p);
  return cudaSuccess;
}
cudaError_t cudaHostRegister(void*, std::size_t, unsigned) {
  return cudaSuccess;
}
cudaError_t cudaHostUnregister(void*) {
  return cudaSuccess;
}
cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return copy(to, from, bytes, kind, "cudaMemcpy");
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t) {
  return copy(to, from, bytes, kind, "cudaMemcpyAsync");
}
cudaError_t cudaMemcpy2D(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                         std::size_t width, std::size_t height, cudaMemcpyKind kind) {
  for (std::size_t row = 0; row < height; ++row) {
    const cudaError_t error =
        copy(static_cast<std::byte*>(to) + row * to_pitch,
             static_cast<const std::byte*>(from) + row * from_pitch, width, kind, "cudaMemcpy2D");
    if (error != cudaSuccess) {
      return error;
    }
  }
  return cudaSuccess;
}
cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                              std::size_t width, std::size_t height, cudaMemcpyKind kind, cudaStream_t) {
  return cudaMemcpy2D(to, to_pitch, from, from_pitch, width, height, kind);
}
cudaError_t cudaMemset(void* to, int value, std::size_t bytes) {
  return fill(to, value, bytes, "cudaMemset");
}
cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t) {
  return fill(to, value, bytes, "cudaMemsetAsync");
}
cudaError_t cudaGetSymbolAddress(void** p, const void* symbol) {
  const Lock lock(Device::get().mutex);
  std::size_t bytes = 0;
  *p = pointer_of(Device::get().variable(symbol, &bytes));
  return *p == nullptr ? Device::get().fail(cudaErrorInvalidSymbol) : cudaSuccess;
}
cudaError_t cudaGetSymbolSize(std::size_t* size, const void* symbol) {
  const Lock lock(Device::get().mutex);
  return Device::get().variable(symbol, size) == 0 ? Device::get().fail(cudaErrorInvalidSymbol) : cudaSuccess;
}
cudaError_t cudaMemcpyToSymbol(const void* symbol, const void* from, std::size_t bytes, std::size_t offset,
                               cudaMemcpyKind kind) {
  void* p = nullptr;
  const cudaError_t error = cudaGetSymbolAddress(&p, symbol);
  return error != cudaSuccess
             ? error
             : copy(static_cast<std::byte*>(p) + offset, from, bytes, kind, "cudaMemcpyToSymbol");
}
cudaError_t cudaMemcpyFromSymbol(void* to, const void* symbol, std::size_t bytes, std::size_t offset,
                                 cudaMemcpyKind kind) {
  void* p = nullptr;
  const cudaError_t error = cudaGetSymbolAddress(&p, symbol);
  return error != cudaSuccess
             ? error
             : copy(to, static_cast<std::byte*>(p) + offset, bytes, kind, "cudaMemcpyFromSymbol");
}
cudaError_t cudaMemcpyToSymbolAsync(const void* symbol, const void* from, std::size_t bytes,
                                    std::size_t offset, cudaMemcpyKind kind, cudaStream_t) {
  return cudaMemcpyToSymbol(symbol, from, bytes, offset, kind);
}
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* p) {
  const Lock lock(Device::get().mutex);
  *attributes = {};
  attributes->type = is_device(p) && DeviceMemory::get().find(address_of(p)) != nullptr
                         ? cudaMemoryTypeDevice
                         : cudaMemoryTypeUnregistered;
  attributes->devicePointer = attributes->type == cudaMemoryTypeDevice ? const_cast<void*>(p) : nullptr;
  return cudaSuccess;
}

}  // extern "C"
