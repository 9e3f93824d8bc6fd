// Task: a domain's DKIM key, generated on the host once.
import { checkPath } from '../src/changes/check-path.ts'
import { foreignSelector } from '../src/changes/foreign-selector.ts'
import { keyObstacle } from '../src/changes/key-obstacle.ts'
import { spentSelector } from '../src/changes/spent-selector.ts'
import { isSelector, mailDomain } from '../src/mail/names.ts'
import type { OwnSelectors } from '../src/mail/own-selectors.ts'
import { flag, number, record, required, text } from '../src/model/argument.ts'
import { defineTask } from '../src/model/define-task.ts'
import { fact } from '../src/model/fact.ts'
import { blocked, change, remarked } from '../src/model/plan.ts'
import { UNKNOWN } from '../src/model/unknown.ts'
import { keyPath, signingProbe, type Signing } from '../src/probes/signing.ts'
import type { Script } from '../src/shell/script.ts'
import { sh } from '../src/shell/sh.ts'

export interface DkimKeyArgs {
  /** In A-labels, lower case. */
  readonly domain: string
  /**
   * Of the host's first key: where OpenDKIM's tables name another one that has a key, that one stays in use and no key
   * is made.
   */
  readonly selector: string
  /** The key is `DIRECTORY/DOMAIN/SELECTOR.private`; left out: /etc/dkimkeys. */
  readonly directory?: string
  /** It is made whatever key the tables name, to take that one's place later. Its selector must be new. */
  readonly coming?: boolean
  /** Of a key that is made, 1024 to 4096; left out: 2048 (RFC 8301). A key that is there is never made anew. */
  readonly bits?: number
  /** The selectors that the host speaks for: one in use that is none of them is told. Left out: none is. */
  readonly own?: OwnSelectors | undefined
}

/**
 * opendkim-genkey, idempotent: never overwritten, 0600 and opendkim's from its first moment, and never off the host.
 */
export const dkimKey = defineTask<DkimKeyArgs, readonly Signing[]>({
  type: 'dkimKey',
  name: ({ domain, selector }) => `${selector}._domainkey.${domain}`,
  arguments: {
    domain: required(text),
    selector: required(text),
    directory: text,
    coming: flag,
    bits: number,
    own: record,
  },
  check: ({ domain, selector, directory, bits }) =>
    (mailDomain(domain) === domain
      ? undefined
      : `domain must be a domain name in lower case (A-labels), got ${JSON.stringify(domain)}`) ??
    (isSelector(selector) ? undefined : `selector must be a DNS label, got ${JSON.stringify(selector)}`) ??
    (directory === undefined ? undefined : checkPath('directory', directory)) ??
    (/[\s:]/.test(directory ?? '')
      ? `directory must hold no space and no colon, which OpenDKIM's KeyTable cannot, got ${JSON.stringify(directory)}`
      : undefined) ??
    (bits === undefined || isKeySize(bits) ? undefined : `bits must be 1024 to 4096, got ${bits}`),
  probe: ({ domain, selector, directory, coming }) =>
    signingProbe({
      domains: [domain],
      selector,
      directory: directory ?? '/etc/dkimkeys',
      ...(coming === true ? { which: 'just' } : {}),
    }),
  plan({ bits = 2048, selector, own }, now) {
    const signing = now[0]!
    const { path, key } = signing
    const obstacle = keyObstacle(signing)
    if (obstacle !== undefined) return blocked(obstacle)
    const spent = spentSelector(signing)
    if (spent !== undefined) return blocked(spent)
    const wanted = { owner: 'opendkim', group: 'opendkim', mode: '0600' }
    const changes =
      key.kind !== 'key'
        ? [{ summary: `generate, ${bits} bits`, apply: generate(path, bits) }]
        : [
            ...(key.owner === wanted.owner && key.group === wanted.group
              ? []
              : [
                  {
                    summary: `owner ${key.owner}:${key.group} → opendkim:opendkim`,
                    apply: sh`chown -h -- opendkim:opendkim ${path}`,
                  },
                ]),
            ...(key.mode === wanted.mode
              ? []
              : [{ summary: `mode ${key.mode} → 0600`, apply: sh`chmod 0600 -- ${path}` }]),
          ]
    const publicKey = key.kind === 'key' ? key.publicKey : UNKNOWN
    const remarks = own === undefined ? {} : foreignSelector(own, signing)
    if (changes.length === 0 && signing.selector !== selector) {
      const why = `${selector} would be the selector of a first key`
      return { kind: 'ok', ...remarks, note: `${signing.selector} stays in use, for the host's tables name it: ${why}` }
    }
    const then: readonly Signing[] = [{ ...signing, key: { kind: 'key', ...wanted, publicKey } }]
    const facts = [fact('path', path, { kind: 'file', ...wanted, sha256: UNKNOWN, mtime: UNKNOWN })]
    return remarked(change(changes, then, facts, [`path:${path}`]), remarks)
  },
  writes: ({ domain, selector, directory }) => [`path:${keyPath(directory ?? '/etc/dkimkeys', domain, selector)}`],
  owns: ({ domain, selector, directory }) => [`content:${keyPath(directory ?? '/etc/dkimkeys', domain, selector)}`],
  examples: [
    {
      title: 'The key of a domain',
      args: { domain: 'example.org', selector: 'mx1' },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1
mkdir -p /etc/dkimkeys/example.org
chown -R opendkim:opendkim /etc/dkimkeys`,
    },
    {
      title: 'A key that is to take the place of the one in use',
      args: { domain: 'example.org', selector: 'mx1-20270301', coming: true },
      given: `
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qqy install opendkim openssl >/dev/null 2>&1
mkdir -p /etc/dkimkeys/example.org
cd /etc/dkimkeys/example.org
openssl genrsa -out mx1.private 2048 2>/dev/null
chown -R opendkim:opendkim /etc/dkimkeys
echo "mx1._domainkey.example.org example.org:mx1:/etc/dkimkeys/example.org/mx1.private" > /etc/dkimkeys/KeyTable
echo "*@example.org mx1._domainkey.example.org" > /etc/dkimkeys/SigningTable`,
    },
  ],
})

const isKeySize = (bits: number): boolean => Number.isInteger(bits) && bits >= 1024 && bits <= 4096

/** ln(1) refuses where another key came in between. */
const generate = (path: string, bits: number): Script => sh`set -e
umask 077
new=${`${path}.mailrun-new`}
trap 'rm -f -- "$new"' EXIT
rm -f -- "$new"
openssl genrsa -out "$new" ${bits} 2>/dev/null
chown opendkim:opendkim -- "$new"
sync -- "$new"
ln -T -- "$new" ${path}`
