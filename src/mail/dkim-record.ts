// The DNS record of a DKIM key.

export interface DnsRecord {
  /** Without a final dot. */
  readonly name: string
  readonly type: 'TXT'
  readonly value: string
}

/** RFC 6376, sections 3.6.1 and 7.5; RFC 8301 leaves SHA-256 alone. @param publicKey - SubjectPublicKeyInfo in DER, base64. */
export const dkimValue = (publicKey: string): string => `v=DKIM1; h=sha256; k=rsa; p=${publicKey}`

export const dkimName = (domain: string, selector: string): string => `${selector}._domainkey.${domain}`
