// Carries out what was prepared: hosts, and where the playbook says so DNS.
import { connector, type ConnectionSource } from '../connection/connector.ts'
import { askServed, lookingFor } from '../dns/served/ask-served.ts'
import type { DnsEvent, Publication } from '../dns/push/publication.ts'
import { rollout } from '../engine/rollout.ts'
import type { BatchSize } from '../engine/run-options.ts'
import type { RunEvent, RunResult } from '../model/run-event.ts'
import { affordableForks } from './open-files.ts'
import type { PreparedRun } from './prepare-run.ts'
import { publisher } from './publisher.ts'
import { withoutAnswers } from './run-fleet.ts'

export interface CarryOutOptions {
  readonly check: boolean
  readonly forks: number
  readonly serial: readonly BatchSize[]
  readonly maxFail: BatchSize | undefined
  /** Seconds for name servers to serve what was pushed. */
  readonly waitSeconds: number
  readonly interrupt: AbortSignal
  readonly abandon: AbortSignal
  /** Is called once nothing can keep it from starting any more. */
  begins(): void
  report(event: RunEvent | DnsEvent): void
}

/** Seconds that name servers are waited for where nothing is said. */
export const DEFAULT_WAIT = 60

export type Outcome = RunResult & {
  /** Of a playbook that publishes. */
  readonly dns?: Publication
}

/** @throws MailrunError before any host is touched */
export async function carryOut(run: PreparedRun, source: ConnectionSource, options: CarryOutOptions): Promise<Outcome> {
  const { check, interrupt, report } = options
  let dns: Publication | undefined
  const tell = (event: DnsEvent): void => {
    if (event.kind === 'dns-end') dns = event.publication
    report(event)
  }
  const publishing = run.publish
    ? await publisher(run, { check, waitSeconds: options.waitSeconds, interrupt, tell })
    : undefined
  const hosts = publishing?.hosts ?? run.hosts
  const { connect, close } = await connector(
    [...new Set([...hosts.map(({ host }) => host), ...(publishing?.ways ?? [])])],
    source,
  )
  options.begins()
  const engine = {
    playbook: run.playbook.name,
    check,
    forks: affordableForks(options.forks),
    serial: options.serial,
    maxFail: options.maxFail,
    askOutside: publishing?.askOutside ?? askServed(lookingFor()),
    interrupt,
    abandon: options.abandon,
  }
  const result = await rollout(
    hosts,
    engine,
    connect,
    (event) => report(shown(event)),
    publishing?.meanwhile(connect),
  ).finally(close)
  return { ...result, hosts: result.hosts.map(withoutAnswers), ...(dns === undefined ? {} : { dns }) }
}

function shown(event: RunEvent): RunEvent {
  if (event.kind === 'host-end') return { ...event, result: withoutAnswers(event.result) }
  return event.kind === 'run-end'
    ? { ...event, result: { ...event.result, hosts: event.result.hosts.map(withoutAnswers) } }
    : event
}
