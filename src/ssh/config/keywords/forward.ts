// LocalForward, RemoteForward and DynamicForward: parse_forward() of readconf.c.
import { expandTokens, expandVariables, type Tokens } from '../expand.ts'
import type { Here } from '../machine.ts'
import { portNumber } from './numbers.ts'

/** An end is a path, or a port with perhaps a host. */
export interface Forward {
  readonly listenHost: string | undefined
  readonly listenPort: number | undefined
  readonly listenPath: string | undefined
  /** `socks` where the other side chooses. */
  readonly connectHost: string | undefined
  readonly connectPort: number | undefined
  readonly connectPath: string | undefined
}

const LONGEST_HOST = 1024
const LONGEST_PATH = 107
const LONGEST = 255

/** @throws Refusal where an environment variable is not set. */
export function forwardOf(
  text: string,
  kind: 'local' | 'remote' | 'dynamic',
  dynamic: boolean,
  here: Here,
): Forward | undefined {
  const fields = fieldsOf(expandVariables(text.slice(0, LONGEST), here).replace(/^[ \t\n\v\f\r]+/, ''))
  if (fields === undefined) return undefined
  const forward = joined(fields)
  if (forward === undefined) return undefined
  const hasAll = dynamic ? fields.length <= 2 : hasTarget(forward, fields.length)
  if (!hasAll || !canListen(forward, kind)) return undefined
  return isTooLong(forward) ? undefined : forward
}

/** A path, or a host and a port behind a listener of its own. */
function hasTarget({ listenPath, connectPort, connectPath }: Forward, fields: number): boolean {
  if (connectPath !== undefined) return true
  return (fields >= 3 || listenPath !== undefined) && (connectPort ?? 0) > 0
}

/** The other side may choose a port. */
function canListen({ listenPort, listenPath }: Forward, kind: 'local' | 'remote' | 'dynamic'): boolean {
  if (listenPath !== undefined) return true
  return listenPort !== undefined && (kind === 'remote' || listenPort !== 0)
}

const isTooLong = ({ listenPath, listenHost, connectHost, connectPath }: Forward): boolean =>
  [connectHost, listenHost].some((host) => (host?.length ?? 0) > LONGEST_HOST) ||
  [connectPath, listenPath].some((path) => (path?.length ?? 0) > LONGEST_PATH)

interface Field {
  readonly text: string
  readonly isPath: boolean
}

/** At most four, with colons between them. */
function fieldsOf(text: string): readonly Field[] | undefined {
  const fields: Field[] = []
  let at = 0
  while (fields.length < 4 && at < text.length) {
    if (text[at] === '[') {
      const end = text.indexOf(']', at)
      if (end < 0 || (text[end + 1] !== ':' && end + 1 !== text.length)) return undefined
      const inside = text.slice(at + 1, end)
      fields.push({ text: inside, isPath: inside.includes('/') })
      at = end + 2
      continue
    }
    let field = ''
    let isPath = false
    for (; at < text.length && text[at] !== ':'; at += 1) {
      if (text[at] === '\\') {
        at += 1
        if (at >= text.length) return undefined
      } else if (text[at] === '/') isPath = true
      field += text[at]!
    }
    fields.push({ text: field, isPath })
    at += 1
  }
  return at < text.length ? undefined : fields
}

const NONE: Forward = {
  listenHost: undefined,
  listenPort: undefined,
  listenPath: undefined,
  connectHost: undefined,
  connectPort: undefined,
  connectPath: undefined,
}

function joined(fields: readonly Field[]): Forward | undefined {
  const [a, b, c, d] = fields
  if (a === undefined) return undefined
  if (b === undefined) {
    return {
      ...NONE,
      connectHost: 'socks',
      ...(a.isPath ? { listenPath: a.text } : { listenPort: portNumber(a.text) }),
    }
  }
  if (c === undefined) {
    if (a.isPath && b.isPath) return { ...NONE, listenPath: a.text, connectPath: b.text }
    if (b.isPath) return { ...NONE, listenPort: portNumber(a.text), connectPath: b.text }
    return { ...NONE, listenHost: a.text, listenPort: portNumber(b.text), connectHost: 'socks' }
  }
  if (d !== undefined) {
    return {
      ...NONE,
      listenHost: a.text,
      listenPort: portNumber(b.text),
      connectHost: c.text,
      connectPort: portNumber(d.text),
    }
  }
  if (a.isPath) return { ...NONE, listenPath: a.text, connectHost: b.text, connectPort: portNumber(c.text) }
  if (c.isPath) return { ...NONE, listenHost: a.text, listenPort: portNumber(b.text), connectPath: c.text }
  return { ...NONE, listenPort: portNumber(a.text), connectHost: b.text, connectPort: portNumber(c.text) }
}

/** As `ssh -G` prints it, tokens in paths expanded. */
export function forwardText(forward: Forward, withTarget: boolean, tokens: Tokens): string {
  const { listenHost, listenPort, listenPath, connectHost, connectPort, connectPath } = forward
  const end = (path: string | undefined, host: string | undefined, port: number | undefined): string => {
    if (path !== undefined) return expandTokens(path, tokens)
    return host === undefined ? String(port ?? 0) : `[${host}]:${port ?? 0}`
  }
  const listener = end(listenPath, listenHost, listenPort)
  return withTarget ? `${listener} ${end(connectPath, connectHost, connectPort)}` : listener
}
