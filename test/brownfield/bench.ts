// The lab and the project in which profiles are tried.
import { readFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Lab from '../../lab/index.ts'
import { inHost } from '../lab/in-host.ts'
import { project, ROOT } from '../unit/cli/mailrun.ts'
import { keepHost } from './host.ts'
import { FIRST, SECOND, type KeyInUse, type Profile } from './profile.ts'
import { ROTATION } from './rotation.ts'
import type { Bench } from './trial.ts'

const HOST = 'mx1'

/**
 * @param lab - lab/index.ts, loaded after the lab was named; its mx1 is set up again and again.
 * @param dns - whether the lab has name servers: then they serve the keys in use.
 */
export async function openBench(lab: typeof Lab, dns: boolean): Promise<Bench & { close(): void }> {
  await keepHost(HOST)
  const here = project({ 'over.yaml': 'mail:\n' })
  return {
    host: HOST,
    lab,
    mailrun: (first = '', ...words) =>
      here.mailrun(
        first.endsWith('.ts') ? join(ROOT, first) : first,
        ...words,
        '-i',
        lab.inventoryPath,
        '-i',
        'over.yaml',
      ),
    async prepare(profile) {
      writeFileSync(join(here.folder, 'over.yaml'), inventoryOf(profile))
      if (dns) await publishKeys(lab, profile.keys)
    },
    published: async () => (dns ? publishedNames(lab) : []),
    close: () => here.remove(),
  }
}

/** JSON is YAML. The selectors in use are the host's own, as its owner would say. */
const inventoryOf = ({ vars, keys }: Profile): string =>
  JSON.stringify({
    mail: {
      vars: { dmarc: { p: 'none', rua: `dmarc@${FIRST}` }, dns_ttl: 5, dkim_rotation: ROTATION, ...vars },
      hosts: { [HOST]: { dkim_selectors: [...new Set(keys.map(({ selector }) => selector))] } },
    },
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
