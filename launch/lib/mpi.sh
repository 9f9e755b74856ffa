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

# Prints the CPUs that this process may use, such as 0-3,8.
allowed_list() { taskset -cp "$$" | sed 's/.*: //'; }

# Prints the number of NUMA domains, each with a memory of its own, that have CPUs which this process may use.
numa_domains() {
  local allowed
  allowed=$(allowed_list)
  { lscpu -p=CPU,NODE 2>/dev/null || true; } | awk -F, -v allowed="$allowed" '
    BEGIN {
      n = split(allowed, ranges, ",")
      for (i = 1; i <= n; ++i) {
        ends = split(ranges[i], range, "-")
        for (cpu = range[1]; cpu <= range[ends]; ++cpu) may[cpu + 0]
      }
    }
    /^[0-9]/ && ($1 + 0) in may && $2 != "" { domains[$2] }
    END { count = 0; for (domain in domains) ++count; print (count > 0 ? count : 1) }'
}

# mpi_environment RANKS CORES exports the environment variables that the run needs.
mpi_environment() {
  # Each product in double (gradient checks) uses one thread, because the program has threads of its own.
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

# Succeeds if this process may use all CPUs of the machine. mpirun counts cores from the first, whether it
# is allowed or not.
may_use_all_cpus() { [[ $(allowed_cpus) == $(allowed_cpus --all) ]]; }

# mpi_binding RANKS THREADS CORES DOMAINS prints what a rank is bound to: a core of its own, if ranks with one thread
# fill all cores, or a NUMA domain of its own, if ranks fill the domains. Otherwise, or if not the whole machine may be used,
# none.
mpi_binding() {
  if ! may_use_all_cpus; then
    echo none
  elif (($1 == $3 && $2 == 1)); then
    echo core
  elif (($4 > 1 && $1 == $4 && $1 * $2 <= $3)); then
    echo numa
  else
    echo none
  fi
}

# Exports settings of Open MPI for a run over TCP; those that are set already win. docs/cluster.md has the
# reasons in full, and cluster/real/openmpi-mca-params.conf has the settings for other programs.
mpi_over_tcp() {
  # A message above this limit waits for an answer, which stands behind the bulk data of the other
  # direction. With 8 MB a step on 1 Gbit/s takes 14 to 19% less time.
  export OMPI_MCA_btl_tcp_eager_limit=${OMPI_MCA_btl_tcp_eager_limit:-8388608}
  export OMPI_MCA_btl_tcp_rndv_eager_limit=${OMPI_MCA_btl_tcp_rndv_eager_limit:-8388608}
}

# Ranks of one computer share memory. To look for network devices takes 0.2 s of each start.
mpi_on_one_computer() { export OMPI_MCA_pml=${OMPI_MCA_pml:-ob1}; }

# A waiting rank polls, which is fastest on a core of its own. Where ranks share cores, it takes the core
# away from the rank that it waits for.
mpi_yield() { export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}; }

# mpirun waits for the daemon of a host that was lost or cut off. With these settings it asks after 5 s of
# silence and gives the host up 6 s later, rather than after 8 minutes.
mpi_notices_lost_hosts() {
  export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time:-5}
  export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl:-2}
  export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes:-3}
}

# mpi_parameter FRAMEWORK COMPONENT NAME prints the value of a parameter of Open MPI, from the environment or
# a settings file.
mpi_parameter() {
  ompi_info --param "$1" "$2" --level 9 --parsable 2>/dev/null |
    sed -n "s/^mca:$1:$2:param:$3:value:\"\{0,1\}\([^\"]*\).*/\1/p"
}
