// Hosts of these tests, as they tell their configuration of OpenDKIM.
import { hostVars, type AnsweredHost } from '../../../../src/commands/adopt/host-vars.ts'
import { hostSigner } from '../../../../src/signers/signers.ts'
import { todayOf } from '../../../../src/signers/opendkim/adoption/today-of.ts'
import type { AdoptedHost } from '../../../../src/mail/adoption.ts'
import type { PostfixAnswer } from '../../../../src/mail/mail-setup.ts'
import { MASTER } from '../../resources/postfix/host.ts'
import type { FileText } from '../../../../src/signers/opendkim/configuration/index.ts'

export interface HostOptions extends Partial<Omit<AnsweredHost, 'said'>> {
  /** Of opendkim.conf, beside its tables. */
  readonly conf?: string
  readonly signing?: string
  readonly keys?: string
  readonly trusted?: string
  readonly said?: Readonly<Record<string, unknown>>
}

const CONF = `KeyTable /etc/opendkim/key.table
SigningTable refile:/etc/opendkim/signing.table
InternalHosts /etc/opendkim/trusted.hosts
`
const KEYS = `example.org example.org:mail:/etc/opendkim/keys/example.org.private
example.net example.net:mail:/etc/opendkim/keys/example.net.private
`
const SIGNING = '*@example.org example.org\n*@example.net example.net\n'
const SOCKET = 'Socket inet:8891@localhost\n'

export function answeringHost({
  conf = SOCKET,
  signing = SIGNING,
  keys = KEYS,
  trusted = '',
  said = {},
  ...rest
}: HostOptions): AnsweredHost {
  const texts = {
    '/etc/opendkim.conf': CONF + conf,
    '/etc/opendkim/key.table': keys,
    '/etc/opendkim/signing.table': signing,
    '/etc/opendkim/trusted.hosts': `127.0.0.1\n${trusted}`,
  }
  const files = new Map<string, FileText>(
    Object.entries(texts).map(([path, text]) => [path, { kind: 'text', text }] as const),
  )
  return {
    name: 'mx1.example.org',
    signer: hostSigner({}),
    today: todayOf({ words: [], files }),
    parameters: { myhostname: 'mx1.example.org', milter_default_action: 'tempfail' },
    packages: {},
    postfix: postfixAnswer({}),
    outgoing: { addresses: ['192.0.2.1'], relayhost: '' },
    said: new Map(Object.entries(said).map(([name, value]) => [name, { value, where: 'inventory.yaml:3' }])),
    ...rest,
  }
}

/** A Postfix with Debian's services. */
export const postfixAnswer = (main: Readonly<Record<string, string>>, master = MASTER): PostfixAnswer => ({
  directory: '/etc/postfix',
  main,
  master,
  hosts: '127.0.0.1 localhost\n::1 localhost\n',
  addresses: '127.0.0.1\n192.0.2.1\n',
  hostName: 'mx1.example.org',
})

export const adopted = (host: HostOptions = {}): AdoptedHost => hostVars(answeringHost(host))

export const valuesOf = ({ vars }: Pick<AdoptedHost, 'vars'>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(vars.map(({ name, value }) => [name, value]))
