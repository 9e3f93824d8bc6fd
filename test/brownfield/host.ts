// A lab host that is set up again and again: what it was is kept once, and put back before each profile.
import { inHost } from '../lab/in-host.ts'
import { STAND_INS } from './stand-ins.ts'

const KEPT = '/var/cache/brownfield'

/** These are mounted, or the lab's own. */
const NOT_OURS = ['etc/hostname', 'etc/machine-id', 'etc/resolv.conf']

/** Of Postfix's queue, all but these, which are mail. */
const MAIL = 'active|bounce|corrupt|defer|deferred|flush|hold|incoming|maildrop|saved|trace'

const listing = `find etc var/lib/dpkg/statoverride var/lib/postfix var/lib/mailrun var/lib/opendkim \\
  var/spool/postfix var/mail home \\
  -not -type s -not -type p 2>/dev/null |
  grep -Ev '^var/spool/postfix/(${MAIL})/' |
  grep -vx '${NOT_OURS.join('\\|')}' | sort`

/** Installs OpenDKIM, and keeps what the host is then: once in a host's life, before any profile. */
export const keepHost = (host: string): Promise<string> =>
  inHost(
    host,
    `set -e
[ -e ${KEPT}/host.tar ] && exit
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq -y install opendkim opendkim-tools openssl >/dev/null 2>&1
id sink >/dev/null 2>&1 || useradd -m sink
systemctl stop opendkim postfix
mkdir -p ${KEPT}
cd /
${listing} >${KEPT}/list
tar --no-recursion -cpf ${KEPT}/host.tar -T ${KEPT}/list`,
  )

/** Puts back what was kept: files, users, groups, units, services; no mail is left. */
export const putBack = (host: string): Promise<string> =>
  inHost(
    host,
    `set -e
systemctl stop --no-block opendkim
# It takes seconds to end by itself.
systemctl kill -s KILL opendkim 2>/dev/null || :
systemctl stop 'brownfield-*' opendkim postfix 'postfix@*'
systemctl stop 'mailrun-*' 2>/dev/null || :
rm -rf /run/mailrun /var/lib/mailrun ${STAND_INS} /var/spool/postfix/opendkim /var/spool/postfix/mailrun-cover
postsuper -d ALL >/dev/null 2>&1 || :
cd /
${listing} | comm -13 ${KEPT}/list - | sort -r | while read -r path; do
  if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir "$path"; else rm -f "$path"; fi
done
tar -xpf ${KEPT}/host.tar
systemctl daemon-reload
systemctl reset-failed
systemctl start opendkim postfix`,
  )
