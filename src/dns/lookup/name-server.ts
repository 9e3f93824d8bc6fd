// A name server: its name, and how to ask it.
import { isIP } from 'node:net'
import { MailrunError } from '../../core/mailrun-error.ts'

export interface ServerAddress {
  /** IPv4 or IPv6. */
  readonly address: string
  readonly port: number
}

export interface NameServer {
  /** Its name in DNS without a final dot; an address where it is known by that alone. */
  readonly name: string
  /** At least one; the first that can be reached is asked. */
  readonly addresses: readonly ServerAddress[]
}

const DNS_PORT = 53

const WANTED =
  'a name server is wanted, a name or an address, with a port where it is not 53 ' +
  '(192.0.2.53, [2001:db8::53]:5353, ns1.example.org)'

/**
 * @throws MailrunError
 * @example parseServer('[2001:db8::53]:5353') // { host: '2001:db8::53', port: 5353 }
 * @example parseServer('ns1.example.org') // { host: 'ns1.example.org', port: 53 }
 */
export function parseServer(text: string): { readonly host: string; readonly port: number } {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text)
  const plain = isIP(text) === 6 ? ([text, text, undefined] as const) : /^([^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text)
  const [, host = '', port = String(DNS_PORT)] = bracketed ?? plain ?? []
  const isHost = bracketed === null ? isIP(host) > 0 || isHostName(host) : isIP(host) === 6
  if (!isHost || !isPort(Number(port))) throw new MailrunError(`${WANTED}; got ${JSON.stringify(text)}`)
  return { host, port: Number(port) }
}

const isPort = (number: number): boolean => number >= 1 && number <= 65_535

/** A word of digits and dots that is no address is a mistyped address. */
const isHostName = (text: string): boolean =>
  /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?$/i.test(text) && !/^[\d.]+$/.test(text)

export function shownServer({ name, addresses }: NameServer): string {
  const { address, port } = addresses[0]!
  const shown = port === DNS_PORT ? address : `${isIP(address) === 6 ? `[${address}]` : address}:${port}`
  return addresses.some((each) => each.address === name) ? shown : `${name} (${shown})`
}

/** Whether both are asked at the same place. */
export const isSameServer = (one: NameServer, other: NameServer): boolean =>
  one.name === other.name &&
  one.addresses[0]!.address === other.addresses[0]!.address &&
  one.addresses[0]!.port === other.addresses[0]!.port
