// What to say to flags of ansible-playbook that are said elsewhere here.

const ADVICE: Readonly<Record<string, string>> = {
  '-b': 'say ansible_become: true in the inventory, or -e ansible_become=true',
  '--become': 'say ansible_become: true in the inventory, or -e ansible_become=true',
  '--become-user': 'hosts are worked on as root; a command takes user: …',
  '--become-method': 'sudo is what there is',
  '-k': 'log in with a key: --private-key, an agent, or ~/.ssh/id_*',
  '--ask-pass': 'log in with a key: --private-key, an agent, or ~/.ssh/id_*',
  '-c': 'SSH is what there is',
  '--connection': 'SSH is what there is',
  '--syntax-check': '--list-tasks reads and checks everything that comes before the first connection',
  '--list-tags': '--list-tasks shows the tags',
  '--step': '--check tells what would be done; --limit and --tags narrow it',
  '--start-at-task': 'run it all: what is done already is not done twice',
  '--force-handlers': 'there are no handlers to lose: what is due is done by the next run',
  '--vault-password-file': 'Vault is not supported',
  '--ask-vault-pass': 'Vault is not supported',
  '--key-file': 'that is --private-key here',
  '--remote-user': 'that is --user here',
  '--become-pass-file': 'that is --become-password-file here',
}

/** Advice on the flag that commander did not know, or nothing. @param message - `error: unknown option '--become'` */
export function adviceOn(message: string): string | undefined {
  const flag = /unknown option '(-[^'=]*)/.exec(message)?.[1]
  return flag === undefined || !Object.hasOwn(ADVICE, flag) ? undefined : ADVICE[flag]
}
