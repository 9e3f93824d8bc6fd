// Audit rules about OpenDKIM's unit: whether the daemon runs, starts at boot, and accepts its configuration.
import type { OpendkimMailSetup } from '../setup/mail-setup-answer.ts'
import { foundIf, rule } from '../../../findings/rule.ts'
import { isInstalled, placeOf, valueOf } from './setup.ts'

/** A property of the unit; `undefined` where there is no unit. */
const propertyOf = (setup: OpendkimMailSetup, name: 'ActiveState' | 'UnitFileState'): string | undefined =>
  isInstalled(setup) && setup.unit['LoadState'] === 'loaded' ? (setup.unit[name] ?? '') : undefined

export const opendkimDown = rule({
  id: 'opendkim-down',
  check: 'setup',
  severity: 'error',
  means: 'OpenDKIM does not run: mail waits, or leaves unsigned.',
  remedy: 'look at "systemctl status opendkim" and "journalctl -u opendkim"',
  find(setup: OpendkimMailSetup) {
    const active = propertyOf(setup, 'ActiveState')
    return foundIf(active !== undefined && active !== 'active', {
      message: 'the unit opendkim does not run',
      expected: 'active',
      found: active,
    })
  },
})

export const opendkimDisabled = rule({
  id: 'opendkim-disabled',
  check: 'setup',
  severity: 'warning',
  means: 'OpenDKIM does not start when the host boots.',
  remedy: 'systemctl enable opendkim',
  find(setup: OpendkimMailSetup) {
    const enabled = propertyOf(setup, 'UnitFileState')
    return foundIf(/^(?:disabled|masked)/.test(enabled ?? ''), {
      message: 'the unit opendkim does not start with the host',
      expected: 'enabled',
      found: enabled,
    })
  },
})

export const opendkimRefused = rule({
  id: 'opendkim-refused',
  check: 'setup',
  severity: 'error',
  means: 'OpenDKIM refuses its configuration: it would not start again, and a reload keeps the old ' + 'configuration.',
  remedy: 'correct the setting that the message names',
  /** `opendkim: /etc/opendkim.conf: configuration error at line 56: unrecognized parameter` */
  find(setup: OpendkimMailSetup) {
    const { refused, tables, configuration, settings, refusals } = setup
    const { path } = configuration
    // A missing table is reported by itself.
    if (!isInstalled(setup) || refused === undefined || tables.some(({ state }) => state === 'absent')) return []
    const line = Number(/ at line (\d+)/.exec(refused)?.[1] ?? 0)
    const isThere = (each: { readonly path: string; readonly line: number }): boolean =>
      each.path === path && each.line === line
    return [
      {
        subject: { path, ...(line > 0 ? { line } : {}) },
        message: `opendkim -n refuses the configuration: ${refused || 'it says nothing'}`,
        found: settings.find(isThere)?.name ?? refusals?.find(isThere)?.what,
      },
    ]
  },
})

export const opendkimRoot = rule({
  id: 'opendkim-root',
  check: 'setup',
  severity: 'warning',
  means: 'OpenDKIM runs as root: an attacker who exploits a bug in it controls the host.',
  remedy: 'UserID opendkim',
  find: (setup: OpendkimMailSetup) =>
    foundIf(isInstalled(setup) && setup.user === 'root', {
      subject: placeOf(setup, 'userid'),
      message: 'OpenDKIM runs as root',
      expected: 'UserID opendkim',
    }),
})

export const pidFileMissing = rule({
  id: 'pid-file-missing',
  check: 'setup',
  severity: 'error',
  means: 'opendkim.conf sets no PidFile, but the unit waits for one: systemd stops the daemon after a ' + 'timeout.',
  remedy: 'PidFile /run/opendkim/opendkim.pid',
  find(setup: OpendkimMailSetup) {
    const { unit } = setup
    const awaitsPidFile = unit['Type'] === 'forking' && (unit['PIDFile'] ?? '') !== ''
    return foundIf(isInstalled(setup) && awaitsPidFile && valueOf(setup, 'pidfile', 'P') === undefined, {
      subject: placeOf(setup, 'pidfile'),
      message: 'PidFile is not set, and systemd waits for the file',
      expected: `PidFile ${unit['PIDFile']}`,
    })
  },
})
