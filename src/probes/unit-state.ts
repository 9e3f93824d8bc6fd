// What is asked about a systemd unit, and what is known of it.

export interface UnitQuestion {
  readonly unit: string
  /** Files and directories that it reads when it starts. Where they are given, its unit file and drop-ins count as such, too. */
  readonly restartOn: readonly string[] | undefined
  /** Files and directories that it reads again on a reload. */
  readonly reloadOn: readonly string[]
}

export interface UnitState {
  readonly there: boolean
  readonly active: boolean
  /** What systemctl(1) is-enabled says: `enabled`, `disabled`, `static`, `masked`, … */
  readonly enabled: string
  /** systemd has an older unit file loaded than there is. */
  readonly needDaemonReload: boolean
  /** Of the files that it reads when it starts, those that changed since. */
  readonly restart: readonly string[]
  /** Of the files that it reads on a reload, those that changed since. */
  readonly reload: readonly string[]
  /** Files that are judged by times alone, for no stamp tells of them: for these a changed owner or mode looks like a changed content. */
  readonly unproven: readonly string[]
  /** What really runs: the unit itself, or the instances behind a oneshot wrapper (Debian 12's postfix.service stands for postfix@-.service). */
  readonly real: readonly string[]
}
