#!/bin/bash
# usage: expect_failure.sh PATTERN COMMAND...
# Passes when COMMAND ends by itself within 20 seconds with a nonzero code and
# prints a line that matches the extended regular expression PATTERN.
set -u
pattern=$1
shift

output=$(timeout 20 "$@" </dev/null 2>&1)
code=$?
printf '%s\n' "$output"

if ((code == 0)); then
  echo "expect_failure: it passed"
  exit 1
elif ((code == 110 || code == 124)); then # mpirun --timeout, timeout
  echo "expect_failure: it hung"
  exit 1
elif ! grep -Eq -- "$pattern" <<<"$output"; then
  echo "expect_failure: code $code, but no line matches: $pattern"
  exit 1
fi
echo "expect_failure: code $code, as expected"
