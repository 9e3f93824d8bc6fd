// The commands that the pictures in docs/pictures show, as a reader would type them in a small lab.

export interface Step {
  /** Words of the command line after `mailrun`; `INVENTORY` stands for the lab's. */
  readonly words: readonly string[]
  /** What the picture shows in place of them. */
  readonly shown: string
  /** A script that root runs on a host first: what somebody changed by hand. */
  readonly before?: { readonly host: string; readonly script: string }
}

export interface Scene {
  /** Of the file in docs/pictures. */
  readonly name: string
  readonly title: string
  readonly columns: number
  readonly steps: readonly Step[]
}

const DMARC = ['-e', '{"dmarc":{"p":"none","rua":"dmarc@fleet.test"}}']
const MAIL_AUTH = ['playbooks/mail-auth.ts', '-i', 'INVENTORY', ...DMARC]

/** Before any picture is taken. */
export const PREPARED: readonly string[] = MAIL_AUTH

const BY_HAND = `postconf -e milter_default_action=accept
chown opendkim: /etc/dkimkeys/fleet.test/mx2.private`

export const SCENES: readonly Scene[] = [
  {
    name: 'run',
    title: 'A check finds what somebody changed on one of two hosts; a run corrects it',
    columns: 96,
    steps: [
      {
        words: [...MAIL_AUTH, '--check'],
        shown: 'mailrun playbooks/mail-auth.ts -i inventory.yaml --check',
        before: { host: 'mx2', script: BY_HAND },
      },
      { words: MAIL_AUTH, shown: 'mailrun playbooks/mail-auth.ts -i inventory.yaml' },
    ],
  },
  {
    name: 'verify',
    title: 'Proof for two hosts: which key signs which mail, SPF, DMARC, names',
    columns: 112,
    steps: [{ words: ['verify', '-i', 'INVENTORY'], shown: 'mailrun verify -i inventory.yaml' }],
  },
]

/** The page that is photographed by a browser. */
export const AUDIT_PAGE: Step = {
  words: ['audit', '-i', 'INVENTORY', '--format', 'html'],
  shown: 'mailrun audit -i inventory.yaml --format html',
  before: { host: 'mx2', script: 'postconf -e milter_default_action=accept' },
}
