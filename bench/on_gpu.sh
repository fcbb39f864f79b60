#!/usr/bin/env bash
# Everything that needs a GPU, in one call: tests (which must not skip), compute-sanitizer, throughput, peers. For a
# machine with a driver and the CUDA tools but none of the build's libraries: build here with
#
#   cmake --preset gpu-carry && cmake --build --preset gpu-carry --target gpu_carry
#
# and carry build/gpu-carry/carry (two programs, two libraries) with this script and bench/peers. Results are JSON, named
# by device, in the folder given as the first argument (default bench/results).
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-bench/results}
programs=${RIDGEFLOW_PROGRAMS:-build/gpu-carry/carry}
mkdir -p "$out"

device=$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1 | tr ' /' '--')
nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.max.sm,memory.total --format=csv,noheader |
  tee "$out/$device.device.csv"

echo "== tests"
RIDGEFLOW_REQUIRE_GPU=1 "$programs/test_gpu" --gtest_output="json:$out/$device.tests.json" | tail -n 30

echo "== compute-sanitizer"
for tool in memcheck racecheck initcheck synccheck; do
  if timeout 100 compute-sanitizer --tool "$tool" --error-exitcode 9 "$programs/test_gpu" \
    --gtest_filter='*OverFlushesBatches*adjusted:*OverFlushesBatches*euler:*SeveralSystems*' \
    >"$out/$device.$tool.log" 2>&1; then
    echo "$tool: clean"
  else
    echo "$tool: status $?, last lines:"
    tail -n 5 "$out/$device.$tool.log"
  fi
done

echo "== throughput"
# clocks, power and load beside the rates, five times a second
nvidia-smi --query-gpu=timestamp,clocks.sm,clocks.mem,power.draw,temperature.gpu,utilization.gpu --format=csv -lms 200 \
  >"$out/$device.clocks.csv" &
clocks=$!
trap 'kill "$clocks" 2>/dev/null || true' EXIT
"$programs/bench_throughput" --benchmark_filter='^cuda/' --benchmark_repetitions=3 \
  --benchmark_report_aggregates_only=true --benchmark_out="$out/$device.throughput.json" \
  --benchmark_out_format=json
kill "$clocks" 2>/dev/null || true

echo "== peers"
if python3 -c 'import jax' 2>/dev/null || python3 -c 'import torch' 2>/dev/null; then
  python3 bench/peers/run.py "$programs/bench_throughput" --device gpu --pairs 5 --out "$out" ||
    echo "a peer failed, see the table"
else
  echo "skipped: python3 has neither jax nor torch"
fi
