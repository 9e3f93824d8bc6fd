// Asks how a host signs its mail: OpenDKIM's unit, configuration, tables and keys as the daemon reads them, and
// Postfix's milters.
import type { HostKey, OpendkimMailSetup, OpendkimTable, PathAttributes } from './mail-setup-answer.ts'
import { utf8 } from '../../../core/probe/answer.ts'
import { defineProbe, ProbeError, type Probe } from '../../../core/probe/probe.ts'
import { raw } from '../../../shell/script.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { MAIL_SETUP_PROGRAM } from './mail-setup-program.ts'
import { KEY_DIRECTORY } from '../keys/key-group.ts'
import { opendkimReadings } from './readings.ts'
import { grouped, mailSetupIn, valuesOf, type LinesOf } from '../../../resources/postfix/setup-answer.ts'
import { fromHex } from '../../../shell/perl-words.ts'
import { sourcesIn } from './signing-answer.ts'

/** Nothing is known yet. */
export const NO_SETUP: OpendkimMailSetup = {
  packages: {},
  running: [],
  unit: {},
  arguments: [],
  configuration: { path: '', present: false },
  settings: [],
  defaults: [],
  user: '',
  groups: [],
  tables: [],
  signing: [],
  keys: [],
  openssl: true,
  paths: {},
  members: {},
  parameters: {},
  parameterLines: {},
}

/** One process on the host; what needs root is reported as a problem where there is none. */
export const mailSetup: Probe<OpendkimMailSetup> = defineProbe<OpendkimMailSetup>({
  key: 'mail setup',
  reads: [
    'path:/etc/opendkim.conf',
    `path:${KEY_DIRECTORY}`,
    'path:/etc/postfix/main.cf',
    'path:/etc/postfix/master.cf',
    'unit:opendkim',
  ],
  script: raw(`command -v perl >/dev/null || { echo no-perl; exit; }
timeout -k 5 120 perl - <<'mailrun-mail-setup'
${MAIL_SETUP_PROGRAM}mailrun-mail-setup`),
  parse: ({ code, stdout, stderr }) => {
    const problem = problemIn(code, stdout, utf8(stderr).trim())
    return problem === undefined ? read(utf8(stdout)) : { ...NO_SETUP, problem }
  },
})

function problemIn(code: number, stdout: Untrusted, stderr: Untrusted): string | undefined {
  if (stdout.startsWith('no-perl')) return 'there is no perl, by which its configuration is read: install perl-base'
  if (stdout.startsWith('not-root'))
    return 'only root can read its keys and tables: set ansible_become for the host, or give --become'
  if (stdout.endsWith('end\n')) return undefined
  return code === 124 || code === 137
    ? 'its configuration could not be read in time'
    : `its configuration cannot be read: ${stderr || `exit status ${code}`}`
}

const STATES: readonly OpendkimTable['state'][] = ['there', 'absent', 'unreadable', 'other']
function read(stdout: Untrusted): OpendkimMailSetup {
  const { lines, sources } = sourcesIn(stdout) ?? cutShort()
  const of: LinesOf = (word) => lines.get(word) ?? []
  const last = (word: string): readonly string[] | undefined => of(word).at(-1)
  const refused = last('refused')
  const states = new Map(of('state').map(([at = '', state = '']) => [fromHex(at), oneOf(STATES, state)]))
  return {
    ...mailSetupIn(of),
    unit: valuesOf(of('unit')),
    ...opendkimReadings(sources, states),
    ...(refused === undefined ? {} : { refused: fromHex(refused[0]!) }),
    defaults: of('default').map(([name = '', line = '', value = '']) => ({
      path: '/etc/default/opendkim',
      line: Number(line),
      name,
      value: fromHex(value),
    })),
    user: fromHex(last('user')?.[0] ?? '-'),
    groups: of('in').map(([name = '']) => name),
    keys: of('key').map(key),
    openssl: last('no-openssl') === undefined,
    paths: Object.fromEntries(of('path').map(attributes)),
    members: grouped(of('member')),
  }
}

function cutShort(): never {
  throw new ProbeError('its configuration cannot be read: the answer was cut short')
}

const key = ([at = '', state = '', publicKey = '']: readonly string[]): HostKey => ({
  path: fromHex(at),
  state: oneOf(STATES, state),
  publicKey: publicKey === '-' ? '' : publicKey,
})

const attributes = ([type = '', owner = '', group = '', mode = '', at = '']: readonly string[]): [
  string,
  PathAttributes,
] => [fromHex(at), { type, owner, group, mode }]

function oneOf<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((each) => each === word)
  if (found === undefined) throw new ProbeError(`its configuration cannot be read: it answers ${JSON.stringify(word)}`)
  return found
}
