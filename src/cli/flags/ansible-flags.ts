// Flags of ansible-playbook, ansible and ansible-inventory that mailrun does not have, and what to use instead.

const ADVICE: Readonly<Record<string, string>> = {
  '--syntax-check': '--list-tasks reads and checks everything that comes before the first connection',
  '--list-tags': '--list-tasks shows the tags',
  '--step': '--check tells what would be done; --limit and --tags narrow it',
  '--start-at-task': 'run it all: what is done already is not done twice',
  '--force-handlers': 'there are no handlers to lose: what is due is done by the next run',
  '--vault-password-file': 'Vault is not supported: encrypt with age, and give --age-identity or --age-passphrase-file',
  '--vault-pass-file': 'Vault is not supported: encrypt with age, and give --age-identity or --age-passphrase-file',
  '--vault-id': 'Vault is not supported: encrypt with age, and give --age-identity or --age-passphrase-file',
  '--ask-vault-pass': 'Vault is not supported: encrypt with age; a passphrase is asked for where one is needed',
  '-J': 'Vault is not supported: encrypt with age; a passphrase is asked for where one is needed',
  '--ask-vault-password': 'Vault is not supported: encrypt with age; a passphrase is asked for where one is needed',
  '--flush-cache': 'there are no facts that are kept: each run asks the hosts',
  '--module-path':
    'modules are functions that the playbook imports: npm packages, or files of your own (docs/writing-tasks.md)',
  '-M': 'modules are functions that the playbook imports: npm packages, or files of your own (docs/writing-tasks.md)',
  '--sftp-extra-args': 'there is no sftp: contents travel over the one shell; options for ssh go into --ssh-extra-args',
  '--scp-extra-args': 'there is no scp: contents travel over the one shell; options for ssh go into --ssh-extra-args',
  '--inventory-file': 'that is --inventory here',
  '--key-file': 'that is --private-key here',
  '--remote-user': 'that is --user here',
  '--conn-pass-file': 'that is --connection-password-file here',
  '--become-pass-file': 'that is --become-password-file here',
  '--module-name': 'a command is run by "mailrun exec -l HOSTS -- COMMAND", a module by a playbook of one task',
  '-m': 'a command is run by "mailrun exec -l HOSTS -- COMMAND", a module by a playbook of one task',
  '--args': 'the command follows the flags: "mailrun exec -l HOSTS -- COMMAND"',
  '-a': 'the command follows the flags: "mailrun exec -l HOSTS -- COMMAND"',
  '--yaml': '--format json has the same',
  '-y': '--format json has the same',
  '--toml': '--format json has the same',
  '--export': '--list --format json has the resolved vars of each host',
  '--vars': '--list tells the vars of each host',
  '--output': 'redirect standard output: > FILE',
}

/** Advice on the flag that commander did not know, or nothing. @param message - `error: unknown option '--become'` */
export function adviceOn(message: string): string | undefined {
  const flag = /unknown option '(-[^'=]*)/.exec(message)?.[1]
  return flag === undefined || !Object.hasOwn(ADVICE, flag) ? undefined : ADVICE[flag]
}
