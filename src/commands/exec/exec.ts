// `exec`: runs one command once on each host, in parallel. There is no task, no lock and no check.
import { askNobody } from '../../engine/outside.ts'
import { rollout } from '../../engine/rollout.ts'
import { selectHosts } from '../../inventory/select-hosts.ts'
import type { Host } from '../../core/fleet/host.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import type { HostResult, RunEvent } from '../../core/run-event.ts'
import { EXEC_GRACE_SECONDS, executedProbe, type Executed, type NotExecuted } from '../../resources/command/executed.ts'
import type { ExecutedHost, Execution } from '../../resources/command/execution.ts'
import { maskKnown } from '../../shell/mask-known.ts'
import { secretsIn } from '../../shell/secrets-in.ts'
import { sh } from '../../shell/sh.ts'
import { openFleet, type Fleet, type FleetRequest } from '../fleet/open-fleet.ts'

export interface ExecRequest extends FleetRequest {
  /** Shell text; or a program with its arguments, which no shell reads. */
  readonly command: string | readonly string[]
  /** A host pattern, as `--limit`; `all` for all hosts of the inventory. */
  readonly limit: string
  /** After this many seconds the command is ended on a host; left out: 300. */
  readonly timeLimitSeconds?: number | undefined
  /** Is called with everything as it happens. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
}

const TIME_LIMIT_SECONDS = 300

/** Of one argument of a program Linux takes 128 kB. */
const COMMAND_BYTES = 100_000

/** @throws MailrunError before any host is touched */
export async function exec(request: ExecRequest): Promise<Execution> {
  const began = performance.now()
  const command = shellTextOf(request.command)
  // A program in JavaScript may leave it out.
  if ((request.limit as string | undefined) === undefined) throw new MailrunError(NO_LIMIT)
  const seconds = request.timeLimitSeconds ?? TIME_LIMIT_SECONDS
  const fleet = await openFleet(request)
  const hosts = selectHosts(fleet.inventory, request.limit, '--limit')
  const connect = await fleet.reach(hosts)
  const options = {
    playbook: 'exec',
    // Nothing waits for a lock, and none is taken.
    check: true,
    serial: [],
    maxFail: undefined,
    askOutside: askNobody,
    askedOnce: { seconds: seconds + EXEC_GRACE_SECONDS },
    ...fleet.bounds,
  }
  const prepared = hosts.map((host) => withCommand(host, fleet, command, seconds))
  const run = await rollout(prepared, options, connect, request.onEvent ?? (() => {})).finally(fleet.close)
  return {
    command: maskKnown(command),
    hosts: run.hosts.map(executedHost),
    seconds: (performance.now() - began) / 1000,
    interrupted: run.interrupted,
  }
}

const NO_LIMIT = 'exec runs on no host that is not named: say which with -l, such as -l mail; -l all for all of them'

function shellTextOf(command: ExecRequest['command']): string {
  const text = typeof command === 'string' ? command : sh`${command}`.text
  if (text.trim() === '')
    throw new MailrunError("no command was given; wanted: mailrun exec -i <inventory> -l <hosts> -- 'command'")
  if (text.includes('\0')) throw new MailrunError('the command has a NUL in it, which no shell takes')
  if (Buffer.byteLength(text) <= COMMAND_BYTES) return text
  throw new MailrunError(`the command is longer than ${COMMAND_BYTES} bytes: bring a file there, and run that`)
}

const withCommand = (host: Host, { extraVars }: Fleet, command: string, seconds: number): PreparedHost => ({
  host,
  tasks: [],
  outputs: { ran: executedProbe(command, seconds) },
  secrets: secretsIn([...host.vars.values(), ...extraVars.values()].map(({ value }) => value)),
  source: () => {
    throw new Error('exec names no source')
  },
})

function executedHost({ name, status, outputs, error }: HostResult): ExecutedHost {
  const came = (outputs['ran'] ?? undefined) as Executed | NotExecuted | undefined
  if (came !== undefined && 'code' in came) return { name, status: 'ran', ran: came }
  const how = status === 'unreachable' || status === 'interrupted' || status === 'not-reached' ? status : 'failed'
  const why = came === undefined ? 'it did not end in time, and was ended' : came.why
  return {
    name,
    status: how,
    error: how === 'not-reached' ? 'not begun' : (error ?? `the command could not be run: ${why}`),
  }
}
