/** What `web.config_file` of a configuration says; undefined where none is named. Throws a `Complaint` with every mistake. */
import type { Config } from '../config/config.ts';
import { readWebConfig } from '../config/web-config.ts';
import type { WebSecurity } from '../model/web-security.ts';

export const readWebSecurity = ({ web }: Pick<Config, 'web'>): WebSecurity | undefined =>
  web.config_file === undefined ? undefined : readWebConfig(web.config_file);
