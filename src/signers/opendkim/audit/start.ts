// Audit rules about how OpenDKIM is started: with options that override opendkim.conf, or with a file that is no longer
// read.
import type { FindingDetails, Subject } from '../../../findings/finding.ts'
import { rule } from '../../../findings/rule.ts'
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { DROP_IN } from '../setup/opendkim.ts'
import type { Untrusted } from '../../../shell/untrusted.ts'
import { isInstalled, optionOf, settingOf, valueOf } from './setup.ts'

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

export const confOverridden = rule({
  id: 'conf-overridden',
  check: 'setup',
  severity: 'warning',
  means: 'The daemon is started with options that override opendkim.conf, for example from an old ' + 'override.conf.',
  remedy: 'remove the options (systemctl revert opendkim), or write the same into opendkim.conf',
  find(setup: OpendkimMailSetup) {
    if (!isInstalled(setup)) return []
    const { unit } = setup
    const by = unit['DropInPaths']?.split(' ').find(isOthers) ?? unit['FragmentPath'] ?? ''
    return OPTIONS.flatMap(([letter, name]): readonly FindingDetails[] => {
      const [option, setting] = [optionOf(setup, letter), settingOf(setup, name.toLowerCase())]
      if (option === undefined || setting === undefined || option === setting.value) return []
      const instead = `${name} ${setting.value} (${setting.path}:${setting.line})`
      return [
        {
          subject: { ...(by === '' ? {} : { path: by }), about: name },
          message: `OpenDKIM is started with -${letter} ${option}, which overrides ${instead}`,
          expected: setting.value,
          found: option,
        },
      ]
    })
  },
})

/** What Debian's own /etc/default/opendkim says. */
const USUAL_SOCKET = 'local:/run/opendkim/opendkim.sock'

export const confDefaultIgnored = rule({
  id: 'conf-default-ignored',
  check: 'setup',
  severity: 'warning',
  means: 'Settings in /etc/default/opendkim have no effect: since OpenDKIM 2.11, systemd does not read ' + 'this file.',
  remedy: 'move them to opendkim.conf',
  find(setup: OpendkimMailSetup) {
    if (!isInstalled(setup)) return []
    const { defaults } = setup
    const valueIn = (name: string): string =>
      (defaults.findLast((each) => each.name === name)?.value ?? '').replace(/^(["'])(.*)\1$/, '$2')
    const place = (name: string): Subject => ({
      path: '/etc/default/opendkim',
      line: defaults.findLast((each) => each.name === name)!.line,
    })
    const rundir = valueIn('RUNDIR') || '/run/opendkim'
    const wanted = valueIn('SOCKET').replaceAll(/\$\{?RUNDIR\}?/g, rundir)
    const socket = valueOf(setup, 'socket', 'p') ?? ''
    const isIgnored = wanted !== '' && wanted !== socket && wanted !== USUAL_SOCKET
    const ofSocket: readonly FindingDetails[] = isIgnored
      ? [
          {
            subject: place('SOCKET'),
            message: `SOCKET=${wanted} has no effect: OpenDKIM listens at ${socket || 'no socket'}`,
            expected: wanted,
            found: socket,
          },
        ]
      : []
    const ofOptions: readonly FindingDetails[] =
      valueIn('DAEMON_OPTS') !== '' && setup.arguments.length === 0
        ? [{ subject: place('DAEMON_OPTS'), message: 'DAEMON_OPTS has no effect' }]
        : []
    return [...ofSocket, ...ofOptions]
  },
})
