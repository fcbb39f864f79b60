#include <cstdio>
#include <vector>
__constant__ float cc[4];
__device__ int dd[16];
__global__ void k(int* p) {
  extern __shared__ int s[];
  s[threadIdx.x] = p[threadIdx.x] + cc[1];
  __syncthreads();
  p[threadIdx.x] = s[31 - threadIdx.x] + dd[2];
  if (threadIdx.x == 3) printf("hello %d %f %s\n", threadIdx.x, 1.5, "str");
}
int main() {
  int* p;
  cudaMalloc(&p, 128);
  std::vector<int> h(32);
  for (int i = 0; i < 32; i++) h[i] = i;
  cudaMemcpy(p, h.data(), 128, cudaMemcpyHostToDevice);
  float c[4] = {1, 2, 3, 4};
  cudaMemcpyToSymbol(cc, c, 16);
  int d[16] = {0, 0, 100};
  cudaMemcpyToSymbol(dd, d, 64);
  k<<<1, 32, 128>>>(p);
  printf("%d\n", cudaDeviceSynchronize());
  cudaMemcpy(h.data(), p, 128, cudaMemcpyDeviceToHost);
  for (int i = 0; i < 32; i++) printf("%d ", h[i]);
  puts("");
  k<<<1, 64, 256>>>(p);
  printf("%s\n", cudaGetErrorString(cudaDeviceSynchronize()));
}
