// The keys of an inventory that say how a host is reached: Ansible's names, in Ansible's order of precedence.

/**
 * `text`, `file`, `secret`: not empty, and a number is a text, too. `arguments`: perhaps empty. `boolean`: as Ansible
 * writes them. `any`: passed over. Null is always what is not said.
 */
export interface ConnectionKey {
  readonly kind: 'text' | 'port' | 'boolean' | 'seconds' | 'count' | 'arguments' | 'file' | 'secret' | 'any'
  /** The only values. */
  readonly values?: readonly string[]
  readonly what: string
}

const key = (kind: ConnectionKey['kind'], what: string, values?: readonly string[]): ConnectionKey => ({
  kind,
  what,
  ...(values === undefined ? {} : { values }),
})
const noNeed = (why: string): ConnectionKey => key('any', `passed over: ${why}`)
const ONE_SHELL = 'one shell on one connection does it all'
const NO_COPY = 'files travel over the one shell'
const NO_PYTHON = 'no Python is needed on a host'

/** Counts where an inventory gives it to a group; elsewhere it is passed over. */
export const GROUP_PRIORITY = 'ansible_group_priority'
/** From and to, for numbers and texts of digits. */
export const RANGES = { port: [1, 65_535], seconds: [1, 3600], count: [0, 100] } as const
/** Ansible's booleans in lower case, besides true and false themselves. */
export const YES: readonly string[] = ['yes', 'true', '1', 'on']
export const NO: readonly string[] = ['no', 'false', '0', 'off']
/** What a name or an address looks like, and no option of a program does. */
export const ADDRESS = /^(?!-)[^\s/@]+$/

/** What each connection setting is called; the last one that is said counts, as in Ansible's plugins. */
export const NAMES = {
  connection: ['ansible_connection'],
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  privateKeyFile: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  privateKeyPassphrase: ['ansible_private_key_passphrase', 'ansible_ssh_private_key_passphrase'],
  sshArgs: ['ansible_ssh_args'],
  sshCommonArgs: ['ansible_ssh_common_args'],
  sshExtraArgs: ['ansible_ssh_extra_args'],
  sshExecutable: ['ansible_ssh_executable'],
  pkcs11Provider: ['ansible_ssh_pkcs11_provider'],
  connectSeconds: ['ansible_timeout', 'ansible_ssh_timeout'],
  retries: ['ansible_ssh_retries'],
  hostKeyChecking: ['ansible_host_key_checking', 'ansible_ssh_host_key_checking'],
  become: ['ansible_become'],
  becomeMethod: ['ansible_become_method'],
  becomeUser: ['ansible_become_user'],
  becomePassword: ['ansible_become_password', 'ansible_become_pass'],
  becomeExecutable: ['ansible_become_exe'],
  becomeFlags: ['ansible_become_flags'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type Setting = keyof typeof NAMES

/** As the method's own plugin calls them, which win over the general names. */
export const ofMethod = (
  method: string,
): Readonly<Record<'becomeUser' | 'becomePassword' | 'becomeExecutable' | 'becomeFlags', string>> => ({
  becomeUser: `ansible_${method}_user`,
  becomePassword: `ansible_${method}_pass`,
  becomeExecutable: `ansible_${method}_exe`,
  becomeFlags: `ansible_${method}_flags`,
})

const SETTINGS: Readonly<Record<Setting, ConnectionKey>> = {
  connection: key('text', 'how the host is reached', ['auto', 'ssh', 'openssh', 'local', 'smart', 'paramiko']),
  address: key('text', 'name, address, or alias of ssh_config; left out: the name in the inventory'),
  port: key('port', "sshd's port"),
  user: key('text', 'login user'),
  password: key('secret', 'to log in with, where keys do not'),
  privateKeyFile: key('file', 'private key to log in with'),
  privateKeyPassphrase: key('secret', 'of that key'),
  sshArgs: key('arguments', 'options for ssh that win over the rest of the inventory'),
  sshCommonArgs: key('arguments', 'options for ssh'),
  sshExtraArgs: key('arguments', 'more options for ssh'),
  sshExecutable: key('text', "the system's ssh"),
  pkcs11Provider: key('file', 'library of a token whose keys to log in with'),
  connectSeconds: key('seconds', 'for a connection to stand'),
  retries: key('count', 'how often a connection that failed for a transient reason is tried again'),
  hostKeyChecking: key('boolean', 'host keys are always verified: only true'),
  become: key('boolean', 'do the work as another user'),
  becomeMethod: key('text', 'how to become that user', ['sudo', 'su', 'doas']),
  becomeUser: key('text', 'that user; left out: root'),
  becomePassword: key('secret', 'for sudo, su or doas'),
  becomeExecutable: key('text', 'the program'),
  becomeFlags: key('arguments', 'more words for it'),
}

const PASSED_OVER: Readonly<Record<string, ConnectionKey>> = {
  ...Object.fromEntries(
    [
      'ansible_pipelining',
      'ansible_ssh_pipelining',
      'ansible_control_path',
      'ansible_control_path_dir',
      'ansible_ssh_use_tty',
    ].map((name) => [name, noNeed(ONE_SHELL)]),
  ),
  ...Object.fromEntries(
    [
      'ansible_sftp_executable',
      'ansible_scp_executable',
      'ansible_sftp_extra_args',
      'ansible_scp_extra_args',
      'ansible_sftp_batch_mode',
      'ansible_ssh_transfer_method',
      'ansible_scp_if_ssh',
      'ansible_remote_tmp',
    ].map((name) => [name, noNeed(NO_COPY)]),
  ),
  ansible_python_interpreter: noNeed(NO_PYTHON),
  [GROUP_PRIORITY]: key('count', 'of equally deep groups the one with the higher priority wins'),
  ansible_shell_type: key('text', 'a POSIX shell is what there is', ['sh']),
}

/** Every key, by name. */
export const CONNECTION_KEYS: Readonly<Record<string, ConnectionKey>> = {
  ...Object.fromEntries(
    Object.entries(NAMES).flatMap(([setting, names]) => names.map((name) => [name, SETTINGS[setting as Setting]])),
  ),
  ...Object.fromEntries(
    ['sudo', 'su', 'doas'].flatMap((method) =>
      Object.entries(ofMethod(method)).map(([setting, name]) => [name, SETTINGS[setting as Setting]]),
    ),
  ),
  ...PASSED_OVER,
}
