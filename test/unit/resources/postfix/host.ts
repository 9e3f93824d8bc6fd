// A host's Postfix for tests, out of the texts of its files.
import { masterServices } from '../../../../src/resources/postfix/settings/master-cf.ts'
import type { HostNames, PostfixInstance, PostfixSources } from '../../../../src/resources/postfix/settings/sources.ts'

export const HOST: HostNames = {
  own: ['mx1', 'mx1.example.org'],
  hosts: new Map([
    ['localhost', ['127.0.0.1', '::1']],
    ['ip6-localhost', ['::1']],
    ['mx1.example.org', ['127.0.1.1']],
    ['mx1', ['127.0.1.1']],
  ]),
  addresses: new Set(['127.0.0.1', '127.0.1.1', '192.0.2.7', '2001:db8:0:0:0:0:0:7']),
}

/** Debian's services, as far as they ask milters. */
export const MASTER = `
smtp      inet  n       -       y       -       -       smtpd
pickup    unix  n       -       y       60      1       pickup
cleanup   unix  n       -       y       -       0       cleanup
bounce    unix  -       -       y       -       0       bounce
`

export const instance = (
  main: Readonly<Record<string, string>>,
  master = MASTER,
  directory = '/etc/postfix',
): PostfixInstance => ({
  directory,
  main: new Map(Object.entries(main)),
  services: masterServices(master, {
    disabled: main['master_service_disable'] ?? '',
    compatibilityLevel: main['compatibility_level'] ?? '3.6',
  }),
})

export const sources = (
  main: Readonly<Record<string, string>>,
  master = MASTER,
  instances: PostfixSources['instances'] = [],
): PostfixSources => ({ ...instance(main, master), host: HOST, instances })
