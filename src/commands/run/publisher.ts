// Publishes a fleet's mail records during a run: keys as soon as hosts have them and before they sign, policies last.
import { askServed, lookingFor, servedAnswer } from '../../dns/served/ask-served.ts'
import { authoritative } from '../../dns/lookup/authoritative.ts'
import { planRecords } from '../../dns/plan/plan-dns.ts'
import type { DnsEvent, Publication } from '../../dns/push/publication.ts'
import { isPushed, type Pushing } from '../../dns/push/push-dns.ts'
import { readyToPublish } from '../../dns/push/ready-to-publish.ts'
import type { Connect } from '../../engine/session/connection.ts'
import type { AskOutside } from '../../engine/outside.ts'
import type { Meanwhile } from '../../engine/rollout.ts'
import { REVOKED_DKIM } from '../../mail/records/dkim/record.ts'
import type { MailRecord } from '../../mail/records/dns-record.ts'
import type { Host } from '../../core/fleet/host.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { OutsideQuestion } from '../../core/probe/outside-question.ts'
import type { PreparedHost } from '../../core/fleet/prepared-host.ts'
import { isKnown } from '../../core/unknown.ts'
import { mailHosts } from '../mail-fleet/mail-fleet-of.ts'
import type { PreparedRun } from './prepare-run.ts'
import { nothingYet, publishStep, type Came, type Publishing } from './publish-step.ts'
import { withQuestions } from './run-fleet.ts'

export interface PublisherOptions {
  readonly check: boolean
  /** Seconds for name servers to serve what was pushed. */
  readonly waitSeconds: number
  readonly interrupt: AbortSignal
  readonly tell: (event: DnsEvent) => void
}

export interface Publisher {
  /** Those of the run, with what is asked of them besides. */
  readonly hosts: readonly PreparedHost[]
  /** Name servers that are pushed by, in the inventory. */
  readonly ways: readonly Host[]
  /** Until something is pushed: what this run can publish is waited for. In a check it counts as served. */
  readonly askOutside: AskOutside
  meanwhile(connect: Connect): Meanwhile
}

/**
 * No host and no name server is touched.
 * @throws MailrunError with what is wrong in the inventory, or with the way to push
 */
export async function publisher(
  { hosts, fleet }: PreparedRun,
  { check, waitSeconds, interrupt, tell }: PublisherOptions,
): Promise<Publisher> {
  const members = await mailHosts({ ...fleet, limit: undefined })
  const pushing: Pushing = { dns: members.dns.of, hosts: fleet.inventory.hosts, unset: 'by-hand' }
  const ways = await readyToPublish(members.dns.all, fleet.inventory.hosts)
  const lookingBy = lookingFor()
  const looking = authoritative(members.dns.of)
  const came = nothingYet()
  const publishing: Publishing = { members, pushing, looking, check, waitSeconds, interrupt, tell, came }
  return {
    hosts: withQuestions(hosts, members, check),
    ways,
    async askOutside(question, signal) {
      const answer = await servedAnswer(question, lookingBy(question.dns), signal)
      if (answer.kind === 'served' || came.error !== undefined) return answer
      if (!(await canPublish(question, publishing))) return answer
      return check ? { kind: 'served' } : { kind: 'later' }
    },
    meanwhile: (connect) => ({
      async between(soFar) {
        await guarded(() => publishStep(soFar, false, connect, publishing), came)
        return askServed(lookingBy)
      },
      async after(results) {
        if (!interrupt.aborted) await guarded(() => publishStep(results, true, connect, publishing), came)
        tell({ kind: 'dns-end', publication: publicationOf(came) })
      },
    }),
  }
}

/** Whether a push would bring the record about, as far as that can be known. */
async function canPublish(
  { record: { value, ...record } }: OutsideQuestion,
  { members, looking, pushing }: Publishing,
): Promise<boolean> {
  try {
    const zone = await looking.findZone(record.name)
    if (!isPushed(zone, members.dns.of(record.name), pushing)) return false
    const wanted: MailRecord = {
      ...record,
      value: isKnown(value) ? value : REVOKED_DKIM,
      ttl: 0,
      domain: record.name,
      publishedBy: 'fleet',
      why: [],
    }
    const [planned] = (await planRecords([wanted], looking)).records
    return planned?.kind === 'change' || planned?.kind === 'served'
  } catch (error) {
    if (error instanceof MailrunError) return false
    throw error
  }
}

/** The first error is kept; hosts go on without. */
async function guarded(what: () => Promise<void>, came: Came): Promise<void> {
  try {
    await what()
  } catch (error) {
    came.error ??= error instanceof MailrunError ? error.message : `a bug in mailrun: ${stackOf(error)}`
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? `${error.stack}` : String(error))

const publicationOf = ({ plan, pushed, notServed, byHand, left, error }: Came): Publication => ({
  plan,
  pushed,
  notServed,
  byHand,
  left,
  ...(error === undefined ? {} : { error }),
})
