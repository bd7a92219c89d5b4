/** Named censors. Each is a paragraph: what it does, and to whom. */
import type { Censor } from './censor.ts';

/** The provider pulls the plug: no route to anywhere. */
export const offline: Censor = {
  name: 'offline',
  says: 'the link is down',
  rules: [
    { on: 'syn', to: {}, do: { kind: 'no_route' } },
    { on: 'datagram', to: {}, do: { kind: 'no_route' } },
  ],
};
