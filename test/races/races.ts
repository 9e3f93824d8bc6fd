// Lays cases out on a lab host, and races them: what the attacker has won in how many rounds.
import * as assert from 'uvu/assert'
import type { Connection } from '../../src/engine/session/connection.ts'
import { RACE_PROGRAM } from './race-program.ts'
import type { Product } from './product.ts'
import type { RaceCase } from './race-case.ts'

type Lab = typeof import('../../lab/index.ts')

/** Of one text, against one attacker. */
export interface Tally {
  readonly rounds: number
  readonly lost: number
  /** Of the rounds that were lost: number, plan, exit status, what he won. */
  readonly how: readonly string[]
  /** Rounds in which a text failed, without a loss. */
  readonly failed: number
}

export interface Rounds {
  readonly rounds: number
  readonly seed: number
  /** A text that takes longer hangs. */
  readonly seconds: number
}

const HOST = 'mx1'
/** Root's alone. */
const CASES = '/var/lib/race'

const base64 = (text: string): string => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')

async function rootDoes(lab: Lab, script: string): Promise<string> {
  const { code, stdout, stderr } = await lab.hostExec(HOST, script)
  assert.is(code, 0, `${script.slice(0, 400)}\n${stdout}${stderr}`)
  return stdout
}

/** Once for a host. */
export const layRaces = async (lab: Lab): Promise<void> => {
  await rootDoes(
    lab,
    `set -e
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl postfix >/dev/null 2>&1
useradd mallory
mkdir -p -m 0700 ${CASES}
base64 -d > /usr/local/sbin/race <<'E'
${base64(RACE_PROGRAM)}
E
chmod 0700 /usr/local/sbin/race`,
  )
}

/** Lays out what is the attacker's before each round, there and as the copy for all rounds. */
export const layCase = async (lab: Lab, raced: RaceCase): Promise<void> => {
  const { home, user, given } = raced
  await rootDoes(
    lab,
    `set -e
rm -rf -- ${home} ${CASES}/case
mkdir -p -- ${home} ${CASES}/case
# An account that it makes may be there from a case before.
{
${given}
} </dev/null || :
chown -hR ${user}:${user} -- ${home}
chmod 0755 -- ${home}
cp -aT -- ${home} ${CASES}/case/tree`,
  )
}

/** @param what - questions, whose output is looked at too, or steps, of which none is made after one that failed. */
export const race = async (
  lab: Lab,
  { home, user }: RaceCase,
  what: 'question' | 'step',
  { texts, program }: { readonly texts: readonly string[]; readonly program: string | undefined },
  { rounds, seed, seconds }: Rounds,
): Promise<Tally> => {
  if (texts.length === 0) return { rounds: 0, lost: 0, how: [], failed: 0 }
  const put = (name: string, text: string): string => `base64 -d > ${CASES}/case/${name} <<'E'\n${base64(text)}\nE`
  const script = [
    'set -e',
    `rm -f ${CASES}/case/text.*`,
    `mkdir -p -m 0700 ${CASES}/case/run`,
    put('config', [home, user, what, seconds].join(' ')),
    ...(program === undefined ? [] : [put('run/files', program)]),
    ...texts.map((text, index) => put(`text.${index}`, text)),
    `/usr/local/sbin/race ${CASES}/case ${rounds} ${seed}`,
  ]
  const reported = await rootDoes(lab, script.join('\n'))
  return tallyOf(reported, rounds)
}

function tallyOf(reported: string, rounds: number): Tally {
  const lines = reported.split('\n').filter((line) => /^\d+\t/.test(line))
  assert.is(lines.length, rounds, reported)
  const how = lines.filter((line) => !line.endsWith('\t-'))
  const failed = lines.filter((line) => line.endsWith('\t-') && line.split('\t')[2] !== '0').length
  return { rounds, lost: how.length, how, failed }
}

/** As root of the host, by ssh. */
export async function connect(lab: Lab, product: Product): Promise<Connection> {
  const keyring = product.keyringFor.keyringFor({})
  const { hosts } = await product.readFleet.readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyring)
  const host = hosts.find(({ name }) => name.startsWith(HOST))!
  return (await product.connector.connector([host], {})).connect(host, new AbortController().signal)
}
