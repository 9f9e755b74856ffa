# shellcheck shell=bash
# The files that hosts read in /etc, and the wait for Slurm, for cluster/up.
# shellcheck disable=SC2154  # nodes, cpus and extra are options of cluster/up

write_hosts() {
  echo "127.0.0.1 localhost"
  echo "10.88.0.254 head"
  for ((i = 1; i <= nodes; ++i)); do echo "10.88.0.$i n$i"; done
}

# This machine's settings, those for real clusters, and that the nodes share cores.
write_mpi_settings() {
  cat /etc/openmpi/openmpi-mca-params.conf "$root/cluster/real/openmpi-mca-params.conf"
  printf '%s\n' 'mpi_yield_when_idle = 1' 'btl_tcp_if_include = eth0' 'oob_tcp_if_include = eth0'
}

# A job of the partition "high" stops and requeues jobs of "low".
write_slurm_conf() {
  cat <<CONF
ClusterName=virtual
SlurmctldHost=head
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=15
SlurmdParameters=config_overrides
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd.%n.log
NodeName=n[1-$nodes] CPUs=$cpus RealMemory=$(memory_mib) State=UNKNOWN
PartitionName=low Nodes=ALL Default=YES PriorityTier=1 GraceTime=30 MaxTime=INFINITE
PartitionName=high Nodes=ALL PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE
CONF
  cat "$extra"
}

# Nine tenths of the machine's memory. The nodes share it, and Slurm does not know.
memory_mib() { awk '/^MemTotal:/ { print int($2 / 1024 * 0.9) }' /proc/meminfo; }

# wait_for_slurm NODES returns when Slurm knows all nodes and none is down.
wait_for_slurm() {
  local ready try
  for ((try = 0; try < 300; ++try)); do
    ready=$("$root/cluster/on" head sinfo -h -p low -t idle,alloc,mix -N -o %N 2>/dev/null |
      wc -l) || :
    [[ $ready == "$1" ]] && return
    sleep 0.1
  done
  "$root/cluster/on" head sinfo >&2 || :
  fail "not all nodes are ready after 30 s; see $state/log, and end the cluster with cluster/down"
}
