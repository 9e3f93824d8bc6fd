// Lint: which programs send and sign mail, OpenDKIM's unit, and how the daemon was really started.
import type { AuditSubject } from '../../model/audit.ts'
import type { MailSetup } from '../../model/mail-setup.ts'
import { DROP_IN } from '../../probes/opendkim.ts'
import type { Untrusted } from '../../shell/untrusted.ts'
import { faultIf, type Fault } from '../fault.ts'
import { isInstalled, optionOf, settingOf, valueOf } from '../opendkim-setup.ts'
import { configurationFaults } from './configuration.ts'

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
  const ofPrograms = programFaults(setup)
  return isInstalled(setup)
    ? [...ofPrograms, ...unitFaults(setup), ...startFaults(setup), ...configurationFaults(setup)]
    : ofPrograms
}

function programFaults(setup: MailSetup): readonly Fault[] {
  const { packages, parameters } = setup
  const among = (names: readonly string[]): readonly string[] => names.filter((name) => packages[name] !== undefined)
  const [signers, mtas] = [among(SIGNERS), among(MTAS)]
  const hasPostfix = Object.keys(parameters).length > 0
  return [
    ...faultIf(!hasPostfix, {
      id: 'no-postfix',
      subject: {},
      message:
        mtas.length > 0
          ? `mail is sent by ${mtas.join(', ')}, of which nothing is looked at`
          : 'there is no Postfix, or postconf cannot read its configuration',
      found: mtas.join(', ') || 'no mail server',
    }),
    ...faultIf(hasPostfix && !isInstalled(setup) && signers.length === 0, {
      id: 'no-signer',
      subject: {},
      message: 'neither OpenDKIM nor another signer is installed',
    }),
    ...signers.map((name): Fault => ({
      id: 'other-signer',
      subject: { about: name },
      message: `${name} is installed, which can sign mail: its configuration is not looked at`,
      found: `${name} ${packages[name]}`,
    })),
  ]
}

function unitFaults({ unit }: MailSetup): readonly Fault[] {
  if (unit['LoadState'] !== 'loaded') return []
  const { ActiveState: active = '', UnitFileState: enabled = '' } = unit
  return [
    ...faultIf(active !== 'active', {
      id: 'opendkim-down',
      subject: {},
      message: 'the unit opendkim does not run',
      expected: 'active',
      found: active,
    }),
    ...faultIf(/^(?:disabled|masked)/.test(enabled), {
      id: 'opendkim-disabled',
      subject: {},
      message: 'the unit opendkim does not start with the host',
      expected: 'enabled',
      found: enabled,
    }),
  ]
}

const startFaults = (setup: MailSetup): readonly Fault[] => [...overriddenSettings(setup), ...ignoredDefaults(setup)]

const OPTIONS = [
  ['p', 'Socket'],
  ['P', 'PidFile'],
  ['u', 'UserID'],
  ['b', 'Mode'],
  ['d', 'Domain'],
  ['s', 'Selector'],
  ['k', 'KeyFile'],
] as const

/** mailrun's own names no options. */
const isOthers = (dropIn: Untrusted): boolean => dropIn !== '' && dropIn !== DROP_IN

function overriddenSettings(setup: MailSetup): readonly Fault[] {
  const { unit } = setup
  const by = unit['DropInPaths']?.split(' ').find(isOthers) ?? unit['FragmentPath'] ?? ''
  return OPTIONS.flatMap(([letter, name]): readonly Fault[] => {
    const [option, setting] = [optionOf(setup, letter), settingOf(setup, name.toLowerCase())]
    if (option === undefined || setting === undefined || option === setting.value) return []
    const instead = `${name} ${setting.value} (${setting.path}:${setting.line})`
    return [
      {
        id: 'conf-overridden',
        subject: { ...(by === '' ? {} : { path: by }), about: name },
        message: `OpenDKIM is started with -${letter} ${option}, which goes before ${instead}`,
        expected: setting.value,
        found: option,
      },
    ]
  })
}

/** What Debian's own /etc/default/opendkim says. */
const USUAL_SOCKET = 'local:/run/opendkim/opendkim.sock'

/** In /etc/default/opendkim. */
function ignoredDefaults(setup: MailSetup): readonly Fault[] {
  const { defaults } = setup
  const valueIn = (name: string): string =>
    (defaults.findLast((each) => each.name === name)?.value ?? '').replace(/^(["'])(.*)\1$/, '$2')
  const place = (name: string): AuditSubject => ({
    path: '/etc/default/opendkim',
    line: defaults.findLast((each) => each.name === name)!.line,
  })
  const rundir = valueIn('RUNDIR') || '/run/opendkim'
  const wanted = valueIn('SOCKET').replaceAll(/\$\{?RUNDIR\}?/g, rundir)
  const socket = valueOf(setup, 'socket', 'p') ?? ''
  const isIgnored = wanted !== '' && wanted !== socket && wanted !== USUAL_SOCKET
  const ofSocket: readonly Fault[] = isIgnored
    ? [
        {
          id: 'conf-default-ignored',
          subject: place('SOCKET'),
          message: `SOCKET=${wanted} has no effect: OpenDKIM listens at ${socket || 'no socket'}`,
          expected: wanted,
          found: socket,
        },
      ]
    : []
  const ofOptions: readonly Fault[] =
    valueIn('DAEMON_OPTS') !== '' && setup.arguments.length === 0
      ? [{ id: 'conf-default-ignored', subject: place('DAEMON_OPTS'), message: 'DAEMON_OPTS has no effect' }]
      : []
  return [...ofSocket, ...ofOptions]
}
