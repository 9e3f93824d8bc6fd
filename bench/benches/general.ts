// Benchmark: mailrun and Ansible do the same general job of 20 tasks on 4 hosts, first on fresh hosts, then again.
import type * as Lab from '../../lab/index.ts'
import { ANSIBLE, MAILRUN, type Bench, type Outcome } from '../bench.ts'
import { onFleet } from '../bench-lab.ts'
import type { Contender, Values } from '../alternate.ts'
import { ansible, endMasters, warmUp } from '../contenders/ansible.ts'
import type { Fleet, Job, Playbooks } from '../contenders/job.ts'
import { mailrun } from '../contenders/mailrun.ts'
import { CONTROLLER } from '../controller.ts'
import { endState, type EndState } from '../general/end-state.ts'
import type { Measured } from '../results.ts'
import { peerVersions } from '../versions.ts'

const PLAYBOOKS: Playbooks = { mailrun: 'bench/general/general.ts', ansible: 'bench/general/general.yaml' }
const SIZE = 4
const ROUNDS = 3
/** No round begins that would, taking as long as the last, end later than this. */
const SECONDS = 720
/** Of nothing to do, after each first run. One turn of Ansible takes as long as dozens of mailrun's. */
const IDLE_TURNS: Readonly<Record<string, number>> = { [MAILRUN]: 5, [ANSIBLE]: 1 }
const TOOLS = [MAILRUN, ANSIBLE]
const IDLE: Job = 'nothing to do'
const FIRST: Job = 'first run'

const ABOUT = [
  '20 tasks about packages, users, keys, sudo, directories, files, lines, links, cron, sysctl and a service: ' +
    '[bench/general/general.ts](../bench/general/general.ts) for mailrun, ' +
    '[bench/general/general.yaml](../bench/general/general.yaml) for Ansible, ' +
    'with its own modules and those of `ansible.posix`. ' +
    'Controller, hosts and settings are those of the section above.',
  'In each round, each tool gets fresh hosts and makes a first run, then runs with nothing to do. ' +
    'A turn counts only if the tool reports the right result for every host. ' +
    'After each first run, all files of every host (content, mode, owner), its users, packages, units and ' +
    'parameters of the kernel are compared: they must be the same as after the first tool. ' +
    'Left out are times, logs, caches and what each tool keeps of its own; ' +
    'comments and blanks may differ in the files of cron and sysctl, ' +
    'and so may the salts of passwords that the lab sets.',
].join('\n')

export const general: Bench = {
  name: 'general',
  title: 'A general job, beside Ansible',
  at: 'hosts',
  against: [MAILRUN],
  about: ABOUT,
  plots: [],
  run: ({ quick }) => onFleet(SIZE, (fleet, lab) => measure(fleet, lab, quick), PLAYBOOKS),
}

async function measure(fleet: Fleet, lab: typeof Lab, quick: boolean): Promise<Outcome> {
  await lab.hostInstall(CONTROLLER, ['ansible'])
  const tools = TOOLS.map((who) => ({
    who,
    first: contender(who, fleet, FIRST),
    idle: contender(who, fleet, IDLE),
  }))
  const found = new Map<string, number[]>()
  const keep = (job: Job, who: string, values: Values): void => {
    const shown = Object.entries(values).map(([unit, value]) => `${value.toPrecision(4)} ${unit}`)
    process.stderr.write(`bench: ${job}, ${SIZE}: ${who} ${shown.join(', ')}\n`)
    for (const [unit, value] of Object.entries(values)) {
      const key = `${job}\n${who}\n${unit}`
      found.set(key, [...(found.get(key) ?? []), value])
    }
  }
  let reference: readonly EndState[] | undefined
  const began = performance.now()
  let last = 0
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    const start = performance.now()
    if (round > 0 && (start - began + last) / 1000 > SECONDS) break
    for (const { who, first, idle } of tools.map((_, index) => tools[(index + round) % tools.length]!)) {
      await freshHosts(fleet, lab)
      keep(FIRST, who, await first.run())
      const states = await Promise.all(fleet.hosts.map(({ name }) => endState(lab, name)))
      reference ??= states
      expectSame(who, fleet, reference, states)
      await warmUp(fleet)
      for (let turn = 0; turn < (quick ? 1 : IDLE_TURNS[who]!); turn += 1) keep(IDLE, who, await idle.run())
    }
    last = performance.now() - start
  }
  return { versions: await peerVersions(fleet.controller), measured: measuredIn(found) }
}

const contender = (who: string, fleet: Fleet, job: Job): Contender =>
  who === ANSIBLE ? ansible(ANSIBLE, fleet, job, 1) : mailrun(fleet, job, 1)

/** With cron, as Debian's servers have it, and a kernel that lets its parameters be set. */
async function freshHosts(fleet: Fleet, lab: typeof Lab): Promise<void> {
  await endMasters(fleet)
  const names = fleet.hosts.map(({ name }) => name)
  await lab.labReset(names)
  for (const name of names) {
    await lab.hostInstall(name, ['cron'])
    const { code, stderr } = await lab.hostExec(name, WRITABLE)
    if (code !== 0) throw new Error(`${name}: ${stderr}`)
  }
}

/** In a container it is read-only. */
const WRITABLE = '[ -w /proc/sys/net/ipv4/tcp_fin_timeout ] || mount -o remount,bind,rw /proc/sys'

/** @throws Error with what differs */
function expectSame(who: string, { hosts }: Fleet, reference: readonly EndState[], states: readonly EndState[]): void {
  const differs = states.flatMap((state, index) =>
    [...new Set([...reference[index]!.keys(), ...state.keys()])]
      .filter((what) => reference[index]!.get(what) !== state.get(what))
      .map(
        (what) => `${hosts[index]!.name}: ${what}: ${String(reference[index]!.get(what))} | ${String(state.get(what))}`,
      ),
  )
  if (differs.length > 0)
    throw new Error(
      `${who} leaves other hosts than the first tool: ${differs.length}\n${differs.slice(0, 40).join('\n')}`,
    )
}

const measuredIn = (found: ReadonlyMap<string, readonly number[]>): readonly Measured[] =>
  [IDLE, FIRST].flatMap((wanted) =>
    TOOLS.flatMap((tool) =>
      [...found].flatMap(([key, values]): Measured[] => {
        const [job, who, unit] = key.split('\n') as [string, string, string]
        return job === wanted && who === tool ? [{ job, at: SIZE, who, unit, values }] : []
      }),
    ),
  )
