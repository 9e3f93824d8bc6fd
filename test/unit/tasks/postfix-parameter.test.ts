// postfixParameter on what postconf(1) answers.
import * as assert from 'uvu/assert'
import { postfixParameters, type PostfixParameters } from '../../../src/resources/postfix/postfix-parameters.ts'
import { checkCase } from '../../../src/testing/check-case.ts'
import { postfixParameter, type PostfixParameterArgs } from '../../../tasks/index.ts'
import { suite } from '../../suite.ts'

const test = suite('postfixParameter')
const answered = (stdout: string, stderr = '', code = 0): PostfixParameters =>
  postfixParameters(undefined).parse({ code, stdout: `${stdout}\0end`, stderr })

const CASES: readonly (readonly [
  string,
  PostfixParameterArgs,
  PostfixParameters,
  readonly string[] | { readonly blocked: string },
])[] = [
  ['a value that is there', { parameter: 'relayhost', value: 'a.example' }, answered('relayhost = a.example\n'), []],
  ['an empty value that is there', { parameter: 'relayhost', value: '' }, answered('relayhost =\n'), []],
  ['a value that is not set, and empty', { parameter: 'relayhost', value: '' }, answered(''), ['(empty)']],
  ['another value', { parameter: 'relayhost', value: 'b' }, answered('relayhost = a\n'), ['a → b']],
  [
    'blanks that mean nothing',
    { parameter: 'mynetworks', value: ' 127.0.0.0/8,\t 10.0.0.0/8 ' },
    answered('mynetworks = 127.0.0.0/8,  10.0.0.0/8\n'),
    [],
  ],
  [
    "a parameter of one's own that nothing uses yet",
    { parameter: 'my_own', value: 'x' },
    answered('', 'postconf: warning: /etc/postfix/main.cf: unused parameter: my_own=x\n'),
    [],
  ],
  [
    "an option of a service in master.cf is none of main.cf's",
    { parameter: 'my_own', value: 'x' },
    answered('', 'postconf: warning: /etc/postfix/master.cf: unused parameter: my_own=x\n'),
    ['x'],
  ],
  [
    'a parameter with hyphens',
    { parameter: 'smtp-amavis_destination_concurrency_limit', value: '2' },
    answered('smtp-amavis_destination_concurrency_limit = 2\n'),
    [],
  ],
  [
    'a parameter that begins with a digit',
    { parameter: '2bounce_notice_recipient', value: 'ops' },
    answered(''),
    ['ops'],
  ],
  [
    'a list that is not set keeps its built-in items',
    { parameter: 'mydestination', value: 'example.org', merge: true },
    answered('\0mydestination = $myhostname, localhost\n'),
    ['$myhostname, localhost, example.org'],
  ],
  [
    'a list whose built-in items are enough',
    { parameter: 'mydestination', value: 'localhost', merge: true },
    answered('\0mydestination = $myhostname, localhost\n'),
    [],
  ],
  [
    'a class beside others',
    { parameter: 'internal_mail_filter_classes', value: 'bounce', merge: true, unlessSet: ['header_checks'] },
    answered('internal_mail_filter_classes = notify\nheader_checks =\n'),
    ['notify → notify, bounce'],
  ],
  [
    'what another parameter is there already of',
    {
      parameter: 'internal_mail_filter_classes',
      value: 'bounce',
      merge: true,
      unlessSet: ['body_checks', 'header_checks'],
    },
    answered('header_checks = pcre:/etc/postfix/checks\n'),
    [],
  ],
  ['no Postfix', { parameter: 'relayhost', value: 'a' }, answered('', '', 3), { blocked: 'Postfix is not installed' }],
  [
    'a configuration that cannot be read',
    { parameter: 'relayhost', value: 'a' },
    answered('', 'postconf: fatal: file /etc/postfix/master.cf: line 138: bad field count\n', 4),
    { blocked: 'file /etc/postfix/master.cf: line 138: bad field count' },
  ],
]
for (const [what, args, now, expect] of CASES) test(what, () => checkCase(postfixParameter, { args, now, expect }))

test('what is left as it is says why', () => {
  const plan = postfixParameter({
    parameter: 'internal_mail_filter_classes',
    value: 'bounce',
    merge: true,
    unlessSet: ['header_checks'],
  }).plan(answered('header_checks = x\n'), {
    facts: {} as never,
    source: () => {
      throw new Error('none')
    },
  })
  assert.equal(plan, { kind: 'ok', note: 'left as it is, for header_checks is set' })
  assert.throws(
    () => postfixParameter({ parameter: 'a', value: 'b', unlessSet: ['-x'] }),
    /unlessSet: "-x" is no name of a parameter/,
  )
})

test('a name that is none is refused', () => {
  for (const parameter of ['', 'a b', '-x', 'a=b', 'a\nb'])
    assert.throws(() => postfixParameter({ parameter, value: 'x' }), /is no name of a parameter/)
})

test.run()
