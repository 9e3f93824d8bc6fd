// Task: OpenDKIM's KeyTable and SigningTable, made of the keys in use.
import { putContent } from '../src/changes/put-content.ts'
import { isSelector, mailDomain } from '../src/mail/names.ts'
import { signerOf } from '../src/mail/own-name.ts'
import { keyTableLines, signingTableLines } from '../src/mail/signing-table.ts'
import type { Change } from '../src/model/change.ts'
import { listOf, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { blocked, change } from '../src/model/plan.ts'
import { joinProbes } from '../src/probes/join.ts'
import { pathProbe, type PathState } from '../src/probes/path.ts'
import { foreignSigning, KEY_TABLE, SIGNING_TABLE, signingProbe, TABLE_HEADER, type ForeignSigning, type Signing } from '../src/probes/signing.ts'

export interface OpendkimTablesArgs {
  /** In A-labels, lower case. */
  readonly domains: readonly string[]
  /** Of the host's first keys, as `dkimKey` takes it. */
  readonly selector: string
  /** Left out: /etc/dkimkeys. */
  readonly directory?: string
  /** The host's own name, which mail of cron and bounces come from: signed by the key of the nearest of `domains` above it. Left out, or in none of them: not signed. */
  readonly hostName?: string
}

export interface TablesState {
  readonly signing: readonly Signing[]
  readonly foreign: ForeignSigning
  readonly tables: readonly [PathState, PathState]
}

/** `/etc/dkimkeys/KeyTable` and `/etc/dkimkeys/SigningTable`, whole: a line that others added is taken away. opendkim.conf(5): `KeyTable file:…`, `SigningTable refile:…`. */
export const opendkimTables = defineTask<OpendkimTablesArgs, TablesState>({
  type: 'opendkimTables',
  name: () => 'KeyTable, SigningTable',
  arguments: {
    domains: required(listOf(text)), selector: required(text), directory: text, hostName: text,
  },
  check: ({ domains, selector, hostName }) =>
    (domains.length === 0 ? 'domains is empty' : undefined) ??
    (hostName === undefined || mailDomain(hostName) === hostName ? undefined : `hostName must be a host's full name in lower case (A-labels), got ${JSON.stringify(hostName)}`) ??
    (isSelector(selector) ? undefined : `selector must be a DNS label, got ${JSON.stringify(selector)}`) ??
    domains.map((each) => (mailDomain(each) === each ? undefined : `domains must be domain names in lower case (A-labels), got ${JSON.stringify(each)}`)).find((wrong) => wrong !== undefined),
  probe: ({ domains, selector, directory }) =>
    joinProbes<readonly Signing[], ForeignSigning | PathState, TablesState>(
      signingProbe({ domains, selector, directory: directory ?? '/etc/dkimkeys' }),
      [foreignSigning, table(KEY_TABLE), table(SIGNING_TABLE)],
      (signing, [foreign, ...tables]) => ({ signing, foreign: foreign as ForeignSigning, tables: tables as [PathState, PathState] }),
      ({ signing, foreign, tables }) => [signing, [foreign, ...tables]],
    ),
  plan({ domains, hostName }, now) {
    const { names, unreadable } = now.foreign
    if (unreadable !== undefined) return blocked(`OpenDKIM is configured with ${unreadable}, which mailrun cannot read and would replace: take that line out of /etc/opendkim.conf first`)
    const others = names.filter((name) => !domains.includes(name) && !(name === hostName && signerOf(name, domains) !== undefined))
    if (others.length > 0) return blocked(`this host signs for ${others.join(', ')} too, which domains does not name: add it, or take it out of the host's SigningTable`)
    const contents = [keyTableLines(now.signing), signingTableLines(now.signing, hostName)].map((lines) => `${TABLE_HEADER}\n${lines.map((line) => `${line}\n`).join('')}`)
    const changes: Change[] = []
    const tables = [...now.tables]
    for (const [index, path] of [KEY_TABLE, SIGNING_TABLE].entries()) {
      const plan = putContent({ path, content: Buffer.from(contents[index]!), wanted: 'shown', secret: false, owner: 'root', group: 'root', mode: '0644' }, now.tables[index]!)
      if (plan.kind === 'blocked') return plan
      if (plan.kind !== 'change') continue
      changes.push(...plan.changes.map((each) => ({ ...each, summary: `${path.split('/').at(-1) ?? path}: ${each.summary}` })))
      tables[index] = plan.then
    }
    return change(changes, { ...now, tables: [tables[0]!, tables[1]!] })
  },
  writes: () => [`path:${KEY_TABLE}`, `path:${SIGNING_TABLE}`],
  owns: () => [`content:${KEY_TABLE}`, `content:${SIGNING_TABLE}`],
  examples: [{ title: "Two domains, and the host's own name in one of them", args: { domains: ['example.org', 'example.net'], selector: 'mx1', hostName: 'mx1.example.org' }, given: 'mkdir -p /etc/dkimkeys' }],
})

const table = (path: string) => pathProbe({ path, wanted: 'shown' })
