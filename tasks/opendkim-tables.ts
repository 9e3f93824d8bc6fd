// Task: OpenDKIM's KeyTable and SigningTable, made of the keys in use.
import { putContent } from '../src/changes/put-content.ts'
import { isSelector, mailDomain } from '../src/mail/names.ts'
import { signerOf } from '../src/mail/own-name.ts'
import { keyTableLines, signingTableLines } from '../src/mail/signing-table.ts'
import type { Change } from '../src/model/change.ts'
import { listOf, record, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change } from '../src/model/plan.ts'
import { UNKNOWN } from '../src/model/unknown.ts'
import { joinProbes } from '../src/probes/join.ts'
import { pathProbe, type PathState } from '../src/probes/path.ts'
import { ancestorsOf, foreignSigning, KEY_TABLE, keyPath, SIGNING_TABLE, signingProbe, TABLE_HEADER, type ForeignSigning, type Signing } from '../src/probes/signing.ts'

export interface OpendkimTablesArgs {
  /** In A-labels, lower case. */
  readonly domains: readonly string[]
  /** Of the host's first keys, as `dkimKey` takes it. */
  readonly selector: string
  /** Left out: /etc/dkimkeys. */
  readonly directory?: string
  /** The host's own name, which mail of cron and bounces come from: signed by the key of the nearest of `domains` above it. Left out, or in none of them: not signed. */
  readonly hostName?: string
  /** By domain, the selector that signs from now on; its key must be there as `DIRECTORY/DOMAIN/SELECTOR.private`. Left out: the key in use, else the first one. */
  readonly active?: Readonly<Record<string, string>>
}

export interface TablesState {
  readonly signing: readonly Signing[]
  readonly foreign: ForeignSigning
  readonly tables: readonly [PathState, PathState]
  /** The keys of `active`, in its order. */
  readonly keys: readonly PathState[]
}

/** `/etc/dkimkeys/KeyTable` and `/etc/dkimkeys/SigningTable`, whole: a line that others added is taken away. opendkim.conf(5): `KeyTable file:…`, `SigningTable refile:…`. */
export const opendkimTables = defineTask<OpendkimTablesArgs, TablesState>({
  type: 'opendkimTables',
  name: () => 'KeyTable, SigningTable',
  arguments: {
    domains: required(listOf(text)), selector: required(text), directory: text, hostName: text, active: record,
  },
  check: ({ domains, selector, hostName, active = {} }) =>
    (domains.length === 0 ? 'domains is empty' : undefined) ??
    (hostName === undefined || mailDomain(hostName) === hostName ? undefined : `hostName must be a host's full name in lower case (A-labels), got ${JSON.stringify(hostName)}`) ??
    (isSelector(selector) ? undefined : `selector must be a DNS label, got ${JSON.stringify(selector)}`) ??
    domains.map((each) => (mailDomain(each) === each ? undefined : `domains must be domain names in lower case (A-labels), got ${JSON.stringify(each)}`)).find((wrong) => wrong !== undefined) ??
    Object.entries(active).map(([domain, each]) => (!domains.includes(domain) ? `active names ${JSON.stringify(domain)}, which is not among domains` : typeof each === 'string' && isSelector(each) ? undefined : `active must give a selector for each domain, got ${JSON.stringify(each)}`)).find((wrong) => wrong !== undefined),
  probe: ({ domains, selector, directory = DIRECTORY, active = {} }) =>
    joinProbes<readonly Signing[], ForeignSigning | PathState, TablesState>(
      signingProbe({ domains, selector, directory }),
      [foreignSigning, table(KEY_TABLE), table(SIGNING_TABLE), ...Object.entries(active).map(([domain, each]) => pathProbe({ path: keyPath(directory, domain, each), wanted: 'nothing' }))],
      (signing, [foreign, keyTable, signingTable, ...keys]) => ({ signing, foreign: foreign as ForeignSigning, tables: [keyTable as PathState, signingTable as PathState], keys: keys as readonly PathState[] }),
      ({ signing, foreign, tables, keys }) => [signing, [foreign, ...tables, ...keys]],
    ),
  plan({ domains, hostName, directory = DIRECTORY, active = {} }, now) {
    const { names, unreadable } = now.foreign
    if (unreadable !== undefined) return blocked(`OpenDKIM is configured with ${unreadable}, which mailrun cannot read and would replace: take that line out of /etc/opendkim.conf first`)
    const others = names.filter((name) => !domains.includes(name) && !(name === hostName && signerOf(name, domains) !== undefined))
    if (others.length > 0) return blocked(`this host signs for ${others.join(', ')} too, which domains does not name: add it, or take it out of the host's SigningTable`)
    const chosen = new Map(Object.entries(active).map(([domain, each], index) => [domain, { selector: each, path: keyPath(directory, domain, each), is: now.keys[index]!.is }]))
    const missing = [...chosen.values()].find(({ is }) => is.kind !== 'file')
    if (missing !== undefined) return blocked(`${missing.path}, which is to sign from now on, is no file: make the key with dkimKey first`)
    const signing = now.signing.map((each) => switched(each, chosen.get(each.domain)))
    const keyTable = keyTableLines(signing)
    const both = [...new Set([...keyTable, ...keyTableLines(now.signing.filter(({ key }) => key.kind === 'key'))])]
    const signingTable = [1, signingTableLines(signing, hostName), ''] as const
    // OpenDKIM may be reloaded at any moment, and this run may be killed: never does the SigningTable name a key that the KeyTable does not.
    const writings = both.length > keyTable.length ? [[0, both, ', the former key still in it'] as const, signingTable, [0, keyTable, ''] as const] : [[0, keyTable, ''] as const, signingTable]
    const changes: Change[] = []
    const tables = [...now.tables]
    for (const [table, content, also] of writings) {
      const path = [KEY_TABLE, SIGNING_TABLE][table]!
      const text = `${TABLE_HEADER}\n${content.map((line) => `${line}\n`).join('')}`
      const plan = putContent({ path, content: Buffer.from(text), wanted: 'shown', secret: false, owner: 'root', group: 'root', mode: '0644' }, tables[table]!)
      if (plan.kind === 'blocked') return plan
      if (plan.kind !== 'change') continue
      changes.push(...plan.changes.map((each) => ({ ...each, summary: `${path.split('/').at(-1) ?? path}: ${each.summary}${also}` })))
      tables[table] = plan.then
    }
    // What is written by mailrun is no other's any more.
    return change(changes, { ...now, signing, foreign: { ...now.foreign, names: [] }, tables: [tables[0]!, tables[1]!] })
  },
  writes: () => [`path:${KEY_TABLE}`, `path:${SIGNING_TABLE}`],
  owns: () => [`content:${KEY_TABLE}`, `content:${SIGNING_TABLE}`],
  examples: [
    { title: "Two domains, and the host's own name in one of them", args: { domains: ['example.org', 'example.net'], selector: 'mx1', hostName: 'mx1.example.org' }, given: 'mkdir -p /etc/dkimkeys' },
    {
      title: 'Another key signs from now on',
      args: { domains: ['example.org'], selector: 'mx1', active: { 'example.org': 'mx1-20270301' } },
      given: 'apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1; mkdir -p /etc/dkimkeys/example.org; cd /etc/dkimkeys/example.org; for s in mx1 mx1-20270301; do openssl genrsa -out $s.private 2048 2>/dev/null; done; chown -R opendkim:opendkim /etc/dkimkeys; echo "mx1._domainkey.example.org example.org:mx1:/etc/dkimkeys/example.org/mx1.private" > /etc/dkimkeys/KeyTable; echo "*@example.org mx1._domainkey.example.org" > /etc/dkimkeys/SigningTable',
    },
  ],
})

const DIRECTORY = '/etc/dkimkeys'

interface Chosen {
  readonly selector: string
  readonly path: string
  readonly is: PathState['is']
}

/** What the host will answer once the tables name another key. */
function switched(signing: Signing, chosen: Chosen | undefined): Signing {
  if (chosen === undefined || chosen.selector === signing.selector || chosen.is.kind !== 'file') return signing
  const { selector, path, is } = chosen
  const above = ancestorsOf(path)
  return { ...signing, selector, path, key: { kind: 'key', owner: String(is.owner), group: String(is.group), mode: String(is.mode), publicKey: UNKNOWN }, directories: signing.directories.filter((each) => above.includes(each.path)) }
}

const table = (path: string) => pathProbe({ path, wanted: 'shown' })
