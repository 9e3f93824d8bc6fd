// A run of a playbook: what was prepared is carried out on hosts, and where the playbook says so in DNS.
import { askServed, lookingFor } from '../../dns/served/ask-served.ts'
import type { DnsEvent, Publication } from '../../dns/push/publication.ts'
import { rollout } from '../../engine/rollout.ts'
import type { RunEvent, RunResult } from '../../core/run-event.ts'
import { prepareRun, type PreparedRun, type RunRequest } from './prepare-run.ts'
import { publisher } from './publisher.ts'
import { withoutAnswers } from './run-fleet.ts'

/** Seconds that name servers are waited for where nothing is said. */
const DEFAULT_WAIT = 60

export type RunOptions = Pick<RunRequest, 'check' | 'serial' | 'maxFail' | 'waitSeconds' | 'onEvent' | 'report'>

export type Outcome = RunResult & {
  /** Of a playbook that publishes. */
  readonly dns?: Publication
}

/** @throws MailrunError before any host is touched: playbook, inventory or vars are wrong */
export const run = async (request: RunRequest): Promise<Outcome> => carryOut(await prepareRun(request), request)

/** @throws MailrunError before any host is touched */
export async function carryOut(prepared: PreparedRun, options: RunOptions): Promise<Outcome> {
  const { fleet } = prepared
  const { check = false, waitSeconds = DEFAULT_WAIT, report = () => {}, onEvent = report } = options
  let dns: Publication | undefined
  const tell = (event: DnsEvent): void => {
    if (event.kind === 'dns-end') dns = event.publication
    onEvent(event)
  }
  const publishing = prepared.publish
    ? await publisher(prepared, { check, waitSeconds, interrupt: fleet.bounds.interrupt, tell })
    : undefined
  const hosts = publishing?.hosts ?? prepared.hosts
  const connect = await fleet.reach([...hosts.map(({ host }) => host), ...(publishing?.ways ?? [])])
  const engine = {
    playbook: prepared.name,
    check,
    serial: options.serial ?? [],
    maxFail: options.maxFail,
    askOutside: publishing?.askOutside ?? askServed(lookingFor()),
    ...fleet.bounds,
  }
  const result = await rollout(
    hosts,
    engine,
    connect,
    (event) => onEvent(shown(event)),
    publishing?.meanwhile(connect),
  ).finally(fleet.close)
  return { ...result, hosts: result.hosts.map(withoutAnswers), ...(dns === undefined ? {} : { dns }) }
}

function shown(event: RunEvent): RunEvent {
  if (event.kind === 'host-end') return { ...event, result: withoutAnswers(event.result) }
  return event.kind === 'run-end'
    ? { ...event, result: { ...event.result, hosts: event.result.hosts.map(withoutAnswers) } }
    : event
}
