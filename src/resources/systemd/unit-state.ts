// The question about a systemd unit, and its state as the answer.
import type { Known } from '../../core/unknown.ts'

/** What `systemctl show` tells of one unit. */
export type UnitProperties = ReadonlyMap<string, string>

export interface UnitQuestion {
  readonly unit: string
  /**
   * Files and directories that it reads when it starts. Where they are given, its unit file and drop-ins count as such,
   * too.
   */
  readonly restartOn: readonly string[] | undefined
  /** Files and directories that it reads again on a reload. */
  readonly reloadOn: readonly string[]
  /** Paths of the sockets that it must have. */
  readonly listens: readonly string[]
}

export interface UnitState {
  /** The name that it really has, where it was asked for by another. */
  readonly id: string
  /** Whether there is a unit file, be it behind a mask. */
  readonly there: boolean
  /** Fully up, with all that stands behind it. */
  readonly active: boolean
  /** Down for good: not about to start or to be started again, either. Some units are neither. */
  readonly stopped: boolean
  /**
   * What systemctl(1) is-enabled says: `enabled`, `enabled-runtime`, `disabled`, `static`, `masked`, `masked-runtime`,
   * …, but for units that say `indirect` and for init scripts: of these `enabled` or `disabled`, by whether what they
   * name in `Also=`, or the script, starts at boot.
   */
  readonly enabled: Known<string>
  /** The unit file that systemd has loaded; empty where there is none. */
  readonly fragment: Known<string>
  /**
   * It is but a link in /etc/systemd/system, to another unit or to a file elsewhere: disabling removes that, and the
   * unit with it.
   */
  readonly linked: boolean
  readonly reloads: Known<boolean>
  /** systemd has an older unit file loaded than there is. */
  readonly needDaemonReload: boolean
  /** Of the files that it reads when it starts, those that changed since. */
  readonly restart: readonly string[]
  /** Of the files that it reads on a reload, those that changed since. */
  readonly reload: readonly string[]
  /**
   * Files that are judged by times alone, for no stamp tells of them: for these a changed owner or mode looks like a
   * changed content.
   */
  readonly unproven: readonly string[]
  /** Of the sockets, those that are not there. */
  readonly missing: readonly string[]
  /**
   * What really runs: the unit itself, or the instances behind a oneshot wrapper (Debian 12's postfix.service stands
   * for postfix@-.service).
   */
  readonly real: readonly string[]
}

export const isMasked = (enabled: Known<string>): boolean => enabled === 'masked' || enabled === 'masked-runtime'
