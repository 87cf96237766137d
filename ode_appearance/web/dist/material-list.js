"use strict";var odeAppearance=(()=>{var d=Object.defineProperty;var h=Object.getOwnPropertyDescriptor;var p=Object.getOwnPropertyNames;var m=Object.prototype.hasOwnProperty;var f=(r,t)=>{for(var e in t)d(r,e,{get:t[e],enumerable:!0})},k=(r,t,e,n)=>{if(t&&typeof t=="object"||typeof t=="functio\
n")for(let o of p(t))!m.call(r,o)&&o!==e&&d(r,o,{get:()=>t[o],enumerable:!(n=h(t,o))||n.enumerable});return r};var w=r=>k(d({},"__esModule",{value:!0}),r);var x={};f(x,{mount:()=>b});function s(r,{text:t,...e}={},...n){let o=document.createElement(r);for(let[i,a]of Object.entries(e))i.startsWith("on")?
o.addEventListener(i.slice(2),a):a!==!1&&a!==void 0&&a!==null&&o.setAttribute(i,a===!0?"":a);return t!==void 0&&(o.textContent=
t),o.append(...n),o}function l(r,t){let e=()=>{let n=r.querySelector(".ode-place");n&&t.parentNode!==n&&n.replaceChildren(t)};return e(),new MutationObserver(
e).observe(r,{childList:!0,subtree:!0}),t}function u({props:r,watch:t},e){let n=()=>e(r.value?.[0]);n(),t("value",n)}var c=class{marked=null;constructor(t,e){this.onPick=e,this.note=s("p",{class:"ode-material-list-note",role:"status"}),this.
list=s("div",{class:"ode-material-list-rows",role:"group"}),t.replaceChildren(this.note,this.list),document.addEventListener(
"ode-pick",()=>this.mark(null))}update(t){t&&(this.note.hidden=!t.note,this.note.textContent=t.note,this.list.replaceChildren(
...t.rows.map(e=>this.row(e))),this.mark(t.selected===""?this.marked:t.selected))}row({name:t,title:e,label:n}){return s(
"button",{type:"button",class:"ode-material-list-row","data-name":t,onclick:()=>this.pick(t)},s("span",{class:"ode-mater\
ial-list-title",text:e}),s("span",{class:"ode-material-list-label",text:n}))}pick(t){document.dispatchEvent(new CustomEvent(
"ode-open")),this.onPick(t)}mark(t){this.marked=t;for(let e of this.list.children)e.setAttribute("aria-pressed",String(e.
getAttribute("data-name")===t))}};function b(r){let{element:t,trigger:e}=r,n=l(t,s("div",{class:"ode-material-list"})),o=new c(n,i=>e("pick",{name:i,asked:performance.
now()}));u(r,i=>o.update(i))}return w(x);})();
