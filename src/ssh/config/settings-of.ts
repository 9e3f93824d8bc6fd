// Turns the answer of `ssh -G` for a destination into typed settings, with all tokens expanded.
import { MailrunError } from '../../core/mailrun-error.ts'
import { valueOf, valuesOf, type Answer } from './ask/answer.ts'
import { lastHop, hopsOf, type Hop } from './jump.ts'
import { keywordOf } from './keywords.ts'
import type { Scan } from './scan/scan.ts'
import type { Destination } from './share/destination.ts'
import { filesOf } from './share/put-back.ts'
import type { SshKeyFile, SshSettings } from './ssh-settings.ts'
import { expandPath, expandTokens, HASHED, tokensOf, type Tokens } from './tokens.ts'

export interface Answered {
  readonly answer: Answer
  readonly destination: Destination
  /** Of the files, and of the destination's options. */
  readonly scan: Scan
  /** The answer where no file and no option says anything; wanted where `needsDefaults`. */
  readonly defaults: Answer | undefined
}

/** @throws MailrunError with file:line for what cannot be expanded. */
export function settingsOf(from: Answered): SshSettings {
  const { answer } = from
  const need = (keyword: string): string => valueOf(answer, keyword) ?? ''
  const is = (keyword: string): boolean => ['yes', 'true'].includes(need(keyword))
  const said = (keyword: string): string | undefined => given(valueOf(answer, keyword))
  const tokens = tokensFor(from)
  const path = (keyword: string): string | undefined => expanded(said(keyword), keyword, from, tokens)
  const timeout = Number(need('connecttimeout'))
  return {
    host: from.destination.host,
    hostName: need('hostname'),
    user: need('user'),
    port: Number(need('port')),
    identityFiles: identityFiles(from, tokens),
    identitiesOnly: is('identitiesonly'),
    identityAgent: agentOf(valueOf(answer, 'identityagent')),
    proxyJump: hopsOf(said('proxyjump') ?? '').map((hop) => expandedHop(hop, from, tokens)),
    connectTimeout: timeout > 0 ? timeout : undefined,
    connectionAttempts: Number(need('connectionattempts')),
    serverAliveInterval: Number(need('serveraliveinterval')),
    serverAliveCountMax: Number(need('serveralivecountmax')),
    addressFamily: need('addressfamily') as SshSettings['addressFamily'],
    bindAddress: said('bindaddress'),
    userKnownHostsFiles: hostFiles('userknownhostsfile', from),
    globalKnownHostsFiles: hostFiles('globalknownhostsfile', from),
    revokedHostKeys: path('revokedhostkeys'),
    hostKeyAlias: valueOf(answer, 'hostkeyalias'),
    strictHostKeyChecking: strictness(need('stricthostkeychecking')),
    hashKnownHosts: is('hashknownhosts'),
    noHostAuthenticationForLocalhost: is('nohostauthenticationforlocalhost'),
    preferredAuthentications: valueOf(answer, 'preferredauthentications')?.split(','),
    pubkeyAuthentication: !['no', 'false'].includes(need('pubkeyauthentication')),
    passwordAuthentication: is('passwordauthentication'),
    kbdInteractiveAuthentication: is('kbdinteractiveauthentication'),
    kexAlgorithms: algorithms('kexalgorithms', from),
    ciphers: algorithms('ciphers', from),
    macs: algorithms('macs', from),
    hostKeyAlgorithms: algorithms('hostkeyalgorithms', from),
    controlPath: said('controlpath'),
    ...uses(from),
  }
}

/** `none` is none. */
const given = (value: string | undefined): string | undefined =>
  value === undefined || value === '' || /^none$/i.test(value) ? undefined : value

const strictness = (value: string): SshSettings['strictHostKeyChecking'] =>
  value === 'true' ? 'yes' : value === 'false' ? 'no' : (value as SshSettings['strictHostKeyChecking'])

/** `%C` is in no value that is expanded here and matters: ssh has expanded ControlPath. */
const tokensFor = ({ answer, destination }: Answered): Tokens =>
  tokensOf(
    {
      given: destination.host,
      hostName: valueOf(answer, 'hostname') ?? destination.host,
      user: valueOf(answer, 'user') ?? '',
      port: valueOf(answer, 'port') ?? '',
      hostKeyAlias: valueOf(answer, 'hostkeyalias'),
      jump: lastHop(given(valueOf(answer, 'proxyjump')) ?? '')?.host ?? '',
    },
    HASHED[1],
  )

/** Whether a line may say something else than ssh does by itself, which only `defaults` can tell. */
export const needsDefaults = (answer: Answer, scan: Scan): boolean =>
  answer.some(({ keyword }) => isOpen(keyword) && scan.settings.has(keyword))

/** Before there is an answer: whether that will be the case, most likely. */
export const mayNeedDefaults = ({ settings }: Scan): boolean => [...settings.keys()].some(isOpen)

/** A keyword whose default is another in each OpenSSH, or that is newer than mailrun. */
function isOpen(keyword: string): boolean {
  const known = keywordOf(keyword)
  return known === undefined || known.defaults === 'list'
}

/** Whether a line of a file, or an option, made the value what it is. */
function isSaid(keyword: string, { answer, scan, defaults = [] }: Answered): boolean {
  if (isOpen(keyword))
    return scan.settings.has(keyword) && valuesOf(answer, keyword).join('\n') !== valuesOf(defaults, keyword).join('\n')
  const known = keywordOf(keyword)
  const values = valuesOf(answer, keyword)
  const usual = known!.defaults as readonly string[] | undefined
  return values.some((value) => given(value) !== undefined && usual?.includes(value) !== true)
}

function uses(from: Answered): Pick<SshSettings, 'forOpenssh' | 'passedOver'> {
  const said = [...new Set(from.answer.map(({ keyword }) => keyword))].filter((keyword) => isSaid(keyword, from))
  const named = (wanted: (keyword: string) => boolean): readonly string[] =>
    said.filter(wanted).map((keyword) => keywordOf(keyword)?.name ?? keyword)
  return {
    forOpenssh: named((keyword) => (keywordOf(keyword)?.use ?? 'openssh') === 'openssh'),
    passedOver: named((keyword) => keywordOf(keyword)?.use === 'passed over'),
  }
}

function algorithms(keyword: string, from: Answered): readonly string[] | undefined {
  if (!isSaid(keyword, from)) return undefined
  return (valueOf(from.answer, keyword) ?? '').split(',').filter((name) => name !== '')
}

function identityFiles(from: Answered, tokens: Tokens): readonly SshKeyFile[] {
  const { keyFile } = from.destination
  const named = isSaid('identityfile', from)
  const first = keyFile === undefined ? [] : [{ path: keyFile, named: true }]
  if (keyFile !== undefined && !named) return first
  const others = from.answer.flatMap(({ keyword, value }) => {
    const path = keyword === 'identityfile' ? expanded(given(value), keyword, from, tokens) : undefined
    return path === undefined || path === keyFile ? [] : [{ path, named }]
  })
  return [...first, ...others]
}

/** What ssh expands only when it connects. */
function expanded(value: string | undefined, keyword: string, { scan }: Answered, tokens: Tokens): string | undefined {
  if (value === undefined) return undefined
  try {
    return expandPath(value, tokens)
  } catch (error) {
    const line = scan.settings.get(keyword)?.find(({ rest, words }) => rest === value || words?.includes(value))
    throw new MailrunError(`${keyword}: ${(error as Error).message}`, line?.where)
  }
}

/** ssh gives them to a ProxyCommand of its own, which takes these tokens. */
function expandedHop(hop: Hop, { scan }: Answered, { h, k, n, p, r }: Tokens): Hop {
  const tokens = { h: h!, k: k!, n: n!, p: p!, r: r! }
  try {
    const host = expandTokens(hop.host, tokens)
    return { ...hop, host, user: hop.user === undefined ? undefined : expandTokens(hop.user, tokens) }
  } catch (error) {
    throw new MailrunError(`proxyjump: ${(error as Error).message}`, jumpPlace(scan, hop.host))
  }
}

/** file:line of the ProxyJump that names a host. */
export const jumpPlace = (scan: Scan, host: string): string | undefined =>
  scan.settings.get('proxyjump')?.find(({ rest }) => rest.includes(host))?.where

function hostFiles(keyword: string, from: Answered): readonly string[] {
  const setting = from.answer.find((each) => each.keyword === keyword)
  if (setting === undefined || given(setting.value) === undefined) return []
  if (setting.parts !== undefined) return setting.parts
  const { answer, destination, scan } = from
  return filesOf(setting, scan, [tokensFor({ answer, destination, scan, defaults: undefined })])
}

/** `SSH_AUTH_SOCK` and `$NAME` name a variable. */
function agentOf(said: string | undefined): string | undefined {
  if (said === undefined || said === 'SSH_AUTH_SOCK') return undefined
  return said.startsWith('$') ? process.env[said.slice(1)] || 'none' : said
}
