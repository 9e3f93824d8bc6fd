// Random settings of Postfix's milters, within the grammar that Postfix accepts: parameters that name each other,
// conditions, braces, services with options of their own.
import type { Random } from '../fuzz/random.ts'

export interface PostfixCase {
  /** Parameters of main.cf. */
  readonly main: ReadonlyMap<string, string>
  readonly services: readonly CaseService[]
}

export interface CaseService {
  /** Of smtpd: the port that it listens at. */
  readonly port: number
  readonly chroot: 'y' | 'n' | '-'
  readonly options: readonly (readonly [name: string, value: string])[]
}

/** Where programs of the test answer as milters, on the host and in the chroot. */
export const LISTENING = [
  'unix:/run/milters/a.sock',
  'unix:/var/spool/postfix/milters/b.sock',
  'unix:/var/spool/postfix/run/milters/a.sock',
  'inet:9001@127.0.0.1',
  'inet6:9002@::1',
  'inet:9004',
] as const

const ENDPOINTS = [
  'unix:/run/milters/a.sock',
  'unix:milters/b.sock',
  'local:/milters/b.sock',
  'unix:/var/spool/postfix/milters/b.sock',
  'unix:/var/run/milters/a.sock',
  'inet:127.0.0.1:9001',
  'inet:localhost:9001',
  'inet:[127.0.0.1]:9001',
  'inet:LOCALHOST:9001',
  'inet:9001',
  'inet::9001',
  'inet:0.0.0.0:9001',
  'inet:[::ffff:127.0.0.1]:9001',
  'inet:localhost:9002',
  'inet:[::1]:9002',
  'inet:[ipv6:::1]:9002',
  'inet:ip6-localhost:9002',
  'inet:[::1]:9001',
  'inet6:[::1]:9002',
  'inet:mx1:9004',
  'inet:mx1.fleet.test:9004',
  'inet:127.0.0.1:9004',
  'inet:127.0.0.9:9004',
  'inet:[::1]:9004',
  'inet:127.0.0.1:9009',
  'nonsense',
] as const

const NAMES = ['p0', 'p1', 'p2', 'p3', 'dkim_milter', 'submission_smtpd_milters'] as const
const WORDS = { on: 'yes', three: '3', empty: '', host: 'localhost', port: '9001' } as const
export const ACTIONS = ['accept', 'tempfail', 'reject', 'quarantine', 'shutdown', 'ACCEPT'] as const

/** @param port - the first that a service listens at. */
export function postfixCase(random: Random, services: number, port: number): PostfixCase {
  const main = new Map<string, string>(Object.entries(WORDS))
  main.set('milter_default_action', 'accept')
  for (const [index, name] of NAMES.entries()) if (!random.oneIn(5)) main.set(name, listOf(random, index + 1))
  main.set('smtpd_milters', listOf(random, 0))
  main.set('non_smtpd_milters', random.oneIn(3) ? '$smtpd_milters' : listOf(random, 0))
  return { main, services: Array.from({ length: services }, (_, index) => serviceOf(random, port + index)) }
}

function serviceOf(random: Random, port: number): CaseService {
  const options = random.list(3, (): readonly [string, string] => {
    const index = random.below(NAMES.length + 2)
    if (index < NAMES.length) return [NAMES[index]!, listOf(random, index + 1)]
    return ['smtpd_milters', listOf(random, 0)]
  })
  return { port, chroot: random.pick(['y', 'n', '-']), options: [...new Map(options)] }
}

/** @param from - the first of the names that it may refer to: none leads back to itself. */
function listOf(random: Random, from: number): string {
  const items = [itemOf(random, from), ...random.list(3, () => itemOf(random, from))]
  const parts = items.map((item) => item + random.pick([' ', ', ', ',', '  ']))
  return parts.join('').replace(/[\s,]+$/, '')
}

function itemOf(random: Random, from: number): string {
  const name = [...NAMES, 'nobody_sets_this'][from + random.below(NAMES.length + 1 - from)]!
  switch (random.below(12)) {
    case 0:
      return `$${name}`
    case 1:
      return `\${${name}}`
    case 2:
      return `$(${name})`
    case 3:
      return `\${${random.pick(['on', 'empty', name])}?${plainOf(random)}}`
    case 4:
      return `\${${random.pick(['on', 'empty', name])}:${plainOf(random)}}`
    case 5:
      return `\${${random.pick(['on', 'empty'])}?{ ${itemOf(random, from)}}:{${plainOf(random)} }}`
    case 6:
      return conditionOf(random)
    case 7:
      return 'inet:$host:${port}'
    case 8:
      return bracedOf(random)
    default:
      return plainOf(random)
  }
}

const plainOf = (random: Random): string => random.pick(ENDPOINTS)

function conditionOf(random: Random): string {
  const operator = random.pick(['==', '!=', '<', '<=', '>', '>='])
  const sides = [random.pick(['$three', '10', 'x']), random.pick(['3', '${on}', '20'])]
  return `\${{${sides[0]}} ${operator} {${sides[1]}} ? {${plainOf(random)}} : {${plainOf(random)}}}`
}

function bracedOf(random: Random): string {
  const option = random.pick(['default_action=accept', '{ default_action = accept }', 'connect_timeout=3s', ''])
  return `{ ${plainOf(random)}${random.pick([' ', ', ', ','])}${option} }`
}

/** Options of a service whose only milter is dead. */
export function deadMilter(random: Random, action: string): CaseService['options'] {
  const milter = random.pick(['inet:127.0.0.1:9009', 'inet6:[::1]:9002', 'nonsense', 'unix:nobody.sock'])
  const main = ['milter_default_action', random.oneIn(2) ? random.pick(ACTIONS) : action] as const
  if (main[1] === action) return [['smtpd_milters', milter], main]
  return [['smtpd_milters', `{ ${milter}, default_action=${action} }`], main]
}

/** A line of master.cf. */
export function masterLine({ port, chroot, options }: CaseService): string {
  const words = options.map(([name, value]) =>
    port % 2 === 1 || /[\s{]/.test(value) ? `  -o { ${name} = ${value} }` : `  -o ${name}=${value}`,
  )
  return [`127.0.0.1:${port} inet n - ${chroot} - - smtpd`, ...words].join('\n')
}
