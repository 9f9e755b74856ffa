# shellcheck shell=bash
# Functions that configure and build. Ninja itself configures again when a
# CMakeLists.txt has changed, and does nothing when everything is up to date.
# shellcheck disable=SC2154  # root comes from common.sh

# configure_once PRESET [CMAKE-OPTION...] configures unless the preset is configured already.
configure_once() {
  local preset=$1
  shift
  [[ -e $root/build/$preset/build.ninja ]] || configure "$preset" "$@"
}

# configure_with_tests PRESET turns the tests on, also in a build that quickstart
# configured without them.
configure_with_tests() {
  local cache=$root/build/$1/CMakeCache.txt
  if ! grep -qs '^LOCKSTEP_TESTS:BOOL=ON' "$cache"; then
    configure "$1" -DLOCKSTEP_TESTS=ON
  else
    configure_once "$1"
  fi
}

configure() {
  say "configuring build/$1"
  cmake -S "$root" --preset "$@"
}

# build PRESET [TARGET...] builds the targets, or everything.
build() {
  local preset=$1
  shift
  say "building build/$preset"
  cmake --build "$root/build/$preset" ${1:+--target "$@"}
}
