// Where a host names the first process of OpenDKIM's unit.

/** Files that begin with its number: of cgroup v2, of v1, and the daemon's own. */
export const FIRST_PROCESS: readonly string[] = [
  '/sys/fs/cgroup/system.slice/opendkim.service/cgroup.procs',
  '/sys/fs/cgroup/systemd/system.slice/opendkim.service/cgroup.procs',
  '/run/opendkim/opendkim.pid',
]
