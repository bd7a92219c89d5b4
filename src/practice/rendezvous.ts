/** A connection and the word where it is meant to go come by different ways, in either order: here they meet. */

export interface Rendezvous<Guest, Word> {
  arrive(local_port: number, guest: Guest): void;
  announce(local_port: number, word: Word): void;
  /** The guest has left before the word came. */
  leave(local_port: number): void;
}

export function rendezvous<Guest, Word>(meet: (guest: Guest, word: Word) => void): Rendezvous<Guest, Word> {
  const guests = new Map<number, Guest>();
  const words = new Map<number, Word>();
  return {
    arrive(local_port, guest) {
      const word = words.get(local_port);
      if (word === undefined) return void guests.set(local_port, guest);
      words.delete(local_port);
      meet(guest, word);
    },
    announce(local_port, word) {
      const guest = guests.get(local_port);
      if (guest === undefined) return void words.set(local_port, word);
      guests.delete(local_port);
      meet(guest, word);
    },
    leave: (local_port) => void guests.delete(local_port),
  };
}
