// What is seen where in the picture: one plate and channel, or two with a divider between them or side by side.

/** [{plate, channel, moment, left, width, from, to, whole}, ...]: a part fills `width` pixels from `left` on, of which those
 *  between `from` and `to` are seen; `whole` where it shows a picture that lies flat whatever the surface (the exemplar). */
function partsOf({ shown, kept, exemplar, canvas }, view) {
  if (!shown) return [];
  const { width } = canvas;
  const moment = shown.moments.at(view.time ?? shown.moments.last);
  const first = { plate: shown, channel: view.channel, moment };
  const second = secondPart(view, { shown, kept, exemplar, moment });
  if (!second) return [{ ...first, left: 0, width, from: 0, to: width }];
  if (view.beside) {
    const half = halfOf(width);
    return [
      { ...first, left: 0, width: half, from: 0, to: half },
      { ...second, left: width - half, width: half, from: width - half, to: width },
    ];
  }
  const middle = Math.round(view.divider * width);
  return [
    { ...first, left: 0, width, from: 0, to: middle },
    { ...second, left: 0, width, from: middle, to: width },
  ];
}

const GAP = 4; // pixels between two that are side by side
const halfOf = (width) => (width - GAP) >> 1;

/** Whether what is to stand second can be drawn: what is kept and the exemplar may not be there (yet). */
const secondThere = (second, { kept, exemplar }) =>
  !["kept", "exemplar"].includes(second) || Boolean({ kept, exemplar }[second]?.ready);

function secondPart({ second, channel }, { shown, kept, exemplar, moment }) {
  if (!second) return null;
  if (!secondThere(second, { kept, exemplar })) return null;
  const other = { kept, exemplar }[second];
  if (!other) return { plate: shown, channel: second, moment };
  const has = other.scene.material.views.some(([name]) => name === channel);
  return {
    plate: other,
    channel: second === "kept" && has ? channel : "lit",
    moment: other.moments.at(sameMoment(moment.time, shown.scene.material, other.scene.material)),
    whole: second === "exemplar",
  };
}

/** The time at which one material is as far in its span, or in its warm-up, as another at `time`. */
function sameMoment(time, from, to) {
  const length = time < 0 ? "warmup" : "duration";
  return time * (from[length] ? to[length] / from[length] : 1);
}

/** What is seen of a flat picture that lies in the middle of a plane of `scene`, texel on texel: {from, span} in its shares. */
function seenOfPicture({ from, span }, view, scene, size) {
  const plane = tiledSize(view, scene);
  return {
    from: from.map((at, axis) => (at * plane[axis] - (plane[axis] - size[axis]) / 2) / size[axis]),
    span: span.map((length, axis) => (length * plane[axis]) / size[axis]),
  };
}
