// Rounds of random settings: the reader of Postfix's milters says who is asked, and a real Postfix does it.
import * as assert from 'uvu/assert'
import type { Probe } from '../../src/core/probe/probe.ts'
import { endpointOfSocket, sameSocket } from '../../src/resources/milters/endpoint.ts'
import { compactItem } from '../../src/resources/milters/milter-list.ts'
import { milterUses, type MilterUse } from '../../src/resources/milters/milter-uses.ts'
import { movedMilters, type MovedMilters } from '../../src/resources/milters/moved-milters.ts'
import type { PostfixSources } from '../../src/resources/postfix/settings/sources.ts'
import { unseenMilters } from '../../src/resources/milters/dead-milters.ts'
import { milterAnswers } from '../../src/resources/milters/milter-answers.ts'
import { postfixParameters } from '../../src/resources/postfix/postfix-parameters.ts'
import { postfixServices, postfixSources } from '../../src/resources/postfix/postfix-services.ts'
import { quote } from '../../src/shell/quote.ts'
import { mixed, randomOf, type Random } from '../fuzz/random.ts'
import { inHost } from './in-host.ts'
import { ACTIONS, deadMilter, LISTENING, postfixCase, type CaseService } from './postfix-corpus.ts'
import { asked, prepared, type Asked } from './postfix-oracle.ts'

const SERVICES = 12
const FIRST_PORT = 9100
const DEAD_PORT = 9200
/** The socket at the second place. */
const TO = 'unix:milters/b.sock'
const TO_NUMBER = 1

/** @param rounds - each some seconds. */
export async function milterRounds(host: string, seed: number, rounds: number): Promise<void> {
  await prepared(host)
  for (let round = 0; round < rounds; round += 1) await milterRound(host, randomOf(mixed(seed, 'milters', round)))
}

async function milterRound(host: string, random: Random): Promise<void> {
  const { main, services } = postfixCase(random, SERVICES, FIRST_PORT)
  const dead = ACTIONS.map((action, index): CaseService => ({
    port: DEAD_PORT + index,
    chroot: 'n',
    options: deadMilter(random, action),
  }))
  const did = await asked(host, main, [...services, ...dead])
  const sources = await sourcesOf(host)
  const shown = JSON.stringify({ main: [...main], services }, undefined, 1)
  assertSame(sources, did, shown)
  const uses = milterUses(sources)
  const answers = await answered(host, milterAnswers)
  assert.equal(unseenMilters({ sources, answers, expected: undefined }), [], shown)
  for (const { port } of dead) {
    const use = uses.find(({ service }) => service === `127.0.0.1:${port}/inet`)!
    assert.match(did.get(`${port}`)!.said, answerOf(use), `${shown}\n${JSON.stringify(use)}`)
  }
  await assertMoved(host, sources, random, shown)
}

/** Each service asks those that the reader names, in that order. */
function assertSame(sources: PostfixSources, did: ReadonlyMap<string, Asked>, shown: string): void {
  const uses = milterUses(sources)
  for (const [who, { sockets }] of did) {
    const own = uses.filter(({ service }) => service === (who === 'mail' ? 'cleanup/unix' : `127.0.0.1:${who}/inet`))
    const said = own.flatMap((use) => numberOf(use, sources) ?? [])
    assert.equal(sockets, said, `${who}: ${JSON.stringify(own)}\n${shown}`)
  }
}

/** The socket that answers; `undefined`: none. */
function numberOf({ endpoint }: MilterUse, { host }: PostfixSources): number | undefined {
  if (endpoint.kind === 'refused') return undefined
  const number = LISTENING.findIndex((socket) => sameSocket(endpoint, endpointOfSocket(socket, host), host))
  return number < 0 ? undefined : number
}

/** What smtpd answers to MAIL, where its only milter is dead. */
function answerOf({ action, endpoint }: MilterUse): RegExp {
  if (action === 'accept' || action === 'quarantine') return /^250 /
  return action === 'reject' && endpoint.kind !== 'refused' ? /^5/ : /^4/
}

/** Where a socket's place is taken by another one, postconf(1) writes what was meant. */
async function assertMoved(host: string, sources: PostfixSources, random: Random, shown: string): Promise<void> {
  const from = endpointOfSocket(random.pick(LISTENING.filter((_, number) => number !== TO_NUMBER)), sources.host)
  const moved = movedMilters(sources, [from], TO)
  assert.ok(!('impossible' in moved), `${JSON.stringify(moved)}\n${shown}`)
  await inHost(host, postconf(moved))
  const now = await sourcesOf(host)
  const items = ({ service, item }: MilterUse): string => `${service} ${compactItem(item)}`
  const isMoved = ({ endpoint }: MilterUse): boolean => sameSocket(endpoint, from, sources.host)
  const left = milterUses(now).filter((use) => isMoved(use) && !use.item.includes(TO))
  assert.equal(left.map(items), [], `${JSON.stringify(from)} ${JSON.stringify(moved)}\n${shown}`)
  const others = (uses: readonly MilterUse[]): readonly string[] =>
    uses.filter((use) => !isMoved(use) && numberOf(use, sources) !== TO_NUMBER).map(items)
  assert.equal(others(milterUses(now)), others(milterUses(sources)), `${JSON.stringify(moved)}\n${shown}`)
  assert.equal(movedMilters(now, [from], TO), { main: [], master: [] }, JSON.stringify(moved))
  const asking = (of: PostfixSources): readonly string[] => [
    ...new Set(milterUses(of).flatMap((use) => (numberOf(use, of) === TO_NUMBER || isMoved(use) ? use.service : []))),
  ]
  assert.equal(asking(now), asking(sources), `${JSON.stringify(moved)}\n${shown}`)
}

const postconf = ({ main, master }: MovedMilters): string =>
  [
    'set -e',
    ...main.map(([name, value]) => `postconf -e ${quote(`${name}=${value}`)}`),
    ...master.map(([service, name, value]) => `postconf -P ${quote(`${service}/${name}=${value}`)}`),
  ].join('\n')

/** What the questions of a trip tell of a host. */
async function sourcesOf(host: string): Promise<PostfixSources> {
  return postfixSources(await answered(host, postfixParameters(undefined)), await answered(host, postfixServices))
}

async function answered<State>(host: string, probe: Probe<State>): Promise<State> {
  const { question } = probe
  assert.ok(!('parts' in question))
  const script = 'script' in question ? question.script : question.family.script([question.item])
  const { hostExec } = await import('../../lab/index.ts')
  const { code, stdout, stderr } = await hostExec(host, script.text)
  return probe.parse({ code: code ?? -1, stdout, stderr })
}
