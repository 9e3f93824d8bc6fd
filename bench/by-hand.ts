// What an operator would write: the questions of playbooks/dkim.ts as one shell script, by plain ssh to all hosts at once.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Host } from '../src/model/host.ts'

/** The same things asked that the playbook's tasks ask, in as few processes as a careful hand takes. */
const SCRIPT = `
cat /etc/os-release; hostname
dpkg-query -W -f '\${Package} \${Version} \${db:Status-Abbrev}\\n' postfix opendkim opendkim-tools openssl
dpkg --audit
stat -c '%n %U %G %a %F' /etc/dkimkeys /etc/dkimkeys/* /etc/dkimkeys/*/*.private /etc/opendkim.conf /var/spool/postfix/opendkim
sha256sum /etc/opendkim.conf /etc/dkimkeys/KeyTable /etc/dkimkeys/SigningTable /etc/dkimkeys/TrustedHosts
cat /etc/opendkim.conf /etc/dkimkeys/KeyTable /etc/dkimkeys/SigningTable /etc/dkimkeys/TrustedHosts
getent passwd opendkim root; getent group opendkim postfix root
for k in /etc/dkimkeys/*/*.private; do openssl pkey -in "$k" -pubout -outform DER | base64 -w0; echo; done
systemctl show -p LoadState,ActiveState,UnitFileState,ActiveEnterTimestamp opendkim postfix postfix@-
stat -c '%n %Z %Y' /etc/opendkim.conf /etc/dkimkeys/KeyTable /etc/dkimkeys/SigningTable /etc/dkimkeys/TrustedHosts /etc/postfix/main.cf
postconf -n
`

/** Resolves once every host has answered. @throws Error for a host that did not */
export async function askByHand(hosts: readonly Host[], passwordFile: string): Promise<void> {
  await Promise.all(hosts.map((host) => askHost(host, passwordFile)))
}

async function askHost({ name, address }: Host, passwordFile: string): Promise<void> {
  const password = address.user === 'admin' ? readFileSync(passwordFile, 'utf8') : ''
  const shell = address.become === undefined ? 'sh -s' : password === '' ? 'sudo -n sh -s' : "sudo -S -p '' sh -s"
  const options = ['-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-i', address.privateKeyFile ?? '', ...address.sshExtraArgs.words, '-p', String(address.port ?? 22)]
  const child = spawn('ssh', [...options, `${address.user ?? 'root'}@${address.address}`, shell], { stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdin.end(password + SCRIPT)
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0 || !output.includes('smtpd_milters')) throw new Error(`${name}: ssh ended with ${String(code)}\n${output}${errors}`)
}
