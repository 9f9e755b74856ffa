# shellcheck shell=bash
# What mpirun needs to know about this machine.

# CPUs this process may use, whatever OpenMP's variables make nproc believe.
allowed_cpus() { env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc "$@"; }

# Cores this process may use. Hyperthreads do not count: two on one core are no
# faster at matrix products than one.
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

# mpi_environment RANKS CORES: settings by environment variables.
mpi_environment() {
  # One thread in each matrix product; the program's own threads do the rest.
  export OPENBLAS_NUM_THREADS=1
  # Large pages for large arrays: a row of a weight matrix is often a small page.
  export GLIBC_TUNABLES=${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
  if (($1 > $2)); then
    export OMPI_MCA_rmaps_base_oversubscribe=1
  fi
}

# mpi_binding RANKS THREADS CORES: what to bind a rank to. To a core of its own
# only if it has one thread, no core stays idle (prefetch threads could use it),
# and the whole machine may be used: mpirun counts cores from the first, allowed
# or not.
mpi_binding() {
  if (($1 == $3 && $2 == 1)) && [[ $(allowed_cpus) == $(allowed_cpus --all) ]]; then
    echo core
  else
    echo none
  fi
}
