# shellcheck shell=bash
# Functions that tell mpirun about this machine.

# Prints the number of CPUs that this process may use. OpenMP's variables, which nproc
# would follow, are ignored.
allowed_cpus() { env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc "$@"; }

# Prints the number of cores that this process may use. Hyperthreads do not count: two on
# one core are no faster at matrix products than one.
usable_cores() {
  local allowed physical
  allowed=$(allowed_cpus)
  physical=$(lscpu -p=CORE,SOCKET 2>/dev/null | grep -v '^#' | sort -u | wc -l)
  if ((physical > 0 && physical < allowed)); then
    echo "$physical"
  else
    echo "$allowed"
  fi
}

# mpi_environment RANKS CORES exports the environment variables that the run needs.
mpi_environment() {
  # Each matrix product uses one thread, because the program has threads of its own.
  export OPENBLAS_NUM_THREADS=1
  # Large arrays get large pages, because a row of a weight matrix often fills a small page.
  export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  if (($1 > $2)); then
    export OMPI_MCA_rmaps_base_oversubscribe=1
  fi
}

# mpi_binding RANKS THREADS CORES prints what a rank is bound to. It is a core of its own
# only if the rank has one thread, no core stays idle (prefetch threads could use it), and
# the whole machine may be used: mpirun counts cores from the first, whether it is allowed
# or not.
mpi_binding() {
  if (($1 == $3 && $2 == 1)) && [[ $(allowed_cpus) == $(allowed_cpus --all) ]]; then
    echo core
  else
    echo none
  fi
}
