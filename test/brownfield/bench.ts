// The lab and the project in which profiles are tried.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type * as Lab from '../../lab/index.ts'
import type { AdoptionDocument } from '../../src/report/adoption.ts'
import { inHost } from '../lab/in-host.ts'
import { project, ROOT, type Project } from '../unit/cli/mailrun.ts'
import { keepHost } from './host.ts'
import { FIRST, SECOND, type KeyInUse, type Profile } from './profile.ts'
import { ROTATION } from './rotation.ts'
import type { Bench, Prepared } from './trial.ts'

const HOST = 'mx1'

/**
 * @param lab - lab/index.ts, loaded after the lab was named; its mx1 is set up again and again.
 * @param dns - whether the lab has name servers: then they serve the keys in use.
 */
export async function openBench(lab: typeof Lab, dns: boolean): Promise<Bench & { close(): void }> {
  await keepHost(HOST)
  const here = project({ 'hosts.yaml': reachedOnly(readFileSync(lab.inventoryPath, 'utf8')) })
  const write = (name: string, value: unknown): void => writeFileSync(join(here.folder, name), JSON.stringify(value))
  return {
    host: HOST,
    lab,
    mailrun: (first = '', ...words) =>
      here.mailrun(
        first.endsWith('.ts') ? join(ROOT, first) : first,
        ...words,
        ...['hosts.yaml', ADOPTED, 'over.yaml'].flatMap((name) => ['-i', name]),
      ),
    async prepare(profile, by) {
      if (dns) await publishKeys(lab, profile.keys)
      const adopted = by === 'adopt' ? await adopt(here) : NOT_ASKED
      const isAdopted = adopted.status === 'adopted'
      if (!isAdopted) write(ADOPTED, { mail: null })
      write('over.yaml', {
        mail: { vars: OF_ALL, hosts: { [HOST]: isAdopted ? profile.decided?.vars : byHand(profile) } },
      })
      return adopted
    },
    published: async () => (dns ? publishedNames(lab) : []),
    close: () => here.remove(),
  }
}

/** The file that `mailrun adopt` writes. */
const ADOPTED = 'adopted.yaml'
/** What no host tells. */
const OF_ALL = { dmarc: { p: 'none', rua: `dmarc@${FIRST}` }, dns_ttl: 5, dkim_rotation: ROTATION }
const NOT_ASKED: Prepared = { status: 'by hand', check: null }

/** The lab's inventory, which says how hosts are reached, without what it says of mail: adopt has to find that. */
function reachedOnly(text: string): string {
  const inventory = parse(text) as { mail: { vars: object; hosts: Record<string, object> } }
  const { mail } = inventory
  const without = (vars: object, name: string): object =>
    Object.fromEntries(Object.entries(vars).filter(([each]) => each !== name))
  const hosts = Object.entries(mail.hosts).map(([name, vars]) => [name, without(vars, 'fqdn')] as const)
  return JSON.stringify({
    ...inventory,
    mail: { vars: without(mail.vars, 'domains'), hosts: Object.fromEntries(hosts) },
  })
}

/** Writes the inventory of what the host is now. */
async function adopt(here: Project): Promise<Prepared> {
  rmSync(join(here.folder, ADOPTED), { force: true })
  const { code, stdout, stderr } = await here.mailrun(
    'adopt',
    '-i',
    'hosts.yaml',
    '--write',
    ADOPTED,
    '--format',
    'json',
  )
  const { hosts, inventory } = JSON.parse(stdout || '{}') as Partial<AdoptionDocument>
  const status = hosts?.[0]?.status ?? `nothing: ${stderr}`
  const isWritten = existsSync(join(here.folder, ADOPTED))
  if (isWritten !== (status === 'adopted')) throw new Error(`adopt says ${status}; a file is written: ${isWritten}`)
  if (process.env['MAILRUN_BROWNFIELD_SHOW'] !== undefined) console.log(inventory)
  return { status, check: code }
}

/** As an owner writes it who knows the domains; the selectors in use are the host's own. */
const byHand = ({ vars, keys }: Profile): object => ({
  fqdn: `${HOST}.${FIRST}`,
  dkim_selectors: [...new Set(keys.map(({ selector }) => selector))],
  ...vars,
})

/** As the primary has them. */
async function publishedNames(lab: typeof Lab): Promise<readonly string[]> {
  const { keyFiles, primary } = await lab.dns()
  const published = await inHost(
    'ns1',
    `cat >/run/test.key <<'E'
${await readFile(keyFiles.lab, 'utf8')}E
for z in ${FIRST} ${SECOND}; do
  dig +noall +answer -k /run/test.key @${primary} $z AXFR | sed -n 's/^\\(\\S*_domainkey\\S*\\)\\s.*/\\1/p'
done | sort -u`,
  )
  return published.split('\n').map((name) => name.toLowerCase())
}

/** In the place of all that the zones of the lab's domains say of DKIM. */
async function publishKeys(lab: typeof Lab, keys: readonly KeyInUse[]): Promise<void> {
  const published = await publishedNames(lab)
  for (const zone of [FIRST, SECOND]) {
    const old = published.filter((name) => name.endsWith(`${zone}.`))
    const lines = await Promise.all(keys.filter(({ domain }) => domain === zone).map(recordOf))
    const changes = [...old.map((name) => `update delete ${name}`), ...lines]
    if (changes.length > 0) await lab.dnsUpdate(changes)
  }
}

async function recordOf({ domain, selector, path }: KeyInUse): Promise<string> {
  const key = await inHost(HOST, `openssl rsa -in '${path}' -pubout -outform DER 2>/dev/null | base64 -w 0`)
  const strings = [`v=DKIM1; k=rsa; p=`, ...(key.match(/.{1,250}/g) ?? [])].map((text) => `"${text}"`)
  return `update add ${selector}._domainkey.${domain} 5 TXT ${strings.join(' ')}`
}
