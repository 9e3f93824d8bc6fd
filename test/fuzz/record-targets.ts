// DNS records of mail and zones:
// what is read is written so that it is read the same again, what is spoilt is refused in words.
import * as assert from 'uvu/assert'
import { parseAdsp } from '../../src/mail/records/adsp.ts'
import { publicKeyOf } from '../../src/mail/records/dkim/key.ts'
import { lintDkim, lintDkimSet } from '../../src/mail/records/dkim/lint.ts'
import { parseDkim, renderDkim } from '../../src/mail/records/dkim/record.ts'
import { lintDmarc, lintDmarcSet } from '../../src/mail/records/dmarc/lint.ts'
import { readDmarc } from '../../src/mail/records/dmarc/parse.ts'
import { renderDmarc } from '../../src/mail/records/dmarc/record.ts'
import type { DnsRecord } from '../../src/mail/records/dns-record.ts'
import { parseNetwork, renderNetwork } from '../../src/mail/records/spf/network.ts'
import { parseZone } from '../../src/mail/formats/parse-zone.ts'
import { parseRecordsJson, recordsJson } from '../../src/mail/formats/records-json.ts'
import { zoneFragment } from '../../src/mail/formats/zone-fragment.ts'
import { lintSpf, lintSpfSet } from '../../src/mail/records/spf/lint.ts'
import { parseSpf } from '../../src/mail/records/spf/parse.ts'
import { renderSpf } from '../../src/mail/records/spf/record.ts'
import { mutated, text } from './mutate.ts'
import type { Random } from './random.ts'
import { known, target, type Target } from './target.ts'

const KNOWN = ['MailrunError', 'RecordSyntaxError'] as const
const DKIM = [
  'v=DKIM1; h=sha256; k=rsa; ' +
    'p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun',
  'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
  'p=',
  'v=DKIM1; t=y:s; s=email:*; n=note; x=1; p=AAAA',
  'k=rsa;p=AA==;',
]
const SPF = [
  'v=spf1 mx a:mail.example.org/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 ' +
    'include:_spf.example.net exists:%{ir}.sbl.example.org -all',
  'v=spf1 redirect=_spf.example.org exp=explain.%{d}',
  'v=spf1',
  'V=SPF1 ?ptr ~all',
  'v=spf1 +a/0 -mx//0 %{d2r-+}',
]
const DMARC = [
  'v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; aspf=r; ' +
    'rua=mailto:a@example.org,mailto:b@example.net!10m; ruf=mailto:c@example.org; fo=1:d; t=y; psd=u; x=1',
  'v=DMARC1',
  'v = DMARC1 ; P = None',
  'v=DMARC1; p=none;',
]
const WORDS = [
  ';',
  '; ',
  ' ',
  '=',
  ':',
  ',',
  '!',
  '/',
  '//',
  '%',
  '%{',
  '}',
  '%{d}',
  '%%',
  'v=DMARC1',
  'v=spf1',
  'v=DKIM1',
  'p=',
  'p=none',
  'mailto:',
  'all',
  '-all',
  'ip4:',
  'ip6:',
  '::',
  '255',
  '33',
  '\t',
  '"',
  '\\',
  'k=x',
  'redirect=',
  't=',
]
const ZONE =
  '$ORIGIN example.org.\n$TTL 1h\n' +
  '@ IN MX 10 mx1\n  300 TXT "v=spf1" " mx" ; why\n' +
  'mx1._domainkey ( IN TXT "v=DKIM1; p=" ; a\n "AAAA" )\n' +
  '_dmarc 5 IN TXT "a\\"b\\\\c\\065\\000"\n'

/** Read, written and read again it is the same, and may be judged. */
const settled = async <T>(
  source: string,
  read: (from: string) => T | undefined,
  write: (given: T) => string,
  judge: (given: T) => unknown,
): Promise<void> => {
  const first = await known(KNOWN, () => read(source))
  if (first === undefined) return
  const written = write(first)
  // In whatever order.
  assert.equal(read(written), first, `written as ${written}`)
  judge(first)
}

const records = (random: Random): readonly DnsRecord[] =>
  random.list(5, () => {
    const name = `${random.pick(['', '_dmarc.', 'mx1._domainkey.', '*.', 'a-b.'])}example.org`
    const ttl = random.below(100_000)
    return random.oneIn(3)
      ? { name, type: 'MX', ttl, value: random.pick(['0 .', '10 mx1.example.org.', '65535 a.']) }
      : {
          name,
          type: 'TXT',
          ttl,
          value: `${text(random, 20)}${'é"\\x'.repeat(random.below(random.oneIn(4) ? 200 : 3))}`.replaceAll(
            '\ud800',
            '',
          ),
        }
  })

export const RECORD_TARGETS: readonly Target[] = [
  target({
    name: 'records of DKIM: spoilt',
    make: (random) => mutated(random, random.pick(DKIM), WORDS),
    async check(source) {
      await settled(source, parseDkim, renderDkim, (record) => [lintDkim(record), publicKeyOf(record)])
      await known(KNOWN, () => [lintDkimSet([source, ...DKIM.slice(0, 1)]), parseAdsp(source)])
    },
  }),
  target({
    name: 'records of SPF: spoilt',
    make: (random) => mutated(random, random.pick(SPF), WORDS),
    async check(source) {
      await settled(source, parseSpf, renderSpf, lintSpf)
      lintSpfSet([source])
    },
  }),
  target({
    name: 'records of DMARC: spoilt',
    make: (random) => mutated(random, random.pick(DMARC), WORDS),
    async check(source) {
      await settled(source, (from) => readDmarc(from)?.record, renderDmarc, lintDmarc)
      lintDmarcSet([source])
    },
  }),
  target({
    name: 'zones: as they were meant',
    make: records,
    check(given) {
      assert.equal(parseZone(zoneFragment({ zone: 'example.org', records: given }), 'f', undefined), given)
    },
  }),
  target({
    name: 'zones and records in JSON: spoilt',
    make: (random) => ({
      zone: mutated(random, random.oneIn(2) ? ZONE : zoneFragment({ zone: 'example.org', records: records(random) }), [
        '"',
        '\\',
        '\\999',
        '\\0',
        '(',
        ')',
        ';',
        '@',
        '$ORIGIN ',
        '$TTL ',
        '$INCLUDE x',
        ' IN ',
        ' CH ',
        ' TXT ',
        ' MX ',
        '.',
        '1h30m',
        '99999999999',
        '\r\n',
        '\t',
      ]),
      json: mutated(
        random,
        recordsJson([
          {
            zone: 'example.org',
            records: [
              {
                name: 'example.org',
                type: 'TXT',
                ttl: 5,
                value: 'x',
                purpose: 'spf',
                domain: 'example.org',
                publishedBy: 'fleet',
                why: ['y'],
              },
            ],
          },
        ]),
        ['{', '}', '[', ']', ',', ':', '"', '\\', 'null', '-1', '1e99', '"__proto__"'],
      ),
    }),
    async check({ zone, json }) {
      const read = await known(KNOWN, () => parseZone(zone, 'f', undefined))
      for (const { ttl } of read ?? []) assert.ok(Number.isInteger(ttl) && ttl < 2 ** 31, String(ttl))
      await known(KNOWN, () => parseRecordsJson(json, 'f'))
    },
  }),
  target({
    name: 'networks: spoilt',
    make: (random) =>
      mutated(
        random,
        random.pick([
          '192.0.2.0/24',
          '2001:db8::/32',
          '::1',
          '::ffff:192.0.2.1',
          '10.0.0.1',
          '1:2:3:4:5:6:7:8/127',
          '::/0',
        ]),
        ['/', ':', '::', '.', '0', '256', 'ffff', '/33', '/0', ' ', '%eth0', '1.2.3.4'],
      ),
    check(source) {
      const read = parseNetwork(source)
      if (read === undefined) return
      const written = renderNetwork(read)
      const again = parseNetwork(written)
      assert.ok(again !== undefined && renderNetwork(again) === written && again.prefix === read.prefix, written)
    },
  }),
]
