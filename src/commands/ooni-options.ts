/** What turning a round into OONI's format takes from here: the version, the addresses' salt, the configured URLs. */
import type { Config } from '../config/config.ts';
import { packageVersion } from '../config/package-root.ts';
import type { OoniOptions } from '../publish/ooni.ts';
import { addressIdWith } from './address-id.ts';

/** `salt`: of the store that the rounds come from; without it the dialled addresses cannot be named. */
export function ooniOptions({ platforms, controls }: Config, salt: string | undefined): OoniOptions {
  const sites = [...platforms.flatMap(({ targets }) => targets), ...controls];
  return {
    software_version: packageVersion(),
    addressId: salt === undefined ? undefined : addressIdWith(salt),
    sites: new Map(sites.map(({ name, url, addresses }) => [name, { url, addresses }])),
  };
}
