#!/bin/sh
# Runs a compiler command and keeps what ptxas says of each kernel's registers, spills and local memory beside the
# object, as OBJECT.ptxas, which the test kernels.resource_report reads. All else that the compiler says goes through.
object=
previous=
for argument; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
[ -n "$object" ] || exec "$@"
"$@" 2>"$object.stderr"
status=$?
grep -E 'ptxas info|bytes stack frame' "$object.stderr" >"$object.ptxas"
grep -vE 'ptxas info|bytes stack frame' "$object.stderr" >&2
rm -f "$object.stderr"
exit $status
