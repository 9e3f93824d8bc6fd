// What adopt says of milters: of main.cf, and of the lists that services of master.cf have of their own; and whether
// MTA of OpenDKIM signs for anybody else.
import * as assert from 'uvu/assert'
import { suite } from '../../../suite.ts'
import { MASTER } from '../../resources/postfix/host.ts'
import { adopted, postfixAnswer, valuesOf } from './answering-host.ts'

const test = suite('milters that adopt tells')
const OWN = 'inet:localhost:8891'
const RSPAMD = 'inet:127.0.0.1:11332'

const left = (main: Readonly<Record<string, string>>, ...services: readonly string[]): readonly string[] =>
  adopted({ postfix: postfixAnswer(main, `${MASTER}${services.map((each) => `${each}\n`).join('')}`) }).left
const BOTH = { smtpd_milters: OWN, non_smtpd_milters: '$smtpd_milters' }
const submission = (...options: readonly string[]): string =>
  `submission inet n - y - - smtpd ${options.map((each) => `-o ${each}`).join(' ')}`

test('OpenDKIM alone, asked by all or by a service, needs no word', () => {
  assert.equal(left(BOTH), [])
  assert.equal(left(BOTH, submission('smtpd_milters=inet:[127.0.0.1]:8891')), [])
  assert.equal(left({}), [])
})

test('lists of main.cf are said once, each with its order', () => {
  assert.equal(
    left(
      { smtpd_milters: `${RSPAMD}, ${OWN}`, non_smtpd_milters: `$smtpd_milters` },
      submission(),
      'smtps inet n - y - - smtpd',
    ),
    [
      `smtpd_milters asks ${RSPAMD}, then ${OWN}: the others stay, in this order`,
      `non_smtpd_milters asks ${RSPAMD}, then ${OWN}: the others stay, in this order`,
    ],
  )
})

test('so is the list of a service, `$name` followed', () => {
  assert.equal(left({ ...BOTH, mua: `${OWN} ${RSPAMD}` }, submission('smtpd_milters=$mua')), [
    `submission/inet (-o smtpd_milters of master.cf) asks ${OWN}, then ${RSPAMD}: the others stay, in this order`,
  ])
})

test('a service that asks others, or nobody, stays unsigned, and that is said', () => {
  assert.equal(
    left(
      BOTH,
      submission(`smtpd_milters=${RSPAMD}`),
      '127.0.0.1:10025 inet n - n - - smtpd -o smtpd_milters=',
      '127.0.0.1:10026 inet n - n - - smtpd -o receive_override_options=no_milters',
    ),
    [
      `submission/inet (-o smtpd_milters of master.cf) asks ${RSPAMD} and not OpenDKIM: ` +
        'a run leaves it so, and mail that comes in there unsigned',
      '127.0.0.1:10025/inet asks no milter (-o smtpd_milters= of master.cf): a run leaves it so',
      '127.0.0.1:10026/inet asks no milter (-o receive_override_options=no_milters of master.cf): a run leaves it so',
    ],
  )
})

test('actions of their own stay', () => {
  const item = `{ ${OWN}, default_action=accept }`
  assert.equal(left({ smtpd_milters: item, non_smtpd_milters: OWN }, submission('milter_default_action=reject')), [
    `smtpd_milters has default_action=accept for ${item}: it stays`,
    'submission/inet has -o milter_default_action=reject in master.cf: it stays',
  ])
})

test('where only a service asks OpenDKIM, a run has all the others ask it, too', () => {
  assert.equal(left({}, submission(`smtpd_milters=${OWN}`)), [
    'smtpd_milters of main.cf does not name OpenDKIM: a run adds it, so that smtp/inet will ask it, too',
    'non_smtpd_milters of main.cf does not name OpenDKIM: a run adds it, so that cleanup/unix will ask it, too',
  ])
})

test('a list that cannot be known is said', () => {
  assert.match(left({ ...BOTH, smtpd_milter_maps: 'cidr:/etc/postfix/milters' }).join('\n'), 'which cannot be known')
})

const NAME = 'milter_macro_daemon_name=ORIGINATING'
const byMta = (...services: readonly string[]): ReturnType<typeof adopted> =>
  adopted({
    conf: 'Socket inet:8891@localhost\nMTA ORIGINATING\n',
    postfix: postfixAnswer(BOTH, `${MASTER}${services.map((each) => `${each}\n`).join('')}`),
  })
for (const [what, service] of [
  ['comes back from a filter of this host', `127.0.0.1:10025 inet n - n - - smtpd -o ${NAME}`],
  ['is of who logs in', submission(NAME, 'smtpd_relay_restrictions=permit_sasl_authenticated,reject')],
  ['is of nobody', submission()],
] as const)
  test(`mail that MTA has signed, and that ${what}, needs no decision`, () => {
    const host = byMta(service)
    assert.equal(valuesOf(host)['drop_signing'], ['client:MTA'])
    assert.equal([host.choices, host.left], [[], []])
  })

for (const [what, service] of [
  ['any client', submission(NAME)],
  ['networks', submission(NAME, 'smtpd_client_restrictions=permit_mynetworks,permit_sasl_authenticated,reject')],
  ['what is not known', submission('milter_macro_daemon_name=$mail_name')],
] as const)
  test(`mail that MTA has signed for ${what} is its owner’s to decide on`, () => {
    const host = byMta(service)
    assert.is(valuesOf(host)['drop_signing'], undefined)
    assert.equal(
      host.choices.map(({ value }) => value),
      [['client:MTA']],
    )
  })

test.run()
