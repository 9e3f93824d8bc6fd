// What the other commands make of a host once a run has kept or refused it: records are published, verify and audit
// look, a rotation begins.
import type { Ended } from '../unit/cli/mailrun.ts'
import type { Bench, Trial } from './trial.ts'
import { mailNow, treeOf } from './trial.ts'

/** Exit statuses. */
export interface Afterwards {
  readonly verify: number | null
  readonly audit: number | null
  readonly rotate: number | null
  /** What must not be, a line each. */
  readonly faults: readonly string[]
}

/** The exit status of a run by which keys wait. */
const HELD = 6

/** @param tried - what came of the run just now, on this host. */
export async function afterwards(bench: Bench, tried: Trial): Promise<Afterwards> {
  const faults: string[] = []
  const expect = (what: string, { code, stdout, stderr }: Ended, wanted: readonly (number | null)[]): number | null => {
    if (!wanted.includes(code)) faults.push(`${what} ended with ${code}: ${(stdout + stderr).trim().slice(-600)}`)
    return code
  }
  const kept = tried.outcome === 'kept'
  if (kept) expect('dns push', await bench.mailrun('dns', 'push', '--yes'), [0])
  // Keys that waited for their records sign from now on.
  if (kept && tried.run === HELD) expect('a run after dns push', await bench.mailrun('playbooks/dkim.ts'), [0])
  // Of a host that was refused they say what they see: never that it could not be looked at.
  const before = await treeOf(bench)
  const verify = expect('verify', await bench.mailrun('verify'), kept ? [0] : [0, 3])
  const audit = expect('audit', await bench.mailrun('audit'), kept ? [0, 2] : [0, 2, 3])
  faults.push(...bench.lab.treeDifference(before, await treeOf(bench)).map((line) => `verify or audit wrote: ${line}`))
  const rotate = expect('rotate', await bench.mailrun('rotate', '--start', '--wait', '0'), kept ? [0, 6] : [0, 3, 6])
  const { signed } = await mailNow(bench.host, tried.profile)
  for (const [who, signatures] of tried.signed) {
    const domains = new Set((signed.get(who) ?? []).map(domainOf))
    for (const each of signatures)
      if (!domains.has(domainOf(each))) faults.push(`after rotate, ${who} is signed no longer: it was with ${each}`)
  }
  if (!kept && rotate === 3)
    faults.push(
      ...bench.lab.treeDifference(before, await treeOf(bench)).map((line) => `rotate failed, and wrote: ${line}`),
    )
  return { verify, audit, rotate, faults }
}

/** @example domainOf('d=fleet.test s=mail') // 'd=fleet.test' */
const domainOf = (signature: string): string => signature.split(' ')[0] ?? ''
