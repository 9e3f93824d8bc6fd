// What mailrun wants to reach, and what the results say of it: pure. Each goal is a ratio or a difference within one
// run of a bench.
import { ANSIBLE, BARE_SSH, BARE_SSH2, BY_HAND, MAILRUN, MITOGEN } from '../bench.ts'
import { LIST_TASKS, NODE, START, VERSION } from '../benches/startup.ts'
import { medianOf, type AllResults, type Measured } from '../results.ts'

export interface Goal {
  readonly what: string
  /** `at least 40 times` */
  readonly wanted: string
  /** `at` → what was measured there; empty where nothing was. */
  readonly measured: ReadonlyMap<number, number>
  readonly met: (measured: number) => boolean
  /** What those reach there who ask nothing, by name. */
  readonly floors?: ReadonlyMap<string, ReadonlyMap<number, number>>
  /** Of a measured value, as it is shown. */
  readonly unit: string
  /** What `at` counts, for more than one. */
  readonly at: string
}

type Of = Omit<Measured, 'values' | 'at'>
const SIZES = [4, 10, 20]

/** Every goal, in the order of the page; also those that nothing was measured for. */
export function goals(all: AllResults): readonly Goal[] {
  const value = (bench: string, of: Of, at: number): number | undefined => medianOf(all.get(bench), { ...of, at })
  /** Of two medians at the same place. */
  const compared = (
    bench: string,
    ats: readonly number[],
    one: Of,
    other: Of,
    how: (one: number, other: number) => number,
  ): ReadonlyMap<number, number> =>
    new Map(
      ats.flatMap((at): [number, number][] => {
        const [a, b] = [value(bench, one, at), value(bench, other, at)]
        return a === undefined || b === undefined ? [] : [[at, how(a, b)]]
      }),
    )
  const alone = (bench: string, ats: readonly number[], of: Of): ReadonlyMap<number, number> =>
    new Map(
      ats.flatMap((at): [number, number][] => {
        const found = value(bench, of, at)
        return found === undefined ? [] : [[at, found]]
      }),
    )
  const over = (a: number, b: number): number => a / b
  const seconds = (job: string, who: string): Of => ({ job, who, unit: 's' })
  const trips = (who: string): Of => ({ job: 'nothing to do', who, unit: 'round trips' })
  const scale = (job: string, unit: string, who = MAILRUN): Of => ({ job, who, unit })
  const start = (what: string): ReadonlyMap<number, number> =>
    compared(
      'startup',
      [0],
      { job: START, who: what, unit: 'ms' },
      { job: START, who: NODE, unit: 'ms' },
      (a, b) => a - b,
    )
  const floors = (peer: string): NonNullable<Goal['floors']> =>
    new Map(
      [BARE_SSH, BARE_SSH2].map((floor) => [
        floor,
        compared('peers', SIZES, seconds('nothing to do', peer), seconds('nothing to do', floor), over),
      ]),
    )
  const [few, many] = [100, 5000].map((at) => value('scale', scale('CPU per host', 'ms'), at))
  return [
    {
      what: 'nothing to do: faster than Ansible',
      wanted: 'at least 40 times',
      unit: '×',
      at: 'hosts',
      measured: compared('peers', SIZES, seconds('nothing to do', ANSIBLE), seconds('nothing to do', MAILRUN), over),
      floors: floors(ANSIBLE),
      met: (times) => times >= 40,
    },
    {
      what: 'nothing to do: faster than Ansible with Mitogen',
      wanted: 'at least 25 times',
      unit: '×',
      at: 'hosts',
      measured: compared('peers', SIZES, seconds('nothing to do', MITOGEN), seconds('nothing to do', MAILRUN), over),
      floors: floors(MITOGEN),
      met: (times) => times >= 25,
    },
    {
      what: 'nothing to do: against the same questions by hand',
      wanted: 'at most 1.3 times',
      unit: '×',
      at: 'hosts',
      measured: compared('peers', SIZES, seconds('nothing to do', MAILRUN), seconds('nothing to do', BY_HAND), over),
      met: (times) => times <= 1.3,
    },
    {
      what: 'first run: against the same changes by hand',
      wanted: 'at most 1.15 times',
      unit: '×',
      at: 'hosts',
      measured: compared('peers', SIZES, seconds('first run', MAILRUN), seconds('first run', BY_HAND), over),
      met: (times) => times <= 1.15,
    },
    {
      what: 'nothing to do, 100 ms away: longer than by hand',
      wanted: 'at most 1 round trip',
      unit: 'round trips',
      at: 'ms',
      measured: compared(
        'latency',
        [100],
        seconds('nothing to do', MAILRUN),
        seconds('nothing to do', BY_HAND),
        (a, b) => (a - b) / 0.1,
      ),
      met: (trips) => trips <= 1,
    },
    {
      what: 'nothing to do: round trips that follow each other, more than by hand',
      wanted: 'at most 1',
      unit: 'round trips',
      at: 'hosts',
      measured: compared('wire', [4], trips(MAILRUN), trips(BY_HAND), (a, b) => a - b),
      met: (more) => more <= 1,
    },
    {
      what: "controller's CPU per host, against ssh2 alone",
      wanted: 'at most 1.2 times',
      unit: '×',
      at: 'hosts',
      measured: compared('scale', [1000], scale('CPU per host', 'ms'), scale('CPU per host', 'ms', 'ssh2 alone'), over),
      met: (times) => times <= 1.2,
    },
    {
      what: 'memory beyond 100 MB, per host of the inventory',
      wanted: 'at most 60 kB',
      unit: 'kB',
      at: 'hosts',
      measured: alone('scale', [1000, 5000], scale('memory beyond 100 MB per host', 'kB')),
      met: (kilobytes) => kilobytes <= 60,
    },
    {
      what: 'memory per open connection',
      wanted: 'at most 300 kB',
      unit: 'kB',
      at: 'hosts',
      measured: alone('scale', [100, 1000], scale('memory per open connection', 'kB')),
      met: (kilobytes) => kilobytes <= 300,
    },
    {
      what: 'cost per host with 5,000 against that with 100',
      wanted: 'at most 1.15 times',
      unit: '×',
      at: 'hosts',
      measured: few === undefined || many === undefined ? new Map() : new Map([[5000, many / few]]),
      met: (times) => times <= 1.15,
    },
    {
      what: '`mailrun --list-tasks`: longer than `node -e 0`',
      wanted: 'at most 250 ms',
      unit: 'ms',
      at: '',
      measured: start(LIST_TASKS),
      met: (ms) => ms <= 250,
    },
    {
      what: '`mailrun --version`: longer than `node -e 0`',
      wanted: 'at most 40 ms',
      unit: 'ms',
      at: '',
      measured: start(VERSION),
      met: (ms) => ms <= 40,
    },
  ]
}

/** `missed` where it is at one of the places. */
export function verdict({ measured, met }: Goal): 'met' | 'missed' | 'not measured' {
  if (measured.size === 0) return 'not measured'
  return [...measured.values()].every(met) ? 'met' : 'missed'
}
