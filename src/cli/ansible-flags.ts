// What to say to flags of ansible-playbook that are said elsewhere here.

const ADVICE: Readonly<Record<string, string>> = {
  '--syntax-check': '--list-tasks reads and checks everything that comes before the first connection',
  '--list-tags': '--list-tasks shows the tags',
  '--step': '--check tells what would be done; --limit and --tags narrow it',
  '--start-at-task': 'run it all: what is done already is not done twice',
  '--force-handlers': 'there are no handlers to lose: what is due is done by the next run',
  '--vault-password-file': 'Vault is not supported: encrypt with age, and give --age-identity or --age-passphrase-file',
  '--vault-id': 'Vault is not supported: encrypt with age, and give --age-identity or --age-passphrase-file',
  '--ask-vault-pass': 'Vault is not supported: encrypt with age; a passphrase is asked for where one is needed',
  '--key-file': 'that is --private-key here',
  '--remote-user': 'that is --user here',
  '--conn-pass-file': 'that is --connection-password-file here',
  '--become-pass-file': 'that is --become-password-file here',
}

/** Advice on the flag that commander did not know, or nothing. @param message - `error: unknown option '--become'` */
export function adviceOn(message: string): string | undefined {
  const flag = /unknown option '(-[^'=]*)/.exec(message)?.[1]
  return flag === undefined || !Object.hasOwn(ADVICE, flag) ? undefined : ADVICE[flag]
}
