// The goals of the benchmarks, and whether the results reach them. Each goal is a ratio or a difference within one
// benchmark. Pure functions.
import { ANSIBLE, BARE_SSH, BARE_SSH2, BY_HAND, MAILRUN, MITOGEN, NEEDED, warm } from '../bench.ts'
import { IDLE_RUN, OWN_BLOCK, OWN_FILE, RATIO } from '../benches/ssh-config.ts'
import { LIST_TASKS, LOCAL, NODE, START, VERSION } from '../benches/startup.ts'
import type { AllResults } from '../results.ts'
import { mediansOf, type ByPlace, type Medians, type Of } from './medians.ts'

export interface Goal {
  readonly what: string
  /** `at least 40 times` */
  readonly wanted: string
  /** `at` → what was measured there; empty where nothing was. */
  readonly measured: ByPlace
  readonly met: (measured: number) => boolean
  /** What those reach there who ask nothing, by name. */
  readonly floors?: ReadonlyMap<string, ByPlace>
  /** Of a measured value, as it is shown. */
  readonly unit: string
  /** What `at` counts, for more than one. */
  readonly at: string
}

const SIZES = [4, 10, 20]
const NOTHING = 'nothing to do'
const FIRST = 'first run'

/** Every goal, in the order of the page; also those that nothing was measured for. */
export function goals(all: AllResults): readonly Goal[] {
  const medians = mediansOf(all)
  return [
    ...besideThePeers(medians),
    ...aGeneralJob(medians),
    ...warmConnections(medians),
    farAway(medians),
    ...onTheWire(medians),
    ...manyHosts(medians),
    ...startUp(medians),
    ...sshConfig(medians),
  ]
}

const over = (one: number, other: number): number => one / other
const minus = (one: number, other: number): number => one - other
const seconds = (job: string, who: string): Of => ({ job, who, unit: 's' })
const TIMES = { unit: '×', at: 'hosts' }

/** How many times as long one takes for a job as another. */
const ratioOf =
  (bench: string, sizes: readonly number[], compared: Medians['compared']) =>
  (job: string, one: string, other: string): ByPlace =>
    compared(bench, sizes, seconds(job, one), seconds(job, other), over)

function besideThePeers({ compared }: Medians): readonly Goal[] {
  const ratio = ratioOf('peers', SIZES, compared)
  const floors = (peer: string): NonNullable<Goal['floors']> =>
    new Map([BARE_SSH, BARE_SSH2].map((floor) => [floor, ratio(NOTHING, peer, floor)]))
  return [
    {
      ...TIMES,
      what: 'nothing to do: faster than Ansible',
      wanted: 'at least 40 times',
      measured: ratio(NOTHING, ANSIBLE, MAILRUN),
      floors: floors(ANSIBLE),
      met: (faster) => faster >= 40,
    },
    {
      ...TIMES,
      what: 'nothing to do: faster than Ansible with Mitogen',
      wanted: 'at least 25 times',
      measured: ratio(NOTHING, MITOGEN, MAILRUN),
      floors: floors(MITOGEN),
      met: (faster) => faster >= 25,
    },
    {
      ...TIMES,
      what: 'nothing to do: against the same questions by hand',
      wanted: 'at most 1.3 times',
      measured: ratio(NOTHING, MAILRUN, BY_HAND),
      met: (longer) => longer <= 1.3,
    },
    {
      ...TIMES,
      what: 'first run: against the same changes by hand',
      wanted: 'at most 1.15 times',
      measured: ratio(FIRST, MAILRUN, BY_HAND),
      met: (longer) => longer <= 1.15,
    },
    {
      ...TIMES,
      what: 'first run: against Ansible',
      wanted: 'at most 1.0 times',
      measured: ratioOf('peers', [1, ...SIZES], compared)(FIRST, MAILRUN, ANSIBLE),
      met: (longer) => longer <= 1,
    },
  ]
}

function aGeneralJob({ compared }: Medians): readonly Goal[] {
  const ratio = ratioOf('general', [4], compared)
  return [
    {
      ...TIMES,
      what: 'general job, nothing to do: faster than Ansible',
      wanted: 'at least 30 times',
      measured: ratio(NOTHING, ANSIBLE, MAILRUN),
      met: (faster) => faster >= 30,
    },
    {
      ...TIMES,
      what: 'general job, first run: against Ansible',
      wanted: 'at most 1.0 times',
      measured: ratio(FIRST, MAILRUN, ANSIBLE),
      met: (longer) => longer <= 1,
    },
  ]
}

function warmConnections({ compared }: Medians): readonly Goal[] {
  const ratio = ratioOf('warm', SIZES, compared)
  return [
    {
      ...TIMES,
      what: 'nothing to do: against a script of what the job needs',
      wanted: 'at most 1.3 times',
      measured: ratio(NOTHING, MAILRUN, NEEDED),
      met: (longer) => longer <= 1.3,
    },
    {
      ...TIMES,
      what: 'nothing to do, warm: against a script of what the job needs, warm',
      wanted: 'at most 1.5 times',
      measured: ratio(NOTHING, warm(MAILRUN), warm(NEEDED)),
      met: (longer) => longer <= 1.5,
    },
  ]
}

function farAway({ compared }: Medians): Goal {
  const trips = (one: number, other: number): number => (one - other) / 0.1
  return {
    what: 'nothing to do, 100 ms away: longer than by hand',
    wanted: 'at most 1 round trip',
    unit: 'round trips',
    at: 'ms',
    measured: compared('latency', [100], seconds(NOTHING, MAILRUN), seconds(NOTHING, BY_HAND), trips),
    met: (more) => more <= 1,
  }
}

function onTheWire({ compared }: Medians): readonly Goal[] {
  const trips = (who: string): Of => ({ job: NOTHING, who, unit: 'round trips' })
  const processes = (job: string, who: string): Of => ({ job, who, unit: 'processes on the host' })
  const beyondLogin = (job: string): ByPlace =>
    compared('wire', [4], processes(job, MAILRUN), processes(NOTHING, BARE_SSH), minus)
  const counted = { unit: 'processes', at: 'hosts' }
  return [
    {
      what: 'nothing to do: round trips that follow each other, more than by hand',
      wanted: 'at most 1',
      unit: 'round trips',
      at: 'hosts',
      measured: compared('wire', [4], trips(MAILRUN), trips(BY_HAND), minus),
      met: (more) => more <= 1,
    },
    {
      ...counted,
      what: 'nothing to do: processes on a host, beyond those of `ssh HOST true`',
      wanted: 'at most 12',
      measured: beyondLogin(NOTHING),
      met: (count) => count <= 12,
    },
    {
      ...counted,
      what: 'one changed table: processes on a host, beyond those of `ssh HOST true`',
      wanted: 'at most 80',
      measured: beyondLogin('one changed file'),
      met: (count) => count <= 80,
    },
  ]
}

function manyHosts({ value, alone, compared }: Medians): readonly Goal[] {
  const cpu = (who: string): Of => ({ job: 'CPU per host', who, unit: 'ms' })
  const memory = (job: string): Of => ({ job, who: MAILRUN, unit: 'kB' })
  const [few, many] = [100, 5000].map((at) => value('scale', cpu(MAILRUN), at))
  return [
    {
      what: "controller's CPU per host, against ssh2 alone",
      wanted: 'at most 1.3 times',
      unit: '×',
      at: 'hosts',
      measured: compared('scale', [1000, 5000], cpu(MAILRUN), cpu('ssh2 alone'), over),
      met: (times) => times <= 1.3,
    },
    {
      what: 'memory beyond 100 MB, per host of the inventory',
      wanted: 'at most 60 kB',
      unit: 'kB',
      at: 'hosts',
      measured: alone('scale', [1000, 5000], memory('memory beyond 100 MB per host')),
      met: (kilobytes) => kilobytes <= 60,
    },
    {
      what: 'memory per open connection',
      wanted: 'at most 300 kB',
      unit: 'kB',
      at: 'hosts',
      measured: alone('scale', [100, 1000], memory('memory per open connection')),
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
  ]
}

function startUp({ compared }: Medians): readonly Goal[] {
  const start = (who: string): Of => ({ job: START, who, unit: 'ms' })
  const afterNode = (what: string): ByPlace => compared('startup', [0], start(what), start(NODE), minus)
  return [
    {
      what: '`mailrun --list-tasks`: longer than `node -e 0`',
      wanted: 'at most 250 ms',
      unit: 'ms',
      at: '',
      measured: afterNode(LIST_TASKS),
      met: (ms) => ms <= 250,
    },
    {
      what: '`mailrun --version`: longer than `node -e 0`',
      wanted: 'at most 40 ms',
      unit: 'ms',
      at: '',
      measured: afterNode(VERSION),
      met: (ms) => ms <= 40,
    },
    {
      what: 'a run on one local host with nothing to do: against `node -e 0`',
      wanted: 'at most 2.5 times',
      unit: '×',
      at: '',
      measured: compared('startup', [0], start(LOCAL), start(NODE), over),
      met: (times) => times <= 2.5,
    },
  ]
}

function sshConfig({ alone }: Medians): readonly Goal[] {
  const files = [
    [OWN_FILE, "Debian's own ssh_config"],
    [OWN_BLOCK, 'an ssh_config with a `Host` block for it'],
  ] as const
  return files.map(([who, file]) => ({
    what: `nothing to do on one host: with ${file}, against none`,
    wanted: 'at most 1.05 times',
    unit: '×',
    at: 'hosts',
    measured: alone('ssh-config', [1], { job: IDLE_RUN, who, unit: RATIO }),
    met: (longer: number) => longer <= 1.05,
  }))
}

/** `missed` where it is at one of the places. */
export function verdict({ measured, met }: Goal): 'met' | 'missed' | 'not measured' {
  if (measured.size === 0) return 'not measured'
  return [...measured.values()].every(met) ? 'met' : 'missed'
}
