// Debian packages for tests: one with a debconf question, a conffile and a unit, in two versions, and one that takes
// long to install.

export interface TestPackage {
  readonly name: string
  readonly version: string
  /** Path in the package and its text; those in DEBIAN/ but `control`, and those in a bin/, are executable. */
  readonly files: Readonly<Record<string, string>>
}

const CANARY_CONFIG = `#!/bin/sh
set -e
. /usr/share/debconf/confmodule
db_input high mailrun-canary/colour || true
db_go || true
`

const CANARY_POSTINST = `#!/bin/sh
set -e
. /usr/share/debconf/confmodule
if [ "$1" = configure ]; then
  db_get mailrun-canary/colour
  printf '%s\\n' "$RET" >/etc/mailrun-canary.colour
  deb-systemd-helper unmask mailrun-canary.service >/dev/null || true
  if deb-systemd-helper --quiet was-enabled mailrun-canary.service; then
    deb-systemd-helper enable mailrun-canary.service >/dev/null || true
  fi
  if [ -d /run/systemd/system ]; then
    systemctl --system daemon-reload >/dev/null || true
    deb-systemd-invoke restart mailrun-canary.service >/dev/null || true
  fi
fi
db_stop
`

const CANARY_PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop mailrun-canary.service >/dev/null || true
fi
`

const CANARY_POSTRM = `#!/bin/sh
set -e
if [ "$1" = purge ]; then
  rm -f /etc/mailrun-canary.colour
  if [ -e /usr/share/debconf/confmodule ]; then . /usr/share/debconf/confmodule; db_purge; fi
  deb-systemd-helper purge mailrun-canary.service >/dev/null || true
fi
if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
`

const CANARY_UNIT = `[Unit]
Description=Canary of mailrun's tests

[Service]
EnvironmentFile=/etc/mailrun-canary.conf
ExecStart=/usr/bin/mailrun-canary

[Install]
WantedBy=multi-user.target
`

function canary(version: string): TestPackage {
  return {
    name: 'mailrun-canary',
    version,
    files: {
      'DEBIAN/control': control('mailrun-canary', version, 'debconf (>= 0.5)', 'a question, a conffile and a unit'),
      'DEBIAN/conffiles': '/etc/mailrun-canary.conf\n',
      'DEBIAN/templates': [
        'Template: mailrun-canary/colour',
        'Type: select',
        'Choices: red, green, blue',
        'Default: green',
        'Description: Colour of the canary:',
        ' It is written to /etc/mailrun-canary.colour.',
        '',
      ].join('\n'),
      'DEBIAN/config': CANARY_CONFIG,
      'DEBIAN/postinst': CANARY_POSTINST,
      'DEBIAN/prerm': CANARY_PRERM,
      'DEBIAN/postrm': CANARY_POSTRM,
      'etc/mailrun-canary.conf': `# Read by mailrun-canary.service.\nSONG="tweet ${version}"\n`,
      'usr/bin/mailrun-canary': `#!/bin/sh\n# Version ${version}.\necho "$SONG"\nexec sleep infinity\n`,
      'lib/systemd/system/mailrun-canary.service': CANARY_UNIT,
    },
  }
}

function slow(): TestPackage {
  return {
    name: 'mailrun-slow',
    version: '1.0',
    files: {
      'DEBIAN/control': control('mailrun-slow', '1.0', undefined, 'takes eight seconds to install'),
      'DEBIAN/postinst': `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  for second in 1 2 3 4 5 6 7 8; do
    sleep 1
    echo "mailrun-slow: second $second of 8"
  done
fi
`,
      'usr/share/mailrun-slow/here': 'installed\n',
    },
  }
}

function control(name: string, version: string, depends: string | undefined, description: string): string {
  return [
    `Package: ${name}`,
    `Version: ${version}`,
    'Architecture: all',
    'Maintainer: mailrun <mailrun@fleet.test>',
    ...(depends === undefined ? [] : [`Depends: ${depends}`]),
    'Section: misc',
    'Priority: optional',
    `Description: ${description}`,
    '',
  ].join('\n')
}

export const TEST_PACKAGES: readonly TestPackage[] = [canary('1.0'), canary('2.0'), slow()]
