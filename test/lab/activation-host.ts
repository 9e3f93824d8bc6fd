// A lab host whose OpenDKIM is handled by the task `opendkim` alone: its playbook, its runs, and what its mail is
// signed with.
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { RunDocument } from '../../src/report/run/json.ts'
import { project, ROOT, type Project } from '../unit/cli/mailrun.ts'
import { inHost } from './in-host.ts'
import type { StreamFigures } from './mail-stream.ts'

export const DOMAINS = ['fleet.test', 'example.test']
export const SOCKET = 'local:/var/spool/postfix/opendkim/opendkim.sock'

/** The task alone: nothing corrects keys or modes before it. */
const PLAYBOOK = `
import { playbook, v } from 'mailrun'
import { directory, opendkim } from 'mailrun/tasks'
export default playbook({
  name: 'activation', hosts: 'mail',
  vars: v.object({
    socket: v.optional(v.string(), '${SOCKET}'),
    active: v.optional(v.record(v.string(), v.string()), {}),
    extra: v.optional(v.string(), ''),
    mode: v.optional(v.string(), 'sv'),
    restart: v.optional(v.picklist(['covered', 'plain']), 'covered'),
    trusted: v.optional(v.array(v.string()), []),
    hardening: v.optional(v.boolean(), true),
    domains: v.array(v.string()),
  }),
  tasks: ({ vars }) => [
    opendkim({
      domains: vars.domains,
      selector: 'mx1',
      dns: false,
      active: vars.active,
      trustedHosts: vars.trusted,
      socket: vars.socket,
      src: 'conf.ejs',
      vars: { socket: vars.socket, extra: vars.extra, mode: vars.mode },
      restart: vars.restart,
      hardening: vars.hardening,
    }),
  ],
})
`
const TEMPLATE = `Syslog yes
SyslogSuccess yes
Mode <%= mode %>
Canonicalization relaxed/simple
SignatureAlgorithm rsa-sha256
OversignHeaders From
KeyTable file:/etc/dkimkeys/KeyTable
SigningTable refile:/etc/dkimkeys/SigningTable
InternalHosts /etc/dkimkeys/TrustedHosts
ExternalIgnoreList /etc/dkimkeys/TrustedHosts
Socket <%= socket %>
PidFile /run/opendkim/opendkim.pid
UserID opendkim
UMask 007
<%= extra %>
`

export interface Ran {
  readonly code: number | null
  readonly host: RunDocument['hosts'][number]
  readonly error: string
  readonly changes: readonly string[]
}
let here: Project
export const run = async (vars: object = {}, ...words: readonly string[]): Promise<Ran> => {
  const { code, stdout, stderr } = await here.mailrun(
    'activation.mjs',
    '-i',
    (await import('../../lab/index.ts')).inventoryPath,
    '--format',
    'json',
    '-e',
    JSON.stringify(vars),
    ...words,
  )
  assert.ok(stdout !== '', stderr)
  const host = (JSON.parse(stdout) as RunDocument).hosts[0]!
  return {
    code,
    host,
    error: host.error ?? '',
    changes: host.tasks.flatMap(({ changes }) => changes),
  }
}
export const inMx1 = (script: string): Promise<string> => inHost('mx1', script)
export const invocation = (): Promise<string> => inMx1('systemctl show -p InvocationID -p ActiveState --value opendkim')
export const FILES = 'cd /etc && sha256sum opendkim.conf dkimkeys/KeyTable dkimkeys/SigningTable dkimkeys/TrustedHosts'
export const DROP_IN = '/etc/systemd/system/opendkim.service.d/00-mailrun.conf'
export const LEFT = `ls -A /var/lib/mailrun/opendkim
find /etc /run/mailrun-opendkim* /var/spool/postfix/mailrun-cover -name "*mailrun*" ! -path ${DROP_IN} 2>/dev/null
systemctl list-units --no-legend "mailrun-*"`
/** One message for each domain, until all have arrived. */
const SEND = `: > /var/mail/sink
chown sink:mail /var/mail/sink
for d in ${DOMAINS.join(' ')}; do
  printf 'From: a@%s\\nSubject: to %s\\n\\nhello\\n' $d $d | /usr/sbin/sendmail -f a@$d sink
done
for i in $(seq 40); do
  [ "$(grep -c '^Subject: to' /var/mail/sink)" = ${DOMAINS.length} ] && exit 0
  sleep 0.25
done
mailq
exit 1`
const selectorOf = (mail: string): string =>
  /^DKIM-Signature:(?:.*\n\s)*?.*\bs=([\w-]+);/m.exec(mail)?.[1] ?? 'unsigned'
export const signsBy = async (): Promise<Readonly<Record<string, string>>> => {
  await inMx1(SEND)
  const mails = (await inMx1('cat /var/mail/sink')).split(/^From .*\n/m)
  const mailOf = (domain: string): string => mails.find((mail) => mail.includes(`Subject: to ${domain}`)) ?? ''
  return Object.fromEntries(DOMAINS.map((domain) => [domain, selectorOf(mailOf(domain))]))
}
export const FIRST = { 'fleet.test': 'mx1', 'example.test': 'mx1' }
export const SECOND = { 'fleet.test': 'second', 'example.test': 'second' }
export const none = ({ refused, lost, unsigned }: StreamFigures): object => ({ refused, lost, unsigned })
export const NONE = { refused: 0, lost: 0, unsigned: 0 }
export const reported = (what: string, figures: StreamFigures): void =>
  console.log(`  ${what}: ${JSON.stringify(figures)}`)
export const KEY = (path: string): string => `openssl genrsa -out ${path} 2048 2>/dev/null
chown opendkim:opendkim ${path}
chmod 0600 ${path}`

/**
 * A host that playbooks/dkim.ts has set up, and on which the task has nothing to do any more. The lab is the one that
 * the test has named.
 */
export async function activationUp(): Promise<void> {
  const lab = await import('../../lab/index.ts')
  await lab.labUp({ size: 1, tools: false, wire: undefined })
  here = project({ 'activation.mjs': PLAYBOOK, 'conf.ejs': TEMPLATE })
  const ended = await here.mailrun(join(ROOT, 'playbooks/dkim.ts'), '-i', lab.inventoryPath)
  assert.is(ended.code, 0, ended.stdout + ended.stderr)
  const secondKeys = DOMAINS.map((domain) => KEY(`/etc/dkimkeys/${domain}/second.private`))
  await inMx1(['useradd -m sink', ...secondKeys].join('\n'))
  const first = await run()
  assert.is(first.code, 0, first.error)
}

export async function activationDown(): Promise<void> {
  await (await import('../../lab/index.ts')).labDown()
  here.remove()
}
