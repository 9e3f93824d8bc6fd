// Lint: OpenDKIM's unit and configuration, as the daemon was really started.
import type { MailSetup } from '../../model/mail-setup.ts'
import { groupedBy } from '../../text/grouped-by.ts'
import type { Fault } from '../fault.ts'
import { isInstalled, isOn, optionOf, placeOf, settingOf, valueOf } from '../opendkim-setup.ts'

const SIGNERS = ['rspamd', 'dkimpy-milter', 'amavisd-new']
/** Those that may sign by themselves. */
const MTAS = [
  'exim4-daemon-heavy',
  'exim4-daemon-light',
  'opensmtpd',
  'sendmail-bin',
  'qmail',
  'nullmailer',
  'msmtp-mta',
  'ssmtp',
]

export function daemonFaults(setup: MailSetup): readonly Fault[] {
  const { packages, parameters } = setup
  const among = (names: readonly string[]): readonly string[] => names.filter((name) => packages[name] !== undefined)
  const [signers, mtas] = [among(SIGNERS), among(MTAS)]
  const hasPostfix = Object.keys(parameters).length > 0
  return [
    ...(hasPostfix
      ? []
      : [
          {
            id: 'no-postfix',
            subject: {},
            message:
              mtas.length > 0
                ? `mail is sent by ${mtas.join(', ')}, of which nothing is looked at`
                : 'there is no Postfix, or postconf cannot read its configuration',
            found: mtas.join(', ') || 'no mail server',
          } as const,
        ]),
    ...(isInstalled(setup) || signers.length > 0 || !hasPostfix
      ? []
      : [{ id: 'no-signer', subject: {}, message: 'neither OpenDKIM nor another signer is installed' } as const]),
    ...signers.map(
      (name) =>
        ({
          id: 'other-signer',
          subject: { about: name },
          message: `${name} is installed, which can sign mail: its configuration is not looked at`,
          found: `${name} ${packages[name]}`,
        }) as const,
    ),
    ...(isInstalled(setup) ? [...unitFaults(setup), ...startFaults(setup), ...configurationFaults(setup)] : []),
  ]
}

function unitFaults({ unit }: MailSetup): readonly Fault[] {
  if (unit['LoadState'] !== 'loaded') return []
  const { ActiveState: active = '', UnitFileState: enabled = '' } = unit
  return [
    ...(active === 'active'
      ? []
      : [
          {
            id: 'opendkim-down',
            subject: {},
            message: 'the unit opendkim does not run',
            expected: 'active',
            found: active,
          } as const,
        ]),
    ...(/^(?:disabled|masked)/.test(enabled)
      ? [
          {
            id: 'opendkim-disabled',
            subject: {},
            message: 'the unit opendkim does not start with the host',
            expected: 'enabled',
            found: enabled,
          } as const,
        ]
      : []),
  ]
}

const OPTIONS = [
  ['p', 'Socket'],
  ['P', 'PidFile'],
  ['u', 'UserID'],
  ['b', 'Mode'],
  ['d', 'Domain'],
  ['s', 'Selector'],
  ['k', 'KeyFile'],
] as const

function startFaults(setup: MailSetup): readonly Fault[] {
  const { unit, defaults } = setup
  const by = unit['DropInPaths']?.split(' ').find((path) => path !== '') ?? unit['FragmentPath'] ?? ''
  const overridden = OPTIONS.flatMap(([letter, name]): readonly Fault[] => {
    const [option, setting] = [optionOf(setup, letter), settingOf(setup, name.toLowerCase())]
    if (option === undefined || setting === undefined || option === setting.value) return []
    return [
      {
        id: 'conf-overridden',
        subject: { ...(by === '' ? {} : { path: by }), about: name },
        message: `OpenDKIM is started with -${letter} ${option}, which goes before ${name} ${setting.value} (${setting.path}:${setting.line})`,
        expected: setting.value,
        found: option,
      },
    ]
  })
  const valueIn = (name: string): string =>
    (defaults.findLast((each) => each.name === name)?.value ?? '').replace(/^(["'])(.*)\1$/, '$2')
  const rundir = valueIn('RUNDIR') || '/run/opendkim'
  const [wanted, options] = [valueIn('SOCKET').replaceAll(/\$\{?RUNDIR\}?/g, rundir), valueIn('DAEMON_OPTS')]
  const socket = valueOf(setup, 'socket', 'p') ?? ''
  const place = (name: string) => ({
    path: '/etc/default/opendkim',
    line: defaults.findLast((each) => each.name === name)!.line,
  })
  return [
    ...overridden,
    ...(wanted !== '' && wanted !== socket && wanted !== 'local:/run/opendkim/opendkim.sock'
      ? [
          {
            id: 'conf-default-ignored',
            subject: place('SOCKET'),
            message: `SOCKET=${wanted} has no effect: OpenDKIM listens at ${socket || 'no socket'}`,
            expected: wanted,
            found: socket,
          } as const,
        ]
      : []),
    ...(options !== '' && setup.arguments.length === 0
      ? [{ id: 'conf-default-ignored', subject: place('DAEMON_OPTS'), message: 'DAEMON_OPTS has no effect' } as const]
      : []),
  ]
}

function configurationFaults(setup: MailSetup): readonly Fault[] {
  const { unit, user, refused, tables } = setup
  const value = (name: string): string => settingOf(setup, name)?.value ?? ''
  const at = (name: string): Fault['subject'] => placeOf(setup, name)
  const mode = valueOf(setup, 'mode', 'b') ?? 'sv'
  const algorithm = value('signaturealgorithm').toLowerCase()
  const pidFile = valueOf(setup, 'pidfile', 'P')
  const safe = settingOf(setup, 'requiresafekeys')
  return [
    // A missing table is told by itself.
    ...(refused === undefined || tables.some(({ state }) => state === 'absent') ? [] : [refusal(setup, refused)]),
    ...twice(setup),
    ...(unit['Type'] === 'forking' && (unit['PIDFile'] ?? '') !== '' && pidFile === undefined
      ? [
          {
            id: 'pid-file-missing',
            subject: at('pidfile'),
            message: 'PidFile is not set, and systemd waits for the file',
            expected: `PidFile ${unit['PIDFile']}`,
          } as const,
        ]
      : []),
    ...(user === 'root'
      ? [
          {
            id: 'opendkim-root',
            subject: at('userid'),
            message: 'OpenDKIM runs as root',
            expected: 'UserID opendkim',
          } as const,
        ]
      : []),
    ...(mode.includes('s')
      ? []
      : [
          {
            id: 'opendkim-mode',
            subject: at('mode'),
            message: `Mode ${mode} signs nothing`,
            expected: 'Mode sv',
            found: `Mode ${mode}`,
          } as const,
        ]),
    ...(algorithm === 'rsa-sha1'
      ? [
          {
            id: 'sha1-signatures',
            subject: at('signaturealgorithm'),
            message: 'mail is signed with rsa-sha1',
            expected: 'rsa-sha256',
            found: algorithm,
          } as const,
        ]
      : []),
    ...(algorithm === 'ed25519-sha256'
      ? [
          {
            id: 'ed25519-signatures',
            subject: at('signaturealgorithm'),
            message: 'all mail is signed with ed25519-sha256',
            expected: 'rsa-sha256',
            found: algorithm,
          } as const,
        ]
      : []),
    ...(/^relaxed/i.test(value('canonicalization'))
      ? []
      : [
          {
            id: 'simple-header',
            subject: at('canonicalization'),
            message: 'the header is signed as it is to the byte',
            expected: 'Canonicalization relaxed/simple',
            found: value('canonicalization') || 'simple/simple, where it is not set',
          } as const,
        ]),
    ...(/\bfrom\b/i.test(value('oversignheaders'))
      ? []
      : [
          {
            id: 'from-not-oversigned',
            subject: at('oversignheaders'),
            message: 'From is not oversigned',
            expected: 'OversignHeaders From',
          } as const,
        ]),
    ...(value('trustanchorfile') === '' || !mode.includes('v')
      ? []
      : [
          {
            id: 'trust-anchor',
            subject: at('trustanchorfile'),
            message: `TrustAnchorFile is set${value('nameservers') === '' ? '' : `, with Nameservers ${value('nameservers')}`}: where DNS is not the internet's, lookups time out`,
            found: value('trustanchorfile'),
          } as const,
        ]),
    ...(safe === undefined || isOn(safe.value)
      ? []
      : [
          {
            id: 'safe-keys-off',
            subject: at('requiresafekeys'),
            message: 'RequireSafeKeys is off',
            found: safe.value,
          } as const,
        ]),
  ]
}

/** `opendkim: /etc/opendkim.conf: configuration error at line 56: unrecognized parameter` */
function refusal({ configuration: { path }, settings }: MailSetup, refused: string): Fault {
  const line = Number(/ at line (\d+)/.exec(refused)?.[1] ?? 0)
  const setting = settings.find((each) => each.path === path && each.line === line)
  return {
    id: 'opendkim-refused',
    subject: { path, ...(line > 0 ? { line } : {}) },
    message: `opendkim -n refuses the configuration: ${refused || 'it says nothing'}`,
    ...(setting === undefined ? {} : { found: setting.name }),
  }
}

/** The last one counts. */
function twice({ settings }: MailSetup): readonly Fault[] {
  return [
    ...groupedBy(
      settings.filter(({ name }) => name.toLowerCase() !== 'include'),
      ({ name }) => name.toLowerCase(),
    ).values(),
  ]
    .filter((those) => those.length > 1)
    .map((those): Fault => {
      const { path, line, name } = those.at(-1)!
      return {
        id: 'parameter-twice',
        subject: { path, line, about: name },
        message: `${name} is set in ${those.map((each) => `${each.path}:${each.line}`).join(' and ')}`,
        expected: 'one line',
        found: `${those.length} lines`,
      }
    })
}
