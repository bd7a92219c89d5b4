/** What independent witnesses must see under each censor: the proof that the lab does what it says. */
import { dns } from './expectations/dns.ts';
import { line } from './expectations/line.ts';
import { path } from './expectations/path.ts';
import { slow } from './expectations/slow.ts';

export const expectations = [...line, ...dns, ...path, ...slow];
