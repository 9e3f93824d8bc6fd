// Tables that are Lua, which Debian's OpenDKIM runs: what they say of a sender, no other program can know.
// opendkim-lua(3), `lua:` of opendkim(8)
import { FIRST, file, genkey, postconf, restart, steps, submission, type Profile } from '../profile.ts'

const key = { domain: FIRST, selector: 'mail', path: '/etc/opendkim/mail.private' }

export const luaTables: Profile = {
  name: 'lua-tables',
  source: 'opendkim(8), DATA SETS',
  about: 'KeyTable and SigningTable are Lua',
  setup: steps(
    genkey(key),
    'chown opendkim /etc/opendkim/mail.private',
    file('/etc/opendkim/keys.lua', `return "${FIRST}", "mail", "${key.path}"`),
    file('/etc/opendkim/signing.lua', `if query == "${FIRST}" then return "key" end`, 'return nil'),
    String.raw`sed -i '/^Socket/d' /etc/opendkim.conf`,
    `cat >>/etc/opendkim.conf <<'LINES'
Socket inet:8891@localhost
KeyTable lua:/etc/opendkim/keys.lua
SigningTable lua:/etc/opendkim/signing.lua
LINES`,
    postconf('smtpd_milters = inet:localhost:8891', 'non_smtpd_milters = $smtpd_milters'),
    submission(),
    restart,
  ),
  senders: [`a@${FIRST}`],
  ways: ['25', '587', 'sendmail'],
  keys: [key],
  vars: { domains: [FIRST] },
}
