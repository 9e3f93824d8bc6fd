// What the other commands make of a host once a run has kept or refused it: records are published, verify and audit
// look, and all of its keys are rotated.
import { streamed } from '../lab/mail-stream.ts'
import type { Ended } from '../unit/cli/mailrun.ts'
import { mailFaults } from './mail-faults.ts'
import type { Profile } from './profile.ts'
import { wholeRotation, type Rotated } from './rotation.ts'
import { mailNow, secondRun, streamOf, treeOf, type Bench, type Trial } from './trial.ts'

/** Exit statuses; `verify` and `audit` before the rotation. */
export interface Afterwards {
  readonly verify: number | null
  readonly audit: number | null
  readonly rotate: number | null
  /** Where a run was kept. */
  readonly rotated?: Rotated
  /** What must not be, a line each. */
  readonly faults: readonly string[]
}

/** The exit status of a run by which keys wait. */
const HELD = 6

type Expect = (what: string, ended: Ended, wanted: readonly number[]) => number | null

/** @param tried - what came of the run just now, on this host. */
export async function afterwards(bench: Bench, tried: Trial): Promise<Afterwards> {
  const faults: string[] = []
  const expect: Expect = (what, { code, stdout, stderr }, wanted) => {
    if (!wanted.some((each) => each === code))
      faults.push(`${what} ended with ${code}: ${(stdout + stderr).trim().slice(-600)}`)
    return code
  }
  const kept = tried.outcome === 'kept'
  if (kept) expect('dns push', await bench.mailrun('dns', 'push', '--yes'), [0])
  // Keys that waited for their records sign from now on.
  if (kept && tried.run === HELD) expect('a run after dns push', await bench.mailrun('playbooks/dkim.ts'), [0])
  // Of a host that was refused they say what they see: never that it could not be looked at.
  const before = await treeOf(bench)
  const changes = async (what: string): Promise<readonly string[]> =>
    bench.lab.treeDifference(before, await treeOf(bench)).map((line) => `${what} wrote: ${line}`)
  const verify = expect('verify', await bench.mailrun('verify'), kept ? [0] : [0, 3])
  const audit = expect('audit', await bench.mailrun('audit'), kept ? [0, 2] : [0, 2, 3])
  faults.push(...(await changes('verify or audit')))
  if (!kept) {
    const rotate = expect('rotate', await bench.mailrun('rotate', '--start', '--wait', '0'), [3])
    return { verify, audit, rotate, faults: [...faults, ...(await changes('rotate was refused, and'))] }
  }
  const rotated = await wholeRotation(bench, tried.profile)
  expect('verify after the rotation', await bench.mailrun('verify'), [0])
  if (tried.profile.keyAtHome) faults.push(...(await hardensUnit(bench, tried.profile)))
  const undone = (await secondRun(bench)).map((line) => `after the rotation: ${line}`)
  return { verify, audit, rotate: rotated.code, rotated, faults: [...faults, ...rotated.faults, ...undone] }
}

/** A run that has nothing to do but to harden the unit again, under mail. */
async function hardensUnit(bench: Bench, profile: Profile): Promise<readonly string[]> {
  const { signed } = await mailNow(bench.host, profile)
  let changes: readonly string[] = []
  const { messages, held } = await streamed(bench.host, streamOf(profile), async () => {
    changes = await secondRun(bench)
  })
  const isIt = changes.length === 1 && HARDENED.test(changes[0]!)
  return [
    ...mailFaults(signed, messages, held),
    ...(isIt ? [] : [`the unit was to be hardened again, and no more: ${changes.join('; ')}`]),
  ].map((line) => `a run after the rotation: ${line}`)
}
const HARDENED =
  / unit: opendkim\.service\.d\/00-mailrun\.conf: content; restart: its unit is hardened differently; [^;]*$/
