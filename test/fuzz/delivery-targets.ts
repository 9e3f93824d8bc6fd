// What hosts and receivers say of messages that were really sent: spoilt, it is never taken for mail that passed.
import * as assert from 'uvu/assert'
import { parseAuthenticationResults } from '../../src/mail/messages/authentication-results.ts'
import type { DeliveryMessage } from '../../src/mail/messages/delivery-message.ts'
import { proveDelivery } from '../../src/verify/delivery.ts'
import { readFollowed } from '../../src/verify/follow-mail.ts'
import { readHandIns } from '../../src/verify/hand-in.ts'
import { readFoundMailbox, readMailbox } from '../../src/verify/read-mailbox.ts'
import { mutated } from './mutate.ts'
import { target, type Target } from './target.ts'

const NONCE = '0123456789ab0000'
const message: DeliveryMessage = {
  path: 'smtp',
  domain: 'a.example',
  nonce: NONCE,
  sender: 'p@a.example',
  envelope: 'p@a.example',
  recipient: 'you@b.example',
  text: '',
}
const MAIL =
  'Return-Path: <p@a.example>\n' +
  'Authentication-Results: r.example; dmarc=fail (p=reject; dis=none) header.from=a.example\n' +
  'Authentication-Results: r.example;\n\tdkim=none reason="a \\" (b)"\n' +
  'Authentication-Results: r.example; spf=softfail smtp.mailfrom=a.example\n' +
  'DKIM-Signature: v=1; d=a.example;\n\ts=mx1; b=x\n' +
  '\nAuthentication-Results: r.example; dkim=pass; spf=pass; dmarc=pass\n'
const LOG =
  `log ${NONCE} 4A: message-id=<mailrun-${NONCE}@a.example>\n` +
  `log ${NONCE} 4A: to=<you@b.example>, orig_to=<x@b.example>, relay=mx.b.example[192.0.2.1]:25, ` +
  'delay=0.3, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n' +
  'reject 4B: milter-reject: CONNECT from localhost[127.0.0.1]: 4.7.1 later; from=<p@a.example>\n' +
  'queue {"queue_id":"4A","recipients":[{"address":"you@b.example"}]}\n'
const ANSWER = `since 1
handed 0 taken ${Buffer.from('250 2.0.0 Ok: queued as 4A').toString('hex')}
end
box 5 7 /var/mail/x
mail ${Buffer.from(MAIL).toString('base64')}
looked
`

export const DELIVERY_TARGETS: readonly Target[] = [
  target({
    name: 'a message that arrived: spoilt',
    make: (random) =>
      mutated(random, MAIL, [
        '(',
        ')',
        '"',
        '\\',
        ';',
        '=',
        '\n',
        '\n\n',
        '\r\n',
        '\t',
        ' ',
        'dkim=',
        'Authentication-Results:',
        '; b=',
      ]),
    check(mail) {
      for (const [, value = ''] of mail.matchAll(/^Authentication-Results:(.*)$/gm))
        for (const { method, result } of parseAuthenticationResults(value).results)
          assert.ok(method === method.toLowerCase() && result === result.toLowerCase())
      const proof = proveDelivery(
        { message, handed: undefined, fate: undefined, mail, problem: undefined, mailbox: 'r:/m', waitedSeconds: 1 },
        { signing: [] },
      )
      // Its own passes are in the body, which a blank line may join to the header nowhere.
      if (!/\bspf\s*=\s*pass\b/i.test(mail.split(/^\r?\n/m)[0] ?? ''))
        assert.is.not(proof.verdict.status, 'pass', proof.verdict.what)
    },
  }),
  target({
    name: 'what hosts say of a message: spoilt',
    make: (random) =>
      mutated(random, LOG + ANSWER, [
        '{',
        '}',
        '"',
        '\n',
        ' ',
        '<',
        '>',
        '(',
        ')',
        NONCE,
        'handed ',
        'log ',
        'box ',
        '/',
        'null',
        '[]',
      ]),
    check(said) {
      const { handed } = readHandIns(said, [message])
      for (const nonce of [
        ...handed.keys(),
        ...readFollowed(said, [message], 'you@b.example', () => '4A').keys(),
        ...readFollowed(`no-log\n${said}`, [message], 'you@b.example', () => '4A').keys(),
      ])
        assert.is(nonce, NONCE)
      const found = readFoundMailbox(said)
      assert.ok(typeof found === 'string' ? found !== '' : found.path.startsWith('/'))
      readMailbox(said)
    },
  }),
]
