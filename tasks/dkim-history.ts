// Task `dkimHistory`: an event in the life of a host's DKIM keys is recorded on the host, once, with its time.
import { checkDomain } from '../src/signers/keys/check-names.ts'
import { checkPath } from '../src/resources/files/check-path.ts'
import { addLines } from '../src/resources/files/program/files.ts'
import {
  HISTORY_HEADER,
  historyPath,
  KEY_EVENTS,
  markWords,
  mayFollow,
  standingOf,
  type KeyEvent,
  type Mark,
} from '../src/mail/rotation/history.ts'
import { isSameName, isSelector } from '../src/mail/names/names.ts'
import { listOf, object, oneOf, required, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change } from '../src/core/task/plan.ts'
import { UNKNOWN, type Known } from '../src/core/unknown.ts'
import { dkimHistoryProbe, type KeyHistory } from '../src/signers/keys/dkim-history.ts'
import { joinProbes } from '../src/core/probe/join-probes.ts'
import type { Signing } from '../src/signers/keys/signing.ts'
import { hostSigner, SIGNER_NAMES } from '../src/signers/signers.ts'
import type { Script } from '../src/shell/script.ts'

export interface DkimMark {
  readonly event: KeyEvent
  readonly selector: string
  /** Of the private key, where it is not in the domain's directory. */
  readonly path?: string | undefined
}

export interface DkimHistoryArgs {
  /** In A-labels, lower case. */
  readonly domain: string
  /** Left out: the signer's own, /etc/dkimkeys. */
  readonly directory?: string
  /** The program that signs for it, as the var `dkim_signer` names it; left out: the usual one. */
  readonly signer?: string
  /** Each is written once; what cannot follow on what is there is refused. */
  readonly marks: readonly DkimMark[]
  /** Selectors that must neither be compromised nor revoked: else this fails, and no later task runs. */
  readonly sound?: readonly string[]
  /** Selectors that must not be revoked, though they may be compromised: else as for `sound`. */
  readonly unrevoked?: readonly string[]
}

export interface HistoryState {
  readonly history: KeyHistory
  /** The key in use. */
  readonly signing: Signing
}

const directoryOf = ({ directory, signer }: DkimHistoryArgs): string =>
  directory ?? hostSigner({ dkim_signer: signer }).keyDirectory
const pathOf = (args: DkimHistoryArgs): string => historyPath(directoryOf(args), args.domain)

const SPENT: readonly (KeyEvent | undefined)[] = ['revoking', 'revoked', 'removing', 'removed']

/**
 * `DIRECTORY/DOMAIN/history`: a line for each event of a key's life, by the host's clock. `mailrun rotate` derives from
 * it how far a rotation is.
 *
 * @ansible no counterpart
 */
export const dkimHistory = defineTask<DkimHistoryArgs, HistoryState>({
  type: 'dkimHistory',
  name: ({ domain }) => domain,
  arguments: {
    domain: required(text),
    directory: text,
    signer: oneOf(...SIGNER_NAMES),
    marks: required(listOf(object({ event: required(oneOf(...KEY_EVENTS)), selector: required(text), path: text }))),
    sound: listOf(text),
    unrevoked: listOf(text),
  },
  check: ({ domain, directory, marks, sound = [], unrevoked = [] }) =>
    checkDomain(domain) ??
    (directory === undefined ? undefined : checkPath('directory', directory)) ??
    [...marks.map(({ selector }) => selector), ...sound, ...unrevoked]
      .map((each) => (isSelector(each) ? undefined : `a selector must be a DNS label, got ${JSON.stringify(each)}`))
      .find((wrong) => wrong !== undefined) ??
    marks
      .map(({ path }) =>
        path === undefined
          ? undefined
          : (checkPath('path', path) ??
            (/\s/.test(path) ? `path must hold no space, got ${JSON.stringify(path)}` : undefined)),
      )
      .find((wrong) => wrong !== undefined),
  probe: (args) => {
    const { domain, signer, marks, sound, unrevoked } = args
    const directory = directoryOf(args)
    return joinProbes<KeyHistory, readonly Signing[], HistoryState>(
      dkimHistoryProbe(directory, domain),
      // Whatever it asks for as a first key: what counts is what the tables name.
      [
        hostSigner({ dkim_signer: signer }).signing({
          domains: [domain],
          selector: marks[0]?.selector ?? sound?.[0] ?? unrevoked?.[0] ?? 'none',
          directory,
        }),
      ],
      (history, [signing]) => ({ history, signing: signing![0]! }),
      ({ history, signing }) => [history, [[signing]]],
    )
  },
  plan(args, { history, signing }) {
    const { domain, marks, sound = [], unrevoked = [] } = args
    const path = pathOf(args)
    if (history.kind === 'other') return blocked(`${path} is no file: move it away`)
    for (const selector of [...sound, ...unrevoked]) {
      const standing = standingOf(history.marks, selector)
      const compromised = standing.compromised && sound.includes(selector)
      if (compromised || SPENT.includes(standing.last?.event)) {
        const is = compromised ? 'compromised' : standing.last!.event
        return blocked(`${selector}._domainkey.${domain} must not sign: it is ${is}, according to ${path}`)
      }
    }
    const added: Mark<Known<number>>[] = []
    for (const mark of marks) {
      const standing = standingOf([...history.marks, ...added], mark.selector)
      const may = mayFollow(standing, mark.event)
      if (may === 'no') {
        const is = standing.last === undefined ? 'nothing is known of it' : `it is ${standing.last.event}`
        return blocked(
          `${mark.selector}._domainkey.${domain} cannot be ${mark.event} now: ${is} by ${path}; ` +
            'somebody else may be at work, so ask again',
        )
      }
      if (SPENT.includes(mark.event) && signing.key.kind === 'key' && isSameName(signing.selector, mark.selector))
        return blocked(`${mark.selector}._domainkey.${domain} cannot be ${mark.event} now: the host's tables name it`)
      if (may === 'yes') added.push({ ...mark, time: UNKNOWN })
    }
    if (added.length === 0) return change([], { history, signing })
    const summary = added.map(({ event, selector }) => `${selector} ${event}`).join(', ')
    const all = [...history.marks, ...added]
    return change(
      [{ summary, apply: write(path, added) }],
      { history: { kind: 'file', marks: all }, signing: withPast(signing, all) },
      [],
      [`path:${path}`],
    )
  },
  writes: (args) => [`path:${pathOf(args)}`],
  owns: (args) => [`content:${pathOf(args)}`],
  examples: [
    {
      title: 'A key begins to be served everywhere',
      args: { domain: 'example.org', marks: [{ event: 'published', selector: 'mx1-20270301' }] },
      given:
        'mkdir -p /etc/dkimkeys/example.org; echo "1803859200 keyed mx1-20270301" > /etc/dkimkeys/example.org/history',
    },
    {
      title: 'Another key takes the place of the one that signed',
      args: {
        domain: 'example.org',
        marks: [
          { event: 'active', selector: 'mx1-20270301' },
          { event: 'retired', selector: 'mx1' },
        ],
        sound: ['mx1-20270301'],
      },
      given: `
mkdir -p /etc/dkimkeys/example.org
cat > /etc/dkimkeys/example.org/history <<'E'
1803859200 active mx1
1803859200 keyed mx1-20270301
1803859260 published mx1-20270301
E`,
    },
  ],
})

/** What the host will tell of a selector that it does not use, once these are written. */
function withPast(signing: Signing, marks: readonly Pick<DkimMark, 'event' | 'selector'>[]): Signing {
  const { selector, inUse, past } = signing
  const events = KEY_EVENTS.filter((event) =>
    marks.some((mark) => mark.event === event && isSameName(mark.selector, selector)),
  )
  return inUse || events.length === 0 ? signing : { ...signing, past: { today: 0, ...past, events } }
}

/** Never half a line: put in place whole, a line that was cut short by others left out. */
const write = (path: string, marks: readonly DkimMark[]): Script =>
  addLines(
    path,
    { owner: 'root', group: 'root', mode: '0644' },
    { header: HISTORY_HEADER, keeps: '^[0-9]+ [a-z]+ [A-Za-z0-9._-]+( /.*)?$', added: marks.map(markWords) },
  )
