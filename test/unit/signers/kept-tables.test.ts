// Tables at random, and those that mailrun would write in their place: who is signed today is signed the same, or it is
// refused; and what is refused would indeed have been lost.
import * as assert from 'uvu/assert'
import { keyTable, signingTable } from '../../../src/signers/opendkim/activation/tables.ts'
import { keeping } from '../../../src/signers/opendkim/kept/signing-kept.ts'
import { isKnown, UNKNOWN } from '../../../src/core/unknown.ts'
import { keysInUse } from '../../../src/signers/opendkim/setup/signing-in-use.ts'
import type { Signing } from '../../../src/signers/keys/signing.ts'
import type { OpendkimSetup } from '../../../src/signers/opendkim/setup/signing.ts'
import {
  opendkimConfiguration,
  signaturesOf,
  type OpendkimConfiguration,
} from '../../../src/signers/opendkim/configuration/index.ts'
import { randomOf, type Random } from '../../fuzz/random.ts'
import { suite } from '../../suite.ts'

const test = suite('kept tables')

/** More, and others: MAILRUN_KEPT_ROUNDS, MAILRUN_KEPT_SEED. */
const ROUNDS = Number(process.env['MAILRUN_KEPT_ROUNDS'] ?? 400)
const SEED = Number(process.env['MAILRUN_KEPT_SEED'] ?? 20_261_130)

const HOSTS = ['a.test', 'b.test', 'm.a.test', 'x.m.a.test', 'l.b.test', 'other.example']
const LOCALS = ['ceo', 'news', 'who']
const SENDERS = [...HOSTS, ...HOSTS.map((host) => `q.${host}`)].flatMap((host) =>
  LOCALS.map((local) => `${local}@${host}`),
)
const KEYS = [
  'a.test:s1:/k/1',
  'a.test:s2:/k/2',
  'b.test:s1:/k/1',
  '%:s1:/k/1',
  'm.a.test:s3:/k/%',
  'c.example:s4:/k/4',
]

const CONF = 'Socket local:/run/opendkim/opendkim.sock\nKeyTable file:/t/k\nSigningTable '
function setupOf(conf: string, keys: string, signing: string): OpendkimSetup {
  const files = Object.entries({ '/etc/opendkim.conf': conf, '/t/k': keys, '/t/s': signing })
  return {
    installed: true,
    runs: true,
    ours: false,
    sources: { words: [], files: new Map(files.map(([path, text]) => [path, { kind: 'text', text }])) },
    gone: [],
  }
}
const read = ({ sources }: OpendkimSetup): OpendkimConfiguration =>
  isKnown(sources) ? opendkimConfiguration(sources) : (assert.unreachable() as never)
const textsOf = ({ sources }: OpendkimSetup) => (isKnown(sources) ? [...sources.files] : [])

function madeTables(random: Random): OpendkimSetup {
  const refile = random.below(5) < 3
  const line = (): string => {
    const host = random.pick(HOSTS)
    const local = random.oneIn(4) ? random.pick(LOCALS) : '*'
    const key = `k${random.below(KEYS.length)}`
    const signer = random.oneIn(10) ? `:${random.pick(['@a.test', 'x@a.test', '@%'])}` : ''
    const below = random.oneIn(3)
    const all = random.oneIn(12)
    if (refile) return `${local}@${all ? '*' : below ? `*.${host}` : host} ${key}${signer}`
    const name = all ? '*' : below ? `.${host}` : host
    return `${local === '*' ? name : `${local}@${name}`} ${key}${signer}`
  }
  const lines = Array.from({ length: 1 + random.below(6) }, line)
  const several = random.oneIn(7) ? '\nMultipleSignatures yes' : ''
  const keys = KEYS.map((key, at) => `k${at} ${key}\n`).join('')
  return setupOf(`${CONF}${refile ? 'refile:/t/s' : '/t/s'}${several}\n`, keys, `${lines.join('\n')}\n`)
}

const signingOf = (domain: string, configuration: OpendkimConfiguration): Signing => {
  const used = keysInUse(configuration)(domain)[0]
  const { selector, path } = used ?? { selector: 'new', path: `/etc/dkimkeys/${domain}/new.private` }
  const key = { kind: 'key', owner: 'root', group: 'opendkim-keys', mode: '0640', publicKey: UNKNOWN } as const
  return { domain, selector, path, inUse: used !== undefined, key, directories: [], groups: [] }
}

/** `d=a.test s=s1 /k/1` of each signature. */
function signed(configuration: OpendkimConfiguration, sender: string): readonly string[] {
  const how = signaturesOf(configuration, sender)
  if (!Array.isArray(how)) return []
  return how.map(({ domain, selector, identity, key }) => {
    const plain = identity === undefined || identity === `@${domain}`
    return `d=${domain} s=${selector} ${key}${plain ? '' : ` i=${identity}`}`
  })
}

/** A sender whose mail is signed now, and not so then. */
/** @param domains - that were given a key of their own by name. */
function lostOf(
  now: OpendkimConfiguration,
  then: OpendkimConfiguration,
  domains: readonly string[],
): string | undefined {
  return SENDERS.find((sender) => {
    const [is, will] = [signed(now, sender), signed(then, sender)]
    const host = sender.slice(sender.indexOf('@') + 1)
    const moves = domains.includes(host) && !is.some((each) => each.startsWith(`d=${host} `)) && will.length > 0
    return !moves && is.some((each) => !will.includes(each))
  })
}

test('what is let pass keeps who is signed how; what is refused would have been lost', () => {
  const random = randomOf(SEED)
  const seen = { kept: 0, carried: 0, refused: 0 }
  for (let round = 0; round < ROUNDS; round += 1) {
    const setup = madeTables(random)
    const now = read(setup)
    const domains = HOSTS.filter(() => random.below(5) < 3)
    if (domains.length === 0) continue
    const hostName = random.oneIn(2) ? 'm.a.test' : undefined
    const signing = domains.map((domain) => signingOf(domain, now))
    const question = { domains, ...(hostName === undefined ? {} : { hostName }) }
    const kept = keeping(question, setup, signing, () => true)
    const carried = 'why' in kept ? [] : kept.carried
    const tables = [keyTable(signing), signingTable(signing, hostName, carried)] as const
    const then = read(setupOf(`${CONF}refile:/t/s\n`, ...tables))
    const lost = lostOf(now, then, 'why' in kept ? [] : domains)
    const said = JSON.stringify([textsOf(setup), domains, hostName, kept, tables, lost], undefined, 1)
    if ('why' in kept) {
      seen.refused += 1
      assert.ok(lost !== undefined, `refused without need: ${said}`)
    } else {
      seen.kept += 1
      if (carried.length > 0) seen.carried += 1
      assert.is(lost, undefined, said)
    }
  }
  assert.ok(Math.min(seen.kept, seen.carried, seen.refused) > 20, JSON.stringify(seen))
})

test.run()
