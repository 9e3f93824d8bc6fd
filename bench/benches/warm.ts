// Nothing to do through master connections that stand, beside new connections: mailrun, and scripts by hand.
import { alternate } from '../alternate.ts'
import { BY_HAND, NEEDED, warm as overMasters, type Bench, type Outcome } from '../bench.ts'
import { onFleet } from '../bench-lab.ts'
import { byHand, byHandWarm, needed } from '../contenders/by-hand.ts'
import { mailrun, settle } from '../contenders/mailrun.ts'
import { withMasters } from '../contenders/masters.ts'
import type { Measured } from '../results.ts'
import { nodeVersion } from '../versions.ts'

const SIZES = [1, 4, 10, 20]
const JOB = 'nothing to do'
const TURNS = 3

const ABOUT = [
  '**warm** goes through master connections that stand already (`ControlMaster auto`, `ControlPersist`): ' +
    'nobody logs in. `mailrun` finds them by itself; the others connect again in each turn. ' +
    '**by hand** asks the same questions as mailrun. ' +
    '**by hand, what the job needs** asks only whether packages, files, modes, units and parameters of Postfix ' +
    'are as they must be, in six processes on each host.',
  'mailrun takes longer than that for two reasons. With few hosts it is mostly the start of Node and of mailrun ' +
    '(see Start-up), which a script does not have. And it asks more: the public halves of the keys, who asks which ' +
    'milter and what the milters answer, which files each unit has loaded. ' +
    'One process of Perl answers these questions: on a host of Debian 13 that has lowered their processor time from ' +
    '104 to 57 ms, of which systemctl needs 16, the compilation of the Perl 12 and postconf 8. ' +
    'mailrun does not connect before it has checked the playbook: a mistake there must touch no host.',
].join('\n')

export const warm: Bench = {
  name: 'warm',
  title: 'Warm connections',
  at: 'hosts',
  against: [overMasters(NEEDED), NEEDED, overMasters(BY_HAND), BY_HAND],
  about: ABOUT,
  plots: [{ job: JOB, title: 'Nothing to do, warm and cold: seconds by hosts' }],
  async run({ quick }): Promise<Outcome> {
    const measured: Measured[] = []
    for (const size of quick ? [2] : SIZES) {
      measured.push(
        ...(await onFleet(size, async (fleet) => {
          await settle(fleet)
          return withMasters(fleet, (masters) => {
            const turns = quick ? 1 : TURNS
            const contenders = [
              mailrun(fleet, JOB, turns, masters),
              needed(fleet, turns, masters),
              byHandWarm(fleet, turns, masters),
              mailrun(fleet, JOB, turns),
              needed(fleet, turns),
              byHand(fleet, JOB, turns),
            ]
            return alternate(JOB, size, contenders, { rounds: quick ? 1 : 5, seconds: 60 })
          })
        })),
      )
    }
    return { versions: nodeVersion(), measured }
  },
}
