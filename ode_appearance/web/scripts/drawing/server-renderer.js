// Pictures drawn by the server, for browsers without WebGL2: one request at a time, and always for the latest view.

/** @import { ServerCalls } from "../types" */

export class ServerRenderer {
  busy = false;
  /** JSON of the latest request and of the last one answered. */
  wanted = "";
  drawn = "";

  /**
   * @param {ServerCalls["picture"]} fetchPicture
   * @param {(address: string) => void} onPicture
   * @param {(message: string) => void} onError
   */
  constructor(fetchPicture, onPicture, onError) {
    this.fetchPicture = fetchPicture;
    this.onPicture = onPicture;
    this.onError = onError;
  }

  /** @param {(string | number)[]} request see `ServerCalls.picture` */
  async request(request) {
    this.wanted = JSON.stringify(request);
    if (this.busy) return;
    this.busy = true;
    while (this.wanted !== this.drawn) {
      const next = this.wanted;
      try {
        const { address, error } = await this.fetchPicture(JSON.parse(next));
        if (address) this.onPicture(address);
        else this.onError(error ?? "");
      } catch (error) {
        this.onError(`The server did not answer the request for a picture (${/** @type {Error} */ (error).message}).`);
      }
      this.drawn = next;
    }
    this.busy = false;
  }
}
