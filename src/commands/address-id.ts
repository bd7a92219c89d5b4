/** The salted hash that stands for an address in the records of one store. */
import { createHmac } from 'node:crypto';

/** Hex digits of an address id: 64 bits, enough to tell any addresses apart, too few to be worth attacking. */
const idDigits = 16;

/** `salt`: the store's own, so that ids are comparable inside it and nowhere else. */
export const addressIdWith =
  (salt: string) =>
  (ip: string): string =>
    createHmac('sha256', salt).update(ip).digest('hex').slice(0, idDigits);
