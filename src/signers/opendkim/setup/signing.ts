// Asks with which key OpenDKIM signs for a domain: the key that its tables name or, if they name none, the first key of
// the domain.
import { ancestorsOf, keyPath, type Signing, type SigningQuestion } from '../../keys/signing.ts'
import { DAEMON } from '../keys/key-group.ts'
import { factAbout, type Fact } from '../../../core/task/fact.ts'
import { defineProbe, type Probe } from '../../../core/probe/probe.ts'
import { isKnown, UNKNOWN } from '../../../core/unknown.ts'
import { ACTIVATION } from '../activation/state.ts'
import {
  CONFIGURATION,
  configurationOf,
  KEY_TABLE,
  readSetup,
  readSigning,
  SIGNING_TABLE,
  signingFamily,
  signingItem,
  type OpendkimSetup,
} from './signing-family.ts'

export { configurationOf, KEY_TABLE, SIGNING_TABLE, TABLE_HEADER, type OpendkimSetup } from './signing-family.ts'

const TABLES = [`path:${KEY_TABLE}`, `path:${SIGNING_TABLE}`, `path:${CONFIGURATION}`] as const

export function signingProbe(question: SigningQuestion): Probe<readonly Signing[]> {
  const { domains, selector, directory, which, path } = question
  const pathOf = (domain: string): string => path ?? keyPath(directory, domain, selector)
  return defineProbe<readonly Signing[]>({
    key: `signing ${JSON.stringify([domains, selector, directory, which, path])}`,
    reads: [
      ...domains.map((domain) => `path:${pathOf(domain)}` as const),
      ...TABLES,
      `user:${DAEMON}`,
      'package:openssl',
    ],
    family: signingFamily,
    item: signingItem(domains.map((domain) => [domain, selector, pathOf(domain), which ?? 'first'])),
    parse: readSigning,
    foresee(state, known) {
      const user = factAbout(known, 'user', DAEMON)?.value
      if (user === undefined) return state.map((each) => foresee(each, known))
      return user.kind === 'user' && isKnown(user.groups) ? joined(state, user.groups) : state
    },
  })
}

/** With these groups, too. They are looked through once, and one list serves all that have no others. */
function joined(state: readonly Signing[], groups: readonly string[]): readonly Signing[] {
  const known = new Set(groups)
  return state.map((signing) => {
    const others = signing.groups.filter((each) => !known.has(each))
    return { ...signing, groups: others.length === 0 ? groups : [...others, ...groups] }
  })
}

/** How OpenDKIM is configured on the host, by whomever. */
export const opendkimSetup: Probe<OpendkimSetup> = defineProbe<OpendkimSetup>({
  key: 'opendkim setup',
  reads: [...TABLES, `path:${ACTIVATION}`],
  family: signingFamily,
  item: signingItem([]),
  parse: readSetup,
  // A configuration that signs for somebody may be about to do so no more; one that a package brings signs for nobody.
  foresee: (state, known) => (known.resource === `path:${CONFIGURATION}` && signsForOthers(state) ? undefined : state),
})

/** Whether it signs for somebody by a configuration that mailrun did not write, or may do so. */
function signsForOthers(setup: OpendkimSetup): boolean {
  const configuration = setup.installed ? configurationOf(setup) : undefined
  if (configuration === undefined) return false
  const { notUnderstood, signing } = configuration
  return notUnderstood.some(({ refused }) => !refused) || (!setup.ours && signing.length > 0)
}

function foresee(signing: Signing, known: Fact): Signing {
  const own = factAbout(known, 'path', signing.path)?.value
  if (own?.kind === 'file') {
    const publicKey = signing.key.kind === 'key' ? signing.key.publicKey : UNKNOWN
    return {
      ...signing,
      key: { kind: 'key', owner: String(own.owner), group: String(own.group), mode: String(own.mode), publicKey },
    }
  }
  const all = [...ancestorsOf(signing.path), ...signing.directories.map(({ path }) => path)]
  const above = all.find((path) => known.resource === `path:${path}`)
  const value = above === undefined ? undefined : factAbout(known, 'path', above)?.value
  if (above === undefined || value?.kind !== 'directory') return signing
  const others = signing.directories.filter(({ path }) => path !== above)
  return {
    ...signing,
    directories: [
      ...others,
      { path: above, owner: String(value.owner), group: String(value.group), mode: String(value.mode) },
    ],
  }
}
