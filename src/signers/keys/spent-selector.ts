// Explains why no key may be made or used with a selector whose key is gone or revoked, and what to do: DNS may still
// have the record of the former key, so mail that a new key signs would fail DKIM.
import { isSameName, isSelector } from '../../mail/names/names.ts'
import { historyPath, type KeyEvent } from '../../mail/rotation/history.ts'
import { newSelectors } from '../../mail/rotation/new-selector.ts'
import { dkimName } from '../../mail/records/dkim/record.ts'
import type { Signing } from './signing.ts'

type Asked = Pick<Signing, 'domain' | 'selector' | 'path' | 'past'> & { readonly key: Pick<Signing['key'], 'kind'> }

/** After these a selector is never used again. */
const SPENT: readonly KeyEvent[] = ['compromised', 'revoking', 'revoked', 'removing', 'removed']

/**
 * A key that was in use is published, and mail that it signed may still be on its way: one that is made in its place
 * fails DKIM, and a signer takes it up as soon as the file is there. `undefined` where the key can be used or made.
 */
export function spentSelector(asked: Asked): string | undefined {
  const { domain, selector, path, key, past } = asked
  if (past === undefined) return undefined
  const { lost, events } = past
  const name = dkimName(domain, selector)
  const history = historyPath(path.slice(0, path.lastIndexOf('/', path.lastIndexOf('/') - 1)), domain)
  const isLost = lost !== undefined && (isSameName(lost.selector, selector) || lost.path === path)
  if (key.kind === 'absent' && isLost) {
    return (
      `${path} is gone, and the host's tables name it: a key made in its place would sign at once, and fail DKIM by ` +
      `the record of the lost one. Put the file back from a backup, or ${another(asked)}; ` +
      `to have the same selector again, take ${domain} out of KeyTable and SigningTable, run again, and replace the ` +
      `record by mailrun dns push --replace ${name}. See docs/mail/lost-keys.md`
    )
  }
  const said = events.findLast((each) => key.kind === 'absent' || SPENT.includes(each))
  if (said === undefined || (key.kind !== 'absent' && key.kind !== 'key')) return undefined
  const is = key.kind === 'absent' ? `${path} is gone, and ${name} was ${said}` : `${name} is ${said}`
  return `${is}, according to ${history}: it must not sign; ${another(asked)}. See docs/mail/lost-keys.md`
}

/** As a rotation would name it today, by the host's clock. */
function another({ selector, past }: Asked): string {
  const lost = past?.lost?.selector ?? ''
  const names = newSelectors(selector, past?.today ?? 0)
  const free = names[names.indexOf(isSelector(lost) ? lost : selector) + 1] ?? names[0]!
  return (
    `give the host another dkim_selector, such as ${free}, and keep ${selector} in its dkim_selectors where other ` +
    'domains of it use that'
  )
}
