// Twenty hosts, five of them taken over, one for each way to hold a controller up: the others take no longer than in
// a run without those five, and say the same. Has a lab of its own.
import * as assert from 'uvu/assert'
import type { Behaviour } from '../hostile-program.ts'
import { ended, resultOf, takeOver, tell } from '../hostile-rounds.ts'
import { nameLab } from '../lab/own-lab.ts'
import { suite } from '../suite.ts'

nameLab('hostile20')
const lab = await import('../../lab/index.ts')
const test = suite('hostile hosts among twenty')

const SIZE = 20
const TURNS = 5
/** Times the median of runs without hostile hosts. */
const FACTOR = 1.5

/** By sudo where the host logs in as another user: odd numbers from 5 on. */
const TAKEN: Readonly<Record<string, Behaviour>> = {
  mx4: 'endless-frame',
  mx6: 'endless-answer',
  mx8: 'many-lines',
  mx5: 'words-of-sudo',
  mx7: 'spaces-of-sudo',
}
const OTHERS = `all:!${Object.keys(TAKEN).join(':!')}:!mx3`

test.before(async () => {
  await lab.labUp({ size: SIZE, tools: false, wire: undefined })
  for (const [host, behaviour] of Object.entries(TAKEN)) {
    await takeOver(lab, host)
    await tell(lab, host, `${behaviour} 1`)
  }
})
test.after(() => lab.labDown())

interface HostEnd {
  readonly kind: string
  readonly host: string
  readonly status: string
  /** From the start of its turn to its end. */
  readonly seconds: number
}

/** The last word on each host, in the order of their names. */
async function check(limit: string): Promise<readonly HostEnd[]> {
  const words = ['playbooks/dkim.ts', '-i', lab.inventoryPath, '--check', '--timeout', '10', '--limit', limit]
  const run = await ended([...words, '--forks', String(SIZE), '--format', 'ndjson'])
  assert.ok(run.code !== null, 'the run did not end by itself')
  const events = run.stdout.trim().split('\n')
  return events
    .map((line) => JSON.parse(line) as HostEnd)
    .filter(({ kind }) => kind === 'host-end')
    .sort((one, other) => (one.host < other.host ? -1 : 1))
}

const isOther = ({ host }: HostEnd): boolean => !Object.hasOwn(TAKEN, host)

/** Until the last of the others was done. */
const secondsOf = (hosts: readonly HostEnd[]): number =>
  Math.max(...hosts.filter(isOther).map(({ seconds }) => seconds))

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

test('the others are as quick as without them, and say the same', async () => {
  const [alone, among]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < TURNS; turn += 1) {
    const without = await check(OTHERS)
    const amid = await check('all:!mx3')
    assert.is(without.length, SIZE - Object.keys(TAKEN).length - 1)
    assert.equal(amid.filter(isOther).map(resultOf), without.map(resultOf))
    for (const { host, status } of amid.filter((each) => !isOther(each)))
      assert.ok(['failed', 'unreachable'].includes(status), `${host}: ${status}`)
    alone.push(secondsOf(without))
    among.push(secondsOf(amid))
  }
  console.log(`without: ${alone.join(' ')} s; among hostile ones: ${among.join(' ')} s`)
  assert.ok(median(among) <= FACTOR * median(alone), `${median(among)} s, without them ${median(alone)} s`)
})

test.run()
