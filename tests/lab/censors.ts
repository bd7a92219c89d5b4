/**
 * The censors that a kernel can play, by the names of the acceptance table. Each is what the filter's operator would
 * configure; nothing here knows of reachd.
 */
import { dns } from './censors/dns.ts';
import { line } from './censors/line.ts';
import { path } from './censors/path.ts';
import { slow } from './censors/slow.ts';

export const censors = { ...line, ...dns, ...path, ...slow };

export type CensorName = keyof typeof censors;
