// Bundle: reads the solve that a link asks for, before anything of it is sent to the server.

export { parseSolve } from "./base/link-parameters.js";
