// Configurations that mailrun and `ssh -G` of OpenSSH 9.2 must read alike, or refuse alike.

export interface SshConfigCase {
  readonly name: string
  /**
   * By path in the case's folder, `@` in texts and options standing for it; `config` is what -F names. Bytes as latin1
   * where `isBytes`.
   */
  readonly files: Readonly<Record<string, string>>
  readonly hosts: readonly string[]
  /** Words before the destination; one run of each host for each. None: once without. */
  readonly options?: readonly (readonly string[])[]
  readonly isBytes?: true
  /** Debian's revision of 9.2p1 (deb12uN) from which on OpenSSH does so. */
  readonly since?: number
  /** Refused by mailrun alone, and why. */
  readonly stricter?: string
}

const HOSTS = ['mx1', 'mx2.example.org', 'db', 'MX1', '192.0.2.7'] as const
const one = (name: string, text: string, hosts: readonly string[] = ['mx1', 'web.example.org']): SshConfigCase => ({
  name,
  files: { config: text },
  hosts,
})
/** `ssh` must refuse them, too. */
const refusedEach = (name: string, lines: readonly string[]): readonly SshConfigCase[] =>
  lines.map((line) => one(`refused, ${name}: ${JSON.stringify(line)}`, line, ['mx1']))
const takenEach = (name: string, lines: readonly string[]): readonly SshConfigCase[] =>
  lines.map((line) => one(`${name}: ${JSON.stringify(line)}`, line, ['mx1']))

const USUAL = `# a fleet
Host mx1
    HostName mx1.example.org
    User root
    Port 2222
    IdentityFile ~/.ssh/mail
    IdentitiesOnly yes

Host mx* !mx9 db
  User mail
  ConnectTimeout 10
  ServerAliveInterval 1m30s
  ServerAliveCountMax 5

Host *.example.org
  ProxyJump bastion.example.org:2200
  UserKnownHostsFile ~/.ssh/known_hosts.d/%k /etc/known
  HostKeyAlias %h

Host *
  User nobody
  IdentityFile ~/.ssh/id_%r@%h
  StrictHostKeyChecking accept-new
  HashKnownHosts yes
  SendEnv LANG LC_*
`
const MATCHES = `Match host mx1
  HostName mail.example.org
Match host mail.example.org user root
  Port 1
Match originalhost mx1,db !localuser nobody
  Port 2
Match originalhost MX1
  Compression yes
Match user r?ot
  BatchMode yes
Match !host mx* originalhost *
  User other
Match user other
  ConnectTimeout 3
Match host="*.org" # a comment
  LogLevel DEBUG2
Match all
  ForwardAgent yes
`
const EXEC = `Match exec "test %n = mx1"
  Port 11
Match exec "test %h = mx1 && test %p = 11 && test %r = %u"
  User anna
Match exec "test %r = anna" host mx1
  ConnectTimeout 9
Match host nowhere exec "touch @/never"
  BatchMode yes
Match !exec "exit 3"
  ConnectionAttempts 3
Match exec "test %d = $HOME && test %i = $(id -u) && test %l = $(hostname) && test %% = '%%'"
  ServerAliveInterval 4
Match exec "test %k = %h && test -n %C && test %L = $(hostname | cut -d. -f1)"
  ServerAliveCountMax 8
`
const INCLUDES: Readonly<Record<string, string>> = {
  config:
    'Host mx*\n  Include @/mail.conf @/no-such-*.conf @/dir/*.conf\n  User after\n' +
    'Host *\n  Include @/all.conf\n  Port 9\n',
  'mail.conf': 'User included\nHost db\n  Port 5\nHost mx1\n  Port 6\nMatch host mx2.example.org\n Port 7\n',
  'dir/10-a.conf': 'ConnectTimeout 5\nInclude @/deep.conf',
  'dir/20-b.conf': 'ConnectTimeout 6\nCompression yes\n',
  'dir/.hidden.conf': 'BatchMode yes\n',
  'dir/readme': 'nonsense\n',
  'deep.conf': 'Host mx1\nInclude @/deepest.conf\n',
  'deepest.conf': 'LogLevel VERBOSE\n',
  'all.conf': 'ForwardX11 yes\nHost nobody\n  Port 3\n',
}
const chain = (depth: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: depth + 1 }, (_, index) => [
      index === 0 ? 'config' : `c${index}`,
      index === depth ? 'Port 99\n' : `Include @/c${index + 1}\n`,
    ]),
  )

export const CASES: readonly SshConfigCase[] = [
  {
    name: 'a usual one',
    files: { config: USUAL },
    hosts: [...HOSTS, 'mx9', 'mx1.example.org', 'root@mx1', 'ssh://anna@mx1:24', 'a@b@mx2.example.org'],
  },
  one('an empty one', '', [...HOSTS, '::1', 'fe80::1%lo']),
  {
    name: 'nothing at all',
    files: { config: '' },
    hosts: ['mx1'],
    options: [
      ['-F', 'none'],
      ['-F', '/dev/null'],
      ['-F', 'NONE'],
      ['-F', '@/no-such-file'],
    ],
  },
  {
    name: 'options before files',
    files: { config: USUAL },
    hosts: ['mx1', 'anna@mx2.example.org'],
    options: [
      ['-o', 'Port=77'],
      ['-o', 'Port 78', '-o', 'Port 79'],
      ['-p', '80', '-o', 'Port=81'],
      ['-l', 'bob'],
      ['-lbob', '-p22'],
      ['-o', 'User=carol', '-l', 'bob'],
      ['-J', 'one,two:23'],
      ['-o', 'ProxyJump=none'],
      ['-o', 'ProxyCommand=nc %h %p'],
      ['-o', 'ProxyCommand none'],
      ['-4', '-C'],
      ['-6', '-T'],
      ['-4C'],
      ['-o', 'IdentityFile=~/a', '-i', '/etc/hostname'],
      ['-oConnectTimeout=1h'],
      ['-o', 'IgnoreUnknown=Foo*', '-o', 'FooBar=1'],
      ['-o', 'FooBar=1'],
      ['-o', 'Host=mx1'],
      ['-o', 'Match all'],
      ['-o', 'Include x'],
      ['-o', ''],
      ['-o', '# nothing'],
      ['-o', 'Port'],
      ['-o', 'Port='],
      ['-o', 'port = 5'],
      ['-o', 'PORT="5"'],
      ['-p', 'x'],
      ['-p', '0'],
      ['-b', '192.0.2.1', '-c', 'aes128-ctr'],
      ['-q'],
      ['-A'],
      ['-X'],
      ['-Y'],
      ['-K'],
      ['-n'],
      ['-m', 'hmac-sha1'],
      ['-S', '~/s-%C'],
      ['-e', 'none'],
      ['-o', 'HostName=%h.example.net'],
      ['-o', 'HostName=%n'],
      ['-o', 'StrictHostKeyChecking=off', '-o', 'UserKnownHostsFile=/dev/null'],
      [
        '-o',
        'ServerAliveInterval=5',
        '-o',
        'ControlPath=~/.ssh/%r@%h:%p',
        '-o',
        'ControlMaster=auto',
        '-o',
        'ControlPersist=60s',
      ],
      ['-o', 'SetEnv=A=1 B=2', '-o', 'SendEnv=X Y'],
    ],
  },
  { name: 'Match', files: { config: MATCHES }, hosts: HOSTS, options: [[], ['-l', 'root'], ['-o', 'HostName=x.org']] },
  { name: 'Match exec with tokens', files: { config: EXEC }, hosts: ['mx1', 'db', 'root@mx1'] },
  one(
    'Match exec in the words of a shell',
    'Match exec "case %n in mx*) true;; *) false;; esac"\n Port 3\n' +
      'Match exec "false || test $(echo %h) = db"\n Port 4\nMatch exec "kill -0 $$"\n User u\n',
    HOSTS,
  ),
  { name: 'includes', files: INCLUDES, hosts: [...HOSTS, 'other'] },
  { name: 'includes, 16 deep', files: chain(16), hosts: ['mx1'] },
  { name: 'refused: includes, 17 deep', files: chain(17), hosts: ['mx1'] },
  {
    name: 'refused: a file that includes itself',
    files: { config: 'Include @/a\n', a: 'Host x\nInclude @/a\n' },
    hosts: ['mx1'],
  },
  {
    name: 'refused: a fault in a file included for other hosts',
    files: { config: 'Host x\nInclude @/a\n', a: 'Port many\n' },
    hosts: ['mx1', 'x'],
  },
  {
    name: 'globs',
    files: {
      config: 'Include @/[ab]1 @/c? @/d[!0-9] @/[[:digit:]]e @/f\\* "@/g h" @/sub/*/x @/i{1,2}',
      a1: 'SendEnv a1',
      b1: 'SendEnv b1',
      c9: 'SendEnv c9',
      d0: 'SendEnv d0',
      dx: 'SendEnv dx',
      '1e': 'SendEnv 1e',
      'f*': 'SendEnv f',
      fx: 'SendEnv fx',
      'g h': 'SendEnv gh',
      'sub/2/x': 'SendEnv s2',
      'sub/10/x': 'SendEnv s10',
      i1: 'SendEnv i1',
      'i{1,2}': 'SendEnv braces',
    },
    hosts: ['mx1'],
  },
  { name: 'an include that is a folder', files: { config: 'Include @/sub\nPort 3\n', 'sub/x': '' }, hosts: ['mx1'] },
  {
    name: 'Host in an include ends with it',
    files: { config: 'Host mx1\nInclude @/a\nPort 3\nHost *\nInclude @/a\nUser u\n', a: 'Host other\nPort 1\n' },
    hosts: ['mx1', 'other', 'db'],
  },
  one(
    'equals signs',
    'Host=mx1\nPort=1\nHost = web.example.org\nPort = 2\nUser =u\nCompression= yes\n' +
      'Host *\nHostName==x\nConnectTimeout  =  5\nIdentityFile="~/a b"\nProxyCommand=nc=%h\n',
    [...HOSTS, 'web.example.org'],
  ),
  one('refused: two equals signs', 'Port==5\n'),
  one(
    'quotes',
    'Host "mx1" \'web.example.org\'\n User "a b"\n IdentityFile "~/my keys/%h"\n' +
      ' IdentityFile ~/it\\ works\n IdentityFile \'single "quoted"\'\n IdentityFile ab"cd"ef\n' +
      ' IdentityFile "esc\\"aped"\n IdentityFile back\\slash\n IdentityFile "back\\\\slash"\n' +
      ' SetEnv A="x y" B=\'z\' "C=1 2"\n',
    ['mx1', 'web.example.org'],
  ),
  one('quoted keywords', '"Port" 5\n"User"="u"\n', ['mx1']),
  one('a quoted keyword without an end is no line', '"Port 22\nUser u\n', ['mx1']),
  one(
    'refused: a form feed before a keyword',
    '\tHost\tmx1  \t\n\t\tPort\t22\t \f\n   User   u   \r\n\n   \n  # x\n\fPort 7\n',
    ['mx1'],
  ),
  one(
    'white space, as it is allowed',
    '\tHost\tmx1  \t\n\t\tPort\t22\t \f\n   User   u   \r\n\n   \n  # x\n ConnectTimeout\t=\t7',
    ['mx1', 'db'],
  ),
  one(
    'CRLF',
    'Host mx1\r\n  Port 5\r\n  User u\r\n  IdentityFile ~/x\r\n  ProxyCommand nc %h %p\r\n\r\n' +
      'Host *\r\n  Compression yes\r\n',
    HOSTS,
  ),
  one('refused: a lone CR', 'Port 5\rUser u\n', ['mx1']),
  one('no newline at the end', 'Host mx1\n Port 5', ['mx1']),
  one(
    'refused: comments that are none',
    '# a\n#Port 1\nHost mx1 # web\n Port 2 # two\n User u#x\n User #y\nHost web# x\n Port 3#\n',
    ['mx1', 'web#'],
  ),
  one(
    'comments after values',
    'Host mx1 # web.example.org\n Port 2 # two\n User u#x # z\n ProxyCommand nc %h # not a comment\n' +
      ' IdentityFile "#a" # b\n SendEnv A #B\n HostName h #\n',
    ['mx1', 'web.example.org', '#'],
  ),
  one(
    'case of keywords and values',
    'hOsT mx1\n pOrT 5\n COMPRESSION YES\n stricthostkeychecking Accept-New\n LogLevel dEbUg\n' +
      ' SyslogFacility local3\n AddressFamily INET6\n' +
      'HOST MX1\n USER big\n',
    HOSTS,
  ),
  one(
    'the first counts',
    'Port 1\nPort 2\nUser a\nUser b\n' +
      'Host *\nPort 3\nProxyCommand a\nProxyCommand b\nUserKnownHostsFile a b\nUserKnownHostsFile c\n' +
      'SetEnv A=1 A=2 B=3\nSetEnv C=4\nGlobalKnownHostsFile g\nGlobalKnownHostsFile h\n',
  ),
  one(
    'what adds up',
    'IdentityFile a\nIdentityFile a\nIdentityFile b\nCertificateFile c\nCertificateFile d\n' +
      'CertificateFile c\nSendEnv A B\nSendEnv C A\nSendEnv -B*\nSendEnv D -C\nLocalForward 1 h:2\n' +
      'LocalForward 1 h:2\nLocalForward 3 h:4\n',
  ),
  one(
    'identities',
    'IdentityFile none\nIdentityFile ~/.ssh/%r-%h-%n-%p-%L-%u-%d-%i-%k\nIdentityFile ${HOME}/x\n' +
      'CertificateFile ~/c\nIdentityAgent none\nAddKeysToAgent confirm 5m\nPKCS11Provider none\n',
  ),
  one(
    'Host patterns',
    'Host m?1\nPort 1\nHost *1 !mx*\nUser one\nHost !db\nUser never\nHost * !db\nUser two\n' +
      'Host **x*?\nCompression yes\nHost *.*.org\nBatchMode yes\nHost mx1,db\nForwardAgent yes\n' +
      'Host 192.0.2.*\nConnectTimeout 4\nHost [mx]1\nConnectTimeout 5\n',
    [...HOSTS, 'ax1', 'm1', 'xx'],
  ),
  one('Host without patterns', 'Port 1\nHost # none\nUser x\n'),
  one(
    'HostName',
    'Host mx1\nHostName %h.example.org\nHost db\nHostName db-%h-%%\n' +
      'Host mx2.example.org\nHostName 192.0.2.001\nHost MX1\nHostName UPPER.example\n',
    HOSTS,
  ),
  one('refused: a token that HostName does not have', 'Host mx1\nHostName %n\n', ['mx1', 'db']),
  one(
    'addresses in other forms',
    'Host a\nHostName 127.1\nHost b\nHostName 0x7f.0.0.1\nHost c\nHostName 010.8.0.9\n' +
      'Host d\nHostName ::0001\nHost e\nHostName 2001:DB8:0:0:1:0:0:1\n' +
      'Host f\nHostName ::FFFF:192.0.2.1\nHost g\nHostName 999.1.1.1\nHost h\nHostName 1.2.3\n' +
      'Host i\nHostName ::192.0.2.1\nHost j\nHostName 2001:db8::\nHost k\nHostName 0xABC\n' +
      'Host l\nHostName 4294967296\nHost m\nHostName 1:2:3:4:5:6:7:0\nHost n\nHostName 1.2.3.4.5\n' +
      'Host o\nHostName 08.1\nHost p\nHostName ::\nHost q\nAddressFamily inet6\nHostName 127.1\n' +
      'Host r\nAddressFamily inet\nHostName ::0001\n',
    [...'abcdefghijklmnopqr'],
  ),
  one('destinations', 'Host ::1\nPort 5\nHost fe80*\nPort 6\nHost foo\nPort 7\n', [
    '::1',
    'fe80::1%lo',
    'ssh://foo',
    'ssh://u@foo:99',
    'ssh://u;x=1@foo',
    'ssh://u%40v@foo',
    'ssh://foo/',
    'ssh://foo/path',
    'ssh://foo:0',
    'ssh://@foo',
    'ssh://[::1]',
    '@foo',
    'foo:22',
    '[::1]',
    'FOO',
    'foo.',
    'f$o',
    'a b',
    'x;y',
    "f'o",
    '`id`',
    'u$x@foo',
    "u'@foo",
    'u;x@foo',
    'ü@föö',
    'ssh://u%zz@foo',
  ]),
  { ...one('a destination without a host', '', ['u@']), stricter: 'there is nothing to connect to' },
  one(
    'ProxyJump',
    'Host a\nProxyJump one\nHost b\nProxyJump u@one:22,ssh://v@two:2022,[2001:db8::1]:33\n' +
      'Host c\nProxyJump none\nHost d\nProxyJump 192.0.2.1\nHost e\nProxyJump u@x@y\n' +
      'Host f\nProxyJump one,two,three\nHost g\nProxyJump NONE\nHost h\nProxyJump ssh://u%20v@h\n' +
      'Host i\nProxyJump [::1]\nHost j\nProxyJump=a # x\nHost k\nProxyJump a:ssh\n' +
      'Host l\nProxyJump ssh://h:/\n',
    [...'abcdefghijkl'],
  ),
  ...refusedEach('ProxyJump', [
    'ProxyJump one, two',
    'ProxyJump one,,two',
    'ProxyJump @x',
    'ProxyJump x:0',
    'ProxyJump x:port',
    'ProxyJump [x',
    'ProxyJump ssh://x/p',
    'ProxyJump ,x',
    'ProxyJump x,',
    'ProxyJump x/y',
    'Host y\nProxyJump x:0',
    'ProxyJump "x"y"',
    'ProxyJump',
    'ProxyJump mx1',
    'ProxyJump ssh://x:/y',
    'ProxyJump ssh://-x',
  ]),
  one('ProxyJump before ProxyCommand', 'ProxyJump a\nProxyCommand b\n'),
  one('ProxyCommand before ProxyJump', 'ProxyCommand b\nProxyJump a\n'),
  { ...one('ProxyJump none before ProxyCommand', 'ProxyJump none\nProxyCommand b\n'), since: 10 },
  {
    ...one('ProxyJump none before ProxyCommand and ProxyJump', 'ProxyJump none\nProxyCommand b\nProxyJump c\n'),
    since: 10,
  },
  one('ProxyCommand none before ProxyJump', 'ProxyCommand none\nProxyJump a\n'),
  one('a jump host with a quoted comment', 'ProxyJump a#b\nHostName x\n'),
  {
    name: 'jump hosts from the command line',
    files: { config: '' },
    hosts: ['mx1'],
    options: [
      ['-J', 'a;b'],
      ['-o', 'ProxyJump=$(x)'],
      ['-J', "a'b"],
      ['-J', 'u;v@a'],
    ],
    since: 10,
  },
  { name: 'the same jump hosts from a file', files: { config: 'ProxyJump u;v@a$b\n' }, hosts: ['mx1'] },
  one(
    'tokens in paths',
    'Host *\nControlPath ~/.ssh/%C-%h-%i-%k-%L-%l-%n-%p-%r-%u-%d-%%\n' +
      'UserKnownHostsFile ~/%h ${HOME}/%r /%k\nIdentityAgent ~/%h.sock\n' +
      'RemoteCommand echo %h %n ${HOME}\nHostKeyAlias Alias\n',
    [...HOSTS, 'root@mx1', '::1'],
  ),
  one('tokens without an alias', 'HostName x.example.org\nControlPath %k-%n-%h-%C\nPort 5\nUser u\n', HOSTS),
  ...refusedEach('tokens', [
    'ControlPath %z',
    'ControlPath a%',
    'UserKnownHostsFile ~/%j',
    'IdentityAgent %q',
    'RemoteCommand %T',
    'Match exec "%z"\nPort 5',
    'ControlPath ${NO_SUCH_VARIABLE_X}',
    'UserKnownHostsFile ${NO_SUCH_VARIABLE_X}',
    'IdentityAgent ${NO_SUCH_VARIABLE_X}',
    'ControlPath ${HOME',
    'ControlPath ${}',
    'ControlPath ~nosuchuserx/y',
    'IdentityAgent $A-B',
    'Host y\nIdentityAgent ${NO_SUCH_VARIABLE_X}',
    'Match host y exec "%z"\nPort 5',
  ]),
  ...takenEach('tokens that only a connection expands', [
    'IdentityFile %z',
    'CertificateFile ${NO_SUCH_VARIABLE_X}',
    'ProxyCommand %z',
    'LocalCommand %z',
    'KnownHostsCommand %z',
    'RevokedHostKeys %z',
    'Host y\nControlPath %z',
    'GlobalKnownHostsFile %z ~/x',
    'IdentityAgent SSH_AUTH_SOCK',
    'IdentityAgent $SSH_AUTH_SOCK',
    'ControlPath ~root/x',
    'ControlPath ~',
    'UserKnownHostsFile ~//x ~root',
    'UserKnownHostsFile none',
    'UserKnownHostsFile /dev/null',
    'SecurityKeyProvider $X',
    'SecurityKeyProvider none',
  ]),
  ...takenEach('times', [
    'ConnectTimeout 0',
    '=',
    'ConnectTimeout none',
    'ConnectTimeout none\nConnectTimeout 5',
    'ConnectTimeout 1w2d3h4m5s',
    'ConnectTimeout 1H1h',
    'ConnectTimeout +5',
    'ConnectTimeout 1h+5',
    'ConnectTimeout " 5"',
    'ConnectTimeout 2147483647',
    'ServerAliveInterval none',
    'ServerAliveInterval 1m30',
    'ForwardX11Timeout 0',
    'ForwardX11Timeout 1h',
    'ProtocolKeepAlives 30',
    'SetupTimeOut 1m',
    'ControlPersist 0',
    'ControlPersist 1h',
    'ControlPersist yes',
    'ControlPersist false',
    'AddKeysToAgent 1h',
    'AddKeysToAgent 0',
    'AddKeysToAgent yes',
    'AddKeysToAgent ask',
    'AddKeysToAgent confirm',
    'AddKeysToAgent confirm 1m',
    'AddKeysToAgent CONFIRM 1m',
    'BatchMode yes',
    'BatchMode yes\nServerAliveInterval 3',
  ]),
  ...refusedEach('times', [
    'ConnectTimeout -1',
    'ConnectTimeout "1 "',
    'ConnectTimeout 1x',
    'ConnectTimeout',
    'ConnectTimeout ""',
    'ConnectTimeout 1 2',
    'ConnectTimeout 2147483648',
    'ConnectTimeout 4000w',
    'ConnectTimeout h',
    'ConnectTimeout 1.5',
    'ConnectTimeout None',
    'ServerAliveInterval yes',
    'ControlPersist Yes',
    'ControlPersist x',
    'AddKeysToAgent yes 5',
    'AddKeysToAgent maybe',
    'AddKeysToAgent confirm 5 6',
    'AddKeysToAgent confirm x',
    'Host y\nConnectTimeout x',
  ]),
  ...takenEach('numbers', [
    'Port 65535',
    'Port +22',
    'Port smtp',
    'Port " 22"',
    'Port 0022',
    'ConnectionAttempts 3',
    'ServerAliveCountMax 0',
    'NumberOfPasswordPrompts 2147483647',
    'RequiredRSASize 2048',
    'CanonicalizeMaxDots 0',
    'RekeyLimit 1G',
    'RekeyLimit 1.5K 1h',
    'RekeyLimit default none',
    'RekeyLimit default 5',
    'RekeyLimit 0',
    'RekeyLimit 16',
    'RekeyLimit 1e',
    'RekeyLimit .5M',
    'RekeyLimit 1G none',
    'RekeyLimit 1k\nRekeyLimit 2k 9',
    'RekeyLimit 7E',
    'RekeyLimit 100B',
    'StreamLocalBindMask 077',
    'StreamLocalBindMask 0000\nHost y\nStreamLocalBindMask 0111',
    'Host y\nStreamLocalBindMask 7',
    'StreamLocalBindMask 178',
    'EscapeChar none',
    'EscapeChar ^[',
    'EscapeChar ^',
    'EscapeChar "~"',
    'EscapeChar \\',
    'EscapeChar " "',
    'EscapeChar ^A',
    'IPQoS af21 cs1',
    'IPQoS 0x10',
    'IPQoS 040 255',
    'IPQoS none',
    'IPQoS EF lowdelay',
    'IPQoS 0',
    'IPQoS reliability',
    'TunnelDevice any',
    'TunnelDevice 1:2',
    'TunnelDevice ANY:5',
    'TunnelDevice 3',
    'Tunnel yes',
    'Tunnel ethernet',
    'Tunnel no',
    'Tunnel point-to-point',
  ]),
  ...refusedEach('numbers', [
    'Port 0',
    'Port 65536',
    'Port -1',
    'Port x',
    'Port 22 23',
    'Port',
    'Port ""',
    'Port 2 2',
    'Port 22#x',
    'Port 0x16',
    'Host y\nPort x',
    'ConnectionAttempts 0',
    'ConnectionAttempts -1',
    'ConnectionAttempts x',
    'ServerAliveCountMax 2147483648',
    'RekeyLimit 15',
    'RekeyLimit x',
    'RekeyLimit 1G x',
    'RekeyLimit 1.1.1',
    'RekeyLimit 9E',
    'RekeyLimit 1GB',
    'RekeyLimit -1G',
    'RekeyLimit 1G 1h 1',
    'StreamLocalBindMask 8',
    'StreamLocalBindMask 1000',
    'EscapeChar ab',
    'EscapeChar ^!',
    'EscapeChar ^?',
    'EscapeChar ~~',
    'IPQoS 256',
    'IPQoS x',
    'IPQoS af21 cs1 ef',
    'IPQoS -1',
    'IPQoS 0x',
    'IPQoS 08',
    'TunnelDevice x',
    'TunnelDevice 1:x',
    'TunnelDevice 1:2:3',
    'Tunnel maybe',
  ]),
  ...takenEach('words', [
    'StrictHostKeyChecking yes',
    'StrictHostKeyChecking off',
    'StrictHostKeyChecking no',
    'StrictHostKeyChecking true',
    'StrictHostKeyChecking ask',
    'VerifyHostKeyDNS yes',
    'VerifyHostKeyDNS ask',
    'UpdateHostKeys ask',
    'UpdateHostKeys no',
    'UpdateHostKeys ask\nRemoteCommand x',
    'UpdateHostKeys ask\nRequestTTY no',
    'UpdateHostKeys ask\nControlPersist yes\nControlPath x',
    'UpdateHostKeys ask\nLogLevel error',
    'UserKnownHostsFile ~/.ssh/known_hosts',
    'UserKnownHostsFile x',
    'VerifyHostKeyDNS yes\nUser x',
    'ControlMaster autoask',
    'ControlMaster yes',
    'ControlMaster no',
    'RequestTTY force',
    'RequestTTY yes',
    'SessionType none',
    'SessionType subsystem',
    'PubkeyAuthentication unbound',
    'PubkeyAuthentication host-bound',
    'PubkeyAuthentication no',
    'DSAAuthentication no',
    'ChallengeResponseAuthentication no',
    'SkeyAuthentication no',
    'KeepAlive no',
    'AddressFamily any',
    'CanonicalizeFallbackLocal no',
    'Compression no',
    'ForwardAgent ${HOME}',
    'ForwardAgent $SSH_AUTH_SOCK',
    'ForwardAgent no\nForwardAgent /tmp',
    'ForwardX11 yes\nForwardX11Trusted no',
    'GSSAPIAuthentication yes\nGSSAPIKeyExchange yes\nGSSAPITrustDns yes\n' +
      'GSSAPIRenewalForcesRekey yes\nGSSAPIClientIdentity a\nGSSAPIServerIdentity b\n' +
      'GSSAPIKexAlgorithms gss-gex-sha1-,gss-group14-sha1-x',
    'FingerprintHash md5',
    'FingerprintHash SHA512',
    'LogLevel quiet',
    'LogLevel DEBUG1',
    'LogVerbose a,b c',
    'LogVerbose none',
    'SyslogFacility AUTH\nHost y\nSyslogFacility LOCAL1',
    'Host y\nSyslogFacility LOCAL1',
    'ClearAllForwardings yes\nTunnel yes\nLocalForward 1 h:2',
    'HostKeyAlias ABC',
    'PreferredAuthentications publickey,password',
    'KbdInteractiveDevices pam',
    'BindAddress 192.0.2.1\nBindInterface eth0',
    'XAuthLocation /x',
    'RevokedHostKeys none',
    'RevokedHostKeys ~/x',
    'LocalCommand none',
    'RemoteCommand NONE',
    'KnownHostsCommand /bin/x %H',
    'PermitLocalCommand yes\nLocalCommand echo "a  b" # c',
    'ForkAfterAuthentication yes\nRemoteCommand x',
    'ForkAfterAuthentication yes\nSessionType none',
    'EnableEscapeCommandline yes',
    'ProxyUseFdpass yes',
    'ProxyUseFdpass yes\nProxyJump x',
    'StdinNull true',
    'TCPKeepAlive FALSE',
    'SmartcardDevice /x',
    'IdentityFile2 x',
    'GlobalKnownHostsFile none',
  ]),
  ...refusedEach('words', [
    'StrictHostKeyChecking maybe',
    'Compression true',
    'BatchMode 1',
    'BatchMode',
    'BatchMode yes no',
    'BatchMode ""',
    'VerifyHostKeyDNS off',
    'AddressFamily ipv4',
    'LogLevel loud',
    'SyslogFacility MAIL',
    'FingerprintHash crc',
    'UserKnownHostsFile none x',
    'UserKnownHostsFile x none',
    'UserKnownHostsFile ""',
    'GlobalKnownHostsFile a "" b',
    'LogVerbose none x',
    'CanonicalDomains none x',
    'CanonicalDomains a..b',
    'CanonicalDomains -a',
    'CanonicalDomains ""',
    'CanonicalDomains ex*mple.org',
    'CanonicalizePermittedCNAMEs x',
    'CanonicalizePermittedCNAMEs x:',
    'CanonicalizePermittedCNAMEs a:b none',
    'SendEnv A=B',
    'SendEnv ""',
    'SetEnv A',
    'SetEnv ""',
    'Host ""',
    'Host a "" b',
    'User',
    'User ""',
    'User a b',
    'ProxyUseFdpass yes\nProxyCommand -',
    'ForkAfterAuthentication yes',
    'ForwardAgent ${NO_SUCH_VARIABLE_X}',
    'GSSAPIKexAlgorithms gss-x',
    'Include',
    'Include ""',
    'PermitRemoteOpen #',
    'PermitRemoteOpen x',
    'PermitRemoteOpen any x:1',
    'PermitRemoteOpen x/1',
  ]),
  ...takenEach('lists', [
    'CanonicalDomains Example.ORG. b.example',
    'CanonicalDomains a\nCanonicalDomains b',
    'CanonicalizePermittedCNAMEs *.A.org:*.B.org *\nProxyCommand x',
    'CanonicalizePermittedCNAMEs none',
    'PermitRemoteOpen any',
    'PermitRemoteOpen none',
    'PermitRemoteOpen a:1 [::1]:* :5',
    'SendEnv A* B?\nSendEnv -A?',
    'SendEnv #',
    'SetEnv "A=b c" D=',
    'UserKnownHostsFile #x',
    'UserKnownHostsFile a\\ b "c d"',
  ]),
  ...takenEach('forwardings', [
    'LocalForward 8080 localhost:80',
    'LocalForward 127.0.0.1:8080 h:80',
    'LocalForward [::1]:8080 [::1]:80',
    'LocalForward /tmp/s h:80',
    'LocalForward 8080 /tmp/s',
    'LocalForward /tmp/%h /tmp/%r',
    'LocalForward *:80 h:http',
    'RemoteForward 8080 h:80',
    'RemoteForward 0 h:80',
    'RemoteForward 1080',
    'RemoteForward host:1080',
    'DynamicForward 1080',
    'DynamicForward [::1]:1080',
    'DynamicForward *:1080',
    'RemoteForward /tmp/s /tmp/t',
    'LocalForward ${HOME}/s h:1',
    'DynamicForward 1\nLocalForward 1 h:2\nDynamicForward 2\nRemoteForward 5 h:6',
    'LocalForward a\\:b:1 h:2',
    'DynamicForward /tmp/s',
  ]),
  ...refusedEach('forwardings', [
    'LocalForward 8080',
    'LocalForward x h:80',
    'LocalForward 0 h:80',
    'LocalForward 80 h',
    'LocalForward 80 h:0',
    'LocalForward',
    'LocalForward [::1:80 h:80',
    'LocalForward 1 2 3',
    'DynamicForward x',
    'DynamicForward 0',
    'DynamicForward 1:2:3',
    'DynamicForward 1 2',
    'RemoteForward x',
    'LocalForward 80 h:80:90:1',
    'LocalForward ${NO_SUCH_VARIABLE_X} h:1',
    'LocalForward ::1:80 h:80',
    'LocalForward 80 h:80\\',
    'LocalForward 80 %z/x',
  ]),
  ...takenEach('algorithms', [
    'Ciphers aes128-ctr',
    'Ciphers +aes128-cbc',
    'Ciphers -aes*',
    'Ciphers ^aes256-ctr,3des-cbc',
    'Ciphers -nonsense',
    'Ciphers -*',
    'Ciphers aes128-ctr,aes128-ctr',
    'MACs hmac-sha1',
    'MACs -*etm*',
    'KexAlgorithms +diffie-hellman-group1-sha1',
    'KexAlgorithms -*nistp*',
    'KexAlgorithms ^curve25519-sha256',
    'HostKeyAlgorithms ssh-ed25519,rsa-sha2-*',
    'HostKeyAlgorithms +ssh-rsa',
    'HostKeyAlgorithms ^ssh-rsa',
    'HostKeyAlgorithms *cert*',
    'PubkeyAcceptedKeyTypes +ssh-dss',
    'PubkeyAcceptedAlgorithms -rsa*,!rsa-sha2-512',
    'CASignatureAlgorithms ssh-rsa',
    'CASignatureAlgorithms +ssh-rsa',
    'HostbasedKeyTypes ssh-rsa',
    'HostbasedAcceptedAlgorithms ^*nistp*',
    'Ciphers aes128-ctr,,nonsense',
    'HostKeyAlgorithms ssh-rsa,ED25519',
    'KexAlgorithms curve25519-sha256,gss-gex-sha1-x',
    'PubkeyAcceptedAlgorithms sk-*',
    'CASignatureAlgorithms ssh-ed25519,ssh-ed25519-cert-v01@openssh.com',
    'Ciphers ^aes128-ctr,',
  ]),
  ...refusedEach('a list of which nothing is left', [
    'KexAlgorithms gss-gex-sha1-',
    'CASignatureAlgorithms ssh-ed25519-cert-v01@openssh.com',
    'PubkeyAcceptedAlgorithms !ssh-rsa',
  ]),
  ...refusedEach('algorithms', [
    'Ciphers nonsense',
    'Ciphers none',
    'Ciphers +',
    'Ciphers ""',
    'Ciphers aes*',
    'Ciphers AES128-ctr',
    'MACs x',
    'KexAlgorithms x',
    'HostKeyAlgorithms x',
    'HostKeyAlgorithms ED25519',
    'HostKeyAlgorithms !ssh-rsa',
    'HostKeyAlgorithms nonsense*',
    'HostKeyAlgorithms null',
    'PubkeyAcceptedAlgorithms',
    'Ciphers a b',
    'Host y\nCiphers x',
  ]),
  ...takenEach('keywords that mean nothing', [
    'Protocol 2',
    'Protocol 1,2 x y',
    'Cipher blowfish',
    'UseRoaming no',
    'RSAAuthentication yes',
    'CompressionLevel 9',
    'KerberosAuthentication yes',
    'UsePrivilegedPort yes',
    'UseBlacklistedKeys x',
    'UserKnownHostsFile2 x',
    'RhostsRSAAuthentication no',
    'AFSTokenPassing no',
    'FallBackToRsh x',
    'IgnoreUnknown *\nNonsense x y "z"',
    'IgnoreUnknown foo,BAR?\nFoo 1\nbarx 2',
    'IgnoreUnknown x*\nIgnoreUnknown y*\nXa 1',
  ]),
  ...refusedEach('keywords', [
    'Nonsense 1',
    'Nonsense',
    'Nonsense "x',
    'Host y\nNonsense 1',
    'Host y\nIgnoreUnknown *\nHost *\nNonsense 1',
    'IgnoreUnknown foo\nbar 1',
    'Nonsense 1\nIgnoreUnknown *',
    'IgnoreUnknown x*\nIgnoreUnknown y*\nYa 1',
    'Port"22"',
    'UseKeychain yes',
    'RefuseConnection x',
    'Protocol',
    'Port 22;',
    '= Port',
    'Match',
    'Match tagged x',
    'Match localnetwork 10/8',
    'Match host',
    'Match user #',
    'Match all host x',
    'Match host x all y',
    'Match host a user b all',
    'Match final all x',
    'Match nonsense x',
    'Match "host" x"y',
    "Match host 'a b'",
    'Match host x y',
    'Match !',
    'Match host ""',
    'Match #',
    'IgnoreUnknown *\nFoo "x',
    'User "x',
    "User 'x",
    'User x"',
    'Include ~nobody"',
    'Host mx1\n  Port 22 # ok\n  Port 2 3',
  ]),
  one(
    'Match in odd words',
    'Match Host=mx1 User=*\nPort 1\nMatch host mx1 all\nUser u\nMatch !all\nUser v\n' +
      'Match "host" "web.example.org" # c\nPort 2\nMatch host mx1,!mx1\nConnectTimeout 1\n' +
      'Match host !x*,*\nConnectTimeout 2\nMatch  host  =  mx1\nCompression yes\n' +
      'Match host a,,b\nBatchMode yes\nMatch all # b\nForwardAgent yes\n',
  ),
  one(
    'Match final',
    'Host mx1\nHostName mail.example.org\nMatch final host *.example.org\nPort 5\n' +
      'Match final\nUser last\nHost mail.*\nCompression yes\n' +
      'Host *\nUser first\nSendEnv A\nIdentityFile x\nMatch !final\nConnectTimeout 3\n' +
      'Match canonical\nBatchMode yes\n',
    HOSTS,
  ),
  one('Match canonical without a second pass', 'Match canonical\nPort 5\nMatch !canonical\nUser u\n'),
  one(
    'CanonicalizeHostname of names that do not resolve',
    'CanonicalizeHostname yes\nCanonicalDomains invalid\nMatch canonical\nUser u\n' +
      'Match host *\nPort 3\nHost mx1\nSendEnv B\n',
    ['mx1', 'MX1', 'a.b.c', '192.0.2.1'],
  ),
  one(
    'refused: CanonicalizeHostname without falling back',
    'CanonicalizeHostname yes\nCanonicalDomains invalid\nCanonicalizeFallbackLocal no\n',
    ['mx1', 'a.b.c', '127.1'],
  ),
  one(
    'CanonicalizeHostname with a proxy',
    'CanonicalizeHostname yes\nCanonicalizeFallbackLocal no\nCanonicalDomains invalid\nProxyJump j\n',
    ['mx1'],
  ),
  one('CanonicalizeHostname none', 'CanonicalizeHostname yes\nCanonicalDomains none\nMatch final\nPort 4\n'),
  one(
    'refused: CanonicalizeHostname always with a proxy',
    'CanonicalizeHostname always\nCanonicalizeFallbackLocal no\nCanonicalDomains invalid\nProxyCommand j\n',
    ['mx1'],
  ),
  one(
    'unicode',
    'Host mü1\n User jürgen\n IdentityFile ~/schlüssel\nHost m?2\n Port 2\nHost m??2\n Port 3\n' +
      'Host Ä*\n User ä\n Match host ä*\n Port 4\n',
    ['mü1', 'mü2', 'Äx', 'äx'],
  ),
  {
    name: 'bytes that are no UTF-8',
    files: { config: 'User \xff\xfe\nIdentityFile a\xe9\nEscapeChar \xe9\nHost \xa0x\nPort 3\n' },
    hosts: ['mx1'],
    isBytes: true,
  },
  {
    name: 'control characters',
    files: { config: 'User \x01\x7f\nEscapeChar \x07\nIdentityFile a\x0bb\n' },
    hosts: ['mx1'],
    isBytes: true,
  },
  {
    name: 'a zero byte ends a line',
    files: { config: 'Port 6\x00x\n\x00Nonsense\nUser a\x00"\n' },
    hosts: ['mx1'],
    isBytes: true,
  },
  one('refused: a byte order mark is no white space', '\ufeffPort 5\n', ['mx1']),
  one('many stars', `Host ${'*'.repeat(300)}x\nPort 2\nHost *a*a*b\nPort 3\nHost *?*?*\nUser u\n`, ['mx1', 'aab', 'a']),
  one(
    'long lines',
    `User ${'u'.repeat(5000)}\nMatch host ${'x'.repeat(1022)},mx1\nPort 1\n` +
      `Match host mx1,${'x'.repeat(1023)}\nCompression yes\n` +
      `Match host ${'x'.repeat(1024)},mx1\nBatchMode yes\n`,
    ['mx1'],
  ),
  one('99 identities', Array.from({ length: 99 }, (_, index) => `IdentityFile k${index}`).join('\n'), ['mx1']),
  one('100 identities', Array.from({ length: 100 }, (_, index) => `IdentityFile k${index}`).join('\n'), ['mx1']),
  one('refused: 101 identities', Array.from({ length: 101 }, (_, index) => `IdentityFile k${index}`).join('\n'), [
    'mx1',
  ]),
  one(
    '101 identities for another host',
    `Host x\n${Array.from({ length: 101 }, (_, index) => `IdentityFile k${index}`).join('\n')}`,
    ['mx1', 'x'],
  ),
  one('33 known hosts files', `UserKnownHostsFile ${Array.from({ length: 33 }, (_, index) => `k${index}`).join(' ')}`, [
    'mx1',
  ]),
  one('32 known hosts files', `UserKnownHostsFile ${Array.from({ length: 32 }, (_, index) => `k${index}`).join(' ')}`, [
    'mx1',
  ]),
  {
    ...one(
      'tokens in blocks of others',
      'Host a*\nIdentityFile ~/.ssh/%h\nUserKnownHostsFile ~/%h\nHostName %h.net\nControlPath /c/%C-%h-%p-%r\n' +
        'User %r\nHost b*\nHostName mx7\nHost *\nCompression yes\nControlPath /d/%n\n',
    ),
    hosts: ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'],
  },
  // OpenSSH 9.2 refuses most of them, 10.0 takes most.
  ...takenEach('words of newer versions', [
    'Tag x\nMatch tagged x\nPort 3',
    'Match version OpenSSH_10*\nPort 3',
    'Match sessiontype shell\nPort 3',
    'Match command x\nPort 3',
    'Match localnetwork 127.0.0.0/8\nPort 3',
    'User ${LOGNAME}',
    'User %n-%i',
    'User %n\nMatch user mx*\nPort 3',
    'Include ${HOME}/no-such-file %d/no-such-file\nPort 3',
    'RefuseConnection "no"',
    'ObscureKeystrokeTiming no',
    'ChannelTimeout session=5m',
    'VersionAddendum x',
    'KexAlgorithms mlkem768x25519-sha256',
    'ControlPath /x/%j-%C\nProxyJump u@a:22,b',
    'ControlPath /x/%C-%k\nProxyJump u@%h:22',
    'SetEnv A=%h B=%%',
    'RevokedHostKeys ~/r%h',
    'KnownHostsCommand /x %h',
  ]),
  one('33 domains', `CanonicalDomains ${Array.from({ length: 33 }, (_, index) => `k${index}`).join(' ')}`, ['mx1']),
]
