// What holds where nothing is said, in OpenSSH 9.2 as Debian 12 has it, in the order of `ssh -G`.
import { GSS_KEX_DEFAULT, type AlgorithmKind } from './algorithms.ts'

/** Keywords of one value; an empty default is not printed. */
export const WORDS: readonly (readonly [string, string])[] = [
  ['addressfamily', 'any'], ['batchmode', 'no'], ['canonicalizefallbacklocal', 'yes'], ['canonicalizehostname', 'no'], ['checkhostip', 'no'], ['compression', 'no'], ['controlmaster', 'no'], ['enablesshkeysign', 'no'],
  ['clearallforwardings', 'no'], ['exitonforwardfailure', 'no'], ['fingerprinthash', 'SHA256'], ['forwardx11', 'no'], ['forwardx11trusted', 'yes'], ['gatewayports', 'no'], ['gssapiauthentication', 'no'],
  ['gssapikeyexchange', 'no'], ['gssapidelegatecredentials', 'no'], ['gssapitrustdns', 'no'], ['gssapirenewalforcesrekey', 'no'], ['gssapiclientidentity', ''], ['gssapiserveridentity', ''],
  ['gssapikexalgorithms', GSS_KEX_DEFAULT], ['hashknownhosts', 'no'], ['hostbasedauthentication', 'no'], ['identitiesonly', 'no'], ['kbdinteractiveauthentication', 'yes'], ['nohostauthenticationforlocalhost', 'no'],
  ['passwordauthentication', 'yes'], ['permitlocalcommand', 'no'], ['proxyusefdpass', 'no'], ['pubkeyauthentication', 'yes'], ['requesttty', 'auto'], ['sessiontype', 'default'], ['stdinnull', 'no'],
  ['forkafterauthentication', 'no'], ['streamlocalbindunlink', 'no'], ['stricthostkeychecking', 'ask'], ['tcpkeepalive', 'yes'], ['tunnel', 'no'], ['verifyhostkeydns', 'no'], ['visualhostkey', 'no'],
  ['updatehostkeys', 'yes'], ['enableescapecommandline', 'no'], ['canonicalizemaxdots', '1'], ['connectionattempts', '1'], ['forwardx11timeout', '1200'], ['numberofpasswordprompts', '3'], ['serveralivecountmax', '3'],
  ['serveraliveinterval', '0'], ['requiredrsasize', '1024'], ['bindaddress', ''], ['bindinterface', ''], ['ciphers', ''], ['controlpath', ''], ['hostkeyalgorithms', ''], ['hostkeyalias', ''],
  ['hostbasedacceptedalgorithms', ''], ['identityagent', ''], ['ignoreunknown', ''], ['kbdinteractivedevices', ''], ['kexalgorithms', ''], ['casignaturealgorithms', ''], ['localcommand', ''], ['remotecommand', ''],
  ['loglevel', 'INFO'], ['macs', ''], ['pkcs11provider', ''], ['securitykeyprovider', 'internal'], ['preferredauthentications', ''], ['pubkeyacceptedalgorithms', ''], ['revokedhostkeys', ''], ['xauthlocation', '/usr/bin/xauth'],
  ['knownhostscommand', ''],
]
export const ALGORITHMS: Readonly<Record<string, AlgorithmKind>> = {
  ciphers: 'cipher', macs: 'mac', kexalgorithms: 'kex', hostkeyalgorithms: 'key', hostbasedacceptedalgorithms: 'key', pubkeyacceptedalgorithms: 'key', casignaturealgorithms: 'signature',
}
/** `none` means that there is none. */
export const CLEARED = new Set(['localcommand', 'remotecommand', 'controlpath', 'revokedhostkeys', 'pkcs11provider', 'securitykeyprovider', 'knownhostscommand'])
export const DEFAULT_KEYS = ['rsa', 'ecdsa', 'ecdsa_sk', 'ed25519', 'ed25519_sk', 'xmss', 'dsa'].map((type) => `~/.ssh/id_${type}`)
export const SYSTEM_HOSTS = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
export const USER_HOSTS = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
