// Inventories and host patterns that mailrun and Ansible must read alike.

export interface InventoryCase {
  readonly name: string
  /** By path; a program begins with #!. */
  readonly files: Readonly<Record<string, string>>
  /** As `-i` takes them. */
  readonly sources: readonly string[]
  readonly patterns: readonly string[]
}

const PATTERNS = [
  'all',
  '*',
  'mx1',
  'mx*',
  'mail',
  'mail:web',
  'mail,web',
  'mail:&web',
  'mail:!mx1',
  '!mx1',
  'all:!mail',
  '~mx[0-9]',
  '~.*2',
  'mail[0]',
  'mail[-1]',
  'mail[0:1]',
  'mail[1:]',
  'web,mail',
  'web[0],mx1',
  'mail:&web:!mx2',
  '*1',
  'm?1',
  'mx[12]*',
]

/** What YAML 1.1 and 1.2 read in different ways. */
const SCALARS =
  'b: yes, c: 0644, d: 1_000, e: "0644", f: 12:30, g: on, h: n, i: ~, j: 1.5, k: 0x1f, ' +
  `l: 2001-02-03, m: .5, n: 1e3, o: 'x: y', p: "\\u00e9"`
const FLAT = `mail:
  hosts:
    mx1: { a: 1 }
    mx2:
    mx3: { ansible_host: 192.0.2.3, ansible_port: 2222 }
  vars: { domains: [example.org], a: group }
web:
  hosts: { mx2: , www1: , www2: { a: host } }
  vars: { a: web, ${SCALARS} }
`
const NESTED = `all:
  vars: { level: all, only_all: 1 }
  hosts: { loose: }
  children:
    mail:
      vars: { level: mail, mail: 1 }
      children:
        inbound: { hosts: { mx1: , mx2: }, vars: { level: inbound } }
        outbound:
          hosts: { mx3: { level: host } }
          children: { relay: { hosts: { mx1: , mx4: }, vars: { level: relay } } }
    web: { children: { inbound: }, hosts: { www1: } }
z: { hosts: { mx4: }, vars: { level: z } }
`
const INI = `; a comment
loose ansible_host=192.0.2.9
mx9:2222

[mail]
mx1 a=1 b="two words" c='x' d=True e=None f=[1,2] g="{'k': 'v'}" h=0644 i=1_000 j=0x1f # why
mx[2:4].example.org  a=yes
mx[01:03] port=025
db-[a:c]-[1:2]
10.0.0.[1:3]

[mail:vars]
domains=['example.org', 'example.net']
flag = true
text=a b c
quoted="a b"
empty=
number = 12
negative=-3
float=1.50
tuple=(1, 2)
with_hash=a#b
eq=a=b
multi='x' 'y'

[web:children]
mail
front

[front]
www1
mx1 z=front

[front:vars]
a=front

[all:vars]
everywhere=1
`
const SCRIPT = `#!/bin/sh
case $1 in
--list) cat <<'X'
{ "mail": { "hosts": ["mx1", "mx2"], "vars": { "a": 1, "list": [1, { "x": null }] }, "children": ["inbound"] },
  "web": ["www1", "mx2"], "lonely": { "k": "v" },
  "_meta": { "hostvars": { "mx1": { "h": true }, "www1": { "h": "1" } } } }
X
;;
--host) echo '{}';;
esac
`
const SCRIPT_WITHOUT_META = `#!/bin/sh
case $1 in
--list) echo '{ "mail": { "hosts": ["mx1", "mx2"] } }';;
--host) echo "{ \\"me\\": \\"$2\\" }";;
esac
`

const PRIORITIES = `a: { hosts: { h: }, vars: { x: a, ansible_group_priority: 10 } }
b: { hosts: { h: }, vars: { x: b } }
c: { hosts: { h: }, vars: { y: c } }
d: { hosts: { h: }, vars: { y: d } }
`
const RANGES = `mail:
  hosts:
    mx[01:11:5].example.org: { a: 1 }
    "db-[a:c]":
    "n[:2]":
    "p[1:2]:2200":
`
const MERGE_KEYS = `x: &x { hosts: {}, vars: &v { a: 1, b: 2 } }
mail:
  hosts:
    mx1: { <<: *v, b: 3 }
    mx2: { <<: [{ a: 5 }, *v] }
`
const NAMES = `mail:
  hosts:
    "2001:db8::1": { a: 1 }
    "[2001:db8::2]:2222":
    "::1":
    10.0.0.1:
    under_score:
    UPPER.example.org:
    xn--bcher-kva.example:
`
const ABOVE_AND_BELOW = `a: { hosts: { h1: , h2: }, children: { b: { hosts: { h1: , h3: } } } }
b: { children: { c: { hosts: { h4: , h2: } } } }
`

export const CASES: readonly InventoryCase[] = [
  {
    name: 'flat YAML, and scalars as YAML 1.1 has them',
    files: { 'hosts.yaml': FLAT },
    sources: ['hosts.yaml'],
    patterns: PATTERNS,
  },
  {
    name: 'nested groups',
    files: { 'hosts.yml': NESTED },
    sources: ['hosts.yml'],
    patterns: [
      ...PATTERNS,
      'inbound',
      'outbound',
      'relay',
      'ungrouped',
      'loose',
      'inbound:outbound',
      'mail[2]',
      'z,relay',
      '~(in|out)bound',
    ],
  },
  {
    name: 'INI',
    files: { hosts: INI },
    sources: ['hosts'],
    patterns: [
      ...PATTERNS,
      'front',
      'db-a-1',
      'db-*',
      '10.0.0.2',
      '10.0.0.*',
      'ungrouped',
      'mx2.example.org',
      '*.example.org',
      'web[3:5]',
      'loose,mx9',
    ],
  },
  {
    name: 'INI with another ending',
    files: { 'production.ini': '[mail]\nmx1\n' },
    sources: ['production.ini'],
    patterns: ['all', 'mail'],
  },
  {
    name: 'group_vars and host_vars',
    files: {
      'inv/hosts.yaml': FLAT,
      'inv/group_vars/all.yml': 'a: all-folder\nfrom: all\n',
      'inv/group_vars/mail': 'a: mail-folder\n',
      'inv/group_vars/web/10.yml': 'a: ten\nw: 1\n',
      'inv/group_vars/web/20.yaml': 'a: twenty\n',
      'inv/group_vars/web/30.json': '{ "w": 3 }',
      'inv/group_vars/web/x.txt': 'a: no\n',
      'inv/group_vars/web/y.yml~': 'a: no\n',
      'inv/group_vars/web/deep/1.yml': 'deep: 1\n',
      'inv/host_vars/mx1.yml': 'a: host-folder\n',
      'inv/host_vars/mx2/a.yml': 'q: [1, 2]\n',
      'inv/group_vars/ungrouped.yml': 'u: 1\n',
    },
    sources: ['inv/hosts.yaml'],
    patterns: ['all', 'mail', 'web'],
  },
  {
    name: 'a folder of inventories',
    files: {
      'inv/10-hosts': '[mail]\nmx1 a=ini\nmx2\n',
      'inv/20-more.yaml': 'mail: { hosts: { mx3: , mx1: { a: yaml } } }\nweb: { hosts: { www1: } }\n',
      'inv/notes.txt': 'not an inventory',
      'inv/old.bak': 'x',
      'inv/skip.cfg': '[mail]\nno\n',
      'inv/.hidden': '[mail]\nno\n',
      'inv/group_vars/mail.yml': 'g: 1\n',
    },
    sources: ['inv'],
    patterns: PATTERNS,
  },
  {
    name: 'two sources, the later wins',
    files: { 'a.yaml': FLAT, 'b.yaml': 'mail: { hosts: { mx0: , mx1: { a: b } }, vars: { domains: [b] } }\n' },
    sources: ['a.yaml', 'b.yaml'],
    patterns: PATTERNS,
  },
  {
    name: 'the other way round',
    files: { 'a.yaml': FLAT, 'b.yaml': 'mail: { hosts: { mx0: , mx1: { a: b } }, vars: { domains: [b] } }\n' },
    sources: ['b.yaml', 'a.yaml'],
    patterns: PATTERNS,
  },
  {
    name: 'a program',
    files: { list: SCRIPT },
    sources: ['list'],
    patterns: [...PATTERNS, 'lonely', 'inbound'].filter((pattern) => pattern !== 'inbound'),
  },
  {
    name: 'a program without _meta',
    files: { list: SCRIPT_WITHOUT_META },
    sources: ['list'],
    patterns: ['all', 'mail', 'mx2'],
  },
  {
    name: 'priorities',
    files: { 'hosts.yaml': PRIORITIES },
    sources: ['hosts.yaml'],
    patterns: ['all'],
  },
  {
    name: 'ranges in YAML',
    files: { 'hosts.yaml': RANGES },
    sources: ['hosts.yaml'],
    patterns: ['all', 'mx06*', 'db-b', 'n*', 'mail[3:]'],
  },
  {
    name: 'anchors and merge keys',
    files: { 'hosts.yaml': MERGE_KEYS },
    sources: ['hosts.yaml'],
    patterns: ['all'],
  },
  {
    name: 'IPv6 addresses and names of many kinds',
    files: { 'hosts.yaml': NAMES },
    sources: ['hosts.yaml'],
    patterns: ['all', '10.0.0.1', '2001:db8::1', '*.example*', 'under_score'],
  },
  {
    name: 'a host in a group and below it',
    files: { 'hosts.yaml': ABOVE_AND_BELOW },
    sources: ['hosts.yaml'],
    patterns: ['all', 'a', 'b', 'c', 'a:!c', 'b:&a', 'c,b,a'],
  },
  {
    name: 'a list of hosts',
    files: { 'x/y': '' },
    sources: ['mx1,mx2:2222,www[1:2],'],
    patterns: ['all', 'mx*', 'ungrouped', 'www1'],
  },
  {
    name: 'hosts as a text, empty groups',
    files: { 'hosts.yaml': 'mail: { hosts: mx1 }\nempty:\nweb: { hosts: , vars: , children: { front: } }\n' },
    sources: ['hosts.yaml'],
    patterns: ['all', 'mail'],
  },
]
