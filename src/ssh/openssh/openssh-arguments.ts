// The arguments for the system's ssh, for one host.
import type { SshTarget } from '../ssh-target.ts'
import type { Master } from './master.ts'

/** A host to be reached by the system's ssh. */
export interface OpensshTarget {
  readonly executable: string
  /** Before ours: what must hold for the whole run, as words. */
  readonly first: readonly string[]
  /** After ours: what the inventory says, as words. */
  readonly then: readonly string[]
  /** As ssh_config names it. */
  readonly address: string
  /** What all this and ssh_config come to. */
  readonly target: SshTarget
}

/** The same, through no master connection: neither one that stands nor one that is made meanwhile. */
export const withoutMaster = (wanted: OpensshTarget): OpensshTarget => ({
  ...wanted,
  target: { ...wanted.target, master: { kind: 'ignored', why: 'the host must take a new connection', isThere: false } },
})

/**
 * One shell, nothing else: no terminal, no forwarding, no program of one's own. The first that says a keyword counts.
 *
 * @param ready - what ssh prints once it is logged in.
 * @param asks - its questions are answered (SSH_ASKPASS).
 */
export function opensshArguments(
  { first, then, address, target }: OpensshTarget,
  { ready, asks, command }: { readonly ready: string; readonly asks: boolean; readonly command: string },
): readonly string[] {
  // ssh runs no LocalCommand for who goes through a master connection, and one may come about at any time. That it is
  // the host who tells costs a round trip. For one that stands nothing is waited for.
  const { master } = target
  const byHost = master.kind === 'to come'
  const ours: Readonly<Record<string, string | number>> = {
    // Of OpenSSH before 8.7.
    IgnoreUnknown: 'SessionType,StdinNull,ForkAfterAuthentication',
    BatchMode: asks ? 'no' : 'yes',
    NumberOfPasswordPrompts: 1,
    ConnectTimeout: target.connectSeconds,
    ServerAliveInterval: target.keepalive.seconds,
    ServerAliveCountMax: target.keepalive.lost,
    StrictHostKeyChecking: target.hostKey.strict,
    LogLevel: 'ERROR',
    RequestTTY: 'no',
    RemoteCommand: 'none',
    SessionType: 'default',
    StdinNull: 'no',
    ForkAfterAuthentication: 'no',
    ClearAllForwardings: 'yes',
    ForwardX11: 'no',
    EscapeChar: 'none',
    ...(master.kind === 'stands' || master.kind === 'ignored' ? { ControlMaster: 'no' } : {}),
    ...(byHost ? { PermitLocalCommand: 'no' } : { PermitLocalCommand: 'yes', LocalCommand: `echo ${ready}` }),
  }
  return [
    ...first,
    ...Object.entries(ours).flatMap(([keyword, value]) => ['-o', `${keyword}=${value}`]),
    ...then,
    ...controlPathOf(master),
    '-T',
    '--',
    address,
    byHost ? `echo ${ready}; ${command}` : command,
  ]
}

/** As -S, the last of which counts: what was looked at is what is used. */
const controlPathOf = (master: Master): readonly string[] =>
  master.kind === 'stands' ? ['-S', master.path.replaceAll('%', '%%')] : master.kind === 'ignored' ? ['-S', 'none'] : []
