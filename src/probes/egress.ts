// Asks which addresses a host's mail leaves from: those that Postfix binds, else those of the routes to the world. Behind NAT others see other ones.
import { utf8 } from '../model/answer.ts'
import { defineProbe } from '../model/probe.ts'
import { raw } from '../shell/script.ts'

export interface Egress {
  readonly addresses: readonly string[]
  /** Postfix's `relayhost`, which the mail leaves by; empty: none. */
  readonly relayhost: string
}

/** a.root-servers.net: nothing is sent there, the kernel just tells the route. */
const FAR = { 4: '198.41.0.4', 6: '2001:503:ba3e::2:30' } as const

export const egress = defineProbe<Egress>({
  key: 'egress',
  reads: ['path:/etc/postfix/main.cf'],
  script: raw(`echo "route4 $(ip -4 -o route get ${FAR[4]} 2>/dev/null)"; echo "route6 $(ip -6 -o route get ${FAR[6]} 2>/dev/null)"
command -v postconf >/dev/null && for p in smtp_bind_address smtp_bind_address6 inet_protocols relayhost; do echo "$p $(postconf -h $p 2>/dev/null)"; done; :`),
  parse({ stdout }) {
    const told = new Map(utf8(stdout).split('\n').map((line) => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1).trim()]))
    const protocols = told.get('inet_protocols') ?? 'all'
    const source = (route: string): string | undefined => / src (\S+)/.exec(told.get(route) ?? '')?.[1]
    const four = protocols.includes('4') || /all/.test(protocols) ? told.get('smtp_bind_address') || source('route4') : undefined
    const six = protocols.includes('6') || /all/.test(protocols) ? told.get('smtp_bind_address6') || source('route6') : undefined
    return { addresses: [four, six].filter((each) => each !== undefined), relayhost: told.get('relayhost') ?? '' }
  },
  foresee: () => undefined,
})
