// Keyframes and the age map on the graphics card, as moment.glsl reads them.

class KeyframeTextures {
  constructor(graphics) {
    this.graphics = graphics;
    this.gl = graphics.gl;
    this.forget();
  }

  allocate(size, layers, brdf) {
    const gl = this.gl;
    const most = [gl.getParameter(gl.MAX_TEXTURE_SIZE), gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS)];
    if (Math.max(...size) > most[0])
      throw new Error(`This graphics driver holds pictures of up to ${most[0]} pixels; ask for a smaller size.`);
    if (layers > most[1]) throw new Error(`This graphics driver holds up to ${most[1]} keyframes; ask for fewer.`);
    while (gl.getError() !== gl.NO_ERROR);
    this.size = size;
    this.planes = Array.from({ length: brdf === "rgb" ? 1 : 4 }, () => {
      const texture = this.graphics.texture(gl.TEXTURE_2D_ARRAY);
      gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8UI, ...size, layers);
      return texture;
    });
    if (gl.getError() === gl.OUT_OF_MEMORY) {
      this.free();
      throw new Error("The graphics memory is too small for these keyframes; ask for a smaller size or fewer of them.");
    }
  }

  /** Puts a decoded keyframe (see keyframes.js) into its layer. */
  upload(layer, keyframe) {
    const gl = this.gl;
    this.planes.forEach((texture, plane) => {
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
      const box = [0, 0, layer, ...this.size, 1];
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, ...box, gl.RGBA_INTEGER, gl.UNSIGNED_BYTE, keyframe.planes[plane]);
    });
  }

  /** The model time that each texel is ahead, row by row from the top, of which `rows` (the first, the last) have changed; null
   *  takes it away. */
  setAges(values, rows) {
    const gl = this.gl;
    if (!values) {
      gl.deleteTexture(this.ages);
      this.ages = null;
      return;
    }
    const [width, height] = this.size;
    const [first, last] = this.ages ? rows.map((row) => Math.min(row, height - 1)) : [0, height - 1];
    if (this.ages) gl.bindTexture(gl.TEXTURE_2D, this.ages);
    else {
      this.ages = this.graphics.texture(gl.TEXTURE_2D);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, width, height);
    }
    const changed = values.subarray(first * width, (last + 1) * width);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, first, width, last - first + 1, gl.RED, gl.FLOAT, changed);
  }

  get aged() {
    return Boolean(this.ages);
  }

  /** `moment` is one of keyframe-index.js. */
  uniforms(moment) {
    if (this.aged) {
      this.list(moment.table);
      return { time: ["float", moment.time], known: ["int", moment.table.length / 4] };
    }
    return {
      layers: ["ivec2", ...moment.layers],
      blend: ["float", moment.blend],
      heightScale: ["vec2", ...moment.heights.scale],
    };
  }

  list(table) {
    if (this.listed === table) return;
    const gl = this.gl;
    gl.deleteTexture(this.timetable);
    this.timetable = this.graphics.texture(gl.TEXTURE_2D);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, table.length / 4, 1, 0, gl.RGBA, gl.FLOAT, table);
    this.listed = table;
  }

  get textures() {
    const gl = this.gl;
    const planes = this.planes.map((texture, index) => [`plane${index}`, [gl.TEXTURE_2D_ARRAY, texture]]);
    const aging = { ages: [gl.TEXTURE_2D, this.ages], timetable: [gl.TEXTURE_2D, this.timetable] };
    return { ...Object.fromEntries(planes), ...(this.aged ? aging : {}) };
  }

  free() {
    for (const texture of [...this.planes, this.ages, this.timetable]) this.gl.deleteTexture(texture);
    this.forget();
  }

  /** After a lost context. */
  forget() {
    Object.assign(this, { planes: [], ages: null, timetable: null, listed: null });
  }
}
