// What time is it, when nobody can be asked? Time only goes forward: a clock set back revives nobody.
// A server's answer alone may bring it back down (else one start in 2038, before the network, would shield for ever).
export class Clock {
  #base;
  #ticks;
  #wall;
  mark; // the highest instant known, in ms: kept across restarts

  constructor(...known) {
    this.#start(Math.max(Date.now(), ...known));
  }

  trust(server) {
    this.#start(server);
  }

  now() {
    // The monotonic clock stops while the machine sleeps, the wall clock may be set back: the larger of the two.
    const elapsed = Math.max(performance.now() - this.#ticks, Date.now() - this.#wall);
    this.mark = Math.max(this.mark, this.#base + elapsed);
    return this.mark;
  }

  #start(instant) {
    this.#base = this.mark = instant;
    this.#ticks = performance.now();
    this.#wall = Date.now();
  }
}
