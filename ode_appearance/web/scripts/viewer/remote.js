// Pictures that the server draws: one request at a time, and always for what is wanted last.

class RemotePictures {
  /** `ask(request)` resolves to {address} or {error}; `show(address)` or `fail(sentence)` is called with what came. */
  constructor(ask, show, fail) {
    Object.assign(this, { ask, show, fail, busy: false });
  }

  async want(request) {
    this.wanted = JSON.stringify(request);
    if (this.busy) return;
    this.busy = true;
    while (this.wanted !== this.drawn) {
      const next = this.wanted;
      try {
        const { address, error } = await this.ask(JSON.parse(next));
        if (address) this.show(address);
        else this.fail(error);
      } catch (error) {
        this.fail(`The server could not be asked for a picture (${error.message}).`);
      }
      this.drawn = next;
    }
    this.busy = false;
  }
}
