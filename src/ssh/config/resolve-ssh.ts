// Resolves ssh_config(5) for one destination.
import { fromBytes } from './files/bytes.ts'
import { SYSTEM_HOSTS, USER_HOSTS } from './defaults.ts'
import { expandTokens, type Tokens } from './expand.ts'
import { isNone } from './keywords/jump.ts'
import { inWords } from './printed/print-ssh.ts'
import { expandPath, printed } from './printed/printed.ts'
import type { Printed } from './printed/printed-line.ts'
import type { SshConfig } from './files/read-ssh-config.ts'
import { Refusal } from './files/refusal.ts'
import { resolved, type Destination, type Resolved } from './resolved.ts'
import { settingWords, type SettingWords } from './setting-words.ts'
import type { SshKeyFile, SshSettings } from './ssh-settings.ts'
import { refused } from './files/statement.ts'

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
  const said = settingWords(all)
  return {
    host: said.need('host'),
    hostName: said.need('hostname'),
    user: said.need('user'),
    port: said.number('port'),
    ...identitySettings(said, from, lines),
    ...wayThere(said, from),
    ...hostKeySettings(said, from),
    ...loginSettings(said),
    ...algorithmSettings(said, from),
    ...sessionSettings(said),
    all,
  }
}

const identitySettings = (said: SettingWords, from: Resolved, lines: readonly Printed[]) =>
  ({
    identityFiles: keyFiles('identityfile', from, lines),
    certificateFiles: keyFiles('certificatefile', from, lines),
    identitiesOnly: said.is('identitiesonly'),
    identityAgent: agentOf(said.text('identityagent'), from),
    addKeysToAgent: said.need('addkeystoagent'),
    pkcs11Provider: said.text('pkcs11provider'),
    securityKeyProvider: said.text('securitykeyprovider'),
  }) satisfies Partial<SshSettings>

function wayThere(said: SettingWords, from: Resolved) {
  const timeout = said.need('connecttimeout')
  return {
    proxyJump: (from.values.jump?.hops ?? []).map(({ user, host, port }) => ({
      user: user === undefined ? undefined : fromBytes(user),
      host: fromBytes(host),
      port,
    })),
    proxyCommand: proxyCommandOf(from),
    connectTimeout: timeout === 'none' || timeout === '0' ? undefined : Number(timeout),
    connectionAttempts: said.number('connectionattempts'),
    serverAliveInterval: said.number('serveraliveinterval'),
    serverAliveCountMax: said.number('serveralivecountmax'),
    tcpKeepAlive: said.is('tcpkeepalive'),
    addressFamily: said.word<SshSettings['addressFamily']>('addressfamily'),
    bindAddress: said.text('bindaddress'),
    bindInterface: said.text('bindinterface'),
  } satisfies Partial<SshSettings>
}

const hostKeySettings = (said: SettingWords, from: Resolved) =>
  ({
    userKnownHostsFiles: hostFiles('userknownhostsfile', from),
    globalKnownHostsFiles: hostFiles('globalknownhostsfile', from),
    knownHostsCommand: said.text('knownhostscommand'),
    revokedHostKeys: said.text('revokedhostkeys'),
    hostKeyAlias: said.text('hostkeyalias'),
    strictHostKeyChecking: said.word<SshSettings['strictHostKeyChecking']>('stricthostkeychecking'),
    checkHostIp: said.is('checkhostip'),
    hashKnownHosts: said.is('hashknownhosts'),
    updateHostKeys: said.word<SshSettings['updateHostKeys']>('updatehostkeys'),
    verifyHostKeyDns: said.word<SshSettings['verifyHostKeyDns']>('verifyhostkeydns'),
    noHostAuthenticationForLocalhost: said.is('nohostauthenticationforlocalhost'),
  }) satisfies Partial<SshSettings>

const loginSettings = (said: SettingWords) =>
  ({
    preferredAuthentications: said.text('preferredauthentications')?.split(','),
    pubkeyAuthentication: said.need('pubkeyauthentication') !== 'false',
    passwordAuthentication: said.is('passwordauthentication'),
    kbdInteractiveAuthentication: said.is('kbdinteractiveauthentication'),
    gssapiAuthentication: said.is('gssapiauthentication'),
    hostbasedAuthentication: said.is('hostbasedauthentication'),
    numberOfPasswordPrompts: said.number('numberofpasswordprompts'),
    batchMode: said.is('batchmode'),
  }) satisfies Partial<SshSettings>

const algorithmSettings = (said: SettingWords, { values }: Resolved) =>
  ({
    kexAlgorithms: said.names('kexalgorithms'),
    ciphers: said.names('ciphers'),
    macs: said.names('macs'),
    hostKeyAlgorithms: {
      names: said.names('hostkeyalgorithms'),
      isDefault: !values.first.has('hostkeyalgorithms'),
    },
    pubkeyAcceptedAlgorithms: said.names('pubkeyacceptedalgorithms'),
    caSignatureAlgorithms: said.names('casignaturealgorithms'),
    requiredRsaSize: said.number('requiredrsasize'),
    compression: said.is('compression'),
  }) satisfies Partial<SshSettings>

const sessionSettings = (said: SettingWords) =>
  ({
    forwardAgent: said.need('forwardagent') !== 'no',
    requestTty: said.word<SshSettings['requestTty']>('requesttty'),
    remoteCommand: said.text('remotecommand'),
    sendEnv: said.every('sendenv'),
    setEnv: said.every('setenv'),
    controlMaster: said.word<SshSettings['controlMaster']>('controlmaster'),
    controlPath: said.text('controlpath'),
    controlPersist: said.need('controlpersist'),
  }) satisfies Partial<SshSettings>

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
  const isUsers = keyword === 'userknownhostsfile'
  const defaults = isUsers ? USER_HOSTS : SYSTEM_HOSTS
  const paths =
    said === undefined || said.length === 0
      ? defaults
      : said.map(({ value }) => value).filter((value) => !isNone(value))
  return paths.map((path) => fromBytes(isUsers ? expandPath(path, from) : path))
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
