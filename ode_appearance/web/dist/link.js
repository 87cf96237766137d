"use strict";var odeAppearance=(()=>{var a=Object.defineProperty;var y=Object.getOwnPropertyDescriptor;var N=Object.getOwnPropertyNames;var S=Object.prototype.hasOwnProperty;var j=(t,e)=>{for(var s in e)a(t,s,{get:e[s],enumerable:!0})},k=(t,e,s,i)=>{if(e&&typeof e=="object"||typeof e=="functio\
n")for(let n of N(e))!S.call(t,n)&&n!==s&&a(t,n,{get:()=>e[n],enumerable:!(i=y(e,n))||i.enumerable});return t};var q=t=>k(a({},"__esModule",{value:!0}),t);var w={};j(w,{parseSolve:()=>p});var r=(t,e=",")=>(t??"").split(e).filter(s=>s.trim()!=="").map(Number).filter(Number.isFinite);function p(t){let e=new URLSearchParams(
t.slice(1)),[s,i]=r(e.get("size"),"x"),[n,g]=r(e.get("range")),[m]=r(e.get("seed")),[d]=r(e.get("keyframes")),[f]=r(e.get(
"tolerance")),[c]=r(e.get("step")),l=e.get("solver"),u={method:l,stepping:l&&(c===void 0?"adaptive":"fixed"),tolerance:f,
step:c},[b,h,v]=["material","quality","start"].map(o=>e.get(o)),x={material:b,seed:m,start_kind:v,width:s,height:i,start:n,
end:g,count:d,quality:h,...u};return Object.fromEntries(Object.entries(x).filter(([,o])=>o!=null))}return q(w);})();
