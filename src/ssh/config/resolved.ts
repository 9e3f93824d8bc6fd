// Resolves a configuration for one destination, up to what `ssh -G` prints.
import { MailrunError } from '../../core/mailrun-error.ts'
import { fromBytes, lower, sameWord, toBytes } from './files/bytes.ts'
import { aliasedHost, canonicalHost, canonicalisationOf } from './canonical-host.ts'
import { connectionHash } from './connection-hash.ts'
import { applyStatement, evaluateFile, SSH_PORT } from './evaluate.ts'
import { expandTokens, type Tokens } from './expand.ts'
import { isSafeHost, uriOf, type Hop } from './keywords/jump.ts'
import { servicePort, type Here } from './machine.ts'
import { looksNumeric, numericAddress } from './numeric-address.ts'
import { checkUser, type SshOption } from './files/option.ts'
import type { SshConfig } from './files/read-ssh-config.ts'
import { Refusal } from './files/refusal.ts'
import { refused } from './files/statement.ts'
import { noValues, setFirst, type Said, type Values } from './values.ts'

export interface Destination {
  /** As ssh(1) takes it: a name or address, `user@` before it or not, or an ssh:// URI. */
  readonly host: string
  readonly options: readonly SshOption[]
}

/** All texts are bytes. */
export interface Resolved {
  readonly values: Values
  readonly here: Here
  /** As given, without the user. */
  readonly given: string
  /** Where to connect. */
  readonly host: string
  readonly user: Said
  readonly port: Said
  readonly hostKeyAlias: string | undefined
  readonly tokens: Tokens
}

const DEFAULT = ''
const CANONICALISATION_DEFAULTS = [
  ['canonicalizemaxdots', '1'],
  ['canonicalizefallbacklocal', 'yes'],
  ['canonicalizehostname', 'no'],
] as const

/** @throws MailrunError with file:line */
export async function resolved(config: SshConfig, { host: text, options }: Destination): Promise<Resolved> {
  const { here, runs, files } = config
  const values = noValues()
  for (const { statement, origin } of options)
    applyStatement(statement, values, { where: statement.where, origin, isOption: true }, true)
  const { host: given, user: givenUser, port: givenPort } = destinationOf(toBytes(text))
  const place = { where: 'the destination', origin: 'flag', isOption: true } as const
  if (givenUser !== undefined) setFirst(values, 'user', givenUser, place)
  if (givenPort !== undefined) setFirst(values, 'port', String(givenPort), place)
  const optionUser = values.first.get('user')
  if (optionUser !== undefined) checkUser(optionUser.value, optionUser.where)
  for (const file of files)
    await evaluateFile(file, values, { here, runs, host: given, original: given, isFinal: false })

  // A second pass does not change these any more.
  for (const [keyword, value] of CANONICALISATION_DEFAULTS)
    setFirst(values, keyword, value, { ...place, where: DEFAULT })
  let host = namedHost(values, given)
  const hostWhere = values.first.get('hostname')?.where
  try {
    const how = canonicalisationOf(values)
    const wasAddress = looksNumeric(host) || numericAddress(host, how.family) !== undefined
    if (!wasAddress) host = lower(host)
    const canonical = how.mode !== 'no' || wasAddress ? await canonicalHost(host, how) : undefined
    host = canonical ?? (await aliasedHost(host, how))
    if (how.mode !== 'no' || files.some(({ wantsFinal }) => wantsFinal)) {
      values.first.set('hostname', { value: host, where: hostWhere ?? DEFAULT })
      for (const file of files) await evaluateFile(file, values, { here, runs, host, original: given, isFinal: true })
    }
  } catch (error) {
    if (error instanceof Refusal) throw new MailrunError(`${fromBytes(given)}: ${error.message}`, hostWhere)
    throw error
  }
  return finished(values, here, given, host)
}

function destinationOf(text: string): Hop {
  const hop = text.startsWith('ssh://') ? uriOf(text) : plain(text)
  if (hop === undefined || hop.host === '' || !isSafeHost(hop.host))
    throw new MailrunError(`${JSON.stringify(fromBytes(text))} is no destination that ssh takes`)
  return hop
}

function plain(text: string): Hop | undefined {
  const at = text.lastIndexOf('@')
  return at === 0
    ? undefined
    : { user: at < 0 ? undefined : text.slice(0, at), host: text.slice(at + 1), port: undefined }
}

function namedHost(values: Values, given: string): string {
  const said = values.first.get('hostname')
  if (said === undefined) return given
  try {
    return expandTokens(said.value, { h: given })
  } catch (error) {
    if (error instanceof Refusal) throw refused('hostname', error, said.where)
    throw error
  }
}

function finished(values: Values, here: Here, given: string, host: string): Resolved {
  const user = values.first.get('user') ?? { value: here.user, where: DEFAULT }
  const port = values.first.get('port') ?? { value: String(servicePort('ssh') ?? SSH_PORT), where: DEFAULT }
  const alias = values.first.get('hostkeyalias')?.value
  const hostKeyAlias = alias === undefined ? undefined : lower(alias)
  checkTogether(values, host, user.value, port.value)
  const tokens: Tokens = {
    C: connectionHash(here.hostName, host, port.value, user.value),
    L: here.hostName.replace(/\..*$/s, ''),
    i: String(here.uid),
    k: hostKeyAlias ?? given,
    l: here.hostName,
    n: given,
    p: port.value,
    d: here.home,
    h: host,
    r: user.value,
    u: here.user,
  }
  return { values, here, given, host, user, port, hostKeyAlias, tokens }
}

const leadsTo = (hop: Hop, host: string, user: string, port: string): boolean =>
  hop.host === host && String(hop.port ?? servicePort('ssh') ?? SSH_PORT) === port && (hop.user ?? user) === user

/** What ssh refuses when all is known. */
function checkTogether({ first, jump }: Values, host: string, user: string, port: string): void {
  const text = (keyword: string): string | undefined => first.get(keyword)?.value
  const last = jump?.hops.at(-1)
  if (jump !== undefined && last !== undefined && leadsTo(last, host, user, port))
    throw new MailrunError(`proxyjump: ${fromBytes(host)} would be reached through itself`, jump.where)
  const attempts = first.get('connectionattempts')
  if (attempts?.value === '0') throw new MailrunError('connectionattempts: it must be at least 1', attempts.where)
  const forks = first.get('forkafterauthentication')
  const hasCommand = !sameWord(text('remotecommand') ?? 'none', 'none')
  if (forks?.value === 'yes' && !hasCommand && text('sessiontype') !== 'none')
    throw new MailrunError('forkafterauthentication: there is no command to run in the background', forks.where)
  const proxy = first.get('proxycommand')
  if (proxy?.value === '-' && text('proxyusefdpass') === 'yes' && last === undefined)
    throw new MailrunError('proxycommand: - and ProxyUseFdpass exclude each other', proxy.where)
}
