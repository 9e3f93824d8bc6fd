// One profile on one host: what is signed before, a check, a run under a stream of mail, a second run; and whether the
// promise was kept.
import type { RunDocument } from '../../src/report/run/json.ts'
import type { treeDifference as Difference, treeList } from '../../lab/index.ts'
import { inHost } from '../lab/in-host.ts'
import { isTaken, streamed, type Stream, type StreamMessage } from '../lab/mail-stream.ts'
import type { Ended } from '../unit/cli/mailrun.ts'
import { putBack } from './host.ts'
import { commonSignatures, mailFaults, type Signed } from './mail-faults.ts'
import type { Profile } from './profile.ts'

/** What a trial needs of a lab and of a project. */
export interface Bench {
  readonly host: string
  readonly lab: { readonly treeList: typeof treeList; readonly treeDifference: typeof Difference }
  /** Runs the command with the inventory of the profile at hand. */
  mailrun(...words: readonly string[]): Promise<Ended>
  /** The inventory says what is wanted; DNS, where there is one, serves the profile's keys. */
  prepare(profile: Profile, by: InventoryBy): Promise<Prepared>
  /** Every name in `_domainkey` of the lab's zones, with its last dot, in lower case; empty without name servers. */
  published(): Promise<readonly string[]>
}

/** Who writes the inventory: `mailrun adopt`, with what the profile decides; or its owner, who knows the domains. */
export type InventoryBy = 'adopt' | 'hand'

export interface Prepared {
  /** What `mailrun adopt` says of the host: `adopted`, `unsigned`, `refused`, …; `by hand`: it was not asked. */
  readonly status: string
  /** Its exit status. */
  readonly check: number | null
}

export interface Trial {
  readonly profile: Profile
  readonly adopted: Prepared['status']
  /** `kept`: all mail was taken, and signed as before or better. `refused`: nothing was changed. */
  readonly outcome: 'kept' | 'refused' | 'broken'
  /** Exit statuses of the check and of the run. */
  readonly check: number | null
  readonly run: number | null
  /** Why it was refused. */
  readonly why: string
  /** What broke the promise, a line each. */
  readonly faults: readonly string[]
  /** Before the run. */
  readonly signed: Signed
  readonly sent: number
  readonly seconds: number
}

/** Five messages in a second. */
const PAUSE = 0.17

/** Mail itself, and what comes and goes with it. */
const OF_MAIL = ['/var/spool/postfix', '/var/lib/postfix', '/var/mail', '/root', '/var/cache/brownfield']

/** @param given - by hand its owner decides nothing yet. */
export async function trial(bench: Bench, given: Profile, by: InventoryBy): Promise<Trial> {
  const began = performance.now()
  const profile = by === 'adopt' ? { ...given, senders: given.decided?.senders ?? given.senders } : given
  const { host } = bench
  await putBack(host)
  await inHost(host, profile.setup)
  const { signed, bad } = await mailNow(host, profile)
  if (bad !== undefined) throw new Error(`${profile.name} does not work before the run: ${JSON.stringify(bad)}`)
  const before = await treeOf(bench)
  const adopted = await bench.prepare(profile, by)
  const check = await bench.mailrun('playbooks/dkim.ts', '--check', '--format', 'json')
  const touched = bench.lab.treeDifference(before, await treeOf(bench))
  let run: Ended | undefined
  const { messages, held } = await streamed(host, streamOf(profile), async () => {
    run = await bench.mailrun('playbooks/dkim.ts', '--format', 'json')
  })
  const after = await treeOf(bench)
  const changed = bench.lab.treeDifference(before, after)
  const refused = run!.code !== 0 && run!.code !== 6
  const faults = [
    ...touched.map((line) => `adopt or the check wrote: ${line}`),
    ...mailFaults(signed, messages, held),
    ...(refused ? changed.map((line) => `refused, but changed: ${line}`) : await secondRun(bench)),
    ...(refused && why(run!) === '' ? [`it says nothing: ${run!.stderr}`] : []),
    ...(await unanswered(host, profile)),
    ...((check.code === 3) !== (run!.code === 3)
      ? [`the check ended with ${check.code}, the run with ${run!.code}`]
      : []),
  ]
  return {
    profile,
    adopted: adopted.status,
    outcome: faults.length > 0 ? 'broken' : refused ? 'refused' : 'kept',
    check: check.code,
    run: run!.code,
    why: refused ? why(run!) : '',
    faults,
    signed,
    sent: messages.length,
    seconds: (performance.now() - began) / 1000,
  }
}

/** All files of the host but mail. */
export const treeOf = ({ lab, host }: Bench): ReturnType<typeof treeList> => lab.treeList(host, { exclude: OF_MAIL })

export const streamOf = ({ senders, ways }: Profile): Stream => ({ senders, ways, pause: PAUSE })

/** How a few messages of each sender on each way are signed; `bad`: one that is not taken, or lost. */
export async function mailNow(
  host: string,
  profile: Profile,
): Promise<{ readonly signed: Signed; readonly bad: StreamMessage | undefined }> {
  const wait = (profile.senders.length * profile.ways.length) / 8 + 0.5
  const { messages } = await streamed(host, { ...streamOf(profile), pause: 0.05 }, async () => {
    await inHost(host, `sleep ${wait}`)
  })
  return {
    signed: commonSignatures(messages),
    bad: messages.find((message) => !isTaken(message) || !message.arrived),
  }
}

/** A run that went well is to be the last. */
export async function secondRun(bench: Bench): Promise<readonly string[]> {
  const { code, stdout } = await bench.mailrun('playbooks/dkim.ts', '--format', 'json')
  if (code !== 0 && code !== 6) return [`the second run ended with ${code}: ${stdout.slice(0, 500)}`]
  const changed = documentOf(stdout)?.hosts.flatMap(({ tasks }) => tasks.filter(({ status }) => status === 'changed'))
  return (changed ?? []).map(({ type, name }) => `the second run changed ${type} ${name}`)
}

/** Who asks from outside must find what was there. */
async function unanswered(host: string, { askedByOthers: port }: Profile): Promise<readonly string[]> {
  if (port === undefined) return []
  const answer = await inHost(
    host,
    `perl -MIO::Socket::INET -e '
my ($own) = (qx(hostname -I) =~ /^([\\d.]+)/);
print IO::Socket::INET->new(PeerAddr => $own, PeerPort => ${port}, Timeout => 3) ? "yes" : "no"'`,
  )
  return answer === 'yes' ? [] : [`other hosts ask port ${port}, and nobody listens there any more`]
}

function documentOf(stdout: string): RunDocument | undefined {
  try {
    return JSON.parse(stdout) as RunDocument
  } catch {
    return undefined
  }
}

/** What the host's error says, else what stands on standard error. */
const why = ({ stdout, stderr }: Ended): string =>
  documentOf(stdout)
    ?.hosts.map(({ error }) => error ?? '')
    .find((error) => error !== '') ?? stderr.trim()
