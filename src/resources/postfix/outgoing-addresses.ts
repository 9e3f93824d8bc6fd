// Asks from which addresses a host's mail leaves: those that Postfix binds, else those that its routes choose. Behind a
// NAT, others see different ones.
import { sendingAddress } from '../../mail/fleet/sending-address.ts'
import { utf8 } from '../../core/probe/answer.ts'
import { defineProbe } from '../../core/probe/probe.ts'
import { raw } from '../../shell/script.ts'
import { END, whole } from '../../core/probe/whole.ts'

export interface OutgoingAddresses {
  /**
   * IPv4, then IPv6, as SPF writes them; none of a family that has no route, nor that Postfix does not use. Each is one
   * address of a kind that mail can come from.
   */
  readonly addresses: readonly string[]
  /**
   * What was reported in the place of an address, and why it is none: `10.0.0.0/8 is no address`. Left out: nothing.
   */
  readonly unfit?: readonly string[]
  /** Postfix's `relayhost`, which the mail leaves by: then it is the relay's addresses that others see. Empty: none. */
  readonly relayhost: string
}

/**
 * a.root-servers.net: nothing is sent there, the kernel tells the route. Addresses of documentation may be routed
 * nowhere, as forged ones.
 */
const FAR = { 4: '198.41.0.4', 6: '2001:503:ba3e::2:30' } as const

export const outgoingAddresses = defineProbe<OutgoingAddresses>({
  key: 'outgoing addresses',
  reads: ['path:/etc/postfix/main.cf'],
  script: raw(`
echo "route4 = $(ip -4 -o route get ${FAR[4]} 2>/dev/null)"
echo "route6 = $(ip -6 -o route get ${FAR[6]} 2>/dev/null)"
command -v postconf >/dev/null &&
  postconf -x smtp_bind_address smtp_bind_address6 inet_protocols relayhost 2>/dev/null
${END}`),
  parse(answer) {
    const lines = utf8(whole(answer, 'the addresses that mail leaves from cannot be asked for')).split('\n')
    const reported = new Map(
      lines.flatMap((line) =>
        line.includes(' =')
          ? [[line.slice(0, line.indexOf(' =')), line.slice(line.indexOf(' =') + 2).trim()] as const]
          : [],
      ),
    )
    // postconf(5), inet_protocols.
    const protocols = reported.get('inet_protocols') || 'all'
    const routed = (route: string): string => / src (\S+)/.exec(reported.get(route) ?? '')?.[1] ?? ''
    const four = /all|ipv4/.test(protocols) ? reported.get('smtp_bind_address') || routed('route4') : ''
    const six = /all|ipv6/.test(protocols)
      ? reported.get('smtp_bind_address6')?.replace(/^\[|\]$/g, '') || routed('route6')
      : ''
    return { ...weighed([four, six].filter((each) => each !== '')), relayhost: reported.get('relayhost') ?? '' }
  },
  foresee: () => undefined,
})

/** Longer ones are cut short where they are reported. */
const SHOWN = 60

function weighed(reported: readonly string[]): Pick<OutgoingAddresses, 'addresses' | 'unfit'> {
  const all = reported.map((text) => ({
    text: text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text,
    is: sendingAddress(text),
  }))
  const unfit = all.flatMap(({ text, is }) => (is.kind === 'unfit' ? [`${text} ${is.why}`] : []))
  return {
    addresses: all.flatMap(({ is }) => (is.kind === 'fit' ? [is.address] : [])),
    ...(unfit.length === 0 ? {} : { unfit }),
  }
}
