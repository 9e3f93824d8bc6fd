// Resolves ssh_config(5) for one destination.
import { fromBytes } from './bytes.ts'
import { SYSTEM_HOSTS, USER_HOSTS } from './defaults.ts'
import { expandTokens, type Tokens } from './expand.ts'
import { isNone } from './jump.ts'
import { inWords } from './print-ssh.ts'
import { expandPath, printed, type Printed } from './printed.ts'
import type { SshConfig } from './read-ssh-config.ts'
import { Refusal } from './refusal.ts'
import { resolved, type Destination, type Resolved } from './resolved.ts'
import type { SshKeyFile, SshSetting, SshSettings } from './ssh-settings.ts'
import { refused } from './statement.ts'

/**
 * What ssh_config(5) says for a destination, as OpenSSH 9.2 of Debian 12 reads it. Runs commands of `Match exec`, and
 * asks name servers where CanonicalizeHostname says so.
 *
 * @throws MailrunError with file:line for what ssh refuses for this destination.
 * @example
 * const options = [sshValue('User', 'root', 'inventory/hosts.yml:3')]
 * const { hostName, port, proxyJump } = await resolveSsh(config, { host: 'mx1', options })
 */
export async function resolveSsh(config: SshConfig, destination: Destination): Promise<SshSettings> {
  const from = await resolved(config, destination)
  return settingsOf(from, printed(from))
}

function settingsOf(from: Resolved, lines: readonly Printed[]): SshSettings {
  const all = inWords(lines)
  const every = (keyword: string): readonly SshSetting[] => all.filter((setting) => setting.keyword === keyword)
  const byKeyword = new Map(all.map((setting) => [setting.keyword, setting.value]))
  const text = (keyword: string): string | undefined => byKeyword.get(keyword)
  const need = (keyword: string): string => text(keyword)!
  const is = (keyword: string): boolean => ['yes', 'true'].includes(need(keyword))
  const word = <Word extends string>(keyword: string): Word =>
    need(keyword)
      .replace(/^true$/, 'yes')
      .replace(/^false$/, 'no') as Word
  const number = (keyword: string): number => Number(need(keyword))
  const names = (keyword: string): readonly string[] =>
    need(keyword)
      .split(',')
      .filter((name) => name !== '')
  const timeout = need('connecttimeout')
  return {
    host: need('host'),
    hostName: need('hostname'),
    user: need('user'),
    port: number('port'),
    identityFiles: keyFiles('identityfile', from, lines),
    certificateFiles: keyFiles('certificatefile', from, lines),
    identitiesOnly: is('identitiesonly'),
    identityAgent: agentOf(text('identityagent'), from),
    addKeysToAgent: need('addkeystoagent'),
    pkcs11Provider: text('pkcs11provider'),
    securityKeyProvider: text('securitykeyprovider'),
    proxyJump: (from.values.jump?.hops ?? []).map(({ user, host, port }) => ({
      user: user === undefined ? undefined : fromBytes(user),
      host: fromBytes(host),
      port,
    })),
    proxyCommand: proxyCommandOf(from),
    connectTimeout: timeout === 'none' || timeout === '0' ? undefined : Number(timeout),
    connectionAttempts: number('connectionattempts'),
    serverAliveInterval: number('serveraliveinterval'),
    serverAliveCountMax: number('serveralivecountmax'),
    tcpKeepAlive: is('tcpkeepalive'),
    addressFamily: word('addressfamily'),
    bindAddress: text('bindaddress'),
    bindInterface: text('bindinterface'),
    userKnownHostsFiles: hostFiles('userknownhostsfile', from),
    globalKnownHostsFiles: hostFiles('globalknownhostsfile', from),
    knownHostsCommand: text('knownhostscommand'),
    revokedHostKeys: text('revokedhostkeys'),
    hostKeyAlias: text('hostkeyalias'),
    strictHostKeyChecking: word('stricthostkeychecking'),
    checkHostIp: is('checkhostip'),
    hashKnownHosts: is('hashknownhosts'),
    updateHostKeys: word('updatehostkeys'),
    verifyHostKeyDns: word('verifyhostkeydns'),
    noHostAuthenticationForLocalhost: is('nohostauthenticationforlocalhost'),
    preferredAuthentications: text('preferredauthentications')?.split(','),
    pubkeyAuthentication: need('pubkeyauthentication') !== 'false',
    passwordAuthentication: is('passwordauthentication'),
    kbdInteractiveAuthentication: is('kbdinteractiveauthentication'),
    gssapiAuthentication: is('gssapiauthentication'),
    hostbasedAuthentication: is('hostbasedauthentication'),
    numberOfPasswordPrompts: number('numberofpasswordprompts'),
    batchMode: is('batchmode'),
    kexAlgorithms: names('kexalgorithms'),
    ciphers: names('ciphers'),
    macs: names('macs'),
    hostKeyAlgorithms: { names: names('hostkeyalgorithms'), isDefault: !from.values.first.has('hostkeyalgorithms') },
    pubkeyAcceptedAlgorithms: names('pubkeyacceptedalgorithms'),
    caSignatureAlgorithms: names('casignaturealgorithms'),
    requiredRsaSize: number('requiredrsasize'),
    compression: is('compression'),
    forwardAgent: need('forwardagent') !== 'no',
    requestTty: word('requesttty'),
    remoteCommand: text('remotecommand'),
    sendEnv: every('sendenv').map(({ value }) => value),
    setEnv: every('setenv').map(({ value }) => value),
    controlMaster: word('controlmaster'),
    controlPath: text('controlpath'),
    controlPersist: need('controlpersist'),
    all,
  }
}

/** What ssh expands only when it connects. @throws MailrunError with file:line */
function keyFiles(
  keyword: 'identityfile' | 'certificatefile',
  from: Resolved,
  lines: readonly Printed[],
): readonly SshKeyFile[] {
  return lines
    .filter((line) => line.keyword === keyword && !isNone(line.value))
    .map(({ value, where }) => ({
      path: fromBytes(orRefuse(keyword, where, () => expandPath(value, from))),
      where: where === '' ? undefined : where,
    }))
}

function hostFiles(keyword: 'userknownhostsfile' | 'globalknownhostsfile', from: Resolved): readonly string[] {
  const said = from.values.lists.get(keyword)
  const paths =
    said === undefined || said.length === 0
      ? keyword === 'userknownhostsfile'
        ? USER_HOSTS
        : SYSTEM_HOSTS
      : said.map(({ value }) => value).filter((value) => !isNone(value))
  return paths.map((path) => fromBytes(keyword === 'userknownhostsfile' ? expandPath(path, from) : path))
}

/** `SSH_AUTH_SOCK` and `$NAME` name a variable. */
function agentOf(said: string | undefined, { here }: Resolved): string | undefined {
  if (said === undefined || said === 'SSH_AUTH_SOCK') return undefined
  return said.startsWith('$') ? fromBytes(here.env(said.slice(1)) ?? '') || 'none' : said
}

function proxyCommandOf({ values, tokens }: Resolved): string | undefined {
  const command = values.first.get('proxycommand')
  if (command === undefined || isNone(command.value) || (values.jump?.hops.length ?? 0) > 0) return undefined
  const { h = '', k = '', n = '', p = '', r = '' }: Tokens = tokens
  return fromBytes(orRefuse('proxycommand', command.where, () => expandTokens(command.value, { h, k, n, p, r })))
}

function orRefuse(keyword: string, where: string, value: () => string): string {
  try {
    return value()
  } catch (error) {
    if (error instanceof Refusal) throw refused(keyword, error, where)
    throw error
  }
}
