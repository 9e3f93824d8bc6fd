// OpenDKIM as a signer: the daemon of Debian's package opendkim, which the task `opendkim` sets up.
import type { Signer } from '../signer.ts'
import { DAEMON, KEY_DIRECTORY, KEY_GROUP } from './keys/key-group.ts'
import { dkimKeysProbe } from './keys/dkim-keys.ts'
import { keyProblem } from './keys/key-problem.ts'
import { opendkimMilter } from './milter.ts'
import { COLLECT_APART } from './setup/collect.ts'
import { signingProbe, type OpendkimSetup } from './setup/signing.ts'

export const opendkim: Signer<OpendkimSetup> = {
  name: 'opendkim',
  isUsual: true,
  title: 'OpenDKIM',
  unit: 'opendkim',
  user: DAEMON,
  keyGroup: KEY_GROUP,
  keyDirectory: KEY_DIRECTORY,
  unfitDirectory: (directory) =>
    /[\s:]/.test(directory) ? "must hold no space and no colon, which OpenDKIM's KeyTable cannot" : undefined,
  signing: signingProbe,
  keys: dkimKeysProbe,
  keyProblem,
  milter: opendkimMilter,
  senders: {
    subs: COLLECT_APART,
    tell: String.raw`my (undef, $setting) = read_opendkim();
also($$_[1]) for rows(defined $$setting{keytable} ? 'signingtable' : 'domain');
`,
  },
  advice: {
    outsider: 'InternalHosts of OpenDKIM is too wide: a plain file with the networks of your own, no refile:',
    unsigned: (role, domain) =>
      role === 'submission'
        ? `is ${domain} in the SigningTable, and does OpenDKIM sign for clients that log in?`
        : `is ${domain} in the SigningTable, and 127.0.0.1 in InternalHosts?`,
    allUnsigned:
      'run playbooks/dkim.ts; if it has nothing to do: are the domains in the SigningTable, and 127.0.0.1 in ' +
      'InternalHosts, and does OpenDKIM sign for clients that log in?',
  },
}
