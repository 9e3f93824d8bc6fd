// All profiles: setups of public guides, roles and programs.
import type { Profile } from './profile.ts'
import { allDomains } from './profiles/all-domains.ts'
import { behindFilter } from './profiles/behind-filter.ts'
import { chatmail } from './profiles/chatmail.ts'
import { debianWiki } from './profiles/debian-wiki.ts'
import { debops } from './profiles/debops.ts'
import { digitalocean } from './profiles/digitalocean.ts'
import { galaxyRole } from './profiles/galaxy-role.ts'
import { iredmail } from './profiles/iredmail.ts'
import { linode } from './profiles/linode.ts'
import { linuxbabe } from './profiles/linuxbabe.ts'
import { mailInABox } from './profiles/mail-in-a-box.ts'
import { mailcow } from './profiles/mailcow.ts'
import { modoboa } from './profiles/modoboa.ts'
import { seed } from './profiles/seed.ts'
import { signsForOthers } from './profiles/signs-for-others.ts'
import { ubuntuHelp } from './profiles/ubuntu-help.ts'
import { virtualmin } from './profiles/virtualmin.ts'

export const PROFILES: readonly Profile[] = [
  allDomains,
  behindFilter,
  chatmail,
  debianWiki,
  debops,
  digitalocean,
  galaxyRole,
  iredmail,
  linode,
  linuxbabe,
  mailInABox,
  mailcow,
  modoboa,
  seed,
  signsForOthers,
  ubuntuHelp,
  virtualmin,
]
