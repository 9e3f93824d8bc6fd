// Settings that depend on others.
import { USER_HOSTS } from './defaults.ts'
import { isNone } from './jump.ts'
import type { Resolved } from './resolved.ts'

/** The value where another setting changes it, undefined where none does. */
export function dependent(keyword: string, { values, hostKeyAlias }: Resolved): string | undefined {
  const text = (name: string): string | undefined => values.first.get(name)?.value
  switch (keyword) {
    case 'hostkeyalias':
      return hostKeyAlias
    case 'proxyusefdpass':
      return values.jump !== undefined && values.jump.hops.length > 0 ? 'no' : undefined
    case 'tunnel':
      return text('clearallforwardings') === 'yes' ? 'no' : undefined
    case 'serveraliveinterval':
      return text('serveraliveinterval') ?? (text('batchmode') === 'yes' ? '300' : undefined)
    case 'updatehostkeys':
      return updateHostKeys(
        text,
        (values.lists.get('userknownhostsfile') ?? []).map(({ value }) => value),
      )
    default:
      return undefined
  }
}

function updateHostKeys(text: (keyword: string) => string | undefined, files: readonly string[]): string {
  const said = text('updatehostkeys')
  const verified = text('verifyhostkeydns') ?? 'no'
  if (said === undefined)
    return verified === 'no' && (files.length === 0 || (files.length === 1 && files[0] === USER_HOSTS[0]))
      ? 'yes'
      : 'no'
  if (said !== 'ask') return said
  const has = (keyword: string): boolean => !isNone(text(keyword) ?? 'none')
  const cannotAsk =
    ((text('controlpersist') ?? 'no') !== 'no' && has('controlpath')) ||
    has('remotecommand') ||
    text('requesttty') === 'no' ||
    ['SILENT', 'FATAL', 'ERROR'].includes(text('loglevel') ?? '')
  return cannotAsk ? 'no' : said
}
