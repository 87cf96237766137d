// The structures that the viewer's modules share. In every pair the first number is across (x), the second down or up (y).

export type Pair = [number, number];

/** Float32Array over its own buffer: model time that each texel is ahead of the time slider, row by row from the top. */
export type Ages = Float32Array<ArrayBuffer>;

export type Surface = "flat" | "sphere" | "cylinder";
export type Tool = "light" | "move" | "paint";

export interface Light {
  kind: "point" | "directional";
  x: number;
  y: number;
  /** In units of the camera's distance; of a directional light, the z of its direction. */
  height: number;
  /** Natural logarithm of the intensity. */
  logIntensity: number;
  /** Display colour, "#rrggbb". */
  colour: string;
  /** Turns a second about the centre. */
  orbit: number;
}

export interface Brush {
  /** Model time that a dab adds; 0 until the brush is first used. */
  by: number;
  /** As a fraction of the state's width. */
  radius: number;
  /** Fraction of the radius over which the brush fades. */
  softness: number;
  erase: boolean;
}

/** How the surface lies in the picture. */
export interface Framing {
  surface: Surface;
  /** Repetitions of the state. */
  tiles: Pair;
  zoom: number;
  /** Centre of the visible region of the flat plane, in [0, 1]. */
  centre: Pair;
  /** Rotation of a solid in radians: about the upward axis, then toward the eye. */
  turn: Pair;
  /** One texel is a whole number of screen pixels, unfiltered. */
  exact: boolean;
}

/** What the user chose to look at. The names are also those of the parameters of links, and of the exported page's view. */
export interface ViewState extends Framing {
  /** Model time; null follows the solve. */
  time: number | null;
  playing: boolean;
  speed: number;
  pingPong: boolean;
  channel: string;
  /** What the channel is compared with: another channel, "exemplar", "kept", or null. */
  second: string | null;
  /** Whether the two are side by side, each in full, instead of split by a divider. */
  beside: boolean;
  /** Label of the keyframes kept for comparison. */
  kept: string | null;
  /** Position of the divider, in [0, 1]. */
  divider: number;
  /** In stops. */
  exposure: number;
  lights: Light[];
  /** Index of the light that the controls change. */
  selected: number;
  /** What a drag in the picture does. */
  tool: Tool;
  brush: Brush;
  /** Revision of the age map; 0 without one. */
  painted: number;
}

/** See web/scene.py. */
export interface Material {
  name: string;
  title: string;
  label: string;
  brdf: string;
  half_width: number;
  distance: number;
  light: [x: number, y: number, logIntensity: number];
  /** Model time before 0. */
  warmup: number;
  /** Model time that the exemplar spans. */
  duration: number;
  /** [channel, label] of all that can be shown. */
  views: [string, string][];
  exemplar?: boolean;
}

export interface Solver {
  method: string;
  stepping: "adaptive" | "fixed";
  tolerance: number;
  step: number;
  quality: string;
}

/** One solve of a material. */
export interface Scene {
  material: Material;
  seed: number;
  size: Pair;
  /** Planned model times of keyframes, ascending. */
  times: number[];
  /** Null or missing where it is the material's own; likewise `start`. */
  solver?: Solver | null;
  start?: "noise" | "stitched" | null;
  /** Half the width of the lit plane. */
  halfWidth: number;
  /** Of the camera from the plane. */
  distance: number;
  /** The light that the material was captured under. */
  captureLight: Light;
  /** The server has not answered yet. */
  provisional: boolean;
  failed?: boolean;
}

export interface FileData {
  url: string;
}

/** The value that the server sends for a solve: see app/components/viewer.py. */
export interface Run {
  run: number;
  material: Material;
  preview: FileData | null;
  baked: FileData | null;
  seed: number;
  size: Pair;
  solver?: Solver | null;
  start?: "noise" | "stitched" | null;
  times: number[];
  keyframes: { time: number; file: FileData }[];
  status: "asked" | "waiting" | "solving" | "complete" | "stopped" | "failed";
  text: string;
  message: string | null;
}

/** The same where there is nothing to show. */
export interface NoRun {
  run: number;
  material: null;
  message: string | null;
}

/** A material as the gallery lists it. */
export interface Card {
  name: string;
  title: string;
  label: string;
  preview: FileData | null;
  opening?: Run | null;
  error?: string | null;
}

/** What the viewer asks of the server; a missing function means that the server cannot be asked. */
export interface ServerCalls {
  stop?: () => void;
  /** Asks for another range of model time. */
  range?: (range: { start: number; end: number }) => void;
  /** A picture of [material, seed, width, height, time, x, y, logIntensity, start], for browsers without WebGL2. */
  picture: (request: (string | number)[]) => Promise<{ address?: string; error?: string }>;
  /** Keyframe bundle of a material's exemplar. */
  exemplar?: (material: string) => Promise<{ address?: string; error?: string }>;
  /** The value of a material that a link names, before it is solved. */
  opening?: (material: string) => Promise<Run | null>;
}

/** Scale of the 16-bit heights of a keyframe, and the range of heights that are shown as black to white. */
export interface Heights {
  scale: number;
  low: number;
  high: number;
}

/** A decoded keyframe file: see keyframes/codec.py. */
export interface Keyframe {
  size: Pair;
  heights: Heights;
  /** RGBA bytes of each plane. */
  planes: Uint8Array<ArrayBuffer>[];
}

/** See keyframes/bundle.py. */
export interface KeyframeBundle {
  seed: number;
  size: Pair;
  times: number[];
  keyframes: ArrayBuffer[];
}

/** Two keyframes around a time, and how to blend them. */
export interface KeyframeBlend {
  time: number;
  /** Texture layers of the two. */
  layers: Pair;
  /** 0 at the first, 1 at the second. */
  blend: number;
  heightScale: Pair;
  /** Heights shown as black and as white. */
  heightRange: Pair;
  /** (time, layer, height scale, 0) of all keyframes, for an age map. */
  table: Float32Array<ArrayBuffer>;
}

/** A rectangle in the coordinates of a plane, both in [0, 1] where it lies inside. */
export interface Region {
  from: Pair;
  span: Pair;
}

/** [GLSL type, ...values]; an array as the only value for "vec3[]" and "vec4[]". */
export type Uniform = [string, ...(number | number[])[]];
export type Uniforms = Record<string, Uniform>;
/** [binding point, texture] by the name of the sampler. */
export type Samplers = Record<string, [number, WebGLTexture | null]>;

/** Textures of one size and the framebuffer that draws into them. */
export interface RenderTarget {
  size: Pair;
  textures: WebGLTexture[];
  framebuffer: WebGLFramebuffer;
}

/** A tool of the pointer in the picture; positions are uv coordinates of the canvas, in [0, 1]. */
export interface PictureTool {
  start(uv: Pair, event: PointerEvent): void;
  drag(uv: Pair, from: Pair): void;
  /** Takes back what the first of two fingers began. */
  cancel?(): void;
  /** An arrow key: [right, up]; `far` with Shift. */
  nudge(direction: Pair, far: boolean): void;
}

/** What Gradio gives the script of a component (see the docstring of gr.HTML). */
export interface GradioComponent {
  element: HTMLElement;
  props: { value?: any[] };
  trigger: (event: string, data?: any) => void;
  server?: any;
  watch: (name: string, changed: () => void) => void;
}

declare global {
  interface HTMLElement {
    odeViewer?: import("./viewer/viewer-api.js").ViewerApi;
  }
  interface DocumentEventMap {
    "ode-pick": CustomEvent<Card>;
    "ode-open": CustomEvent<null>;
  }
}
