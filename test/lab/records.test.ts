// Records as real programs read them: BIND's named-checkzone and named-compilezone, dnspython, PyYAML, dkimpy. Has a
// lab of its own.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { byRecord, type DnsRecord } from '../../src/mail/records/dns-record.ts'
import { dkimValue } from '../../src/mail/records/dkim/record.ts'
import { mailFleet } from '../../src/mail/fleet/mail-fleet.ts'
import { mailRecords } from '../../src/mail/fleet/mail-records.ts'
import { mailVars } from '../../src/mail/fleet/mail-vars.ts'
import { octodnsYaml } from '../../src/mail/formats/octodns.ts'
import { parseZone } from '../../src/mail/formats/parse-zone.ts'
import { zoneFragment } from '../../src/mail/formats/zone-fragment.ts'
import { inZones, type Zone } from '../../src/mail/formats/zones.ts'
import { domain } from '../../src/mail/fleet/schemas.ts'
import { suite } from '../suite.ts'
import { hostileZone } from '../unit/mail/hostile-zone.ts'
import { inHost } from './in-host.ts'
import { pythonIn } from './python.ts'
import { nameLab } from './own-lab.ts'

nameLab('records')
const lab = await import('../../lab/index.ts')
const test = suite('lab: records')

test.before(() => lab.labUp({ size: 1, tools: true, wire: undefined }))
test.after(() => lab.labDown())

const verify = (script: string): Promise<string> => inHost('verify', script)
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const python = (program: string, given: unknown): Promise<unknown> => pythonIn('verify', program, given)

const rsa = (bits: number): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).publicKey
const spki = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64')

function fleetZones(): readonly Zone[] {
  const vars = v.parse(v.object({ domains: v.array(domain), ...mailVars }), {
    domains: ['example.org', 'Bücher.example'],
    null_domains: ['parked.example'],
    adsp: 'unknown',
    spf: { includes: ['_spf.google.com'] },
    dmarc: { p: 'quarantine', t: true, rua: ['a,b@example.org', 'd@reports.example'], ruf: 'f@example.org', fo: '1:d' },
  })
  const fleet = mailFleet(
    ['mx1', 'mx2'].map((name, index) => ({
      name: `${name}.example.org`,
      vars,
      addresses: [`192.0.2.${index + 1}`, `2001:db8::${index + 1}`],
      keys: vars.domains.flatMap((each) => [
        { domain: each, selector: name, publicKey: spki(rsa(2048)) },
        { domain: each, selector: `${name}-old`, publicKey: '' },
      ]),
    })),
  )
  return inZones(mailRecords(fleet, () => []).records, fleet)
}

/** A whole zone around a fragment; named-checkzone judges, named-compilezone says what it read. */
async function compiled({ zone, records }: Zone, options: string): Promise<readonly DnsRecord[]> {
  const apex = `$TTL 3600
@ IN SOA ns1.${zone}. hostmaster.${zone}. 1 3600 900 604800 300
@ IN NS ns1.${zone}.
ns1.${zone}. IN A 192.0.2.53
$INCLUDE /tmp/fragment
`
  const fragment = base64(zoneFragment({ zone, records })).replace(/.{76}/g, '$&\n')
  const text = await verify(`cd /tmp
printf %s ${base64(apex)} | base64 -d >zone
base64 -d >fragment <<'E'
${fragment}
E
named-checkzone ${options} ${zone} zone >&2 &&
named-compilezone ${options} -q -F text -s full -o - ${zone} zone`)
  return parseZone(text, zone, undefined)
}

const plain = (records: readonly DnsRecord[]): readonly DnsRecord[] =>
  records.map(({ name, type, ttl, value }) => ({ name, type, ttl, value })).sort(byRecord)

test("BIND takes a fleet's zones without a warning, and reads what was meant", async () => {
  for (const zone of fleetZones()) {
    assert.equal(plain(await compiled(zone, '')), plain(zone.records), zone.zone)
    assert.not.match(await verify(`cd /tmp; named-checkzone ${zone.zone} zone`), /warning|error|ignor/i)
  }
})

test('BIND and dnspython read hostile values, byte by byte, as they are', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { zone, records } = hostileZone(seed)
    // Of one name, type and value there is one record, with one TTL.
    const distinct = records
      .filter(
        (one, index) =>
          records.findIndex(
            (other) => other.name === one.name && other.type === one.type && other.value === one.value,
          ) === index,
      )
      .map((one) => ({ ...one, ttl: 3600 }))
    assert.equal(
      plain(await compiled({ zone, records: distinct }, '-i none -k ignore -n ignore -W ignore')),
      plain(distinct),
      `seed ${seed}`,
    )
  }
  const zones = Array.from({ length: 200 }, (_, index) => hostileZone(index + 1)).map((zone) => ({
    ...zone,
    text: zoneFragment(zone),
  }))
  const read = (await python(
    `
import dns.zone, base64
out = []
for z in given:
    text = "@ 3600 IN SOA ns1 hostmaster 1 2 3 4 5\\n@ 3600 IN NS ns1\\n" + z["text"]
    zone = dns.zone.from_text(text, origin=z["zone"] + ".", relativize=False, check_origin=False)
    out.append(sorted(
        [str(name).rstrip("."), base64.b64encode(b"".join(rdata.strings)).decode()]
        for name, node in zone.items()
        for rdataset in node if rdataset.rdtype == 16
        for rdata in rdataset
    ))
print(json.dumps(out))
`,
    zones.map(({ zone, text }) => ({ zone, text })),
  )) as readonly (readonly [string, string])[][]
  zones.forEach(({ records }, index) => {
    const ours = [
      ...new Set(
        records.filter(({ type }) => type === 'TXT').map(({ name, value }) => JSON.stringify([name, base64(value)])),
      ),
    ].sort()
    assert.equal(read[index]!.map((each) => JSON.stringify(each)).sort(), ours, `seed ${index + 1}`)
  })
})

test('PyYAML, which octoDNS reads with, reads the YAML as meant, in order', async () => {
  for (const zone of fleetZones()) {
    const read = (await python(
      'import yaml\nprint(json.dumps(list(yaml.safe_load(given).items())))',
      octodnsYaml(zone, () => []),
    )) as readonly (readonly [string, readonly { readonly type: string; readonly values: readonly unknown[] }[]])[]
    const values = read.flatMap(([key, sets]) =>
      sets.flatMap(({ type, values: each }) =>
        each.map((value) =>
          JSON.stringify([
            key === '' ? zone.zone : `${key}.${zone.zone}`,
            type === 'TXT' ? (value as string).replaceAll('\\;', ';') : '0 .',
          ]),
        ),
      ),
    )
    const wanted = zone.records.map(({ name, value }) => JSON.stringify([name, value]))
    assert.equal(values.sort(), wanted.sort(), zone.zone)
    assert.equal(
      read.flatMap(([, sets]) =>
        sets.flatMap((set) => set.values.filter((value) => typeof value === 'string' && /[^\\];/.test(value))),
      ),
      [],
    )
  }
})

test('dkimpy takes the keys as they are published', async () => {
  const keys = [rsa(1024), rsa(2048), generateKeyPairSync('ed25519').publicKey]
  const read = await python(
    `
import dkim
out = []
for value in given:
    key, size, kind, tlsrpt = dkim.load_pk_from_dns(
        b"mx1._domainkey.example.org.", dnsfunc=lambda name, timeout=5: value.encode()
    )
    out.append(f"{size} {kind.decode()}")
print(json.dumps(out))
`,
    keys.map((key) => dkimValue(spki(key))),
  )
  assert.equal(read, ['1024 rsa', '2048 rsa', '256 ed25519'])
})

test.run()
