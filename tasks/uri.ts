// Task `uri`: a URL answers as wanted, asked after files of the host changed.
import { checkPath } from '../src/resources/files/check-path.ts'
import {
  askUri,
  mostSeconds,
  stampOf,
  uriProbe,
  type Patience,
  type UriQuestion,
  type UriState,
} from '../src/resources/uri/answered.ts'
import { checkHeaders, checkUrl, shownUrl } from '../src/resources/uri/request.ts'
import { argument, either, listOf, number, record, required, seconds, text } from '../src/core/task/argument.ts'
import { defineTask } from '../src/core/task/define-task.ts'
import { change, ok } from '../src/core/task/plan.ts'
import { Secret } from '../src/shell/secret.ts'

export interface UriArgs {
  /** `https://…` or `http://…`, without a user. The host asks it by itself, through no proxy. */
  readonly url: string
  /**
   * Files and directories on which the answer depends, such as the configuration of the web server. The URL is asked
   * again when the content of one of them changed, whoever changed it.
   */
  readonly after: readonly string[]
  /** Default: `GET`. */
  readonly method?: 'GET' | 'HEAD'
  /** One status code, or several. Default: 200. A redirection is an answer like others; it is not followed. */
  readonly status?: number | readonly number[]
  /** A text that the body must have, in its first MiB. */
  readonly contains?: string
  /** Header fields. Those that let somebody in, such as `Authorization`, are Secrets, which go over HTTPS alone. */
  readonly headers?: Readonly<Record<string, string | Secret<string>>>
  /** A file on the host with the certificates of authorities. Default: those of the system. */
  readonly caFile?: string
  /** The time limit of each attempt in seconds. Default: 10. */
  readonly timeoutSeconds?: number
  /** How many attempts may follow the first one. Default: 0. */
  readonly retries?: number
  /** Seconds between attempts. Default: 2. */
  readonly delaySeconds?: number
}

/**
 * Asks a URL from the host, and fails if the answer is not what is wanted. It asks once after the files in `after`
 * changed, and again in the next run if it failed. A run in which nothing changed asks no server, and a check never
 * does: it says that it would ask. So no task can use the answer: for a file from the network there is `download`.
 * Certificates are always verified; HTTPS needs the packages openssl and ca-certificates.
 *
 * @ansible uri
 */
export const uri = defineTask<UriArgs, UriState>({
  type: 'uri',
  name: ({ method = 'GET', url }) => `${method} ${shownUrl(url)}`,
  arguments: {
    url: required(text),
    after: required(listOf(text)),
    method: argument(
      'GET or HEAD, which change nothing on a server (for others: command)',
      (value) => value === 'GET' || value === 'HEAD',
    ),
    status: either(number, listOf(number)),
    contains: text,
    headers: record,
    caFile: text,
    timeoutSeconds: seconds,
    retries: number,
    delaySeconds: seconds,
  },
  check,
  probe: (args) => uriProbe(questionOf(args)),
  plan(args, { answered, changed }) {
    if (answered && changed.length === 0) return ok
    const patience = patienceOf(args)
    const { status, contains } = questionOf(args)
    const wanted = `ask for ${status.join(' or ')}${contains === undefined ? '' : ' and a text'}`
    const more = changed.length > SHOWN_PATHS ? ', …' : ''
    const why = changed.length === 0 ? '' : `: ${changed.slice(0, SHOWN_PATHS).join(', ')}${more}`
    const apply = askUri(questionOf(args), patience)
    return change([{ summary: wanted + why, apply, timeoutSeconds: mostSeconds(patience) + GRACE_SECONDS }], {
      answered: true,
      changed: [],
    })
  },
  writes: (args) => [`path:${stampOf(questionOf(args))}`],
  owns: (args) => [`uri:${stampOf(questionOf(args))}`],
  examples: [
    {
      title: 'A web server answers after its configuration changed',
      beside: 'services',
      args: {
        url: 'http://localhost:8080/health?full',
        after: ['/etc/hello-uri.conf'],
        contains: 'it\'s "up" $HOME',
        retries: 5,
        delaySeconds: 1,
      },
      given: String.raw`
echo listen > /etc/hello-uri.conf
cat > /usr/local/bin/hello-uri <<'end'
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1:8080', Listen => 5, ReuseAddr => 1) or die $@;
while (my $client = $server->accept) {
  1 while defined($_ = <$client>) && !/^\r?$/;
  print $client qq(HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nit's "up\r\n7\r\n" \$HOME\r\n0\r\n\r\n);
}
end
systemctl stop hello-uri 2>/dev/null
systemd-run --quiet --collect --unit=hello-uri perl /usr/local/bin/hello-uri`,
    },
    {
      title: 'With a token, over HTTPS, by a certificate of one’s own',
      beside: 'services',
      args: {
        url: 'https://localhost:8443/',
        method: 'HEAD',
        after: ['/etc/hello-tls'],
        status: [200, 204],
        headers: { Authorization: new Secret("Bearer it's $(secret)"), Accept: 'text/plain' },
        caFile: '/etc/hello-tls/cert.pem',
        timeoutSeconds: 5,
        retries: 5,
      },
      given: String.raw`
command -v openssl >/dev/null || {
  apt-get -qq update
  DEBIAN_FRONTEND=noninteractive apt-get -qqy install openssl >/dev/null 2>&1
}
mkdir -p /etc/hello-tls
cd /etc/hello-tls
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2>/dev/null
cat > answer <<'end'
while (<STDIN>) {
  $ok = 1 if /^Authorization: Bearer it's \$\(secret\)\r$/;
  last if /^\r?$/;
}
$| = 1;
printf "HTTP/1.1 %s\r\nConnection: close\r\n\r\n", $ok ? '204 No Content' : '401 Unauthorized';
end
cat > serve <<'end'
mkfifo -m 0600 /run/hello-tls.$$ && trap "rm -f /run/hello-tls.$$" EXIT
while :; do
  openssl s_server -quiet -accept 127.0.0.1:8443 -cert /etc/hello-tls/cert.pem -key /etc/hello-tls/key.pem \
    -naccept 1 < /run/hello-tls.$$ | perl /etc/hello-tls/answer > /run/hello-tls.$$
done
end
systemctl stop hello-tls 2>/dev/null
systemd-run --quiet --collect --unit=hello-tls sh /etc/hello-tls/serve`,
    },
  ],
})

const SHOWN_PATHS = 3
/** For what goes before and after the attempts. */
const GRACE_SECONDS = 30
const MOST_SECONDS = 3600
const MOST_TEXT = 4096

function check(args: UriArgs): string | undefined {
  const { url, method, after, status = 200, contains, headers = {}, caFile, retries = 0 } = args
  return (
    checkUrl(url) ??
    checkHeaders({ url, headers }) ??
    (after.length === 0
      ? 'after is empty: name what the answer depends on, such as the configuration of the web server'
      : undefined) ??
    after.map((path) => checkPath('after', path)).find((wrong) => wrong !== undefined) ??
    checkStatus(typeof status === 'number' ? [status] : status) ??
    (contains === undefined ? undefined : checkText(contains, method)) ??
    (caFile === undefined ? undefined : checkPath('caFile', caFile)) ??
    (Number.isInteger(retries) && retries >= 0 && retries <= 1000
      ? undefined
      : `retries must be a whole number from 0 to 1000, got ${retries}`) ??
    checkSeconds(patienceOf(args))
  )
}

function checkStatus(status: readonly number[]): string | undefined {
  if (status.length === 0) return 'status is empty: which answer is wanted?'
  const wrong = status.find((each) => !Number.isInteger(each) || each < 200 || each > 599)
  return wrong === undefined ? undefined : `status must be from 200 to 599, got ${wrong}`
}

function checkText(contains: string, method: UriArgs['method']): string | undefined {
  if (method === 'HEAD') return 'contains goes with GET: the answer to HEAD has no body'
  if (contains === '') return 'contains is empty: leave it out'
  if (contains.includes('\0')) return 'contains cannot hold a NUL character'
  const { length } = Buffer.from(contains)
  return length <= MOST_TEXT ? undefined : `contains must have at most ${MOST_TEXT} bytes, got ${length}`
}

function checkSeconds(patience: Patience): string | undefined {
  const most = mostSeconds(patience)
  return most <= MOST_SECONDS
    ? undefined
    : `all attempts may take ${most} s: choose timeoutSeconds, retries and delaySeconds for at most ${MOST_SECONDS} s`
}

const patienceOf = ({ timeoutSeconds = 10, retries = 0, delaySeconds = 2 }: UriArgs): Patience => ({
  seconds: timeoutSeconds,
  retries,
  delaySeconds,
})

const questionOf = ({
  url,
  method = 'GET',
  after,
  status = 200,
  contains,
  headers = {},
  caFile,
}: UriArgs): UriQuestion => ({
  url,
  method,
  after,
  status: typeof status === 'number' ? [status] : status,
  contains,
  headers,
  caFile,
})
