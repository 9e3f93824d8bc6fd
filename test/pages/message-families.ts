// The messages of mailrun by families, for docs/messages.md. Each file of src and tasks that makes an error belongs to
// one; test/unit/docs/messages.test.ts sees to that, and that the words are those of the sources.

export interface Family {
  /** What stands in the message; `…` for what differs. */
  readonly says: readonly string[]
  readonly cause: string
  readonly remedy: string
  /** Files and folders that make such messages. */
  readonly from: readonly string[]
}

export interface FamilyGroup {
  readonly title: string
  readonly about: string
  readonly families: readonly Family[]
}

export const FAMILIES: readonly FamilyGroup[] = [
  {
    title: 'Before any host is touched',
    about: 'Exit status 1. The message begins with the file and line, the flag, or the host that is meant.',
    families: [
      {
        says: ['no playbook was given', 'there is no such playbook', 'there is no playbook …, and no such command'],
        cause: 'The name or path of the playbook is missing or mistyped.',
        remedy: 'take the one that the message proposes; `mailrun --help` lists the commands',
        from: ['src/cli/flags/given.ts', 'src/playbook/load-playbook.ts'],
      },
      {
        says: ['this playbook is given twice', 'is one of those of'],
        cause: 'Of several playbooks one is named twice, or none has a host that `--limit` names.',
        remedy: 'name each playbook once, and hosts of at least one ([playbooks.md](playbooks.md#several-playbooks))',
        from: ['src/commands/run/prepare-run.ts'],
      },
      {
        says: [
          'the file has no default export',
          'the default export is no playbook',
          'a playbook is a file of TypeScript',
        ],
        cause: 'The file is not a playbook of mailrun; an inventory goes behind `-i`.',
        remedy: 'write `export default playbook({ … })` ([playbooks.md](playbooks.md))',
        from: ['src/playbook/load-playbook.ts', 'src/playbook/import-file.ts', 'src/playbook/user-error.ts'],
      },
      {
        says: [
          'no inventory was given',
          'there is no such file',
          'there is no inventory in this folder',
          'the inventory has no hosts',
        ],
        cause: 'mailrun does not know which hosts there are.',
        remedy: '`-i FILE`, `MAILRUN_INVENTORY`, or a [default of the project](cli.md#defaults-of-a-project)',
        from: ['src/cli/flags/given.ts', 'src/inventory', 'src/commands/fleet', 'src/core/fleet'],
      },
      {
        says: ['this is not YAML', 'must be a mapping, got', 'is here twice: first at', 'is no section: [group]'],
        cause: 'The inventory, or a file of vars, cannot be read.',
        remedy: 'correct the line that the message names ([inventory.md](inventory.md))',
        from: ['src/inventory'],
      },
      {
        says: ['templates ({{ … }}) are not evaluated in an inventory'],
        cause: 'Ansible would fill in the template; mailrun does not.',
        remedy: 'write the value itself, or compute it in an inventory of TypeScript ([ansible.md](ansible.md))',
        from: ['src/inventory/template-refused.ts'],
      },
      {
        says: ['no host and no group is called', 'selects no host; there are', 'none of the hosts'],
        cause: 'The pattern behind `--limit`, or `hosts` of the playbook, matches nothing.',
        remedy: '`mailrun inventory -i … --graph` shows hosts and groups',
        from: ['src/inventory/select-hosts.ts', 'src/inventory/host-pattern.ts', 'src/playbook/prepare.ts'],
      },
      {
        says: ['the playbook has no var'],
        cause: 'The name of a var is mistyped: it is similar to one that the playbook declares.',
        remedy: 'take the name that the message proposes, or remove the var',
        from: ['src/playbook/typed-vars.ts'],
      },
      {
        says: ['var …: '],
        cause: 'A var is missing, or has a value that the playbook does not take; the message says what is wanted.',
        remedy: 'correct it at `file:line`; `mailrun schema` gives editors a schema of all vars',
        from: ['src/playbook', 'src/dns/dns-vars.ts', 'src/mail/fleet'],
      },
      {
        says: ['k=v, a mapping, or @FILE is wanted'],
        cause: 'What stands behind `-e` is not a var.',
        remedy: '`-e name=value`, `-e \'{"name": [1, 2]}\'` or `-e @vars.yaml`',
        from: ['src/playbook/extra-vars.ts'],
      },
      {
        says: [
          'there is no argument',
          'decides what … decides already: leave one out',
          'is below …, and … decides all that is there',
        ],
        cause:
          'A task was given arguments that it does not take, or two tasks set the same thing: `copy` with `purge`, ' +
          'and `unarchive`, decide all that is below their directory.',
        remedy: 'correct the playbook at `file:line`; [tasks.md](tasks.md) has all arguments',
        from: ['src/core/task', 'src/playbook/conflicts.ts'],
      },
      {
        says: ['there is no file …: looked for', 'no task has the tag'],
        cause: 'A file or template of a task is not there; a tag is mistyped.',
        remedy: 'put the file where the message looked, or take the tag that it proposes',
        from: ['src/playbook/sources.ts', 'src/playbook/render.ts', 'src/playbook/tagged.ts'],
      },
      {
        says: [
          'this is encrypted with age, and no identity is given',
          'no identity in … opens this',
          'this is encrypted with a passphrase',
        ],
        cause: 'A value of the inventory is encrypted, and nothing here opens it.',
        remedy: '`--age-identity FILE`, `MAILRUN_AGE_IDENTITY`, `--age-passphrase-file` ([secrets.md](secrets.md))',
        from: ['src/secrets'],
      },
      {
        says: ["Ansible's Vault is not supported"],
        cause: 'mailrun reads age and sops, not the Vault.',
        remedy: 'decrypt it with `ansible-vault`, encrypt it with `mailrun encrypt` ([secrets.md](secrets.md))',
        from: ['src/secrets/vault.ts'],
      },
      {
        says: ['is not supported: ', 'must be … or …, got'],
        cause: 'A var of a connection (`ansible_…`) is none that mailrun knows, or has another value.',
        remedy: '[connections.md](connections.md) has all of them',
        from: ['src/inventory/address.ts', 'src/inventory/connection-keys.ts', 'src/inventory/open-source.ts'],
      },
      {
        says: ['ssh -G …', 'is no option of ssh', 'is not set (in', 'the way to … leads in a circle'],
        cause: 'ssh refuses its configuration, or a keyword or option there cannot be used.',
        remedy: 'correct the line that is named; `--ssh-config none` goes without the file',
        from: ['src/ssh/config', 'src/ssh/config/ask', 'src/ssh'],
      },
      {
        says: ['asking for it needs a terminal, and there is none', 'nobody is there to be asked'],
        cause: 'A password or a confirmation is wanted, and there is no terminal: a timer, a CI job.',
        remedy: 'name a file (`--become-password-file`, `--age-passphrase-file`), or agree beforehand (`--yes`)',
        from: ['src/cli/terminal', 'src/cli/flags', 'src/cli/commands'],
      },
      {
        says: ['this command has no such format', 'has no flag', 'goes with --deliver', 'one of --list, --graph'],
        cause: 'A flag is mistyped, belongs to another command, or needs another flag.',
        remedy: '`mailrun COMMAND --help`',
        from: [
          'src/report',
          'src/cli/commands',
          'src/commands/exec',
          'src/commands/encrypt-value.ts',
          'src/commands/init',
        ],
      },
      {
        says: ['there is no such program: name a file', 'it cannot be executed: chmod +x'],
        cause: 'The program behind `--on-event` cannot be started.',
        remedy: 'a path with a slash, or a name in PATH, without words ([schedule.md](schedule.md))',
        from: ['src/cli/terminal/event-program.ts'],
      },
      {
        says: [
          'secret, and everybody on this machine can read a unit',
          'is there, and of another project',
          'cannot stand in a unit of systemd',
        ],
        cause: 'The units of a schedule cannot be written.',
        remedy: 'do as the message says ([schedule.md](schedule.md))',
        from: ['src/commands/schedule'],
      },
      {
        says: ['has domains: set the var domains', 'is no domain of these hosts', 'is no host that signs mail here'],
        cause: 'A command about mail finds no host, or no domain, of that name.',
        remedy: 'set `domains` in the inventory ([mail/records.md](mail/records.md)), or correct the flag',
        from: ['src/commands/mail-fleet', 'src/commands/rotate', 'src/commands/verify', 'src/commands/dns'],
      },
      {
        says: [
          'there is no finding',
          'an accepted finding needs',
          'the file is there already, and may have reasons in it',
        ],
        cause: 'The baseline of an audit cannot be read, or would be overwritten.',
        remedy: 'correct the entry ([mail/audit.md](mail/audit.md#accepting-findings)), or name another file',
        from: ['src/audit', 'src/commands/audit'],
      },
      {
        says: ['no host was named', 'is no host; an inventory goes behind -i'],
        cause: '`mailrun adopt` does not know which hosts to read.',
        remedy: '`mailrun adopt root@mx1.example.org` ([mail/adopt.md](mail/adopt.md))',
        from: ['src/commands/adopt'],
      },
    ],
  },
  {
    title: 'A host is unreachable',
    about: 'Exit status 4. Nothing was changed there, unless the message says so; the other hosts went on.',
    families: [
      {
        says: ['the host key of … is not known'],
        cause: 'The host is new to this machine.',
        remedy: 'compare the key, then add it as the message says; or `--accept-new`',
        from: ['src/ssh/host-keys'],
      },
      {
        says: [
          'the host key of … has CHANGED',
          'the host key of … is REVOKED',
          'differs from the one that is known for its address',
        ],
        cause: 'Somebody is between you and the host, or the host was installed again.',
        remedy: 'ask whoever runs the host, compare the keys there, and only then replace the line of known_hosts',
        from: ['src/ssh/host-keys'],
      },
      {
        says: ['it refused more keys than it allows', 'the private key … cannot be used', 'the agent failed'],
        cause: 'sshd accepts none of the keys that were offered, or a key cannot be read.',
        remedy: '`--private-key FILE` and `--user NAME`, or the vars ([connections.md](connections.md#logging-in))',
        from: ['src/ssh/client', 'src/ssh/login-keys'],
      },
      {
        says: ['sshd refuses connections from here for now', 'sshd has too many logins running'],
        cause: 'Failed logins from this address, or too many logins at once (PerSourcePenalties, MaxStartups).',
        remedy: 'correct the logins that fail; fewer `--forks` ([faults.md](faults.md#the-network-and-the-hosts-sshd))',
        from: ['src/ssh'],
      },
      {
        says: [
          'it asks for the password',
          'sudoers does not allow the login user to run a shell',
          'the password was refused on',
        ],
        cause: 'The login user cannot become root.',
        remedy: '`--ask-become-pass`, `--become-password-file`, or a sudoers rule ([connections.md](connections.md))',
        from: ['src/ssh/become', 'src/ssh/openssh'],
      },
      {
        says: ['no shell: ', 'no shell on this machine'],
        cause: 'The login shell does not start, or is none.',
        remedy: 'log in with ssh, and see what comes; `getent passwd USER` on the host',
        from: ['src/ssh/shell', 'src/ssh/client', 'src/ssh/local.ts', 'src/engine/trip'],
      },
    ],
  },
  {
    title: 'A host failed',
    about: 'Exit status 3. Correct the cause, and run again: what is done already stays, the rest is done then.',
    families: [
      {
        says: ['exit status …'],
        cause: 'A command on the host failed; below stands what it said.',
        remedy: 'a line that begins with `→` says what to do; else the words of the program',
        from: ['src/engine/failure.ts'],
      },
      {
        says: ['not done within … s, and ended'],
        cause: 'A change took longer than its limit.',
        remedy: '`timeoutSeconds` of the task; or see what it waits for',
        from: ['src/engine/failure.ts'],
      },
      {
        says: ['did not converge'],
        cause:
          'The change was made, and the host is not as it is to be: two things set the same, or a program undoes it.',
        remedy: 'look on the host what changes it; for a task of your own, see [writing-tasks.md](writing-tasks.md)',
        from: ['src/engine/host-run.ts'],
      },
      {
        says: ['what the host says of its work cannot be read'],
        cause: 'The login shell prints something in between, or is none that mailrun can use.',
        remedy: 'log in with ssh, and see what its shell is',
        from: ['src/engine/trip', 'src/engine'],
      },
      {
        says: [
          'its directory … is not there: make it with directory first',
          'there is no … on the host: make it with user or group',
        ],
        cause: 'A task needs what no task before it makes.',
        remedy: 'put that task before it; for what a package brings: `provides` of `apt`',
        from: ['src/resources/files', 'src/resources/systemd', 'tasks'],
      },
      {
        says: ['is a symbolic link: name the file that it leads to', 'is a directory'],
        cause: 'Something else is there than the task wants; mailrun does not replace it.',
        remedy: 'remove it by hand, or name the other path',
        from: ['src/resources/files', 'tasks'],
      },
      {
        says: ['name a path whose directories only root can write'],
        cause: 'Another account can change where the path of a mount or of a swap file leads: now, or until a boot.',
        remedy: 'name another path, or make the directory that the message names root’s, with mode 0755',
        from: ['src/resources/mounts'],
      },
      {
        says: ['a bug in mailrun', 'has a bug, its plan threw'],
        cause: 'mailrun, or a task module of your own, is wrong.',
        remedy: 'correct the module; report a bug in mailrun with these words',
        from: ['src/engine'],
      },
    ],
  },
  {
    title: 'Something is held back',
    about: 'Exit status 6. Nothing is wrong; something else has to happen first.',
    families: [
      {
        says: ["is not signed before every name server serves the key's record"],
        cause: 'The key is new, and verifiers cannot find it yet.',
        remedy: '`mailrun dns push`, or type what `mailrun dns plan --format web-form` prints; then run again',
        from: ['src/signers/opendkim/activation/signing-gate.ts'],
      },
    ],
  },
  {
    title: 'DNS',
    about: 'Exit status 3 or 4. Other names, zones and servers went on.',
    families: [
      {
        says: ['the name server … has no address that this machine can find', 'no name server can be asked for'],
        cause: 'This machine cannot ask the name servers: no resolver, a private zone.',
        remedy: '`dns: { resolvers: […] }` or `servers` ([mail/dns.md](mail/dns.md))',
        from: ['src/dns/lookup', 'src/verify'],
      },
      {
        says: ['SPF records, and verifiers then use none', 'is published, and cannot be read'],
        cause: 'What is published is wrong in itself, so mailrun leaves it alone.',
        remedy: 'correct the record by hand, then plan again',
        from: ['src/mail/fleet/wanted', 'src/mail/records', 'src/mail/records/spf', 'src/mail/records/dkim'],
      },
      {
        says: ['is no name for a record in DNS', 'is no data of a record', 'a record without a TTL'],
        cause: 'A record, in the inventory or in a file, cannot be written or read.',
        remedy: 'correct the name or value that is shown',
        from: ['src/mail/formats'],
      },
      {
        says: ['the program nsupdate is needed on this machine', 'cannot be read as one: '],
        cause: 'A push needs nsupdate, and a key that it can read.',
        remedy: '`apt install bind9-dnsutils`; `dns.key_file` or `dns.key` ([mail/dns.md](mail/dns.md))',
        from: ['src/dns/backends/nsupdate', 'src/dns/push'],
      },
    ],
  },
]
