// The numbers in docs/faults.md are those of the code: each bound has a row of its own, with its number.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import * as dns from '../../../src/dns/bounds/bounds.ts'
import * as sizes from '../../../src/core/bounds.ts'
import { suite } from '../../suite.ts'
import { ROOT } from '../cli/mailrun.ts'

const test = suite('docs/faults.md: bounds')

const rows = readFileSync(join(ROOT, 'docs/faults.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))

const kB = (bytes: number): string => `${bytes >> 10} kB`
const MiB = (bytes: number): string => `${bytes >> 20} MiB`

/** What the second cell of the row that begins so says, by the names of the bounds in it. */
type Figures<Bounds> = readonly (readonly [row: string, names: readonly (keyof Bounds)[], words: string])[]

const SIZES: Figures<typeof sizes> = [
  ["a login with mailrun's own client", ['LOGIN_BYTES'], kB(sizes.LOGIN_BYTES)],
  ['what ssh prints on both its outputs', ['SSH_WORDS_BYTES'], kB(sizes.SSH_WORDS_BYTES)],
  [
    'what `ssh -G` says',
    ['SSH_SETTINGS_BYTES', 'SSH_SETTINGS_SECONDS'],
    `${MiB(sizes.SSH_SETTINGS_BYTES)}, ${sizes.SSH_SETTINGS_SECONDS} s`,
  ],
  [
    'what sudo, su, doas or the login shell print',
    ['BECOME_BYTES', 'BECOME_LINE_CHARACTERS'],
    `${kB(sizes.BECOME_BYTES)}; mailrun reads the last ${kB(sizes.BECOME_LINE_CHARACTERS)} of a line`,
  ],
  ['one line in which a trip reports its progress', ['FRAME_BYTES'], kB(sizes.FRAME_BYTES)],
  [
    'all answers of a trip',
    ['ANSWERS_BYTES', 'STEP_BYTES'],
    `${MiB(sizes.ANSWERS_BYTES)}, and ${kB(sizes.STEP_BYTES)} more for each change`,
  ],
  ['each output of a command of `mailrun exec`', ['EXEC_BYTES'], `the first ${MiB(sizes.EXEC_BYTES)}`],
]

const DNS: Figures<typeof dns> = [
  [
    'one question over UDP',
    ['UDP_TRIES', 'UDP_TRY_SECONDS', 'MOST_STRAY_DATAGRAMS'],
    `${dns.UDP_TRIES} tries of ${dns.UDP_TRY_SECONDS} s. After ${dns.MOST_STRAY_DATAGRAMS} datagrams`,
  ],
  ['one question over TCP', ['TCP_SECONDS'], `${dns.TCP_SECONDS} s`],
  ['one question to one name server', ['QUESTION_SECONDS'], `${dns.QUESTION_SECONDS} s`],
  ['name servers of a zone that are asked', ['MOST_SERVERS'], `${dns.MOST_SERVERS};`],
  ['addresses of a name server', ['MOST_ADDRESSES'], `${dns.MOST_ADDRESSES} of IPv4, ${dns.MOST_ADDRESSES} of IPv6`],
  ['delegations below each other', ['MOST_DELEGATIONS'], `${dns.MOST_DELEGATIONS}`],
  ['aliases (CNAME) one after the other', ['MOST_ALIASES'], `${dns.MOST_ALIASES}`],
  ['all hosts and keys of a run', ['RUN_SECONDS'], `${dns.RUN_SECONDS} s in which`],
  [
    'one name: its zone',
    ['MOST_QUESTIONS', 'NAME_SECONDS'],
    `${dns.MOST_QUESTIONS} questions, ${dns.NAME_SECONDS} s in which`,
  ],
  [
    'one evaluation of SPF',
    ['MOST_WALK_QUESTIONS', 'WALK_SECONDS'],
    `${dns.MOST_WALK_QUESTIONS} questions, ${dns.WALK_SECONDS} s`,
  ],
  ['names of an address (PTR)', ['MOST_REVERSE_NAMES'], `${dns.MOST_REVERSE_NAMES}`],
  ['signatures (DKIM) of one message', ['MOST_SIGNATURES'], `${dns.MOST_SIGNATURES},`],
  [
    'one domain in a plan of records',
    ['DOMAIN_QUESTIONS', 'DOMAIN_NAME_QUESTIONS', 'DOMAIN_SECONDS'],
    `${dns.DOMAIN_QUESTIONS} questions, and ${dns.DOMAIN_NAME_QUESTIONS} more for each record, selector and address ` +
      `of its own that is looked for; ${dns.DOMAIN_SECONDS} s in which`,
  ],
  ['what nsupdate or knotc says of one update', ['UPDATE_BYTES'], kB(dns.UPDATE_BYTES)],
  ['one nsupdate on this machine', ['UPDATE_SECONDS'], `${dns.UPDATE_SECONDS} s;`],
]

for (const [file, bounds, figures] of [
  ['src/core/bounds.ts', sizes, SIZES],
  ['src/dns/bounds/bounds.ts', dns, DNS],
] as const) {
  test(`each bound of ${file} is in the page, with its figure`, () => {
    for (const [start, , words] of figures as Figures<object>) {
      const found = rows.filter(([first]) => first!.startsWith(start))
      assert.is(found.length, 1, `rows that begin with ${start}`)
      assert.ok(found[0]![1]!.startsWith(words), `${start}: the code says ${words}, the page ${found[0]![1]}`)
    }
  })
  test(`no bound of ${file} is left out`, () => {
    assert.equal(figures.flatMap(([, names]) => names as readonly string[]).sort(), Object.keys(bounds).sort())
  })
}

test.run()
