// The scripts of the contender by hand: the questions and changes of playbooks/dkim.ts, with as few processes as a
// careful operator needs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsOf } from '../../src/signers/opendkim/files/conf.ts'
import { hardeningFor, hardeningText } from '../../src/signers/opendkim/files/hardening.ts'
import { DROP_IN } from '../../src/signers/opendkim/setup/opendkim.ts'
import { ROOT } from '../root.ts'

/** The last line of a script that came to its end. */
export const DONE = 'all done'

const KEYS = '/etc/dkimkeys'
/** The hosts' own names are in the first. */
const DOMAINS = ['fleet.test', 'example.test']
const SOCKET = 'local:/var/spool/postfix/opendkim/opendkim.sock'
const FILES = `/etc/opendkim.conf ${KEYS}/KeyTable ${KEYS}/SigningTable ${KEYS}/TrustedHosts ${DROP_IN}`

const QUESTIONS = `
cat /etc/os-release; hostname
dpkg-query -W -f '\${Package} \${Version} \${db:Status-Abbrev}\\n' postfix opendkim opendkim-tools openssl
dpkg --audit
stat -c '%n %U %G %a %F' ${KEYS} ${KEYS}/* ${KEYS}/*/*.private ${FILES} /var/spool/postfix/opendkim
sha256sum ${FILES}
cat ${FILES}
getent passwd opendkim root; getent group opendkim opendkim-keys postfix root
dpkg-statoverride --list '${KEYS}*'
grep '^Groups:' /proc/"$(cat /run/opendkim/opendkim.pid)"/status
for k in ${KEYS}/*/*.private; do
  openssl pkey -in "$k" -pubout -outform DER | base64 -w0
  echo
done
systemctl show -p LoadState,ActiveState,UnitFileState,ActiveEnterTimestamp opendkim postfix postfix@-
stat -c '%n %Z %Y' ${FILES} /etc/postfix/main.cf
postconf -n
`

/** Every host answers all of it, or the script does not come to its end. */
export const ASK = `set -e\n${QUESTIONS}echo ${DONE}\n`

/** What the job needs, and no more: whether it is done is seen from this, if nothing else on the host is wrong. */
export const NEED = `set -e
dpkg-query -W -f '\${Package} \${db:Status-Abbrev}\\n' postfix opendkim opendkim-tools
stat -c '%n %U %G %a' ${KEYS} ${KEYS}/* ${KEYS}/*/*.private ${FILES} /var/spool/postfix/opendkim
sha256sum ${FILES}
systemctl show -p ActiveState,UnitFileState opendkim postfix
postconf -h smtpd_milters non_smtpd_milters milter_default_action internal_mail_filter_classes
echo ${DONE}
`

/** And asks once more at the end, as a run does that proves what it left. */
export const CHANGE_FILE = (trusted: string): string => `set -e
${QUESTIONS}
printf '127.0.0.1\\n::1\\nlocalhost\\n${trusted}\\n' >${KEYS}/TrustedHosts.new
chown root:opendkim-keys ${KEYS}/TrustedHosts.new
chmod 640 ${KEYS}/TrustedHosts.new
sync ${KEYS}/TrustedHosts.new
mv ${KEYS}/TrustedHosts.new ${KEYS}/TrustedHosts
systemctl restart opendkim
${QUESTIONS}echo ${DONE}
`

/** The unit's drop-in, for that configuration. */
function dropIn(): string {
  const hardening = hardeningFor(settingsOf(opendkimConf()), [])
  if ('unfit' in hardening) throw new Error(hardening.unfit)
  return hardeningText(hardening)
}

const opendkimConf = (): string =>
  readFileSync(join(ROOT, 'templates/opendkim.conf.ejs'), 'utf8').replace('<%= socket %>', SOCKET)

export const FIRST_RUN = `set -e
exec 2>&1
cd /
echo 'postfix postfix/main_mailer_type select Internet Site' | debconf-set-selections
dpkg --audit
DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \\
  postfix opendkim opendkim-tools openssl </dev/null
groupadd -r opendkim-keys
usermod -aG opendkim-keys opendkim
dpkg-statoverride --add root opendkim-keys 0750 ${KEYS}
install -d -o root -g opendkim-keys -m 750 ${KEYS} ${DOMAINS.map((domain) => `${KEYS}/${domain}`).join(' ')}
host=$(hostname -s)
umask 077
for d in ${DOMAINS.join(' ')}; do
  openssl genrsa -out ${KEYS}/$d/$host.private 2048
  chown root:opendkim-keys ${KEYS}/$d/$host.private
  chmod 640 ${KEYS}/$d/$host.private
done
umask 022
{
  echo '# Written by mailrun.'
  for d in ${DOMAINS.join(' ')}; do
    echo "$host._domainkey.$d $d:$host:${KEYS}/$d/$host.private"
  done
} >${KEYS}/KeyTable
{
  echo '# Written by mailrun.'
  echo "*@$(hostname -f) $host._domainkey.${DOMAINS[0]}"
  for d in ${DOMAINS.join(' ')}; do
    echo "*@$d $host._domainkey.$d"
  done
} >${KEYS}/SigningTable
printf '127.0.0.1\\n::1\\nlocalhost\\n' >${KEYS}/TrustedHosts
chown root:opendkim-keys ${KEYS}/KeyTable ${KEYS}/SigningTable ${KEYS}/TrustedHosts
chmod 640 ${KEYS}/KeyTable ${KEYS}/SigningTable ${KEYS}/TrustedHosts
install -d -o opendkim -g postfix -m 2750 /var/spool/postfix/opendkim
cat >/etc/opendkim.conf <<'CONF'
${opendkimConf()}CONF
mkdir -p ${DROP_IN.slice(0, DROP_IN.lastIndexOf('/'))}
cat >${DROP_IN} <<'UNIT'
${dropIn()}UNIT
opendkim -n
sync ${FILES}
systemctl daemon-reload
systemctl restart opendkim
postconf -e \\
  smtpd_milters=unix:opendkim/opendkim.sock \\
  non_smtpd_milters=unix:opendkim/opendkim.sock \\
  internal_mail_filter_classes=bounce \\
  milter_default_action=tempfail
postfix check
systemctl reload postfix
${QUESTIONS}echo ${DONE}
`
