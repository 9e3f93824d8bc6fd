// The settings that OpenDKIM of Debian 12 and 13 has (2.11.0~beta2: opendkim-config.h, with Debian's build options).

const YES_OR_NO = `
AllowSHA1Only AlwaysAddARHeader AuthservIDWithJobID AutoRestart Background CaptureUnknownErrors Diagnostics
DisableCryptoInit DNSConnect DomainKeysCompat EnableCoredumps FixCRLF IgnoreMalformedMail KeepAuthResults
KeepTemporaryFiles LDAPDisableCache LDAPUseTLS LogResults LogWhy MultipleSignatures NoHeaderB Quarantine QueryCache
RemoveARAll RemoveOldSignatures RequestReports RequiredHeaders RequireSafeKeys ResolverTracing SendReports
SoftwareHeader SoftStart StrictHeaders StrictTestMode SubDomains Syslog SyslogSuccess VBR-PurgeFields
VBR-TrustedCertifiersOnly WeakSyntaxChecks X-Header`

const NUMBERS = `
AutoRestartCount ClockDrift DNSTimeout MaximumHeaders MaximumSignedBytes MaximumSignaturesToVerify MilterDebug
MinimumKeyBits SignatureTTL UMask`

const TEXTS = `
ATPSDomains ATPSHashAlgorithm AuthservID AutoRestartRate BaseDirectory BodyLengthDB BogusKey Canonicalization
ChangeRootDirectory DiagnosticDirectory Domain DontSignMailTo ExemptDomains ExternalIgnoreList FinalPolicyScript
InternalHosts KeyFile KeyTable LDAPAuthMechanism LDAPAuthName LDAPAuthRealm LDAPAuthUser LDAPBindPassword LDAPBindUser
LDAPKeepaliveIdle LDAPKeepaliveInterval LDAPKeepaliveProbes LDAPTimeout MacroList Minimum Mode MTA MTACommand
MustBeSigned Nameservers OmitHeaders On-BadSignature On-Default On-DNSError On-InternalError On-KeyNotFound
On-NoSignature On-Security On-SignatureError OverSignHeaders PeerList PidFile RedirectFailuresTo RemoveARFrom
ReplaceHeaders ReplaceRules ReportAddress ReportBccAddress ResolverConfiguration ScreenPolicyScript Selector
SelectCanonicalizationHeader SenderHeaders SenderMacro SetupPolicyScript SignatureAlgorithm SignHeaders SigningTable
Socket Statistics StatisticsName StatisticsPrefix SyslogFacility SyslogName TemporaryDirectory TestDNSData
TestPublicKeys TrustAnchorFile TrustSignaturesFrom UnprotectedKey UserID VBR-Certifiers VBR-TrustedCertifiers VBR-Type`

export type SettingKind = 'yes-or-no' | 'number' | 'text' | 'include'

const words = (text: string): readonly string[] => text.trim().split(/\s+/)
const table = (kind: SettingKind, text: string): readonly (readonly [string, { name: string; kind: SettingKind }])[] =>
  words(text).map((name) => [name.toLowerCase(), { name, kind }])

/** By name in lower case, for OpenDKIM compares names without case. */
export const SETTINGS: ReadonlyMap<string, { readonly name: string; readonly kind: SettingKind }> = new Map([
  ...table('yes-or-no', YES_OR_NO),
  ...table('number', NUMBERS),
  ...table('text', TEXTS),
  ...table('include', 'Include'),
])

/** Those whose value is a data set, which is opened when the daemon starts: it does not start where one is missing. */
export const DATA_SETS: readonly string[] = words(`
PeerList InternalHosts ExternalIgnoreList ExemptDomains BodyLengthDB SignHeaders RemoveARFrom ATPSDomains
DontSignMailTo MustBeSigned OmitHeaders MTA OverSignHeaders SenderHeaders VBR-TrustedCertifiers SigningTable KeyTable
TrustSignaturesFrom Domain MacroList ReplaceHeaders TestDNSData`)
