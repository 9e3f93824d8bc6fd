// A lab host that signs by keys of root's: how it is laid as mailrun 0.1.0 left it, what its daemons answer, and what
// the daemon's user can change.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { OPENDKIM_ASK } from '../../src/signers/opendkim/activation/ask.ts'
import type { RunDocument } from '../../src/report/run/json.ts'
import { ROOT, type Project } from '../unit/cli/mailrun.ts'
import { DOMAINS, inMx1, SOCKET } from './activation-host.ts'

export type Ran = RunDocument['hosts'][number]

/** Runs playbooks/dkim.ts, with further words, on a lab of one host. */
export async function dkimOfMx1(here: Project, inventory: string, words: readonly string[]): Promise<Ran> {
  const playbook = join(ROOT, 'playbooks/dkim.ts')
  const { stdout, stderr } = await here.mailrun(playbook, '-i', inventory, '--format', 'json', ...words)
  assert.ok(stdout !== '', stderr)
  return (JSON.parse(stdout) as RunDocument).hosts[0]!
}

export const changesOf = ({ tasks }: Ran): readonly string[] => tasks.flatMap(({ changes }) => changes)

export const OWNERS = `find /etc/dkimkeys /etc/opendkim.conf -not -name 'README*' -printf '%p %u:%g %m\\n' | sort`

/** As a run of this version leaves it. */
export const OURS = [
  '/etc/dkimkeys root:opendkim-keys 750',
  '/etc/dkimkeys/KeyTable root:opendkim-keys 640',
  '/etc/dkimkeys/SigningTable root:opendkim-keys 640',
  '/etc/dkimkeys/TrustedHosts root:opendkim-keys 640',
  ...['example.test', 'fleet.test'].flatMap((domain) => [
    `/etc/dkimkeys/${domain} root:opendkim-keys 750`,
    `/etc/dkimkeys/${domain}/mx1.private root:opendkim-keys 640`,
  ]),
  '/etc/opendkim.conf root:root 644',
].join('\n')

/** Owners, modes, configuration and unit as version 0.1.0 made them; its daemon runs. */
export const AS_0_1_0 = `
dpkg-statoverride --quiet --remove /etc/dkimkeys || :
chown -R opendkim:opendkim /etc/dkimkeys
cd /etc/dkimkeys
chmod 0700 . fleet.test example.test
chmod 0600 */*.private
chown root:root README* KeyTable SigningTable TrustedHosts
chmod 0644 KeyTable SigningTable TrustedHosts
gpasswd -d opendkim opendkim-keys >/dev/null 2>&1
groupdel opendkim-keys
sed -i /^SignHeaders/d /etc/opendkim.conf
rm -rf /etc/systemd/system/opendkim.service.d
systemctl daemon-reload
systemctl restart opendkim
sleep 1
`

/** Prints whatever the daemon's user can change of what it signs by; nothing where all is well. */
export const CHANGEABLE = `
cat > /tmp/changes <<'X'
for p in /etc/opendkim.conf /etc/dkimkeys /etc/dkimkeys/*Table /etc/dkimkeys/TrustedHosts /etc/dkimkeys/*.test \\
  /etc/dkimkeys/*/*.private /etc/systemd/system/opendkim.service.d/*; do
  [ -e "$p" ] || continue
  { touch -- "$p" || chmod 0600 -- "$p" || chmod 0700 -- "$p" || mv -- "$p" "$p.x" || true >> "$p"; } 2>/dev/null &&
    echo "$p"
done
:
X
runuser -u opendkim -- sh /tmp/changes`

/** What an OpenDKIM says of mail of all domains: a selector for each, or why there is none. */
export const reported = (milter: string): Promise<string> =>
  inMx1(`cat > /root/ask.pl <<'mailrun-perl'
${OPENDKIM_ASK}__END__
${DOMAINS.map((domain) => `${domain}/${domain}`).join('\n')}
mailrun-perl
perl /root/ask.pl root '${milter}'`)

export const OWN = SOCKET
export const SIGNED = DOMAINS.map((domain) => `${domain} mx1`).join('\n')
