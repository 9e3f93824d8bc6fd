// What a host asks of a URL: checks it, and says how it is shown.
import { isIP } from 'node:net'
import { isHostName } from '../../mail/formats/name.ts'
import { Secret } from '../../shell/secret.ts'

export interface UriRequest {
  readonly url: string
  readonly method: 'GET' | 'HEAD'
  readonly headers: Readonly<Record<string, string | Secret<string>>>
}

/** A URL in the parts that are sent. */
export interface UrlParts {
  readonly scheme: 'http' | 'https'
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string
  readonly port: string
  /** The field `Host`. */
  readonly field: string
  /** The path, and what follows a question mark. */
  readonly target: string
}

/** `undefined`: it is none that can be asked. */
export function urlParts(url: string): UrlParts | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, port, host, pathname, search } = new URL(url)
  const scheme = protocol === 'https:' ? 'https' : 'http'
  return {
    scheme,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (scheme === 'https' ? '443' : '80') : port,
    field: host,
    target: pathname + search,
  }
}

/** Without what follows a question mark, for it may be a token. */
export const shownUrl = (url: string): string => url.replace(/\?.*$/, '?…')

const MOST_URL = 2000
/** Of one value. All of them must fit into what a server reads of a head, which is 8 kB in many. */
const MOST_VALUE = 4096

/** What is wrong with it, or `undefined`. No message has the whole URL or the value of a header field. */
export function checkUrl(url: string): string | undefined {
  if (!/^https?:\/\/[^/?#]/i.test(url)) return 'url must begin with https:// or http:// and a host'
  if (!/^[\x21-\x7e]*$/.test(url))
    return 'url must have no blanks, control characters or letters beyond ASCII: write them as %20, or a name as xn--…'
  if (url.length > MOST_URL) return `url must have at most ${MOST_URL} characters, got ${url.length}`
  if (url.includes('\\')) return 'url must have no backslash: write it as %5C'
  if (/^[^/]*\/\/[^/?#]*@/.test(url))
    return 'url must name no user: put the password into headers, as Authorization, a Secret'
  if (url.includes('#')) return 'url must have no #: what follows it is not sent'
  const parts = urlParts(url)
  if (parts === undefined || parts.port === '0') return `url is none that can be asked, got ${shownUrl(url)}`
  return isIP(parts.host) > 0 || isHostName(parts.host) ? undefined : `url names no host, got ${shownUrl(url)}`
}

/** Fields that say where a message ends, or for whom it is: mailrun sends its own. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Their values let somebody in. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** RFC 9110, 5.1 and 5.5. */
export function checkHeaders({ url, headers }: Pick<UriRequest, 'url' | 'headers'>): string | undefined {
  const names = Object.keys(headers).map((name) => name.toLowerCase())
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) return `headers: ${twice} is there twice`
  return Object.entries(headers)
    .map(([name, value]) => checkHeader(name, value, url))
    .find((wrong) => wrong !== undefined)
}

function checkHeader(name: string, given: unknown, url: string): string | undefined {
  const value: unknown = given instanceof Secret ? given.reveal() : given
  const lower = name.toLowerCase()
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(name))
    return `headers: ${JSON.stringify(name)} is no name of a header field`
  if (OWN_FIELDS.has(lower)) return `headers: ${name} is set by mailrun`
  if (typeof value !== 'string') return `headers: ${name} must be a text or a Secret`
  if (!/^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) || value.length > MOST_VALUE)
    return `headers: ${name} must be one line of printable ASCII, at most ${MOST_VALUE} characters, no blanks around it`
  if (!(given instanceof Secret))
    return CREDENTIALS.has(lower) ? `headers: ${name} must be a Secret: it would be shown` : undefined
  return isPrivate(url)
    ? undefined
    : `headers: ${name} is a Secret, and http:// to another host shows it to everybody on the way: ask https://`
}

/** Nobody on the way can read it. */
function isPrivate(url: string): boolean {
  const parts = urlParts(url)
  return parts?.scheme === 'https' || /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(parts?.host ?? '')
}
