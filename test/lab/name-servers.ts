// Two name servers on the lab's host verify: a primary that takes updates by narrow policies, and a secondary that can
// be made to lag. Both serve a root of their own.
import type { ScriptResult } from '../../lab/index.ts'

const KEYS = ['mailrun', 'stranger'] as const

export interface NameServers {
  readonly primary: string
  readonly secondary: string
  /** Key files in nsupdate's form, by name; `wrong` has the name of one and the secret of none. */
  keyFile(name: 'mailrun' | 'stranger' | 'wrong'): Promise<string>
}

export interface ZoneText {
  readonly zone: string
  /** Beside SOA, NS and the name servers' addresses. */
  readonly records: string
}

/** What docs/mail/dns.md says is enough for mail's records. */
function policyOf(zone: string, apex: boolean): string {
  const grants = [
    `grant mailrun. wildcard *._domainkey.${zone}. TXT;`,
    `grant mailrun. name _dmarc.${zone}. TXT;`,
    ...(apex ? [`grant mailrun. name ${zone}. TXT;`] : []),
    'grant local-ddns zonesub ANY;',
  ]
  return `update-policy { ${grants.join(' ')} };`
}

interface Addresses {
  readonly primary: string
  readonly secondary: string
}

const zoneFile = ({ zone, records }: ZoneText, { primary, secondary }: Addresses): string => `$TTL 3600
@ IN SOA ns1.${zone}. hostmaster.${zone}. 1 3600 900 604800 300
@ IN NS ns1.${zone}.
@ IN NS ns2.${zone}.
ns1 IN A ${primary}
ns2 IN A ${secondary}
${records}`

const delegation = (zone: string, { primary, secondary }: Addresses): string => `${zone}. IN NS ns1.${zone}.
${zone}. IN NS ns2.${zone}.
ns1.${zone}. IN A ${primary}
ns2.${zone}. IN A ${secondary}
`

const rootFile = (zones: readonly ZoneText[], addresses: Addresses): string => `$TTL 3600
. IN SOA ns. hostmaster.ns. 1 3600 900 604800 300
. IN NS ns.
ns. IN A ${addresses.primary}
${zones.map(({ zone }) => delegation(zone, addresses)).join('')}`

const ROOT_ZONE = 'zone "." { type primary; file "root.db"; };\n'

const primaryZone = (zone: string, { secondary }: Addresses, isApexOpen: boolean): string => `zone "${zone}" {
  type primary;
  file "${zone}.db";
  notify explicit;
  also-notify { ${secondary}; };
  ${policyOf(zone, isApexOpen)}
};
`

const secondaryZone = (zone: string, { primary }: Addresses): string => `zone "${zone}" {
  type secondary;
  file "${zone}.db";
  primaries { ${primary}; };
  masterfile-format text;
};
`

/** named.conf. The primary also listens for its own host, the secondary asks from its own address. */
function configuration(name: 'ns1' | 'ns2', address: string, statements: string): string {
  const isPrimary = name === 'ns1'
  const source = isPrimary ? '' : `transfer-source ${address}; query-source address ${address};`
  return `options {
  directory "/var/cache/bind-${name}";
  listen-on { ${address}; ${isPrimary ? '127.0.0.1;' : ''} };
  listen-on-v6 { none; };
  recursion no;
  allow-transfer { any; };
  notify-delay 0;
  pid-file "/run/named/${name}.pid";
  session-keyfile "/run/named/${isPrimary ? 'session' : name}.key";
  dnssec-validation no;
  ${source}
};
controls { };
include "/etc/bind/test.keys";
${statements}`
}

const write = (path: string, text: string): string =>
  `base64 -d >${path} <<'E'\n${Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')}\nE\n`

/** Ends once the secondary serves each zone. */
function startScript(zones: readonly ZoneText[], addresses: Addresses, apexOf: readonly string[]): string {
  const { primary, secondary } = addresses
  const primaries = zones.map(({ zone }) => primaryZone(zone, addresses, apexOf.includes(zone)))
  const secondaries = zones.map(({ zone }) => secondaryZone(zone, addresses))
  return `systemctl disable --now named 2>/dev/null
systemctl stop ns1 ns2 2>/dev/null
systemctl reset-failed ns1 ns2 2>/dev/null
ip addr add ${secondary}/24 dev host0 2>/dev/null
rm -rf /var/cache/bind-ns1 /var/cache/bind-ns2
install -d -o bind -g bind /var/cache/bind-ns1 /var/cache/bind-ns2 /run/named
for k in ${KEYS.join(' ')}; do tsig-keygen -a hmac-sha256 $k. >/etc/bind/$k.key; done
tsig-keygen -a hmac-sha256 mailrun. >/etc/bind/wrong.key
cat /etc/bind/mailrun.key /etc/bind/stranger.key >/etc/bind/test.keys
chown bind /etc/bind/test.keys
${zones.map((each) => write(`/var/cache/bind-ns1/${each.zone}.db`, zoneFile(each, addresses))).join('')}
${write('/var/cache/bind-ns1/root.db', rootFile(zones, addresses))}cp /var/cache/bind-ns1/root.db /var/cache/bind-ns2/
${write('/etc/bind/ns1.conf', configuration('ns1', primary, ROOT_ZONE + primaries.join('')))}
${write('/etc/bind/ns2.conf', configuration('ns2', secondary, ROOT_ZONE + secondaries.join('')))}
chown -R bind:bind /var/cache/bind-ns1 /var/cache/bind-ns2
systemd-run --quiet --unit=ns1 named -f -u bind -c /etc/bind/ns1.conf
systemd-run --quiet --unit=ns2 named -f -u bind -c /etc/bind/ns2.conf
for i in $(seq 100); do
  ${zones.map(({ zone }) => `dig +short +tries=1 +time=1 @${secondary} ${zone} SOA | grep -q ns1 &&`).join(' ')} exit 0
  sleep 0.2
done
journalctl -u ns1 -u ns2 --no-pager | tail -40 >&2
exit 1`
}

/**
 * @param exec - runs a script on verify
 * @param apexOf - zones whose apex the key may change
 */
export async function nameServers(
  exec: (script: string) => Promise<ScriptResult>,
  subnet: string,
  zones: readonly ZoneText[],
  apexOf: readonly string[],
): Promise<NameServers> {
  const ok = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await exec(script)
    if (code !== 0) throw new Error(`${stdout}${stderr}`)
    return stdout
  }
  const addresses = { primary: `${subnet}.9`, secondary: `${subnet}.8` }
  await ok(startScript(zones, addresses, apexOf))
  return { ...addresses, keyFile: (name) => ok(`cat /etc/bind/${name}.key`) }
}
