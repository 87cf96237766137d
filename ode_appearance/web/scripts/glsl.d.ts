// esbuild inlines shader files as text.
declare module "*.glsl" {
  const source: string;
  export default source;
}
