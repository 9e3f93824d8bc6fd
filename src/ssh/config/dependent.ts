// Settings that depend on others.
import { USER_HOSTS } from './defaults.ts'
import { isNone } from './keywords/jump.ts'
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

type TextOf = (keyword: string) => string | undefined

function updateHostKeys(text: TextOf, files: readonly string[]): string {
  const said = text('updatehostkeys')
  if (said === undefined) {
    const isDefaultFile = files.length === 0 || (files.length === 1 && files[0] === USER_HOSTS[0])
    return isDefaultFile && (text('verifyhostkeydns') ?? 'no') === 'no' ? 'yes' : 'no'
  }
  return said === 'ask' && cannotAsk(text) ? 'no' : said
}

/** ssh has no terminal to ask on, or is to be quiet. */
function cannotAsk(text: TextOf): boolean {
  const has = (keyword: string): boolean => !isNone(text(keyword) ?? 'none')
  const persists = (text('controlpersist') ?? 'no') !== 'no' && has('controlpath')
  if (persists || has('remotecommand')) return true
  return text('requesttty') === 'no' || ['SILENT', 'FATAL', 'ERROR'].includes(text('loglevel') ?? '')
}
