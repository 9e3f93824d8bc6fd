// The main job on 1, 4, 10 and 20 hosts: mailrun, Ansible, Ansible with Mitogen, and by hand, side by side.
import { alternate, type Contender, type Limits } from '../alternate.ts'
import { ANSIBLE, BY_HAND, MAILRUN, MITOGEN, type Bench, type Outcome } from '../bench.ts'
import { onFleet } from '../bench-lab.ts'
import { ansible, endMasters, warmUp } from '../contenders/ansible.ts'
import { bareSsh, byHand } from '../contenders/by-hand.ts'
import type { Fleet, Job } from '../contenders/job.ts'
import { expectDone, mailrun, settle } from '../contenders/mailrun.ts'
import { ssh2Alone } from '../contenders/ssh2-alone.ts'
import type { Measured } from '../results.ts'
import { peerVersions } from '../versions.ts'

const SIZES = [1, 4, 10, 20]
/** One turn of a peer takes as long as dozens of mailrun's. */
const QUICK_ONES = 3
/** Of each job at each size: a round that would not fit is not begun, so that all of it takes some 25 minutes. */
const SECONDS: Readonly<Record<Job, number>> = {
  'nothing to do': 120,
  check: 20,
  'one changed file': 20,
  'first run': 40,
}
/** On larger fleets a first run of the peers would take the bench's time alone. */
const PEERS_FIRST_RUN_UP_TO = 10

const ABOUT = [
  'All tools run on a controller of Debian 13, beside hosts of Debian 13: the files of one host of the lab, ' +
    'with the packages of Ansible and Mitogen that Debian 13 has; Node is that of the machine. ' +
    'They take turns, so that whatever else the machine does affects all of them.',
  'mailrun runs `playbooks/dkim.ts` with two domains. ' +
    'Ansible runs [bench/peers/dkim.yaml](../bench/peers/dkim.yaml), which writes the same files byte by byte. ' +
    'A turn counts only if the tool reports the right result for every host (nothing changed, or something).',
  'Ansible uses pipelining, existing master connections (`ControlPersist`) and as many forks as hosts. ' +
    'It gathers no facts and need not look for the interpreter. mailrun connects again in each run.',
  '',
  '**by hand** is the limit: one shell script with the same questions, ' +
    'sent to all hosts at once, each through a new plain `ssh`. ' +
    'For a first run and for the changed file, the script also makes the same changes and asks the questions again.',
  '**floor** is a lower bound that runs no checks: as many `ssh` that run `true`, ' +
    'and a process of Node in which the library ssh2 connects and runs `true`. ' +
    '"CPU s here" is the processor time on the side of mailrun or Ansible alone.',
].join('\n')

export const peers: Bench = {
  name: 'peers',
  title: 'Beside the peers',
  at: 'hosts',
  against: [MAILRUN, BY_HAND],
  about: ABOUT,
  plots: [
    { job: 'nothing to do', title: 'Nothing to do: seconds by hosts' },
    { job: 'first run', title: 'First run: seconds by hosts' },
  ],
  async run({ quick }): Promise<Outcome> {
    const measured: Measured[] = []
    let versions = {}
    for (const size of quick ? [2] : SIZES) {
      measured.push(
        ...(await onFleet(size, async (fleet, lab) => {
          const limits = (job: Job): Limits =>
            quick ? { rounds: 1, seconds: 0 } : { rounds: 4, seconds: SECONDS[job] }
          const found = [...(await firstRuns(fleet, (names) => lab.labReset(names), limits('first run')))]
          for (const job of ['nothing to do', 'check', 'one changed file'] as const) {
            await settle(fleet)
            await warmUp(fleet)
            found.push(...(await alternate(job, size, contenders(fleet, job, quick ? 1 : QUICK_ONES), limits(job))))
          }
          versions = await peerVersions(fleet.controller)
          return found
        })),
      )
    }
    const jobs: readonly Job[] = ['nothing to do', 'first run', 'check', 'one changed file']
    return {
      versions,
      measured: jobs.flatMap((job) => measured.filter((each) => each.job === job)),
    }
  },
}

function contenders(fleet: Fleet, job: Job, turns: number): readonly Contender[] {
  const floors = job === 'nothing to do' ? [bareSsh(fleet, turns), ssh2Alone(fleet, turns)] : []
  return [
    mailrun(fleet, job, turns),
    byHand(fleet, job, turns),
    ansible(ANSIBLE, fleet, job, 1),
    ansible(MITOGEN, fleet, job, 1),
    ...floors,
  ]
}

/** Each on fresh hosts; and mailrun says afterwards that nothing is to do, whoever did it. */
function firstRuns(
  fleet: Fleet,
  reset: (hosts: readonly string[]) => Promise<void>,
  limits: Limits,
): Promise<readonly Measured[]> {
  const job = 'first run'
  const names = fleet.hosts.map(({ name }) => name)
  const size = names.length
  const few = size <= PEERS_FIRST_RUN_UP_TO
  const turns = few && limits.rounds > 1 ? 2 : 1
  const all = [
    mailrun(fleet, job, turns),
    byHand(fleet, job, turns),
    ...(few ? [ansible(ANSIBLE, fleet, job, 1), ansible(MITOGEN, fleet, job, 1)] : []),
  ]
  const fresh = all.map((each): Contender => ({
    ...each,
    async run() {
      await endMasters(fleet)
      await reset(names)
      const values = await each.run()
      await expectDone(fleet)
      return values
    },
  }))
  return alternate(job, size, fresh, limits)
}
