// Every keyword that `ssh -G` prints (OpenSSH 9.2 to 10.0, and some of later versions), and what mailrun does with
// each.

/**
 * `honoured`: mailrun's own client does as it says. `openssh`: only the system's ssh can, and is taken for the host.
 * `passed over`: it makes no difference here, and `--verbose` says so.
 */
export type Use = 'honoured' | 'openssh' | 'passed over'

export interface Keyword {
  /** As ssh_config(5) writes it. */
  readonly name: string
  readonly use: Use
  /**
   * Values that change nothing, as `ssh -G` prints them where no line gives one; empty: it is not printed then. `list`:
   * they differ from one OpenSSH to the next. `undefined`: they differ from one host to the next.
   */
  readonly defaults: readonly string[] | 'list' | undefined
  /** For docs/connections.md. */
  readonly why: string
}

type Row = readonly [name: string, use: Use, defaults: Keyword['defaults'], why: string]

const ROWS: readonly Row[] = [
  ['Host', 'honoured', undefined, 'the destination itself'],
  ['User', 'honoured', undefined, 'who logs in'],
  ['HostName', 'honoured', undefined, 'where to connect to'],
  ['Port', 'honoured', undefined, 'where to connect to'],
  ['AddressFamily', 'honoured', ['any'], 'of the address that is dialled'],
  [
    'BatchMode',
    'passed over',
    ['no'],
    'nobody is asked but by `--ask-pass`, and for a passphrase where there is a terminal',
  ],
  ['CanonicalizeFallbackLocal', 'honoured', ['yes'], 'ssh has looked the name up'],
  ['CanonicalizeHostname', 'honoured', ['false'], 'ssh has looked the name up'],
  ['CanonicalDomains', 'honoured', ['none'], 'ssh has looked the name up'],
  ['CanonicalizeMaxDots', 'honoured', ['1'], 'ssh has looked the name up'],
  ['CanonicalizePermittedCNAMEs', 'honoured', ['none'], 'ssh has looked the name up'],
  ['CheckHostIP', 'openssh', ['no'], ''],
  ['Compression', 'passed over', ['no'], 'what travels is short'],
  [
    'ControlMaster',
    'passed over',
    ['false'],
    'all hosts behind a bastion share one connection; with `openssh` it holds',
  ],
  [
    'ControlPath',
    'honoured',
    [''],
    "a [master connection](#warm-connections) that stands is used, by the system's ssh; " +
      'not where a task wants a new one',
  ],
  ['ControlPersist', 'passed over', ['no'], 'with `openssh` it holds'],
  ['EnableSSHKeysign', 'passed over', ['no'], "only for `HostbasedAuthentication`, which is the system's ssh's"],
  ['ClearAllForwardings', 'passed over', ['no'], 'nothing is forwarded'],
  ['ExitOnForwardFailure', 'passed over', ['no'], 'nothing is forwarded'],
  ['FingerprintHash', 'passed over', ['SHA256'], 'fingerprints are shown as SHA256'],
  ['ForwardX11', 'passed over', ['no'], 'nothing is forwarded'],
  ['ForwardX11Trusted', 'passed over', ['no', 'yes'], 'nothing is forwarded'],
  ['ForwardX11Timeout', 'passed over', ['1200'], 'nothing is forwarded'],
  ['GatewayPorts', 'passed over', ['no'], 'nothing is forwarded'],
  [
    'GSSAPIAuthentication',
    'passed over',
    ['no'],
    "Kerberos is the system's ssh's: `PreferredAuthentications gssapi-with-mic` or `ansible_connection: openssh`",
  ],
  ['GSSAPIKeyExchange', 'passed over', ['no'], 'as `GSSAPIAuthentication`'],
  ['GSSAPIDelegateCredentials', 'passed over', ['no'], 'as `GSSAPIAuthentication`'],
  ['GSSAPITrustDns', 'passed over', ['no'], 'as `GSSAPIAuthentication`'],
  ['GSSAPIRenewalForcesRekey', 'passed over', ['no'], 'as `GSSAPIAuthentication`'],
  ['GSSAPIClientIdentity', 'passed over', [''], 'as `GSSAPIAuthentication`'],
  ['GSSAPIServerIdentity', 'passed over', [''], 'as `GSSAPIAuthentication`'],
  ['GSSAPIKexAlgorithms', 'passed over', 'list', 'as `GSSAPIAuthentication`'],
  ['HashKnownHosts', 'honoured', ['no'], 'of keys that are recorded'],
  ['HostbasedAuthentication', 'openssh', ['no'], ''],
  [
    'HostbasedAcceptedAlgorithms',
    'passed over',
    'list',
    "only for `HostbasedAuthentication`, which is the system's ssh's",
  ],
  ['IdentitiesOnly', 'honoured', ['no'], "of the agent's keys"],
  ['KbdInteractiveAuthentication', 'honoured', ['yes'], 'how to log in'],
  ['KbdInteractiveDevices', 'passed over', [''], 'the host chooses'],
  ['NoHostAuthenticationForLocalhost', 'openssh', ['no'], 'where the host is this machine'],
  ['PasswordAuthentication', 'honoured', ['yes'], 'how to log in'],
  ['PermitLocalCommand', 'passed over', ['no'], 'no program of yours is run'],
  ['LocalCommand', 'passed over', [''], 'no program of yours is run'],
  ['ProxyUseFdpass', 'passed over', ['no'], "only with `ProxyCommand`, which is the system's ssh's"],
  ['PubkeyAuthentication', 'honoured', ['true'], 'how to log in'],
  ['RequestTTY', 'passed over', ['auto'], 'there is no terminal'],
  ['SessionType', 'passed over', ['default'], 'there is one shell'],
  ['StdinNull', 'passed over', ['no'], 'there is one shell'],
  ['ForkAfterAuthentication', 'passed over', ['no'], 'there is one shell'],
  ['RemoteCommand', 'passed over', [''], 'there is one shell'],
  ['StreamLocalBindUnlink', 'passed over', ['no'], 'nothing is forwarded'],
  ['StreamLocalBindMask', 'passed over', ['0177'], 'nothing is forwarded'],
  ['StrictHostKeyChecking', 'honoured', ['ask'], '`no` is taken as `accept-new`'],
  ['TCPKeepAlive', 'passed over', ['yes'], '`ServerAliveInterval` finds a host that is dead'],
  ['Tunnel', 'passed over', ['false'], 'nothing is forwarded'],
  ['TunnelDevice', 'passed over', ['any:any'], 'nothing is forwarded'],
  ['VerifyHostKeyDNS', 'openssh', ['false', 'ask'], '`ask` asks nobody: a key must be in known_hosts'],
  ['VisualHostKey', 'passed over', ['no'], 'fingerprints are shown as SHA256'],
  ['UpdateHostKeys', 'passed over', ['true', 'false'], 'known_hosts is changed by `--accept-new` alone'],
  ['EnableEscapeCommandline', 'passed over', ['no'], 'there is no terminal'],
  ['EscapeChar', 'passed over', ['~'], 'there is no terminal'],
  ['ConnectionAttempts', 'honoured', ['1'], 'of the TCP connection'],
  ['ConnectTimeout', 'honoured', ['none'], 'for a connection to stand'],
  ['NumberOfPasswordPrompts', 'passed over', ['3'], 'a password is tried once'],
  ['ServerAliveCountMax', 'honoured', ['3'], 'a host that fell silent'],
  ['ServerAliveInterval', 'honoured', ['0'], 'a host that fell silent'],
  ['RequiredRSASize', 'openssh', ['1024'], ''],
  ['ObscureKeystrokeTiming', 'passed over', ['yes'], 'there is no terminal'],
  ['ChannelTimeout', 'passed over', ['none'], 'there is one shell, which is used all the time'],
  ['BindAddress', 'honoured', [''], 'where the connection comes from'],
  ['BindInterface', 'openssh', [''], ''],
  ['Ciphers', 'honoured', 'list', "those that mailrun's client has; none of them: the system's ssh"],
  ['MACs', 'honoured', 'list', 'as `Ciphers`'],
  ['KexAlgorithms', 'honoured', 'list', 'as `Ciphers`'],
  ['HostKeyAlgorithms', 'honoured', 'list', 'as `Ciphers`'],
  ['PubkeyAcceptedAlgorithms', 'openssh', 'list', ''],
  ['CASignatureAlgorithms', 'passed over', 'list', "certificates are the system's ssh's"],
  ['HostKeyAlias', 'honoured', [''], 'of known_hosts'],
  ['IdentityAgent', 'honoured', [''], 'the agent'],
  ['IdentityFile', 'honoured', 'list', 'keys to offer'],
  ['CertificateFile', 'openssh', [''], ''],
  ['PKCS11Provider', 'openssh', [''], ''],
  ['SecurityKeyProvider', 'passed over', ['internal'], "keys on tokens are the system's ssh's"],
  ['AddKeysToAgent', 'passed over', ['false'], 'no agent is changed'],
  ['ForwardAgent', 'passed over', ['no'], 'nothing is forwarded'],
  ['IgnoreUnknown', 'honoured', [''], 'ssh has passed over the keywords'],
  ['LogLevel', 'passed over', ['INFO'], "errors are reported in mailrun's words"],
  ['LogVerbose', 'passed over', ['none'], "errors are reported in mailrun's words"],
  ['SyslogFacility', 'passed over', ['USER'], 'nothing is logged'],
  ['PreferredAuthentications', 'honoured', [''], 'how to log in, in this order'],
  ['RevokedHostKeys', 'honoured', [''], 'keys that no host may show'],
  ['XAuthLocation', 'passed over', ['/usr/bin/xauth'], 'nothing is forwarded'],
  ['KnownHostsCommand', 'openssh', [''], ''],
  ['GlobalKnownHostsFile', 'honoured', ['/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2'], 'keys of hosts'],
  ['UserKnownHostsFile', 'honoured', undefined, 'keys of hosts'],
  ['PermitRemoteOpen', 'passed over', ['any'], 'nothing is forwarded'],
  ['LocalForward', 'passed over', [''], 'nothing is forwarded'],
  ['RemoteForward', 'passed over', [''], 'nothing is forwarded'],
  ['DynamicForward', 'passed over', [''], 'nothing is forwarded'],
  ['SendEnv', 'passed over', [''], 'the environment is the same everywhere'],
  ['SetEnv', 'passed over', [''], 'the environment is the same everywhere'],
  ['IPQoS', 'passed over', ['lowdelay throughput', 'ef cs1', 'af21 cs1'], "the system's default"],
  ['RekeyLimit', 'passed over', ['0 0'], 'ssh2 makes new keys when the host wants them'],
  ['ProxyJump', 'honoured', [''], 'hosts on the way'],
  ['ProxyCommand', 'openssh', [''], ''],
  ['Tag', 'honoured', [''], 'ssh has held Match lines against it'],
  ['RefuseConnection', 'openssh', [''], 'which refuses'],
  ['VersionAddendum', 'passed over', [''], "mailrun's client says its own name"],
  ['WarnWeakCrypto', 'passed over', ['yes', 'no'], 'a host without post-quantum key exchange is no fault here'],
]

export const KEYWORDS: readonly Keyword[] = ROWS.map(([name, use, defaults, why]) => ({ name, use, defaults, why }))

const BY_KEYWORD = new Map(KEYWORDS.map((each) => [each.name.toLowerCase(), each]))

/** @param keyword - in lower case. */
export const keywordOf = (keyword: string): Keyword | undefined => BY_KEYWORD.get(keyword)
