"use strict";var odeAppearance=(()=>{var i=Object.defineProperty;var h=Object.getOwnPropertyDescriptor;var f=Object.getOwnPropertyNames;var m=Object.prototype.hasOwnProperty;var k=(t,e)=>{for(var r in e)i(t,r,{get:e[r],enumerable:!0})},b=(t,e,r,s)=>{if(e&&typeof e=="object"||typeof e=="functio\
n")for(let n of f(e))!m.call(t,n)&&n!==r&&i(t,n,{get:()=>e[n],enumerable:!(s=h(e,n))||s.enumerable});return t};var v=t=>b(i({},"__esModule",{value:!0}),t);var w={};k(w,{mount:()=>x});function a(t,{text:e,...r}={},...s){let n=document.createElement(t);for(let[o,c]of Object.entries(r))o.startsWith("on")?
n.addEventListener(o.slice(2),c):c!==!1&&c!==void 0&&c!==null&&n.setAttribute(o,c===!0?"":c);return e!==void 0&&(n.textContent=
e),n.append(...s),n}function l(t){return matchMedia("(prefers-reduced-motion: reduce)").matches&&t.addEventListener("loa\
d",()=>{let{naturalWidth:e,naturalHeight:r,src:s}=t;if(s.startsWith("data:"))return;let n=a("canvas",{width:e,height:r});
n.getContext("2d")?.drawImage(t,0,0),t.src=n.toDataURL()}),t}function u(t,e){let r=()=>{let s=t.querySelector(".ode-place");s&&e.parentNode!==s&&s.replaceChildren(e)};return r(),new MutationObserver(
r).observe(t,{childList:!0,subtree:!0}),e}function p({props:t,watch:e},r){let s=()=>r(t.value?.[0]);s(),e("value",s)}var d=class{picked;cards=[];constructor(e,r){this.root=e,this.onPick=r,e.setAttribute("role","group"),e.setAttribute("ar\
ia-label","Materials"),document.addEventListener("ode-open",()=>this.picked=null)}update(e){e&&(this.cards=e.materials.map(
r=>r.error?this.brokenCard(r):this.card(r)),this.root.replaceChildren(...this.cards),this.mark(e.first&&this.picked!==void 0?
this.picked:e.selected))}card(e){return a("button",{type:"button",class:"ode-card","data-name":e.name,onclick:()=>this.pick(
e)},e.preview?l(a("img",{src:e.preview.url,alt:"",draggable:"false"})):a("span",{class:"ode-blank"}),a("span",{class:"od\
e-card-title",text:e.title}),a("span",{class:"ode-card-label",text:e.label}))}brokenCard(e){return a("div",{class:"ode-c\
ard ode-broken","data-name":e.name},a("span",{class:"ode-card-title",text:e.title}),a("span",{class:"ode-card-label",text:e.
error}))}pick(e){this.picked=e.name,this.mark(e.name),document.dispatchEvent(new CustomEvent("ode-pick",{detail:e})),this.
onPick(e.name)}mark(e){for(let r of this.cards)r.tagName==="BUTTON"&&r.setAttribute("aria-pressed",String(r.dataset.name===
e))}};function x(t){let{element:e,trigger:r}=t,s=u(e,a("div",{class:"ode-gallery"})),n=new d(s,o=>r("pick",{name:o,asked:performance.
now()}));p(t,o=>n.update(o))}return v(w);})();
