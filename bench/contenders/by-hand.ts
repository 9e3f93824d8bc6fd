// The contender by hand: one script of questions or changes, as an operator would write it, sent to all hosts at once
// through a new plain ssh for each.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../../lab/fleet.ts'
import type { Contender } from '../alternate.ts'
import { BARE_SSH, BY_HAND, NEEDED, warm } from '../bench.ts'
import { anotherAddress, contender, type Fleet, type Job } from './job.ts'
import { ASK, CHANGE_FILE, DONE, FIRST_RUN, NEED } from './hand-scripts.ts'

export function byHand(fleet: Fleet, job: Job, turns: number): Contender {
  const script = (): string =>
    job === 'first run' ? FIRST_RUN : job === 'one changed file' ? CHANGE_FILE(anotherAddress()) : ASK
  return overSsh(BY_HAND, fleet, turns, script)
}

/** @param masters - the ssh_config of master connections that stand; `undefined`: a new connection for each. */
export const needed = (fleet: Fleet, turns: number, masters?: string): Contender =>
  overSsh(masters === undefined ? NEEDED : warm(NEEDED), fleet, turns, () => NEED, masters)

/** The same questions, through master connections. */
export const byHandWarm = (fleet: Fleet, turns: number, masters: string): Contender =>
  overSsh(warm(BY_HAND), fleet, turns, () => ASK, masters)

/** What the machine needs for it at least: as many cold ssh that ask nothing. */
export const bareSsh = (fleet: Fleet, turns: number): Contender =>
  overSsh(BARE_SSH, fleet, turns, () => `echo ${DONE}\n`)

function overSsh(who: string, fleet: Fleet, turns: number, scriptOf: () => string, config = '/dev/null'): Contender {
  const { hosts, folder } = fleet
  const path = (host: LabHost, what: string): string => join(folder, `${host.name}.${what}`)
  const starts = hosts.map((host) => {
    const ssh = `ssh ${optionsOf(fleet, config)} ${host.user}@${host.address} ${shellOf(host)}`
    return `${ssh} <${path(host, 'in')} >${path(host, 'out')} 2>&1 &`
  })
  return contender(
    who,
    fleet,
    turns,
    () => {
      const script = scriptOf()
      for (const host of hosts)
        writeFileSync(
          path(host, 'in'),
          `${host.sudo === 'password' ? readFileSync(fleet.passwordFile, 'utf8') : ''}${script}`,
          { mode: 0o600 },
        )
      return { words: ['sh', '-c', `${starts.join('\n')}\nwait`], cwd: '/', env: {}, wanted: [0] }
    },
    () => {
      for (const host of hosts) {
        const said = readFileSync(path(host, 'out'), 'utf8')
        if (!said.endsWith(`${DONE}\n`)) throw new Error(`${who}: ${host.name} said\n${said.slice(-2000)}`)
      }
    },
  )
}

/** No file of this machine's ssh configuration counts. @param config - the one that does. */
export const optionsOf = ({ lab }: Fleet, config: string): string =>
  [
    '-F',
    config,
    '-o',
    'BatchMode=yes',
    '-o',
    'IdentitiesOnly=yes',
    '-o',
    `UserKnownHostsFile=${join(lab.stateDir, 'known_hosts')}`,
    '-i',
    lab.userKey,
  ].join(' ')

const shellOf = ({ sudo }: LabHost): string =>
  sudo === 'no' ? "'sh -s'" : sudo === 'free' ? "'sudo -n sh -s'" : `'sudo -S -p "" sh -s'`
