// Task `download`: a file from the network is on the host. Its digest is known before.
import { attributeChanges, givenAttributes, madeByRoot, withAttributes } from '../src/resources/files/attributes.ts'
import { checkAttributes, checkPath } from '../src/resources/files/check-path.ts'
import { mode, type Mode } from '../src/resources/files/mode.ts'
import { pathProbe, type PathState } from '../src/resources/files/path.ts'
import { copyFile, keepDirectory, removeFile } from '../src/resources/files/program/files.ts'
import { whyBlocked } from '../src/resources/files/put-content.ts'
import { either, required, seconds, secret, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { blocked, change, type Plan } from '../src/core/task/plan.ts'
import { isKnown, UNKNOWN, type Known } from '../src/core/unknown.ts'
import type { Script } from '../src/shell/script.ts'
import { Secret } from '../src/shell/secret.ts'
import { sh } from '../src/shell/sh.ts'

export interface DownloadArgs {
  /** `https://…`, `http://…`, or `file:/…` of the host; one that holds a password or a token as a `Secret`. */
  readonly url: string | Secret<string>
  /** Where it is to be: absolute. The directory above must be there, or be made by a task before. */
  readonly path: string
  /** SHA-256 of the file, in 64 hexadecimal digits: what comes and is another file is not put in place. */
  readonly sha256: string
  /** Left out: a new file is root's, one that is there stays as it is. */
  readonly owner?: string
  readonly group?: string
  /** Left out: `0644` for a new file. */
  readonly mode?: Mode
  /** After this many seconds it is ended and has failed; left out: 600. */
  readonly timeoutSeconds?: number
}

/**
 * A file that the host fetches by itself, by apt's own program for that: HTTPS, redirections and proxies are as apt has
 * them. The digest says whether it is there already: nothing is asked of the network then. What was interrupted goes on
 * where it was. The file is held in memory once, to be put in place atomically.
 *
 * @ansible get_url
 */
export const download = defineTask<DownloadArgs, PathState>({
  type: 'download',
  name: ({ path }) => path,
  arguments: {
    url: required(either(text, secret)),
    path: required(text),
    sha256: required(text),
    owner: text,
    group: text,
    mode,
    timeoutSeconds: seconds,
  },
  check: (args) =>
    checkPath('path', args.path) ??
    checkAttributes(args) ??
    (/^(?:https?:\/\/[^\s/]|file:\/)[\x21-\x7e]*$/.test(textOf(args.url))
      ? undefined
      : 'url must begin with https:, http: or file: and have no blanks') ??
    (/^[0-9a-f]{64}$/i.test(args.sha256)
      ? undefined
      : `sha256 must be 64 hexadecimal digits, got ${JSON.stringify(args.sha256)}`),
  probe: ({ path, owner, group }) => pathProbe({ path, wanted: 'digest', owner, group }),
  plan,
  writes: ({ path }) => [`path:${path}`],
  owns: ({ path }) => [`content:${path}`],
  examples: [
    {
      title: 'A program of its own release, for all to run',
      args: {
        url: 'file:/srv/mirror/tool-1.0',
        path: '/usr/local/bin/tool',
        sha256: 'c641344867e9806fadfd219f25b62b97c94db0eed04a1d79e93676533cfb782b',
        mode: '0755',
      },
      given: "mkdir -p /srv/mirror; printf 'hi there\\n' > /srv/mirror/tool-1.0",
    },
    {
      title: 'In the place of an older one',
      args: {
        url: 'file:/srv/mirror/list',
        path: '/srv/list "2"',
        sha256: 'c641344867e9806fadfd219f25b62b97c94db0eed04a1d79e93676533cfb782b',
        owner: 'mail',
      },
      given: `
mkdir -p /srv/mirror
printf 'hi there\\n' > /srv/mirror/list
printf old > '/srv/list "2"'`,
    },
  ],
})

const SECONDS = 600

/** Root's alone. */
const STAGED = '/var/cache/mailrun'

function plan(args: DownloadArgs, now: PathState): Plan<PathState> {
  const { path, url, timeoutSeconds = SECONDS } = args
  const sha256 = args.sha256.toLowerCase()
  const stands = whyBlocked(path, now)
  if (stands !== undefined) return blocked(stands)
  const { is } = now
  const before = is.kind === 'file' ? is : undefined
  const wanted = givenAttributes(args, now)
  const attributes = withAttributes(wanted, before ?? madeByRoot('0644'))
  if (before?.sha256 === sha256)
    return change(attributeChanges(path, wanted, before), { ...now, is: { ...before, ...attributes } })
  const apply = fetchFile(url, sha256, path, {
    owner: known(attributes.owner),
    group: known(attributes.group),
    mode: known(attributes.mode),
  })
  const from = url instanceof Secret ? '' : ` from ${shown(url)}`
  const summary = `${before === undefined ? 'fetch' : 'fetch again'}${from}`
  return change([{ summary, apply, timeoutSeconds }], {
    ...now,
    is: { kind: 'file', ...attributes, sha256, mtime: UNKNOWN },
  })
}

const textOf = (url: DownloadArgs['url']): string => (url instanceof Secret ? url.reveal() : url)

const known = (value: Known<string>): string | undefined => (isKnown(value) ? value : undefined)

/** Without what may be a password: a name before the host, and what follows a question mark. */
const shown = (url: string): string => url.replace(/^(https?:\/\/)[^/@]*@/, '$1').replace(/\?.*$/, '?…')

type Owned = Readonly<Record<'owner' | 'group' | 'mode', string | undefined>>

/** It is verified where nobody else can write, then put in place. apt keeps what is refused, as `.FAILED`. */
function fetchFile(url: DownloadArgs['url'], sha256: string, path: string, owned: Owned): Script {
  const staged = `${STAGED}/${sha256}`
  return sh`
${keepDirectory(STAGED, { owner: 'root', group: 'root', mode: '0700' })} || exit
/usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file ${url} ${staged} ${`SHA256:${sha256}`} || {
  ${removeFile(`${staged}.FAILED`)}
  exit 1
}
${copyFile(path, staged, owned)} &&
${removeFile(staged)}`
}
