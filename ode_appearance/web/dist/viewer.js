"use strict";var odeAppearance=(()=>{var Ut=Object.defineProperty;var De=Object.getOwnPropertyDescriptor;var Fe=Object.getOwnPropertyNames;var Ie=Object.prototype.hasOwnProperty;var Ne=(a,t)=>{for(var e in t)Ut(a,e,{get:t[e],enumerable:!0})},Ue=(a,t,e,s)=>{if(t&&typeof t=="object"||typeof t=="func\
tion")for(let i of Fe(t))!Ie.call(a,i)&&i!==e&&Ut(a,i,{get:()=>t[i],enumerable:!(s=De(t,i))||s.enumerable});return a};var Be=a=>Ue(Ut({},"__esModule",{value:!0}),a);var Os={};Ne(Os,{mount:()=>Ls,mountStandalone:()=>_s});function Jt({props:a,watch:t},e){let s=()=>e(a.value?.[0]);s(),t("value",s)}function d(a,{text:t,...e}={},...s){let i=document.createElement(a);for(let[r,o]of Object.entries(e))r.startsWith("on")?
i.addEventListener(r.slice(2),o):o!==!1&&o!==void 0&&o!==null&&i.setAttribute(r,o===!0?"":o);return t!==void 0&&(i.textContent=
t),i.append(...s),i}function Qt(a){return matchMedia("(prefers-reduced-motion: reduce)").matches&&a.addEventListener("lo\
ad",()=>{let{naturalWidth:t,naturalHeight:e,src:s}=a;if(s.startsWith("data:"))return;let i=d("canvas",{width:t,height:e});
i.getContext("2d")?.drawImage(a,0,0),a.src=i.toDataURL()}),a}function q(a,t){let e=URL.createObjectURL(a);d("a",{href:e,
download:t}).click(),setTimeout(()=>URL.revokeObjectURL(e),1e4)}var p=(a,t,e)=>Math.min(Math.max(a,t),e),v=(a,t=2)=>a.toFixed(t).replace(/^-(?=0\.?0*$)/,"").replace("-","−"),b=(a,t)=>[
t(a[0],0),t(a[1],1)],S=(a,t)=>a[0]===t[0]&&a[1]===t[1];var te={Centre:{x:0,y:0},Up:{x:0,y:.6},Left:{x:-.5,y:0},"Right, down":{x:.5,y:-.5}},j={x:[-1,1],y:[-1,1],height:[.05,2],
logIntensity:[-3,3]},Ve=.8;function C(a){let{x:t,y:e,height:s,logIntensity:i}=j;return{...a,x:p(a.x,...t),y:p(a.y,...e),
height:p(a.height,...s),logIntensity:p(a.logIntensity,...i)}}var Ge=a=>[1,3,5].map(t=>(parseInt(a.slice(t,t+2),16)/255)**
2.2);function ee(a,t){let e=a.flatMap(({kind:i,x:r,y:o,height:n})=>[r,o,n*t,i==="point"?1:0]),s=a.flatMap(({colour:i,logIntensity:r})=>Ge(
i).map(o=>o*Math.exp(r)));return{lightCount:["int",a.length],"lightPositions[0]":["vec4[]",e],"lightPowers[0]":["vec3[]",
s]}}function se(a,t,e){return a.map(s=>{if(!s.orbit)return s;let i=Math.hypot(s.x,s.y),r=i>.02?i:Ve*e,o=Math.atan2(s.x,s.
y)+2*Math.PI*s.orbit*t;return{...s,x:r*Math.sin(o),y:r*Math.cos(o)}})}var O=(a,t)=>t.material.brdf!=="rgb"||a.surface!==
"flat";var W=[["flat","Flat"],["sphere","Sphere"],["cylinder","Cylinder"]],M={surface:"flat",tiles:[1,1],zoom:1,centre:[.5,.5],
turn:[0,0],exact:!1},X=a=>({kind:"point",x:0,y:0,height:1,logIntensity:0,colour:"#ffffff",orbit:0,...a}),Y=()=>({time:null,
playing:!1,speed:1,pingPong:!1,channel:"lit",second:null,beside:!1,kept:null,divider:.5,exposure:0,lights:[X()],selected:0,
...M,tool:"light",brush:{by:0,radius:.12,softness:.5,erase:!1},painted:0});var Z=class{view=Y();scene=null;subscribers=[];subscribe(t){this.subscribers.push(t)}set(t){Object.assign(this.view,t),this.
notify()}setScene(t){this.scene=t,this.notify()}get loadedScene(){if(!this.scene)throw new Error("No material is loaded \
yet.");return this.scene}get selectedLight(){return this.view.lights[this.view.selected]}setLight(t){let{lights:e,selected:s}=this.
view;this.set({lights:e.map((i,r)=>r===s?{...i,...t}:i)})}notify(){for(let t of this.subscribers)t(this.view,this.scene)}};function R(a,{min:t,max:e,step:s=.01,format:i=n=>v(n),title:r},o){let n=d("input",{type:"range",min:t,max:e,step:s,"aria\
-label":a,oninput:()=>o(Number(n.value))}),h=d("output");return{element:d("label",{class:"ode-row",title:r},d("span",{text:a}),
n,h),slider:n,show(l){Number(n.value)!==l&&(n.value=String(l)),h.textContent=i(l)}}}function D(a,t,e){let s=d("select",{
"aria-label":a,onchange:()=>e(s.value)}),i=r=>s.replaceChildren(...r.map(([o,n])=>d("option",{value:o,text:n})));return i(
t),{element:d("label",{class:"ode-row ode-choice"},d("span",{text:a}),s),setOptions:i,show(r){s.value!==r&&(s.value=r)}}}
function ie(a,{min:t,max:e},s){let i=d("input",{type:"number",min:t,max:e,step:1,"aria-label":a,oninput:()=>i.validity.valid&&
i.value&&s(Number(i.value))});return{element:d("label",{class:"ode-row ode-number"},d("span",{text:a}),i),show(r){document.
activeElement!==i&&(i.value=String(r))}}}function x(a,t,e={}){return d("button",{type:"button",class:"ode-button",text:a,
onclick:t,...e})}function A(a,t,e={}){let s=x(a,()=>t(s.getAttribute("aria-pressed")!=="true"),e);return s.setAttribute(
"aria-pressed","false"),{element:s,show:r=>s.setAttribute("aria-pressed",String(r))}}var U=a=>d("p",{class:"ode-hint",text:a}),
k=(...a)=>d("div",{class:"ode-buttons"},...a);function B(a,t,...e){let s=d("details",{class:"ode-group",name:"ode-group",
ontoggle:()=>s.open&&t()},d("summary",{text:a}),d("div",{class:"ode-group-body"},...e));return s}var Xe=64<<20,J=(a,t)=>(a%t+t)%t,Q=class a{undoStack=[];before=new Float32Array;coverage=new Float32Array;constructor(t){
this.size=t,this.values=new Float32Array(t[0]*t[1])}begin(){this.before=this.values.slice(),this.coverage=new Float32Array(
this.values.length);let t=Math.max(1,Math.floor(Xe/this.before.byteLength));this.undoStack=[...this.undoStack,this.before].
slice(-t)}undo(){let t=this.undoStack.pop();return t&&(this.values=t),!!t}get painted(){return this.values.some(t=>t!==0)}dab(t,{
amount:e,radius:s,softness:i}){let[r,o]=this.size,n=Math.ceil(s),[h,l]=t.map(Math.floor),c=Math.min(2*n+1,o),u=Math.min(
2*n+1,r);for(let g=0;g<c;g++){let w=l-(c>>1)+g;for(let y=0;y<u;y++){let E=h-(u>>1)+y,z=Math.hypot(E+.5-t[0],w+.5-t[1])/s;
if(z>=1)continue;let N=p((1-z)/Math.max(i,1e-6),0,1),_=J(w,o)*r+J(E,r);this.coverage[_]=Math.max(this.coverage[_],N*N*(3-
2*N)),this.values[_]=this.before[_]+(e-this.before[_])*this.coverage[_]}}let[m,f]=[l-(c>>1),l+(c>>1)];return m>=0&&f<o?[
m,f]:[0,o-1]}fill(t){this.begin();let[e,s]=this.size;for(let i=0;i<s;i++)for(let r=0;r<e;r++)this.values[i*e+r]=t((r+.5)/
e,(i+.5)/s)}resized(t){let e=new a(t),[s,i]=this.size;return e.fill((r,o)=>this.values[Math.floor(o*i)*s+Math.floor(r*s)]),
e.undoStack=[],e}};function tt(a,{times:t}){let[e,s]=[Math.max(t[0],0),t[t.length-1]],i=a??s;return Number(((s-i>=i-e?s-
i:e-i)/2).toFixed(2))}function re(a=Math.random){let t=[4,8,16,32].map((s,i)=>({cells:s,weight:.5**i,corners:Float32Array.
from({length:s*s},a)})),e=s=>s*s*(3-2*s);return(s,i)=>{let[r,o]=[0,0];for(let{cells:n,weight:h,corners:l}of t){let[c,u]=[
Math.floor(s*n),Math.floor(i*n)],[m,f]=[e(s*n-c),e(i*n-u)],g=(E,z)=>l[J(u+z,n)*n+J(c+E,n)],w=g(0,0)*(1-m)+g(1,0)*m,y=g(0,
1)*(1-m)+g(1,1)*m;r+=h*(w*(1-f)+y*f),o+=h}return p((r/o-.5)*1.8+.5,0,1)}}var et=class{scene=null;constructor(t,e,s){this.store=t,this.painter=e,this.showMessage=s;let i=r=>o=>t.set({brush:{...t.
view.brush,[r]:o}});this.rows={by:R("Older by",{min:-1,max:1,title:"Model time; below zero it is younger"},i("by")),radius:R(
"Radius",{min:.01,max:.5,title:"Share of the width"},i("radius")),softness:R("Softness",{min:0,max:1},i("softness"))},this.
erase=A("Erase",i("erase")),this.undo=x("Undo",()=>e.undo()),this.clear=x("Clear",()=>e.clear()),this.file=d("input",{type:"\
file",accept:"image/*",hidden:!0,onchange:()=>this.import()}),this.element=B("Paint age",()=>this.onOpen(),U("Drag in th\
e picture: older ahead of the time slider, younger behind it."),...Object.values(this.rows).map(r=>r.element),k(this.erase.
element,this.undo,this.clear),k(x("Gradient",()=>e.fill((r,o)=>o*t.view.brush.by),{title:"Older from top to bottom"}),x(
"Noise",()=>this.fillWithNoise(),{title:"Older here and there"}),x("Import",()=>this.file.click(),{title:"A grey picture\
: 128 is the slider's time, 255 the exemplar's span later, 1 as much earlier"}),x("Export",()=>this.export(),{title:"The\
 age map as a grey picture"}),this.file)),t.subscribe((r,o)=>this.update(r,o))}onOpen(){let{view:t,scene:e}=this.store,s=t.
brush.by||(e?tt(t.time,e):0);this.store.set({tool:"paint",brush:{...t.brush,by:s}})}update({brush:t,painted:e},s){s&&this.
scene!==s&&Object.assign(this.rows.by.slider,{min:-s.material.duration,max:s.material.duration}),this.scene=s,this.rows.
by.show(t.by),this.rows.radius.show(t.radius),this.rows.softness.show(t.softness),this.erase.show(t.erase),this.undo.disabled=
!this.painter.map?.undoStack.length,this.clear.disabled=!e}fillWithNoise(){let t=re();this.painter.fill((e,s)=>t(e,s)*this.
store.view.brush.by)}async import(){let t=this.file.files?.[0];if(this.file.value="",!!t)try{await this.painter.import(t)}catch{
this.showMessage(`${t.name} is not a picture that this browser can read.`)}}async export(){q(await this.painter.export(),
`${this.store.loadedScene.material.name}_age.png`)}};var oe=.9,L=({tiles:a},{size:t})=>b(t,(e,s)=>e*a[s]);function st(a,t){let[e,s]=a.surface==="flat"?L(a,t):[1,1];return[t.
halfWidth,t.halfWidth*s/e]}function T(a,t,e){let s=L(a,t),i=[1/a.zoom,1/a.zoom];if(a.exact){let o=$e(a,t,e);i=b(e,(n,h)=>n/
(o*s[h]))}return{from:b(i,(o,n)=>{let h=o>=1?(1-o)/2:p(a.centre[n]-o/2,0,1-o),l=e[n]/o|0;return a.exact?Math.round(h*l)/
l:h}),span:i}}function $e(a,t,e){let s=b(L(a,t),(i,r)=>e[r]/i);return Math.max(1,Math.floor(Math.min(...s)*a.zoom))}function Bt(a,t,e,s){
let i=st(t,e);if(t.surface!=="flat")return b(a,(n,h)=>(n-.5)*(h?-2:2)*i[h]/t.zoom);let{from:r,span:o}=T(t,e,s);return b(
L(t,e),(n,h)=>{let l=2*((r[h]+a[h]*o[h])*n-.5)/Math.max(n-1,1)-1;return(h?-l:l)*i[h]})}function ae(a,t,e,s){let i=st(t,e),
r=b(a,(h,l)=>(l?-h:h)/i[l]);if(t.surface!=="flat")return b(r,h=>.5+h/2*t.zoom);let{from:o,span:n}=T(t,e,s);return b(L(t,
e),(h,l)=>(((r[l]+1)/2*(h-1)+.5)/h-o[l])/n[l])}function Vt({halfWidth:a,distance:t}){let e=Math.sin(Math.atan(oe*a/t));return{
radius:e*t/(1-e),halfHeight:oe*a}}var Gt=({surface:a,tiles:t})=>[(a==="sphere"?2:5)*t[0],t[1]];function it(a,t,e,s){let{
size:i}=e;if(t.surface==="flat"){let{from:o,span:n}=T(t,e,s),h=b(a,(l,c)=>o[c]+l*n[c]);return h.some(l=>l<0||l>=1)?null:
b(h,(l,c)=>l*t.tiles[c]*i[c]%i[c])}let r=He(a,t,e,s);return r&&b(r,(o,n)=>(o-Math.floor(o))*i[n])}function He(a,t,e,s){let{
radius:i,halfHeight:r}=Vt(e),o=t.surface==="sphere",[n,h]=Bt(a,t,e,s),l=[n,h,-e.distance],c=[0,0,e.distance+i],u=(V,G)=>V[0]*
G[0]+(o?V[1]*G[1]:0)+V[2]*G[2],[m,f,g]=[u(l,l),u(c,l),u(c,c)-i*i];if(f*f<m*g)return null;let w=(-f-Math.sqrt(f*f-m*g))/m,
[y,E,z]=c.map((V,G)=>V+w*l[G]);if(!o&&Math.abs(E)>r)return null;let[N,_]=o?[Math.sin(t.turn[1]),Math.cos(t.turn[1])]:[0,
1],Oe=(_*E-N*z)/i,Pe=(N*E+_*z)/i,ze=(Math.atan2(y/i,Pe)+t.turn[0])/(2*Math.PI),Ce=o?Math.acos(p(Oe,-1,1))/Math.PI:.5-E/(2*
r),Zt=Gt(t);return[ze*Zt[0]+.5,Ce*Zt[1]]}function ne(a,t){if(a.surface!=="flat")return 1;let[e,s]=L(a,t);return e/s}var rt=class{uv=null;constructor(t,e,s){this.canvasView=t,this.store=e,this.painter=s,this.ring=d("div",{class:"ode-brus\
h",hidden:!0,"aria-hidden":"true"}),t.overlay.append(this.ring),t.picture.addEventListener("pointermove",i=>this.moveRing(
t.uvOf(i))),t.picture.addEventListener("pointerleave",()=>this.moveRing(null)),e.subscribe(()=>this.moveRing(this.uv))}texelAt(t){
return it(t,this.store.view,this.store.loadedScene,this.canvasView.pixels)}start(t){this.painter.beginStroke(this.texelAt(
t))}drag(t){this.painter.continueStroke(this.texelAt(t))}cancel(){this.painter.undo()}nudge([t,e],s){let i=s?.1:.02,[r,o]=this.
uv??[.5,.5];this.moveRing([p(r+t*i,0,1),p(o-e*i,0,1)])}dab(){this.start(this.uv??[.5,.5])}moveRing(t){let{view:e,scene:s}=this.
store;if(this.uv=t,this.ring.hidden=!t||!s||e.tool!=="paint",!t||!s||this.ring.hidden)return;let i=e.surface==="flat"?1/
(T(e,s,this.canvasView.pixels).span[0]*e.tiles[0]):e.zoom/e.tiles[0];Object.assign(this.ring.style,{left:`${100*t[0]}%`,
top:`${100*t[1]}%`,width:`${200*e.brush.radius*i}%`})}};var he=127,Ke=(a,t)=>p(128+Math.round(a/t*he),0,255),qe=(a,t)=>(a-128)/he*t;function le([a,t]){let e=d("canvas",{width:a,
height:t});return{canvas:e,context:e.getContext("2d")}}async function ce({size:a,values:t},e){let{canvas:s,context:i}=le(
a),r=i.createImageData(...a);return t.forEach((o,n)=>{r.data.fill(Ke(o,e),4*n,4*n+3),r.data[4*n+3]=255}),i.putImageData(
r,0,0),new Promise((o,n)=>s.toBlob(h=>h?o(h):n(new Error("The picture could not be encoded.")),"image/png"))}async function de(a,t,e){
let[s,i]=t,r=await createImageBitmap(a,{resizeWidth:s,resizeHeight:i,resizeQuality:"high"}),{context:o}=le(t);o.fillStyle=
"rgb(128, 128, 128)",o.fillRect(0,0,s,i),o.drawImage(r,0,0);let{data:n}=o.getImageData(0,0,s,i);return Float32Array.from(
{length:s*i},(h,l)=>qe((n[4*l]+n[4*l+1]+n[4*l+2])/3,e))}var ot=class{map=null;revision=0;last=null;constructor(t,e){this.store=t,this.upload=e}fit(t){this.map&&!S(this.map.size,
t)&&(this.map=this.map.resized(t)),this.notify()}get existingMap(){return this.map??=new Q(this.store.loadedScene.size),
this.map}notify(t=[0,1/0]){let e=this.map?.painted?this.map.values:null;this.upload(e,t),this.store.set({painted:e?++this.
revision:0})}beginStroke(t){this.existingMap.begin(),this.last=null,this.continueStroke(t)}continueStroke(t){let e=this.
existingMap,{by:s,erase:i,radius:r,softness:o}=this.store.view.brush;if(!t){this.last=null;return}let n={amount:i?0:s,radius:Math.
max(r*this.store.loadedScene.size[0],.75),softness:o},[h,l]=[1/0,0];for(let c of this.dabsTo(t,n.radius/3)){let u=e.dab(
c,n);[h,l]=[Math.min(h,u[0]),Math.max(l,u[1])]}this.last=t,this.notify([h,l])}dabsTo(t,e){let s=this.last;if(!s)return[t];
let i=Math.hypot(t[0]-s[0],t[1]-s[1]);if(i>Math.min(...this.existingMap.size)/2)return[t];let r=Math.max(1,Math.ceil(i/e));
return Array.from({length:r},(o,n)=>{let h=(n+1)/r;return[s[0]+(t[0]-s[0])*h,s[1]+(t[1]-s[1])*h]})}fill(t){this.existingMap.
fill(t),this.notify()}async import(t){let{size:e,material:s}=this.store.loadedScene;this.replace(await de(t,e,s.duration))}replace(t){
this.existingMap.begin(),this.existingMap.values=t,this.notify()}export(){return ce(this.existingMap,this.store.loadedScene.
material.duration)}undo(){this.map?.undo()&&this.notify()}clear(){this.map?.painted&&this.fill(()=>0)}reset(){this.map=null,
this.notify()}};var F=class{latest=[];stopped=!1;constructor({size:t,material:e}){let s=t[0]*t[1]*(e.brdf==="rgb"?4:16);this.ahead=Math.
max(2,Math.floor(33554432/s))}decode(t){let e=this.latest.length<this.ahead?null:this.latest[0],s=Promise.all([t,e]).then(
([r])=>(this.check(),je(r))),i=Promise.all([s,this.latest.at(-1)]).then(([r,o])=>(this.check(),We(r,o)));return i.catch(
()=>{}),this.latest=[...this.latest.slice(1-this.ahead),i],i}stop(){this.stopped=!0}check(){if(this.stopped)throw new Error(
"Decoding was stopped.")}};function je(a){let t=new DecompressionStream("deflate"),e=t.writable.getWriter();return e.write(
new Uint8Array(a)).catch(()=>{}),e.close().catch(()=>{}),new Response(t.readable).arrayBuffer()}function We(a,t){let e=new DataView(
a);if(e.getUint32(0)!==1329874251||e.getUint8(4)!==1)throw new Error("This is not a keyframe file of format version 1.");
let[s,i]=[e.getUint32(8,!0),e.getUint32(12,!0)],r=s*i,o=new Uint8Array(a,28),n=Array.from({length:e.getUint8(5)},(u,m)=>{
let f=t?t.planes[m].slice():new Uint8Array(4*r);for(let g=0;g<4;g++){let w=(4*m+g)*r;for(let y=0;y<r;y++)f[4*y+g]+=o[w+y]}
return f}),[h,l,c]=[16,20,24].map(u=>e.getFloat32(u,!0));return{size:[s,i],heights:{scale:h,low:l,high:c},planes:n}}function Ye(a){let t=new DataView(a);if(a.byteLength<8||t.getUint32(0)!==1329874242)throw new Error("This is not a file \
of keyframes.");let e=8+t.getUint32(4,!0),{seed:s,size:i,times:r,lengths:o}=JSON.parse(new TextDecoder().decode(new Uint8Array(
a,8,e-8))),n=o.map(h=>a.slice(e,e+=h));return{seed:s,size:i,times:r,keyframes:n}}async function at(a){let t=await fetch(
a);if(!t.ok)throw new Error(`The keyframes could not be fetched (HTTP status ${t.status}).`);return Ye(await t.arrayBuffer())}
async function nt(a,{times:t,keyframes:e},s,i){let r=new F(a.scene),o=[];for(let n of e.keys()){let h=e.slice(n+o.length,
n+r.ahead);o.push(...h.map(c=>r.decode(c)));let l=await o.shift();if(!l||!s())return r.stop();a.add(n,t[n],l),i()}}var ht=class{entries=[];table=new Float32Array;add(t,e,s){let i=this.entries.findIndex(r=>r.time>t);this.entries.splice(
i<0?this.entries.length:i,0,{time:t,layer:e,heights:s}),this.table=new Float32Array(this.entries.flatMap(r=>[r.time,r.layer,
r.heights.scale,0]))}get times(){return this.entries.map(t=>t.time)}get first(){return this.entries[0]?.time}get last(){
return this.entries.at(-1)?.time}step(t,e){let{times:s}=this,i=e>0?s.findLastIndex(r=>r<=t):s.findIndex(r=>r>=t);return s[p(
i+e,0,s.length-1)]}at(t){let e=p(t,this.first,this.last),s=Math.max(this.entries.findIndex(h=>h.time>=e),0),i=this.entries[s],
r=this.entries[Math.max(s-1,0)],o=i.time>r.time?(e-r.time)/(i.time-r.time):1,n=h=>r.heights[h]*(1-o)+i.heights[h]*o;return{
time:e,layers:[r.layer,i.layer],blend:o,heightScale:[r.heights.scale,i.heights.scale],heightRange:[n("low"),n("high")],table:this.
table}}};var lt=class{planes=[];ages=null;keyframeTable=null;uploadedTable=null;size=[0,0];constructor(t){this.graphics=t,this.gl=
t.gl}allocate(t,e,s){let i=this.gl,[r,o]=[i.getParameter(i.MAX_TEXTURE_SIZE),i.getParameter(i.MAX_ARRAY_TEXTURE_LAYERS)];
if(Math.max(...t)>r)throw new Error(`This graphics driver holds pictures of up to ${r} pixels; choose a smaller size.`);
if(e>o)throw new Error(`This graphics driver holds up to ${o} keyframes; choose fewer.`);for(;i.getError()!==i.NO_ERROR;)
;if(this.size=t,this.planes=Array.from({length:s==="rgb"?1:4},()=>{let n=this.graphics.createTexture(i.TEXTURE_2D_ARRAY);
return i.texStorage3D(i.TEXTURE_2D_ARRAY,1,i.RGBA8UI,...t,e),n}),i.getError()===i.OUT_OF_MEMORY)throw this.free(),new Error(
"The graphics memory is too small for these keyframes; choose a smaller size or fewer of them.")}upload(t,e){let s=this.
gl,[i,r]=this.size;this.planes.forEach((o,n)=>{s.bindTexture(s.TEXTURE_2D_ARRAY,o);let h=e.planes[n],[l,c]=[s.RGBA_INTEGER,
s.UNSIGNED_BYTE];s.texSubImage3D(s.TEXTURE_2D_ARRAY,0,0,0,t,i,r,1,l,c,h)})}setAges(t,e){let s=this.gl;if(!t){s.deleteTexture(
this.ages),this.ages=null;return}let[i,r]=this.size,[o,n]=this.ages?e.map(l=>Math.min(l,r-1)):[0,r-1];this.ages?s.bindTexture(
s.TEXTURE_2D,this.ages):(this.ages=this.graphics.createTexture(s.TEXTURE_2D),s.texStorage2D(s.TEXTURE_2D,1,s.R32F,i,r));
let h=t.subarray(o*i,(n+1)*i);s.texSubImage2D(s.TEXTURE_2D,0,0,o,i,n-o+1,s.RED,s.FLOAT,h)}get hasAges(){return!!this.ages}uniforms(t){
return this.hasAges?(this.uploadTable(t.table),{time:["float",t.time],keyframeCount:["int",t.table.length/4]}):{layers:[
"ivec2",...t.layers],blend:["float",t.blend],heightScale:["vec2",...t.heightScale]}}uploadTable(t){if(this.uploadedTable===
t)return;let e=this.gl;e.deleteTexture(this.keyframeTable),this.keyframeTable=this.graphics.createTexture(e.TEXTURE_2D),
e.texImage2D(e.TEXTURE_2D,0,e.RGBA32F,t.length/4,1,0,e.RGBA,e.FLOAT,t),this.uploadedTable=t}get samplers(){let t=this.gl,
e={};return this.planes.forEach((s,i)=>e[`plane${i}`]=[t.TEXTURE_2D_ARRAY,s]),this.hasAges&&(e.ages=[t.TEXTURE_2D,this.ages],
e.keyframeTable=[t.TEXTURE_2D,this.keyframeTable]),e}free(){for(let t of[...this.planes,this.ages,this.keyframeTable])this.
gl.deleteTexture(t);this.planes=[],this.ages=this.keyframeTable=this.uploadedTable=null}};var ct=class{index=new ht;targets=new Map;constructor(t,e,s,i=""){this.graphics=t,this.scene=e,this.layers=s,this.label=
i,this.textures=new lt(t),this.textures.allocate(e.size,s,e.material.brdf)}add(t,e,s){this.textures.upload(t,s),this.index.
add(e,t,s.heights)}get ready(){return this.index.entries.length>0}get complete(){return this.index.entries.length===this.
layers}reaches(t){let{times:e}=this.scene,{first:s,last:i}=this.index,r=p(t,e[0],e[e.length-1]);return i!==void 0&&s<=r&&
r<=i}target(t,e,s,i){let r=this.targets.get(t);if(r&&S(r.size,e))return r;r&&this.graphics.deleteTarget(r);let o=this.graphics.
createTarget(e,s,i);return this.targets.set(t,o),o}free(){this.targets.forEach(t=>this.graphics.deleteTarget(t)),this.targets.
clear(),this.textures.free()}};var dt=class{live=null;draft=null;kept=null;exemplar=null;layers=0;constructor(t,e,s){this.store=t,this.graphics=e,this.
onReplaced=s}begin(t,e){this.layers=t,this.live?.ready&&e?this.replace("draft",this.live):e||this.replace("draft",null),
this.replace("live",null),e||this.replace("exemplar",null)}replace(t,e){let s=this[t];this[t]=e,s&&![this.live,this.draft,
this.kept,this.exemplar].includes(s)&&s.free(),this.onReplaced()}forget(){this.live=this.draft=this.kept=this.exemplar=null}create(t,e,s){
let i=this.graphics();if(!i)throw new Error("WebGL2 is not available");return new ct(i,t,e,s)}add(t,e,s,i){if(!this.live){
let r=this.store.loadedScene;this.live=this.create(r,this.layers,Ze(r)),i()}this.live.add(t,e,s),this.live.complete&&this.
replace("draft",null)}get shown(){let{time:t}=this.store.view,{live:e,draft:s}=this,i=s&&(s.complete||t!==null&&s.reaches(
t));return e?.ready&&(t===null||e.reaches(t)||!i)?e:i?s:null}get reach(){let t=[this.live,this.draft].flatMap(e=>e?.ready?
[e.index]:[]);return t.length?{first:Math.min(...t.map(e=>e.first)),last:Math.max(...t.map(e=>e.last))}:{}}};function Ze({
material:a,size:t,seed:e,start:s}){let i=s?{noise:", from noise",stitched:", from the photograph"}[s]:"";return`${a.title}\
, seed ${e}, ${t.join("×")}${i}`}var ut=class{reduced=!1;slowFrames=0;lastRequest=-1/0;lastFrame=-1/0;timer;constructor(t,e=()=>performance.now()){this.onRestored=
t,this.now=e}frameRequested(){this.lastRequest=this.now(),clearTimeout(this.timer)}frameStarted(){let t=this.now(),e=t-this.
lastFrame,s=this.lastRequest-this.lastFrame<180;return this.lastFrame=t,s&&(this.slowFrames=e>34?Math.min(this.slowFrames+
1,4):Math.max(this.slowFrames-.2,0)),this.reduced=this.reduced?this.slowFrames>0:s&&this.slowFrames>=4,clearTimeout(this.
timer),this.reduced&&(this.timer=setTimeout(()=>this.restore(),180)),this.scale}get scale(){return this.reduced?.5:1}restore(){
clearTimeout(this.timer),this.reduced&&(this.reduced=!1,this.onRestored())}};var Je=`#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`,Qe={int:"1i",ivec2:"\
2i",float:"1f",vec2:"2f",vec3:"3f","vec3[]":"3fv","vec4[]":"4fv"},mt=class{programs=new Map;constructor(t){let e=t.getContext(
"webgl2",{alpha:!1,antialias:!1,depth:!1,powerPreference:"high-performance"});if(!e)throw new Error("WebGL2 is not avail\
able");this.gl=e,this.mapFormat=ue(e)}reset(){this.programs=new Map,this.mapFormat=ue(this.gl)}createTexture(t,{filter:e=this.
gl.NEAREST,minFilter:s=e,wrap:i=this.gl.CLAMP_TO_EDGE}={}){let r=this.gl,o=r.createTexture();r.bindTexture(t,o),r.texParameteri(
t,r.TEXTURE_MAG_FILTER,e),r.texParameteri(t,r.TEXTURE_MIN_FILTER,s);for(let n of[r.TEXTURE_WRAP_S,r.TEXTURE_WRAP_T])r.texParameteri(
t,n,i);return o}createTarget(t,e,s){let i=this.gl,r=1+Math.floor(Math.log2(Math.max(...t))),o=i.createFramebuffer(),n=e.
map(l=>{let c=this.createTexture(i.TEXTURE_2D,{filter:i.LINEAR,minFilter:i.LINEAR_MIPMAP_LINEAR,wrap:s});return i.texStorage2D(
i.TEXTURE_2D,r,l,...t),c});i.bindFramebuffer(i.FRAMEBUFFER,o);let h=n.map((l,c)=>(i.framebufferTexture2D(i.FRAMEBUFFER,i.
COLOR_ATTACHMENT0+c,i.TEXTURE_2D,l,0),i.COLOR_ATTACHMENT0+c));return i.drawBuffers(h),{size:t,textures:n,framebuffer:o}}deleteTarget({
textures:t,framebuffer:e}){t.forEach(s=>this.gl.deleteTexture(s)),this.gl.deleteFramebuffer(e)}generateMipmaps({textures:t}){
let e=this.gl;for(let s of t)e.bindTexture(e.TEXTURE_2D,s),e.generateMipmap(e.TEXTURE_2D)}draw(t,e,s,i){let r=this.gl,{handle:o,
location:n}=this.program(e),[h,l]=t?.size??[r.drawingBufferWidth,r.drawingBufferHeight];r.bindFramebuffer(r.FRAMEBUFFER,
t?.framebuffer??null),r.viewport(0,0,h,l),r.useProgram(o);for(let[c,[u,...m]]of Object.entries(s))r[`uniform${Qe[u]}`](n(
c),...m);Object.entries(i).forEach(([c,[u,m]],f)=>{r.activeTexture(r.TEXTURE0+f),r.bindTexture(u,m),r.uniform1i(n(c),f)}),
r.drawArrays(r.TRIANGLES,0,3)}program(t){let e=this.compile(t);return e.checked||this.checkLinked(e),e}compile(t){let e=this.
programs.get(t);if(e)return e;let s=this.gl,i=s.createProgram(),r=new Map;for(let[h,l]of[[s.VERTEX_SHADER,Je],[s.FRAGMENT_SHADER,
t]]){let c=s.createShader(h);s.shaderSource(c,l),s.compileShader(c),s.attachShader(i,c)}s.linkProgram(i);let n={handle:i,
location:h=>(r.has(h)||r.set(h,s.getUniformLocation(i,h)),r.get(h)??null),checked:!1};return this.programs.set(t,n),n}checkLinked(t){
let e=this.gl;if(!e.getProgramParameter(t.handle,e.LINK_STATUS)&&!e.isContextLost()){let s=(e.getAttachedShaders(t.handle)??
[]).map(i=>e.getShaderInfoLog(i));throw new Error(`A shader does not compile on this graphics driver: ${s.join(" ")}`)}t.
checked=!0}};function ue(a){return a.getExtension("EXT_color_buffer_float")??a.getExtension("EXT_color_buffer_half_float")?
{format:a.RGBA16F,type:a.FLOAT,NumberArray:Float32Array,max:1}:{format:a.RGBA8,type:a.UNSIGNED_BYTE,NumberArray:Uint8Array,
max:255}}var pt=`// The microfacet BRDF models, with the formulas of shading/brdf.py.
const bool ISOTROPIC =
    BRDF == DIFFUSE_ISO_COOK_TORRANCE || BRDF == COMPL_ISO_COOK_TORRANCE || BRDF == ISO_COOK_TORRANCE;
const bool COMPLEMENTARY = BRDF == COMPL_COOK_TORRANCE || BRDF == COMPL_ISO_COOK_TORRANCE;
const bool SPECULAR_ONLY = BRDF == COOK_TORRANCE || BRDF == ISO_COOK_TORRANCE;
const float PI = 3.14159265358979;

float ggx(vec3 h, vec2 alpha) {
    if (ISOTROPIC) {
        float spread = alpha.x * alpha.x * h.z * h.z + h.x * h.x + h.y * h.y;
        return alpha.x * alpha.x / (PI * spread * spread + 1e-6);
    }
    float up = max(h.z, 0.0);
    float stretched = dot(h.xy / alpha, h.xy / alpha) + up * up;
    return 1.0 / (PI * alpha.x * alpha.y * stretched * stretched);
}

float smith(vec3 v, vec2 alpha) {
    vec2 across = alpha * v.xy;
    float up = max(v.z, 0.0);
    float tangentSquared = ISOTROPIC
        ? alpha.x * alpha.x * (1.0 - v.z * v.z) / (v.z * v.z + 1e-6)
        : dot(across, across) / (up * up + 1e-6);
    return 2.0 / (1.0 + sqrt(1.0 + tangentSquared));
}

vec3 schlick(vec3 f0, float hDotL) { return f0 + (1.0 - f0) * pow(1.0 - clamp(hDotL, 0.0, 1.0), 5.0); }

vec3 brdfTimesCosine(Maps maps, vec3 wi, vec3 wo) {
    if (BRDF == RGB_TEXTURE) return maps.base / PI * wi.z; // only on a solid: a flat texture is shown as it is
    vec3 h = normalize(wi + wo);
    float visibility = smith(wi, maps.alpha) * smith(wo, maps.alpha);
    float lobe = ggx(h, maps.alpha) * visibility / (4.0 * wo.z + 1e-6);
    if (COMPLEMENTARY) {
        vec3 fresnel = schlick(0.04 * (1.0 - maps.metallic) + maps.base * maps.metallic, dot(h, wi));
        return fresnel * lobe + (1.0 - fresnel) * (1.0 - maps.metallic) * maps.base / PI * wi.z;
    }
    vec3 specular = schlick(maps.specular, dot(h, wi)) * lobe;
    return SPECULAR_ONLY ? specular : specular + maps.base / PI * wi.z;
}
`;var me=`// The shaded plane: one fragment per texel of the tiled state.
uniform ivec2 tiles;
uniform int stride;   // texels from one fragment to the next
uniform vec2 extent;  // half the width and height of the lit plane
out vec4 colour;

void main() {
    ivec2 state = textureSize(plane0, 0).xy, texel = ivec2(gl_FragCoord.xy) * stride;  // row 0 is the top one
    Maps maps = mapsAt(texel % state);
    vec3 shown = channelColour(maps);
    if (BRDF == RGB_TEXTURE) shown *= pow(exposure, 1.0 / GAMMA);
    else if (channel == LIT) {
        // The centres of the outermost texels lie on the border of the plane; y points up.
        vec2 last = vec2(max(state * tiles - 1, ivec2(1)));
        vec2 position = (2.0 * vec2(texel) / last - 1.0) * extent * vec2(1.0, -1.0);
        shown = toneMap(radiance(maps, vec3(position, 0.0), mat3(1.0)));
    }
    colour = vec4(shown, 1.0);
}
`;var ft=`// The maps of a material at a texel of its state and at one time: two keyframes decoded and blended. keyframes/\
codec.py has the
// layout of the texels. shaders.js defines BRDF, one of the constants below, and AGED where there is an age map.
precision highp usampler2DArray;

uniform usampler2DArray plane0, plane1, plane2, plane3;
#ifdef AGED
uniform float time;
uniform sampler2D ages;      // model time that each texel is ahead
uniform sampler2D keyframeTable; // time, layer and height scale of each keyframe
uniform int keyframeCount;
#else
uniform ivec2 layers;        // of the keyframes before and after the time
uniform float blend;         // 0 at the first, 1 at the second
uniform vec2 heightScale;    // of the two keyframes
#endif

const int RGB_TEXTURE = 0, DIFFUSE_COOK_TORRANCE = 1, DIFFUSE_ISO_COOK_TORRANCE = 2, COMPL_COOK_TORRANCE = 3,
    COMPL_ISO_COOK_TORRANCE = 4, COOK_TORRANCE = 5, ISO_COOK_TORRANCE = 6;

struct Maps {
    vec3 base;             // diffuse, albedo, or the picture of an RGB texture
    vec3 specular;         // F0
    float metallic;
    vec2 alpha;
    vec3 normal;
    float height;          // in units of pixels
};

float unpack16(uint high, uint low) { return float(high * 256u + low) / 65535.0; }

Maps decode(ivec3 texel, float heightScale) {
    Maps maps = Maps(vec3(0.0), vec3(0.0), 0.0, vec2(1.0), vec3(0.0, 0.0, 1.0), 0.0);
    uvec4 first = texelFetch(plane0, texel, 0);
    maps.base = vec3(first.rgb) / 255.0;
    if (BRDF == RGB_TEXTURE) return maps;
    uvec4 second = texelFetch(plane1, texel, 0), third = texelFetch(plane2, texel, 0);
    uvec4 fourth = texelFetch(plane3, texel, 0);
    vec3 specularRoot = vec3(first.a, second.rg) / 255.0;
    vec2 alphaRoot = vec2(unpack16(third.r, third.g), unpack16(third.b, third.a));
    maps.base *= maps.base;
    maps.specular = specularRoot * specularRoot;
    maps.metallic = unpack16(first.a, second.r);
    maps.alpha = alphaRoot * alphaRoot;
    maps.height = (unpack16(second.b, second.a) * 2.0 - 1.0) * heightScale;
    maps.normal.xy = vec2(unpack16(fourth.r, fourth.g), unpack16(fourth.b, fourth.a)) * 2.0 - 1.0;
    maps.normal.z = sqrt(max(1e-4, 1.0 - dot(maps.normal.xy, maps.normal.xy))); // rounded components may be too long
    return maps;
}

Maps mixMaps(Maps a, Maps b, float t) {
    return Maps(mix(a.base, b.base, t), mix(a.specular, b.specular, t), mix(a.metallic, b.metallic, t),
        mix(a.alpha, b.alpha, t), normalize(mix(a.normal, b.normal, t)), mix(a.height, b.height, t));
}

#ifdef AGED
Maps mapsAt(ivec2 texel) {
    float texelTime = time + texelFetch(ages, texel, 0).r;
    int before = 0, after = keyframeCount - 1;
    while (after - before > 1) {
        int middle = (before + after) / 2;
        if (texelFetch(keyframeTable, ivec2(middle, 0), 0).r < texelTime) before = middle;
        else after = middle;
    }
    vec3 a = texelFetch(keyframeTable, ivec2(before, 0), 0).rgb, b = texelFetch(keyframeTable, ivec2(after, 0), 0).rgb;
    float blend = clamp((texelTime - a.x) / max(b.x - a.x, 1e-9), 0.0, 1.0);
    return mixMaps(decode(ivec3(texel, int(a.y)), a.z), decode(ivec3(texel, int(b.y)), b.z), blend);
}
#else
Maps mapsAt(ivec2 texel) {
    return mixMaps(decode(ivec3(texel, layers.x), heightScale.x), decode(ivec3(texel, layers.y), heightScale.y), blend);\

}
#endif
`;var Xt=`// The colour of a point of the surface: a channel of its maps, or the surface under all lights (as in shading/p\
lane.py).
const int MAX_LIGHTS = 8;
uniform int lightCount;
uniform vec4 lightPositions[MAX_LIGHTS];  // x, y, z and 1 of a point light; the direction toward a directional one and \
0
uniform vec3 lightPowers[MAX_LIGHTS];
uniform float cameraHeight;
uniform float exposure;                 // factor
uniform vec2 heightRange;               // heights shown as black and as white
uniform int channel;

const int LIT = 0, BASE = 1, SPECULAR = 2, METALLIC = 3, ROUGHNESS_U = 4, ROUGHNESS_V = 5, NORMAL = 6, HEIGHT = 7;
const float GAMMA = 2.2;

vec3 radiance(Maps maps, vec3 position, mat3 surface) {
    vec3 toCamera = vec3(0.0, 0.0, cameraHeight) - position;
    vec3 normal = surface * maps.normal;
    vec3 tangent = normalize(surface[0] - dot(surface[0], normal) * normal);
    mat3 frame = mat3(tangent, normalize(cross(normal, tangent)), normal);
    vec3 wo = normalize(toCamera) * frame, sum = vec3(0.0);
    if (wo.z < 0.0) return sum;
    for (int i = 0; i < lightCount; i++) {
        vec3 toLight = lightPositions[i].xyz - lightPositions[i].w * position;
        vec3 wi = normalize(toLight) * frame;
        float falloff = lightPositions[i].w == 0.0 ? 1.0 : 1.0 / dot(toLight, toLight);
        // A solid hides a light behind its surface, whatever the normal map says.
        if (wi.z >= 0.0 && dot(toLight, surface[2]) >= 0.0) sum += brdfTimesCosine(maps, wi, wo) * lightPowers[i] * fall\
off;
    }
    return sum;
}

vec3 toneMap(vec3 radiance) { return pow(clamp(radiance * exposure, 1e-6, 1.0), vec3(1.0 / GAMMA)); }

vec3 channelColour(Maps maps) {
    switch (channel) {
        case SPECULAR: return maps.specular;
        case METALLIC: return vec3(maps.metallic);
        case ROUGHNESS_U: return vec3(maps.alpha.x);
        case ROUGHNESS_V: return vec3(maps.alpha.y);
        case NORMAL: return maps.normal * 0.5 + 0.5;
        case HEIGHT: return vec3((maps.height - heightRange.x) / max(heightRange.y - heightRange.x, 1e-6));
        default: return maps.base;
    }
}
`;var pe=`// The blended maps in three textures that can be filtered, every number in [0, 1].
uniform ivec2 origin;
uniform vec2 heightRange;
layout(location = 0) out vec4 first;
layout(location = 1) out vec4 second;
layout(location = 2) out vec4 third;

void main() {
    Maps maps = mapsAt(ivec2(gl_FragCoord.xy) + origin);
    float height = (maps.height - heightRange.x) / max(heightRange.y - heightRange.x, 1e-6);
    first = vec4(maps.base, maps.normal.z);
    second = vec4(COMPLEMENTARY ? vec3(maps.metallic) : maps.specular, height);
    third = vec4(maps.alpha, maps.normal.xy * 0.5 + 0.5);
}
`;var fe=`// A region of the shaded plane on the canvas. Magnification is by Catmull-Rom, which is exact at 1:1 and keeps \
edges crisp: its
// 16 texels are read in five bilinear taps, the corners left out, as Jimenez does ("Filmic SMAA", SIGGRAPH 2016); or bi\
linear
// where that takes too long (see adaptive-resolution.js). Minification is by mipmaps. "Exact pixels" are not filtered.
uniform sampler2D shaded;
uniform vec2 canvasSize;  // of this part of the canvas, which begins at \`left\`
uniform float left;
uniform vec2 from, span;  // visible region of the plane, in [0, 1]
uniform float level;      // of the mipmaps
uniform bool exact, catmullRom;
uniform vec3 background;
out vec4 colour;

vec3 sampleCatmullRom(vec2 place, vec2 size) {
    vec2 corner = floor(place), f = place - corner;
    vec2 before = f * (-0.5 + f * (1.0 - 0.5 * f)), after = f * f * (0.5 * f - 0.5);
    vec2 second = f * (0.5 + f * (2.0 - 1.5 * f)), middle = 1.0 - before - after;
    vec2 outer = (corner - 0.5) / size, inner = (corner + 0.5 + second / middle) / size, last = (corner + 2.5) / size;
    float weights[5] = float[](
        middle.x * before.y, before.x * middle.y, middle.x * middle.y, after.x * middle.y, middle.x * after.y);
    vec2 taps[5] = vec2[](
        vec2(inner.x, outer.y), vec2(outer.x, inner.y), inner, vec2(last.x, inner.y), vec2(inner.x, last.y));
    vec4 sum = vec4(0.0);
    for (int i = 0; i < 5; i++) sum += weights[i] * vec4(textureLod(shaded, taps[i], 0.0).rgb, 1.0);
    return sum.rgb / sum.a;
}

void main() {
    vec2 size = vec2(textureSize(shaded, 0));
    vec2 place = from + vec2(gl_FragCoord.x - left, canvasSize.y - gl_FragCoord.y) / canvasSize * span;
    vec3 shown = background;
    if (place == clamp(place, 0.0, 1.0)) {
        if (exact) shown = texelFetch(shaded, min(ivec2(place * size), ivec2(size) - 1), 0).rgb;
        else if (catmullRom) shown = sampleCatmullRom(place * size - 0.5, size);
        else shown = textureLod(shaded, place, level).rgb;
    }
    colour = vec4(shown, 1.0);
}
`;var ge=`// A sphere or a cylinder that touches the plane z = 0 from behind: one fragment per pixel of the canvas. geomet\
ry.js finds the
// same texels for a pointer.
uniform sampler2D maps0, maps1, maps2;  // what maps.glsl wrote
uniform vec2 canvasSize;  // of this part of the canvas, which begins at \`left\`
uniform float left;
uniform float halfWidth;   // of the plane that fills the canvas
uniform float zoom;
uniform bool sphere;       // a sphere, else a cylinder
uniform float radius;
uniform float halfHeight;  // of the cylinder
uniform vec2 turn;         // about the upward axis, then toward the eye
uniform vec2 repeats;      // of the state, around and from top to bottom
uniform vec3 background;
out vec4 colour;

Maps filterMaps(vec2 place, vec2 dx, vec2 dy) {
    vec4 first = textureGrad(maps0, place, dx, dy), second = textureGrad(maps1, place, dx, dy);
    vec4 third = textureGrad(maps2, place, dx, dy);
    vec3 normal = vec3(third.zw * 2.0 - 1.0, first.a);
    // Where normals differ, their mean is shorter than 1: their spread adds to the roughness (Toksvig 2005).
    float spread = 2.0 * (1.0 - min(length(normal), 1.0)) / length(normal);
    vec2 alpha = min(sqrt(third.xy * third.xy + spread), 1.0);
    float height = mix(heightRange.x, heightRange.y, second.a);
    return Maps(first.rgb, second.rgb, second.r, alpha, normalize(normal), height);
}

void main() {
    vec3 eye = vec3(0.0, 0.0, cameraHeight + radius);  // from the centre of the solid
    vec2 onPlane = (2.0 * vec2(gl_FragCoord.x - left, gl_FragCoord.y) / canvasSize - 1.0) * halfWidth / zoom;
    vec3 ray = vec3(onPlane, -cameraHeight), axes = sphere ? vec3(1.0) : vec3(1.0, 0.0, 1.0);
    float a = dot(ray * axes, ray), b = dot(eye * axes, ray), c = dot(eye * axes, eye) - radius * radius;
    float inside = b * b - a * c;
    float coverage = clamp(inside / max(fwidth(inside), 1e-9) + 0.5, 0.0, 1.0);
    vec3 point = eye + ray * (-b - sqrt(max(inside, 0.0))) / a;
    if (!sphere) {
        float margin = halfHeight - abs(point.y);
        coverage *= clamp(margin / max(fwidth(margin), 1e-9) + 0.5, 0.0, 1.0);
    }
    vec3 outward = normalize(point * axes);
    mat3 tilt = mat3(1.0, 0.0, 0.0, 0.0, cos(turn.y), sin(turn.y), 0.0, -sin(turn.y), cos(turn.y));
    vec3 local = sphere ? tilt * outward : outward;
    float downward = sphere ? acos(clamp(local.y, -1.0, 1.0)) / PI : 0.5 - point.y / (2.0 * halfHeight);
    vec2 place = vec2((atan(local.x, local.z) + turn.x) / (2.0 * PI), downward) * repeats + vec2(0.5, 0.0);
    vec2 dx = dFdx(place), dy = dFdy(place);
    dx.x -= repeats.x * floor(dx.x / repeats.x + 0.5);  // no jump across the seam
    dy.x -= repeats.x * floor(dy.x / repeats.x + 0.5);
    colour = vec4(background, 1.0);
    if (coverage == 0.0) return;
    Maps maps = filterMaps(place, dx, dy);
    vec3 east = normalize(vec3(local.z + 1e-6, 0.0, -local.x)) * (sphere ? tilt : mat3(1.0));
    mat3 surface = mat3(east, cross(outward, east), outward);
    vec3 shown = channelColour(maps);
    if (channel == LIT) {
        // Normals that face away from the eye are bent toward it: near the outline there would be black holes.
        vec3 toEye = normalize(eye - point) * surface;
        maps.normal = normalize(maps.normal - min(dot(maps.normal, toEye) - 0.05, 0.0) * toEye);
        if (BRDF == RGB_TEXTURE) maps.base = pow(maps.base, vec3(GAMMA));
        shown = toneMap(radiance(maps, point - vec3(0.0, 0.0, radius), surface));
    }
    colour = vec4(mix(background, shown, coverage), 1.0);
}
`;var ns=["rgb","diffuse_cook_torrance","diffuse_iso_cook_torrance","compl_cook_torrance","compl_iso_cook_torrance","cook_\
torrance","iso_cook_torrance"],hs={flat:[ft,pt,Xt,me],solid:[ft,pt,Xt,ge],maps:[ft,pt,pe]};function $(a,t,e=!1){let s=[`\
BRDF ${ns.indexOf(t)}`,...e?["AGED"]:[]];return be(s)+hs[a].join(`
`)}var $t=be([])+fe;function be(a){return`#version 300 es
${a.map(e=>`#define ${e}
`).join("")}precision highp float;
precision highp int;
precision highp sampler2D;
`}var ls=4,Ht=a=>a-ls>>1;function xe({shown:a,kept:t,exemplar:e},s,i){if(!a)return[];let r=a.index.at(i.time??a.index.last),
o={keyframeSet:a,channel:i.channel,blend:r},n=cs(i,o,{kept:t,exemplar:e});if(!n)return[{...o,left:0,width:s,from:0,to:s}];
if(i.beside){let l=Ht(s);return[{...o,left:0,width:l,from:0,to:l},{...n,left:s-l,width:l,from:s-l,to:s}]}let h=Math.round(
i.divider*s);return[{...o,left:0,width:s,from:0,to:h},{...n,left:0,width:s,from:h,to:s}]}function ve(a,{kept:t,exemplar:e}){
return a==="kept"?t:a==="exemplar"?e:void 0}function Kt(a,t){let e=ve(a,t);return e===void 0||!!e?.ready}function cs({second:a,
channel:t},{keyframeSet:e,blend:s},i){if(!a||!Kt(a,i))return null;let r=ve(a,i);if(!r)return{keyframeSet:e,channel:a,blend:s};
let{material:o}=r.scene,n=o.views.some(([h])=>h===t);return{keyframeSet:r,channel:a==="kept"&&n?t:"lit",blend:r.index.at(
ds(s.time,e.scene.material,o)),alwaysFlat:a==="exemplar"}}function ds(a,t,e){let s=a<0?"warmup":"duration";return a*(t[s]?
e[s]/t[s]:1)}function we({from:a,span:t},e,s){return{from:b(a,(i,r)=>(i*e[r]-(e[r]-s[r])/2)/s[r]),span:b(t,(i,r)=>i*e[r]/
s[r])}}var us={lit:0,diffuse:1,albedo:1,specular:2,metallic:3,roughness:4,roughness_u:4,roughness_v:5,normal:6,height:7},ye=[26,
24,26].map(a=>a/255),ms=2**23,gt=class{constructor(t){this.canvas=t,this.graphics=new mt(t),this.gl=this.graphics.gl}precompile(t){
if(!this.gl.isContextLost())for(let e of[$("flat",t),$t])this.graphics.compile(e)}draw(t,e,s=!1){let{gl:i}=this;for(let r of t){
let o=r.alwaysFlat||e.surface==="flat";o||this.renderMaps(r);let n=o?this.shadePlane(r,r.alwaysFlat?{...e,...M}:e):null;
i.enable(i.SCISSOR_TEST),i.scissor(r.from,0,r.to-r.from,this.canvas.height),n?this.present(n,this.regionOf(r,t[0].keyframeSet.
scene,e),r,e,s):this.drawSolid(r,e),i.disable(i.SCISSOR_TEST)}}regionOf({keyframeSet:t,alwaysFlat:e,width:s},i,r){let o=r.
surface==="flat"?r:{...r,...M},n=T(o,i,[s,this.canvas.height]),{scene:h}=t;return S(h.size,i.size)&&!e?n:we(n,L(o,i),e?h.
size:L(o,h))}shadePlane({keyframeSet:t,channel:e,blend:s},i){let{scene:r,textures:o}=t,n=L(i,r),h=this.gl.getParameter(this.
gl.MAX_TEXTURE_SIZE),l=Math.ceil(Math.max(Math.sqrt(n[0]*n[1]/ms),Math.max(...n)/h)),c=t.target("plane",b(n,m=>Math.floor(
m/l)),[this.gl.RGBA8]),u={...o.uniforms(s),...this.shadingUniforms(r,s,i,e),tiles:["ivec2",...i.tiles],stride:["int",l],
extent:["vec2",...st(i,r)]};return this.graphics.draw(c,$("flat",r.material.brdf,o.hasAges),u,o.samplers),c}present(t,{from:e,
span:s},{left:i,width:r},o,n){let h=[r,this.canvas.height],l=Math.max(...b(s,(u,m)=>u*t.size[m]/h[m]));l>1&&!o.exact&&this.
graphics.generateMipmaps(t);let c={canvasSize:["vec2",...h],left:["float",i],from:["vec2",...e],span:["vec2",...s],level:[
"float",Math.max(Math.log2(l),0)],exact:["int",Number(o.exact)],catmullRom:["int",+(l<=1&&!n)],background:["vec3",...ye]};
this.graphics.draw(null,$t,c,{shaded:[this.gl.TEXTURE_2D,t.textures[0]]})}renderMaps({keyframeSet:t,blend:e},s){let{scene:i,
textures:r}=t,o=Array(3).fill(this.graphics.mapFormat.format),n=t.target(s?"texel":"maps",s?[1,1]:i.size,o,this.gl.REPEAT),
h={...r.uniforms(e),heightRange:["vec2",...e.heightRange],origin:["ivec2",...s??[0,0]]};return this.graphics.draw(n,$("m\
aps",i.material.brdf,r.hasAges),h,r.samplers),s||this.graphics.generateMipmaps(n),n}drawSolid({keyframeSet:t,channel:e,blend:s,
left:i,width:r},o){let{scene:n,targets:h,textures:l}=t,{radius:c,halfHeight:u}=Vt(n),m={...this.shadingUniforms(n,s,o,e),
canvasSize:["vec2",r,this.canvas.height],left:["float",i],halfWidth:["float",n.halfWidth],zoom:["float",o.zoom],sphere:[
"int",+(o.surface==="sphere")],radius:["float",c],halfHeight:["float",u],turn:["vec2",...o.turn],repeats:["vec2",...Gt(o)],
background:["vec3",...ye]},f={};h.get("maps")?.textures.forEach((g,w)=>{f[`maps${w}`]=[this.gl.TEXTURE_2D,g]}),this.graphics.
draw(null,$("solid",n.material.brdf,l.hasAges),m,f)}shadingUniforms(t,e,s,i){return{...ee(s.lights,t.distance),cameraHeight:[
"float",t.distance],exposure:["float",2**s.exposure],heightRange:["vec2",...e.heightRange],channel:["int",us[i]]}}};var bt=class{busy=!1;wanted="";drawn="";constructor(t,e,s){this.fetchPicture=t,this.onPicture=e,this.onError=s}async request(t){
if(this.wanted=JSON.stringify(t),!this.busy){for(this.busy=!0;this.wanted!==this.drawn;){let e=this.wanted;try{let{address:s,
error:i}=await this.fetchPicture(JSON.parse(e));s?this.onPicture(s):this.onError(i??"")}catch(s){this.onError(`The serve\
r did not answer the request for a picture (${s.message}).`)}this.drawn=e}this.busy=!1}}};var ps=2048,xt=class{renderer=null;contextLost=!1;viewChanged=!1;pendingFrame=null;limitation=null;onDrawn=t=>{};onAllocated=()=>{};onRestored=()=>{};constructor(t,{
fetchPicture:e,showMessage:s}){this.store=t,this.showMessage=s,this.serverRenderer=new bt(e,i=>this.showPreview(i),s),this.
canvas=d("canvas",{role:"img",tabindex:"0"}),this.preview=Qt(d("img",{class:"ode-preview",alt:"",hidden:!0,draggable:"fa\
lse"})),this.draftLabel=d("p",{class:"ode-mark",hidden:!0}),this.overlay=d("div",{class:"ode-over"}),this.picture=d("div",
{class:"ode-picture"},this.canvas,this.preview,this.overlay,this.draftLabel),this.adaptiveResolution=new ut(()=>this.invalidate()),
this.sets=new dt(t,()=>this.renderer?.graphics,()=>this.invalidate()),this.startRenderer(),new ResizeObserver(()=>this.fit()).
observe(this.picture),t.subscribe(()=>this.invalidate())}connect(t){Object.assign(this,t)}startRenderer(){let t;try{t=this.
renderer=new gt(this.canvas)}catch{this.limitation="This browser has no WebGL2: the server draws the pictures, so time a\
nd light respond slowly.";return}this.canvas.addEventListener("webglcontextlost",e=>{e.preventDefault(),this.contextLost=
!0,this.sets.forget(),this.store.set({kept:null,...this.store.view.second==="kept"?{second:null}:{}}),this.showMessage("\
The browser has taken the graphics card away; the picture returns when the browser gives it back.")}),this.canvas.addEventListener(
"webglcontextrestored",()=>{this.contextLost=!1,t.graphics.reset(),this.onRestored()})}addKeyframe(t,e,s){this.sets.add(
t,e,s,this.onAllocated),this.preview.hidden=!0,this.requestFrame()}async showDraft(t,e,s){if(!this.renderer||this.contextLost)
return;let{seed:i,size:r,times:o}=t,n=this.sets.create({...e,seed:i,size:r,times:o},o.length,s);this.sets.replace("draft",
n),await nt(n,t,()=>this.sets.draft===n,()=>{this.shown&&(this.preview.hidden=!0),this.requestFrame()})}keep(){let{live:t}=this.
sets;t?.ready&&(this.sets.replace("kept",t),this.store.set({kept:t.label,second:"kept",beside:!0}))}uploadAges(t,e){let s=this.
store.scene?.size;if(!(!s||this.contextLost))for(let i of[this.sets.live,this.sets.draft])i&&S(i.scene.size,s)&&i.textures.
setAges(t,e)}get shown(){return this.sets.shown}get scene(){return this.shown?.scene??this.store.scene}get ready(){return!!this.
renderer&&!this.contextLost&&this.shown!==null}get parts(){return this.ready?xe(this.sets,this.canvas.width,this.store.view):
[]}get sideBySide(){let{beside:t,second:e}=this.store.view;return t&&e!==null&&!!this.renderer&&Kt(e,this.sets)}get pixels(){
let{width:t,height:e}=this.canvas;return[this.sideBySide?Ht(t):t,e]}uvOf(t){let[e,s]=this.canvasUvOf(t);return this.sideBySide&&
e>=0&&e<1?[2*e%1,s]:[e,s]}canvasUvOf(t){let e=this.picture.getBoundingClientRect();return[(t.clientX-e.left)/e.width,(t.
clientY-e.top)/e.height]}fit(){this.resize(1)&&(this.renderer&&this.draw(),this.store.notify())}resize(t){if(!this.ready)
return!1;let e=t*(window.devicePixelRatio||1),s=this.picture.getBoundingClientRect(),[i,r]=[s.width,s.height].map(o=>p(Math.
round(o*e),1,ps));return i===this.canvas.width&&r===this.canvas.height?!1:(Object.assign(this.canvas,{width:i,height:r}),
!0)}sharpen(){this.adaptiveResolution.restore(),this.resize(1),this.draw()}invalidate(){this.viewChanged||this.adaptiveResolution.
frameRequested(),this.viewChanged=!0,this.requestFrame()}requestFrame(){this.pendingFrame||(this.pendingFrame=requestAnimationFrame(
()=>{if(this.pendingFrame=null,this.updateLayout(),this.renderer){let{exact:t}=this.store.view,e=this.viewChanged?this.adaptiveResolution.
frameStarted():this.adaptiveResolution.scale;this.viewChanged=!1;let s=this.resize(t?1:e);this.draw(),s&&t&&this.store.notify()}else
this.drawOnServer()}))}updateLayout(){let{view:t}=this.store;if(!this.scene)return;let e=this.sideBySide?2:1;this.picture.
style.setProperty("--ratio",String(e*ne(t,this.scene))),this.picture.classList.toggle("ode-beside",e===2);let{draft:s}=this.
sets,i=s&&this.shown===s?s.label:null;this.draftLabel.hidden=i===null,i!==null&&this.draftLabel.textContent!==i&&(this.draftLabel.
textContent=i)}draw(){let{parts:t}=this;t.length&&(this.renderer?.draw(t,this.store.view,this.adaptiveResolution.reduced),
this.showTime(t[0].blend.time))}drawOnServer(){let{view:t,scene:e}=this.store;if(!e||e.failed)return;let{x:s,y:i,logIntensity:r}=t.
lights[0],o=t.time??e.times[e.times.length-1];this.showTime(o);let n=[e.material.name,e.seed,...e.size,o,s,i,r,e.start??
""];this.serverRenderer.request(n)}showTime(t){let e=`${this.store.loadedScene.material.title} at t = ${v(t)}`;this.canvas.
setAttribute("aria-label",e),this.preview.setAttribute("alt",e),this.onDrawn(t)}showPreview(t){this.preview.hidden=!t,t&&
this.preview.getAttribute("src")!==t&&(this.preview.src=t)}};var fs={ArrowLeft:-.02,ArrowRight:.02},vt=class{constructor(t,e){this.canvasView=t,this.store=e,this.element=d("div",{class:"\
ode-divider",role:"slider",tabindex:"0","aria-label":"Divider between the channels","aria-valuemin":0,"aria-valuemax":100,
onpointerdown:s=>this.onPointerDown(s),onpointermove:s=>this.onPointerMove(s),onkeydown:s=>this.onKeyDown(s)}),e.subscribe(
s=>{this.element.hidden=!s.second||s.beside,this.element.style.left=`${100*s.divider}%`,this.element.setAttribute("aria-\
valuenow",String(Math.round(100*s.divider)))})}onPointerDown(t){this.element.setPointerCapture(t.pointerId),t.stopPropagation()}onPointerMove(t){
this.element.hasPointerCapture(t.pointerId)&&(this.store.set({divider:p(this.canvasView.canvasUvOf(t)[0],0,1)}),t.stopPropagation())}onKeyDown(t){
let e=fs[t.key];e&&(t.preventDefault(),t.stopPropagation(),this.store.set({divider:p(this.store.view.divider+e,0,1)}))}};var H={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]},wt=class{keyboardFocus=!1;constructor(t,{store:e,
slider:s,playback:i,tools:r}){this.root=t,this.store=e,this.slider=s,this.playback=i,this.tools=r,document.addEventListener(
"focusin",({target:o})=>{this.keyboardFocus=o.matches(":focus-visible")}),document.addEventListener("keydown",o=>this.onKeyDown(
o))}onKeyDown(t){let e=t.target,s=e.matches("input:not([type=range]), select, textarea");if(!this.store.scene||s||t.ctrlKey||
t.metaKey||t.altKey||t.defaultPrevented)return;let i=this.root.contains(e)?this.inViewer(t,e):this.outsideViewer(t,e);i&&
(t.preventDefault(),i())}inViewer(t,e){let s=!!e.closest(".ode-picture"),i=e===this.slider;return this.playbackKey(t,e)??
(s||i?this.endKey(t):null)??(i?this.sliderKey(t):null)??(s?this.pictureKey(t):null)}outsideViewer(t,e){let{key:s}=t,i=e.
matches(".ode-card");return!(i||e===document.body)||!this.visible||["ArrowUp","ArrowDown"].includes(s)?null:i&&s===" "&&
!this.keyboardFocus?()=>this.playback.toggle():this.playbackKey(t,e)??this.endKey(t)??this.sliderKey(t)}get visible(){let{
width:t,top:e,bottom:s}=this.root.getBoundingClientRect();return t>0&&s>0&&e<innerHeight}playbackKey({key:t},e){return t===
" "&&!e.matches("button, summary")?()=>this.playback.toggle():t===","||t==="."?()=>this.playback.step(t===","?-1:1):null}endKey({
key:t}){return t==="Home"||t==="End"?()=>this.playback.jump(t==="Home"?-1:1):null}sliderKey({key:t,shiftKey:e}){return H[t]?
()=>this.playback.step((H[t][0]+H[t][1])*(e?10:1)):null}pictureKey({key:t,shiftKey:e}){let{tool:s,surface:i,tiles:r}=this.
store.view;return H[t]?()=>this.tools[s].nudge(H[t],e):t==="+"||t==="="?()=>this.tools.move.zoom(1.25):t==="-"?()=>this.
tools.move.zoom(1/1.25):t==="0"?()=>this.store.set({...M,surface:i,tiles:r}):t==="Enter"&&s==="paint"?()=>this.tools.paint.
dab():null}};var yt=class{constructor(t,e){this.canvasView=t,this.store=e,this.element=d("div",{class:"ode-handles"}),e.subscribe((s,i)=>this.
update(s,i))}update(t,e){let s=e&&t.tool==="light"&&O(t,e)&&[t.channel,t.second].includes("lit");if(this.element.hidden=
!s,!s)return;let i=this.element.children;for(;i.length>t.lights.length;)i[i.length-1].remove();for(;i.length<t.lights.length;)
this.element.append(this.createHandle());t.lights.forEach((r,o)=>{this.place(i[o],r,o,t,e)})}createHandle(){let t=this.element.
children.length;return d("div",{class:"ode-handle",role:"slider",tabindex:"0","data-light":t,"aria-valuemin":-1,"aria-va\
luemax":1,onfocus:()=>this.store.view.selected!==t&&this.store.set({selected:t})})}place(t,e,s,i,r){let o=ae([e.x,e.y],i,
r,this.canvasView.pixels);t.style.left=`${100*p(o[0],0,1)}%`,t.style.top=`${100*p(o[1],0,1)}%`,t.style.setProperty("--co\
lour",e.colour);let n=o.some(l=>l<0||l>1);t.classList.toggle("ode-outside",n),t.classList.toggle("ode-selected",s===i.selected&&
i.lights.length>1),t.classList.toggle("ode-directional",e.kind==="directional");let h=i.lights.length>1?`Light ${s+1}`:"\
Light";t.setAttribute("aria-label",`${h}: drag, or move it with the arrow keys`),t.setAttribute("aria-valuenow",e.x.toFixed(
2)),t.setAttribute("aria-valuetext",`x ${v(e.x)}, y ${v(e.y)}`)}};var Et=class{constructor(t,e){this.canvasView=t,this.store=e}start(t,e){let s=e.target.closest(".ode-handle");s instanceof
HTMLElement?this.store.set({selected:Number(s.dataset.light)}):this.drag(t)}drag(t){let{view:e,loadedScene:s}=this.store;
if(!O(e,s))return;let[i,r]=Bt(t,e,s,this.canvasView.pixels);this.store.setLight(C({...this.store.selectedLight,x:i,y:r,orbit:0}))}nudge([
t,e],s){if(!O(this.store.view,this.store.loadedScene))return;let i=this.store.selectedLight,r=s?.1:.02;this.store.setLight(
C({...i,x:i.x+t*r,y:i.y+e*r,orbit:0}))}};var Ee=1.4,gs=3,Rt=class{constructor(t,e){this.canvasView=t,this.store=e}start(){}drag(t,e){let{view:s,loadedScene:i}=this.
store,r=b(t,(o,n)=>o-e[n]);if(s.surface==="flat"){let o=T(s,i,this.canvasView.pixels),{span:n}=o;this.setCentre(b(o.from,
(h,l)=>h+n[l]/2-r[l]*n[l]),n)}else{let[o,n]=b(s.turn,(h,l)=>h-gs*r[l]/s.zoom);this.store.set({turn:[o%(2*Math.PI),p(n,-Ee,
Ee)]})}}setCentre(t,e){this.store.set({centre:b(t,(s,i)=>p(s,Math.min(e[i]/2,.5),Math.max(1-e[i]/2,.5)))})}zoom(t,e=[.5,
.5]){let{view:s,loadedScene:i}=this.store,r=p(s.zoom*t,1,32),o=T(s,i,this.canvasView.pixels),{span:n}=T({...s,zoom:r},i,
this.canvasView.pixels);this.store.set({zoom:r}),s.surface==="flat"&&this.setCentre(b(e,(h,l)=>o.from[l]+h*o.span[l]+(.5-
h)*n[l]),n)}nudge([t,e],s){let i=s?.2:.05;this.drag([.5-t*i,.5+e*i],[.5,.5])}};function Re(a,t,e){let{gl:s}=a,[i,r]=t.keyframeSet.scene.size;a.shadePlane(t,{...e,...M});let o=new Uint8Array(4*i*r);return s.
readPixels(0,0,i,r,s.RGBA,s.UNSIGNED_BYTE,o),o}function Te(a,t,e){let{gl:s}=a,{type:i,NumberArray:r,max:o}=a.graphics.mapFormat;
return a.renderMaps(t,e),[0,1,2].flatMap(n=>{let h=new r(4);return s.readBuffer(s.COLOR_ATTACHMENT0+n),s.readPixels(0,0,
1,1,s.RGBA,i,h),Array.from(h,l=>l/o)})}function Se({gl:a,canvas:t},[e,s]){let i=new Uint8Array(4);return a.bindFramebuffer(
a.FRAMEBUFFER,null),a.readPixels(e,t.height-1-s,1,1,a.RGBA,a.UNSIGNED_BYTE,i),i}var bs={diffuse:[0,1,2],albedo:[0,1,2],metallic:[4],specular:[4,5,6],height:[7],roughness:[8],roughness_u:[8],roughness_v:[
9],normal:[10,11]},Tt=class{event=null;pending=!1;constructor(t,e,s){this.canvasView=t,this.store=e,this.ages=s,this.element=
d("p",{class:"ode-probe",hidden:!0}),t.picture.addEventListener("pointermove",i=>this.onPointer(i)),t.picture.addEventListener(
"pointerleave",()=>this.onPointer(null)),e.subscribe(()=>this.onPointer(this.event))}onPointer(t){this.event=t;let e=t&&
!t.buttons&&!this.store.view.playing;e||(this.element.hidden=!0),!(!e||this.pending)&&(this.pending=!0,requestAnimationFrame(
()=>{this.pending=!1;let{renderer:s,ready:i}=this.canvasView;this.event&&!this.event.buttons&&i&&s&&this.show(this.event,
s)}))}show(t,e){let{view:s}=this.store,i=this.canvasView.canvasUvOf(t),r=this.canvasView.parts.find(({to:f})=>i[0]*this.
canvasView.canvas.width<f),o=r?.keyframeSet.scene,n=r&&o&&!r.alwaysFlat&&it(this.canvasView.uvOf(t),s,o,this.canvasView.
pixels);if(this.element.hidden=!n,!n)return;let h=b(n,Math.floor),l=o.material.views.find(([f])=>f===r.channel)?.[1],u=S(
o.size,this.store.loadedScene.size)&&this.ages()?.[h[1]*o.size[0]+h[0]],m=[`${h[0]}, ${h[1]}`,`${l}: ${this.valueText(e,
r,h,i)}`];u&&m.push(`age ${u>0?"+":""}${v(u)}`),this.element.textContent=m.join("  ·  ")}valueText(t,e,s,i){let{canvas:r}=t,
{channel:o,blend:n}=e;if(o==="lit"){t.draw(this.canvasView.parts,this.store.view);let m=b([r.width,r.height],(f,g)=>p(Math.
floor(i[g]*f),0,f-1));return[...Se(t,m).slice(0,3)].join(" ")}let h=Te(t,e,s),l=bs[o].map(m=>h[m]);if(o==="height"){let[
m,f]=n.heightRange;return v(m+l[0]*(f-m))}if(o!=="normal")return l.map(m=>v(m)).join(" ");let[c,u]=l.map(m=>2*m-1);return[
c,u,Math.sqrt(Math.max(0,1-c*c-u*u))].map(m=>v(m)).join(" ")}};var xs=8,St=class{direction=1;before=null;scheduled=!1;constructor(t,e){this.store=t,this.canvasView=e,t.subscribe(()=>this.
schedule())}get animating(){let{view:t,scene:e}=this.store;return!!e&&(t.playing||t.lights.some(s=>s.orbit))}schedule(){
this.scheduled||!this.animating||(this.before=null,this.requestTick())}requestTick(){this.scheduled=!0,requestAnimationFrame(
t=>this.tick(t))}tick(t){this.scheduled=!1;let e=this.before===null?0:Math.min(t-this.before,100)/1e3,{view:s}=this.store;
if(!this.animating)return;let{material:i,halfWidth:r}=this.store.loadedScene,o={};s.playing&&(o.time=this.advance(e*s.speed*
(i.duration/xs))),s.lights.some(n=>n.orbit)&&(o.lights=se(s.lights,e,r)),this.before=t,this.scheduled=!0,this.store.set(
o),this.requestTick()}advance(t){let{first:e=0,last:s=0}=this.canvasView.sets.reach,i=s>0?Math.max(e,0):e,{time:r,pingPong:o}=this.
store.view,n=r??s;return o?(n>=s?this.direction=-1:n<=i&&this.direction<0&&(this.direction=1),p(n+this.direction*t,this.
direction<0?i:e,s)):(this.direction=1,n>=s?i:Math.min(n+t,s))}toggle(){this.store.view.playing?this.pause():this.play()}play(){
let{first:t,last:e}=this.canvasView.sets.reach;t!==void 0&&e!==void 0&&t<e&&this.store.set({playing:!0})}pause(){this.store.
set({playing:!1})}step(t){let e=this.canvasView.shown?.index;if(e?.last===void 0)return;let s=e.at(this.store.view.time??
e.last).time;this.store.set({playing:!1,time:e.step(s,t)})}jump(t){let{first:e,last:s}=this.canvasView.sets.reach,i=t<0?
e:s;i!==void 0&&this.store.set({playing:!1,time:i})}};var Mt=class{pointers=new Map;tool=null;constructor(t,e,s){this.canvasView=t,this.store=e,this.tools=s;let{picture:i}=t;
i.addEventListener("pointerdown",r=>this.onDown(r)),i.addEventListener("pointermove",r=>this.onMove(r)),i.addEventListener(
"pointerup",r=>this.onUp(r)),i.addEventListener("pointercancel",r=>this.onUp(r)),i.addEventListener("wheel",r=>this.onWheel(
r),{passive:!1}),i.addEventListener("contextmenu",r=>r.preventDefault())}onDown(t){if(!this.store.scene||t.target.closest(
".ode-divider"))return;this.pointers.size===1&&t.pointerType==="touch"&&this.tool?.cancel?.();let e=this.canvasView.uvOf(
t);if(this.canvasView.picture.setPointerCapture(t.pointerId),this.pointers.set(t.pointerId,e),this.pointers.size>1){this.
tool=null;return}let s=t.button!==0||t.altKey;this.tool=this.tools[s?"move":this.store.view.tool];let i={preventScroll:!0,
focusVisible:!1};this.canvasView.canvas.focus(i),this.tool.start(e,t),t.preventDefault()}onMove(t){let e=this.pointers.get(
t.pointerId);if(!e)return;let s=this.canvasView.uvOf(t);this.pointers.set(t.pointerId,s),this.tool?this.tool.drag(s,e):this.
pointers.size===2&&this.pinch(t.pointerId,e,s),t.preventDefault()}onUp(t){this.pointers.delete(t.pointerId)&&(this.tool=
null)}pinch(t,e,s){for(let[i,r]of this.pointers){if(i===t)continue;let o=h=>Math.hypot(h[0]-r[0],h[1]-r[1]),n=h=>b(h,(l,c)=>(l+
r[c])/2);this.tools.move.drag(n(s),n(e)),this.tools.move.zoom(o(s)/Math.max(o(e),.01),n(s))}}onWheel(t){if(!this.store.scene||
!(t.ctrlKey||document.activeElement===this.canvasView.canvas))return;t.preventDefault();let e=t.deltaMode===WheelEvent.DOM_DELTA_LINE?
16:1;this.tools.move.zoom(Math.exp(-t.deltaY*e*(t.ctrlKey?.01:.002)),this.canvasView.uvOf(t))}};var At=class{requested=null;constructor(t,e,s,i){this.store=t,this.canvasView=e,this.fetchExemplar=s,this.showMessage=i,
t.subscribe((r,o)=>{e.contextLost&&(this.requested=null),!(r.second!=="exemplar"||!o||!e.renderer)&&(e.contextLost||e.sets.
exemplar||this.requested!==o.material&&this.load(o))})}async load(t){let{material:e}=t;this.requested=e;try{if(!this.fetchExemplar)
throw new Error("The exemplar is not available here.");let{address:s,error:i}=await this.fetchExemplar(e.name);if(!s)throw new Error(
i);let r=await at(s);if(this.requested!==e)return;let{size:o,times:n,seed:h}=r,l={...e,brdf:"rgb",views:[["lit","Exempla\
r"]]},c=this.canvasView.sets.create({...t,size:o,times:n,seed:h,material:l},n.length,"Exemplar");this.canvasView.sets.replace(
"exemplar",c),await nt(c,r,()=>this.canvasView.sets.exemplar===c,()=>this.canvasView.requestFrame())}catch(s){this.requested=
null,this.store.set({second:null}),this.showMessage(s.message)}}};var kt=class{views=null;kept=null;constructor(t,e){this.first=D("Show",[],s=>t.set({channel:s})),this.second=D("Compare",
[],s=>t.set({second:s||null})),this.beside=A("Side by side",s=>t.set({beside:s})),this.keep=x("Keep to compare",e,{title:"\
Keeps this picture beside the next seed or material",hidden:!e}),this.exposure=R("Exposure",{min:-4,max:4,title:"In stop\
s"},s=>t.set({exposure:s})),this.element=d("div",{class:"ode-channels"},this.first.element,this.second.element,k(this.keep,
this.beside.element),this.exposure.element),t.subscribe((s,i)=>this.update(s,i))}update(t,e){e&&this.updateOptions(e.material,
t.kept),this.first.show(t.channel),this.second.show(t.second??""),this.beside.show(t.beside),this.beside.element.disabled=
!t.second,this.exposure.show(t.exposure)}updateOptions({views:t,exemplar:e},s){if(this.views===t&&this.kept===s)return;this.
views=t,this.kept=s,this.first.setOptions(t),this.first.element.hidden=t.length<2;let i=[];e&&i.push(["exemplar","Exempl\
ar"]),s&&i.push(["kept",`Kept: ${s}`]);let r=t.length<2?[]:t;this.second.setOptions([["","nothing"],...r,...i]),this.second.
element.hidden=r.length+i.length===0}};var Lt=class{constructor(t,e){this.addressBar=t,this.button=x("Copy link",()=>this.copy()),this.field=d("input",{class:"\
ode-address",readonly:!0,hidden:!0,"aria-label":"Link to this view"}),this.field.addEventListener("focus",()=>this.field.
select()),e.subscribe(()=>{this.field.hidden||(this.field.hidden=this.field.value!==this.addressBar.link)})}async copy(){
this.addressBar.write();let{link:t}=this.addressBar;try{await navigator.clipboard.writeText(t)}catch{this.field.value=t,
this.field.hidden=!1,this.field.focus();return}this.field.hidden=!0,this.button.textContent="Copied",setTimeout(()=>this.
button.textContent="Copy link",1500)}};var vs=[["point","Point"],["directional","Directional"]],ws=.15,_t=class{constructor(t){this.store=t;let e=r=>o=>t.setLight(
{[r]:o}),s=(r,o,n)=>R(o,{min:j[r][0],max:j[r][1],title:n},e(r));this.kind=D("Kind",vs,e("kind")),this.rows={x:s("x","Lig\
ht x"),y:s("y","Light y"),height:s("height","Light z","The camera's is 1; of a directional light, how steeply it falls"),
logIntensity:s("logIntensity","Intensity","Natural logarithm of the intensity"),orbit:R("Orbit speed",{min:.02,max:1,title:"\
Turns a second about the centre"},e("orbit"))},this.colour=d("input",{type:"color","aria-label":"Colour",oninput:()=>t.setLight(
{colour:this.colour.value})}),this.orbit=A("Orbit",r=>t.setLight({orbit:r?ws:0})),this.tabs=d("div",{class:"ode-tabs",role:"\
group","aria-label":"Lights"}),this.removeButton=x("Remove",()=>this.remove(),{title:"Remove this light"}),this.addButton=
x("Add",()=>this.add(),{title:"Add a light"});let i=Object.entries(te).map(([r,o])=>x(r,()=>t.setLight({...o,orbit:0})));
this.element=B("Light",()=>t.set({tool:"light"}),U("Drag in the picture to move it."),k(this.tabs,this.addButton,this.removeButton),
d("div",{class:"ode-beside"},this.kind.element,this.colour),...Object.values(this.rows).map(r=>r.element),k(...i,this.orbit.
element,x("Reset light",()=>this.reset()))),t.subscribe((r,o)=>this.update(r,o))}update(t,e){this.element.hidden=!e||!O(
t,e);let s=t.lights[t.selected];for(let r of["x","y","height","logIntensity","orbit"])this.rows[r].show(s[r]);this.rows.
orbit.element.hidden=!s.orbit,this.orbit.show(s.orbit>0),this.kind.show(s.kind),this.colour.value!==s.colour&&(this.colour.
value=s.colour),this.removeButton.disabled=t.lights.length===1,this.addButton.disabled=t.lights.length===8;let i=this.tabs.
children;for(;i.length>t.lights.length;)i[i.length-1].remove();for(;i.length<t.lights.length;)this.tabs.append(this.createTab(
i.length));[...i].forEach((r,o)=>r.setAttribute("aria-pressed",String(o===t.selected)))}createTab(t){let e=()=>this.store.
set({selected:t});return x(String(t+1),e,{"aria-label":`Light ${t+1}`})}add(){let{lights:t}=this.store.view,{x:e,y:s,...i}=this.
store.selectedLight,r=Math.hypot(e,s)>.05?{x:-e,y:-s}:{x:.25,y:.25};this.store.set({lights:[...t,{...i,...r}],selected:t.
length})}remove(){let{lights:t,selected:e}=this.store.view,s=t.filter((i,r)=>r!==e);this.store.set({lights:s,selected:Math.
min(e,s.length-1)})}reset(){this.store.set({lights:[this.store.loadedScene.captureLight],selected:0})}};function Me(a){let e=x("Save this picture",async()=>{let[s]=a.parts;if(!s)return;a.sharpen();let i=await new Promise(o=>a.
canvas.toBlob(o,"image/png")),{material:r}=s.keyframeSet.scene;i&&q(i,`${r.name}_${s.blend.time.toFixed(2)}.png`)},{title:"\
The picture as it is on the screen, as a PNG"});return e.hidden=!a.renderer,e}var Ot=class{constructor(t,e){this.surface=D("Surface",W,o=>t.set({surface:o,zoom:1}));let s=(o,n)=>ie(o,{min:1,max:8},h=>t.
set({tiles:n(h)}));this.tiles=[s("Tiles across",o=>[o,t.view.tiles[1]]),s("Tiles down",o=>[t.view.tiles[0],o])];let i=o=>`${v(
2**o,1)}×`;this.zoom=R("Zoom",{min:0,max:Math.log2(32),format:i},o=>e.zoom(2**o/t.view.zoom)),this.exact=A("Exact pixel\
s",o=>t.set({exact:o}),{title:"Every texel is a whole number of screen pixels, without filtering"});let r=(o,n)=>x(o>1?"\
+":"−",()=>e.zoom(o),{"aria-label":n});this.element=B("Surface",()=>t.set({tool:"move"}),U("Drag to move or turn; pinc\
h to zoom, or click and use the wheel."),this.surface.element,...this.tiles.map(o=>o.element),this.zoom.element,k(r(1/1.25,
"Zoom out"),r(1.25,"Zoom in"),this.exact.element,x("Reset view",()=>t.set(M)))),t.subscribe(o=>this.update(o))}update(t){
this.surface.show(t.surface),this.tiles.forEach((e,s)=>e.show(t.tiles[s])),this.zoom.show(Math.log2(t.zoom)),this.exact.
show(t.exact),this.exact.element.disabled=t.surface!=="flat"}};var Ae=["start","end"],ys={ArrowLeft:-1,ArrowDown:-1,ArrowRight:1,ArrowUp:1},Pt=class{changes={};dragStart=0;timer;constructor(t,e){
this.timeline=t,this.requestRange=e,this.label=d("output",{class:"ode-range-label",hidden:!0}),this.elements=Ae.map(s=>this.
createHandle(s)),t.track.append(...this.elements,this.label)}createHandle(t){let e=d("div",{class:`ode-range ode-range-${t}`,
role:"slider",tabindex:"0",title:`Drag to solve ${t==="start"?"from an earlier or later":"to a later or earlier"} time`,
"aria-label":t==="start"?"Start of the solved range":"End of the solved range",onpointerdown:s=>{e.setPointerCapture(s.pointerId),
this.dragStart=s.clientX,s.preventDefault(),e.focus()},onpointermove:s=>{e.hasPointerCapture(s.pointerId)&&this.drag(t,s.
clientX-this.dragStart)},onpointerup:()=>this.submit(),onpointercancel:()=>this.cancel(),onkeydown:s=>this.onKeyDown(t,s)});
return e}drag(t,e){let{start:s,end:i,track:r}=this.timeline,o=2*e*(i-s)/Math.max(r.clientWidth,1);this.propose(t,this.timeline[t]+
o)}onKeyDown(t,e){let s=ys[e.key];if(!s)return;e.preventDefault(),e.stopPropagation();let i=this.changes[t]??this.timeline[t];
this.propose(t,i+s*.05*this.timeline.duration),clearTimeout(this.timer),this.timer=setTimeout(()=>this.submit(),600)}propose(t,e){
let{start:s,end:i,warmup:r,duration:o}=this.timeline,n=.02*o,h=Number(e.toFixed(2)),l=t==="start"?p(h,-r,i-n):Math.max(h,
s+n);Number.isFinite(l)&&(this.changes={[t]:l},this.label.hidden=!1,this.label.textContent=`${t==="start"?"from":"to"} t\
 = ${v(l)}`,this.label.classList.toggle("ode-range-left",t==="start"))}submit(){let{start:t,end:e}=this.timeline,{changes:s}=this;
this.cancel(),Object.keys(s).length&&this.requestRange({start:t,end:e,...s})}cancel(){this.changes={},this.label.hidden=
!0}update(){for(let[t,e]of Ae.entries())this.elements[t].setAttribute("aria-valuenow",String(this.timeline[e])),this.elements[t].
setAttribute("aria-valuetext",`t = ${v(this.timeline[e])}`)}};var Es=[.25,.5,1,2,4].map(a=>[String(a),`${a}×`]),zt=class{start=NaN;end=NaN;warmup=NaN;duration=NaN;time;shownTime=null;constructor(t,e,s){
this.zones=d("div",{class:"ode-zones","aria-hidden":"true"}),this.solved=d("div",{class:"ode-solved","aria-hidden":"true"}),
this.slider=d("input",{type:"range",step:"any",min:0,max:1,value:0,"aria-label":"Time",oninput:()=>t.set({playing:!1,time:Number(
this.slider.value)})}),this.button=x("",()=>e.toggle(),{class:"ode-button ode-play","aria-label":"Play"});let i=(o,n,h)=>x(
n,()=>e.step(o),{class:"ode-button ode-step","aria-label":h,title:h});this.speed=d("select",{"aria-label":"Speed",title:"\
Speed",onchange:()=>t.set({speed:Number(this.speed.value)})},...Es.map(([o,n])=>d("option",{value:o,text:n}))),this.pingPong=
A("⇄",o=>t.set({pingPong:o}),{class:"ode-button ode-step","aria-label":"Back and forth",title:"Back and forth"}),this.
readout=d("output",{class:"ode-readout"});let r=d("div",{class:"ode-progress"},this.solved);this.track=d("div",{class:"o\
de-track"},this.zones,r,this.slider),this.element=d("div",{class:"ode-time"},this.button,this.track,d("div",{class:"ode-\
transport"},i(-1,"‹","Previous keyframe"),i(1,"›","Next keyframe"),this.pingPong.element,this.speed,this.readout)),s&&
(this.rangeHandles=new Pt(this,s)),t.subscribe(o=>this.update(o))}setRange(t,e,{warmup:s,duration:i}){Object.assign(this,
{start:t,end:e,warmup:s,duration:i}),this.shownTime=null,this.rangeHandles?.update(),Object.assign(this.slider,{min:t,max:e});
let r=[["warm-up",-s,0],["exemplar",0,i],["beyond",i,1/0]];this.zones.replaceChildren(...r.flatMap(([o,n,h])=>{let l=Math.
min(h,e)-Math.max(n,t);return l>0?[d("div",{class:`ode-zone ode-${o}`,style:`flex: ${l} 0 0`,text:o})]:[]})),this.setSolved(
null,null)}setSolved(t,e,s={}){let i=o=>100*(o-this.start)/Math.max(this.end-this.start,1e-9),r=t!==null&&e!==null;this.
solved.style.marginLeft=r?`${i(t)}%`:"0",this.solved.style.width=r?`${i(e)-i(t)}%`:"0",this.button.disabled=s.first===void 0||
s.last===void 0||s.first>=s.last}show(t){if(t===this.shownTime)return;Number(this.slider.value)!==t&&(this.slider.value=
String(t));let e=t<0?"warm-up":`${Math.round(100*t/this.duration)} % of its span`;this.readout.replaceChildren(d("b",{text:`\
t = ${v(t)}`}),d("span",{text:e})),this.slider.setAttribute("aria-valuetext",`${v(t)}, ${e}`),this.time=this.shownTime=t}update({
playing:t,pingPong:e,speed:s}){this.button.setAttribute("aria-label",t?"Pause":"Play"),this.button.classList.toggle("ode\
-playing",t),this.pingPong.show(e),this.speed.value!==String(s)&&(this.speed.value=String(s))}};var P=(a,t=",")=>(a??"").split(t).filter(e=>e.trim()!=="").map(Number).filter(Number.isFinite);function Wt(a){let t=new URLSearchParams(
a.slice(1)),[e,s]=P(t.get("size"),"x"),[i,r]=P(t.get("range")),[o]=P(t.get("seed")),[n]=P(t.get("keyframes")),[h]=P(t.get(
"tolerance")),[l]=P(t.get("step")),c=t.get("solver"),m={method:c,stepping:c&&(l===void 0?"adaptive":"fixed"),tolerance:h,
step:l},[f,g,w]=["material","quality","start"].map(E=>t.get(E)),y={material:f,seed:o,start_kind:w,width:e,height:s,start:i,
end:r,count:n,quality:g,...m};return Object.fromEntries(Object.entries(y).filter(([,E])=>E!=null))}function ke(a,{material:t}){let e=new URLSearchParams(a.slice(1)),s={},i=(u,m,f)=>{let[g]=P(e.get(u));g!==void 0&&(s[u]=
p(g,m,f))},r=(u,m,f)=>{let g=P(e.get(u),m);g.length===2&&(s[u]=b(g,f))},[o,n]=[e.get("channel"),e.get("second")],h=u=>t.
views.some(([m])=>m===u),l=W.find(([u])=>u===e.get("surface"))?.[0],c=e.getAll("light").slice(0,8).map(Rs);return i("tim\
e",-1e5,1e5),h(o)&&(s.channel=o),(h(n)||n==="exemplar"&&t.exemplar)&&(s.second=n),i("divider",0,1),i("exposure",-4,4),i(
"zoom",1,32),c.length&&(s.lights=c),l&&(s.surface=l),r("tiles","x",u=>p(Math.round(u),1,8)),r("centre",",",u=>p(u,0,1)),
r("turn",",",u=>p(u,-7,7)),e.has("exact")&&(s.exact=!0),e.has("beside")&&(s.beside=!0),s}function Rs(a){let[t,e,s,i,r,o,
n]=a.split(","),h=(l,c,u,m)=>Number.isFinite(Number(l))?p(Number(l),c,u):m;return C(X({kind:t==="directional"?t:"point",
x:h(e,-1,1,0),y:h(s,-1,1,0),height:h(i,0,2,1),logIntensity:h(r,-3,3,0),colour:/^[0-9a-f]{6}$/.test(o)?`#${o}`:"#ffffff",
orbit:h(n,0,1,0)}))}var I=a=>String(Number(a.toFixed(3)));function Yt(a,t){return"#"+[...Ts(t),...Ss(a,t)].map(e=>e.join(
"=")).join("&")}function Ts({material:a,seed:t,size:e,times:s,solver:i,start:r}){let o=[["material",encodeURIComponent(a.
name)],["seed",t],["size",e.join("x")],["range",[s[0],s[s.length-1]].map(I).join(",")]];if(r&&o.push(["start",r]),i){let n=i.
stepping==="fixed"?"step":"tolerance";o.push(["solver",i.method],[n,i[n]],["keyframes",s.length],["quality",i.quality])}
return o}function Ss(a,{captureLight:t}){a.second==="kept"&&(a={...a,second:null});let e=Y(),s=[],i=(r,o)=>s.push([r,String(
o)]);a.time!==null&&i("time",I(a.time));for(let r of["channel","second","surface"])a[r]!==e[r]&&i(r,a[r]);for(let r of["\
exposure","zoom"])a[r]!==e[r]&&i(r,I(a[r]));a.second&&i("divider",I(a.divider)),String(a.tiles)!=="1,1"&&i("tiles",a.tiles.
join("x"));for(let r of["centre","turn"])String(a[r])!==String(e[r])&&i(r,a[r].map(I).join(","));if(a.exact&&i("exact",1),
a.beside&&a.second&&i("beside",1),JSON.stringify(a.lights)!==JSON.stringify([t]))for(let{kind:r,x:o,y:n,height:h,logIntensity:l,
colour:c,orbit:u}of a.lights)i("light",[r,...[o,n,h,l].map(I),c.slice(1),I(u)].join(","));return s}var Ct=class{timer;constructor(t){this.store=t,this.openedWith=location.hash,t.subscribe(()=>this.writeLater())}writeLater(){
clearTimeout(this.timer),this.timer=setTimeout(()=>this.write(),400)}write(){let{view:t,scene:e}=this.store;if(!e||e.provisional)
return;let s=Yt(t,e);s!==location.hash&&history.replaceState(history.state,"",s)}get link(){let{view:t,scene:e}=this.store;
return e&&!e.provisional?new URL(Yt(t,e),location.href).href:location.href}get linkedMaterial(){return Wt(this.openedWith).
material}leadsElsewhere(t){let e=this.linkedMaterial;return e!==void 0&&e!==t}takeView(t){let e=this.openedWith;return this.
openedWith="",Wt(e).material===t.material.name?ke(e,t):{}}};var Dt=class{files=[];generation=0;abort=new AbortController;constructor(t,e,s){this.scene=t,this.onKeyframe=e,this.onError=
s,this.decoder=new F(t)}get requested(){return this.files.length}request(t,e){if(this.abort.signal.aborted)return;let s=fetch(
e,{signal:this.abort.signal}).then(i=>{if(!i.ok)throw new Error(`A keyframe could not be fetched (HTTP status ${i.status}\
).`);return i.arrayBuffer()});s.catch(()=>{}),this.files.push({time:t,bytes:s}),this.decode(this.files.length-1)}replay(){
this.generation++,this.decoder.stop(),this.decoder=new F(this.scene),this.files.forEach((t,e)=>this.decode(e))}cancel(){
this.generation++,this.decoder.stop(),this.abort.abort()}decode(t){let{generation:e}=this,{time:s,bytes:i}=this.files[t];
this.decoder.decode(i).then(r=>e===this.generation&&this.onKeyframe(t,s,r),r=>e===this.generation&&this.onError(r))}};var Ms=.75,Ft=class{run=-1;value=null;picked=null;requestedLink=null;failure=null;loader=null;constructor({root:t,store:e,
canvasView:s,timeline:i,playback:r,painter:o,addressBar:n,showMessage:h},l){this.root=t,this.store=e,this.canvasView=s,this.
timeline=i,this.playback=r,this.painter=o,this.addressBar=n,this.showMessage=h,this.fetchOpening=l,this.title=d("h2",{class:"\
ode-title"}),this.kind=d("p",{class:"ode-kind"}),this.status=d("p",{class:"ode-status",role:"status"}),this.stopButton=d(
"button",{type:"button",class:"ode-button ode-stop",text:"Stop",hidden:!0}),s.connect({onDrawn:c=>this.onDrawn(c),onAllocated:()=>o.
fit(e.loadedScene.size),onRestored:()=>this.onRestored()}),document.addEventListener("ode-pick",c=>this.onPick(c.detail)),
document.addEventListener("ode-open",()=>this.picked=null)}update(t){if(!t||t.run<this.run)return;if(!t.material){this.picked=
null,this.showMessage(t.message);return}if(this.picked&&t.material.name!==this.picked)return;if(t.status==="asked"&&this.
addressBar.leadsElsewhere(t.material.name)){this.openLinked();return}if(t.status==="asked"&&!this.showsBaked(t))return;t.
status!=="asked"&&(this.picked=null),t.run>this.run&&this.begin(t),this.value=t,this.status.setAttribute("aria-live",t.status===
"solving"?"off":"polite"),this.status.textContent=t.text,this.root.dataset.status=t.status,this.stopButton.hidden=!["wai\
ting","solving"].includes(t.status),this.showMessage(t.message??this.failure??this.canvasView.limitation);let{loader:e}=this;
this.canvasView.renderer&&e?t.keyframes.slice(e.requested).forEach(({time:s,file:i})=>e.request(s,i.url)):this.store.setScene(
{...this.store.loadedScene,failed:t.status==="failed"})}async openLinked(){let t=this.addressBar.linkedMaterial;if(!(!this.
fetchOpening||t===void 0||this.requestedLink===t)){this.requestedLink=t;try{let e=await this.fetchOpening(t);e&&this.run<
0&&!this.picked&&this.update(e)}catch{}}}showsBaked({baked:t}){return!!(t&&this.canvasView.renderer)}begin(t){let{material:e,
size:s,times:i,seed:r,solver:o,start:n}=t,h=t.status==="asked",l=this.store.scene,c=e.name===l?.material.name,u=c&&l?l.captureLight:
As(e),{half_width:m,distance:f}=e,g={material:e,size:s,times:i,seed:r,solver:o,start:n,halfWidth:m,distance:f,captureLight:u,
provisional:h};this.loader?.cancel(),this.loader=new Dt(g,(w,y,E)=>this.onKeyframe(w,y,E),w=>this.fail(w)),this.run=t.run,
this.value=t,this.failure=null,this.title.textContent=e.title,this.kind.textContent=e.label,this.canvasView.contextLost||
this.canvasView.renderer?.precompile(e.brdf),this.canvasView.sets.begin(i.length,c),this.timeline.setRange(i[0],i[i.length-
1],e),this.playback.pause(),c?this.store.setScene(g):this.openMaterial(g,t)}openMaterial(t,{preview:e,baked:s}){let{material:i,
times:r}=t,{view:o}=this.store;this.painter.reset(),this.canvasView.showPreview(e?.url),this.store.scene=t;let n=s&&this.
canvasView.renderer;n&&this.showBaked(s.url,t),this.store.set({time:n?p(Ms*i.duration,r[0],r[r.length-1]):null,channel:"\
lit",...o.second==="kept"?{}:{second:null},lights:[t.captureLight],selected:0,brush:{...o.brush,by:o.tool==="paint"?tt(null,
t):0},tool:o.tool==="paint"?"paint":i.brdf==="rgb"?"move":"light",...this.addressBar.takeView(t)})}async showBaked(t,e){
try{let s=await at(t);if(this.store.scene?.material.name!==e.material.name)return;let i=`Preview, ${s.size.join("×")}, \
seed ${s.seed}`;await this.canvasView.showDraft(s,e,i)}catch{}}onKeyframe(t,e,s){if(!this.canvasView.contextLost){try{this.
canvasView.addKeyframe(t,e,s)}catch(i){this.fail(i);return}this.showSolvedRange()}}showSolvedRange(){let{live:t,reach:e}=this.
canvasView.sets;this.timeline.setSolved(t?.index.first??null,t?.index.last??null,e)}fail(t){this.loader?.cancel(),this.failure=
t.message,this.showMessage(this.failure)}onRestored(){this.canvasView.sets.begin(this.canvasView.sets.layers,!0),this.showMessage(
this.value?.message),this.loader?.replay()}onDrawn(t){if(this.canvasView.renderer)this.showSolvedRange();else if(this.value){
let{times:e}=this.value,[s,i]=[e[0],e[e.length-1]];this.timeline.setSolved(s,i,{first:s,last:i})}this.timeline.show(t)}onPick({
name:t,title:e,preview:s,opening:i}){if(this.picked=t,this.loader?.cancel(),this.playback.pause(),this.showMessage(null),
i&&this.showsBaked(i)){let{seed:r,size:o}=this.store.scene??i;this.run=Math.floor(this.run),this.update({...i,run:this.run+
.5,seed:r,size:o});return}this.title.textContent=e,this.kind.textContent=this.status.textContent="",this.canvasView.showPreview(
s?.url)}};function As({brdf:a,distance:t,light:[e,s,i]}){return X({x:e,y:s,logIntensity:a==="rgb"?Math.log(Math.PI*t**2):
i})}var ks=640,It=class{tool;constructor(t,{stop:e,range:s,picture:i,exemplar:r,opening:o}){this.root=t,this.message=d("p",{
class:"ode-message",role:"alert",hidden:!0}),this.showMessage=l=>{this.message.hidden=!l,this.message.textContent!==(l??
"")&&(this.message.textContent=l??"")};let{showMessage:n}=this,h=this.store=new Z;this.canvasView=new xt(h,{fetchPicture:i,
showMessage:n}),this.playback=new St(h,this.canvasView),this.timeline=new zt(h,this.playback,s),this.painter=new ot(h,(l,c)=>this.
canvasView.uploadAges(l,c)),this.tools={light:new Et(this.canvasView,h),move:new Rt(this.canvasView,h),paint:new rt(this.
canvasView,h,this.painter)},new Mt(this.canvasView,h,this.tools),new wt(t,{store:h,slider:this.timeline.slider,playback:this.
playback,tools:this.tools}),this.addressBar=new Ct(h),new At(h,this.canvasView,r,n),this.serverSync=new Ft(this,o),this.
panels={light:new _t(h).element,move:new Ot(h,this.tools.move).element,paint:new et(h,this.painter,n).element},this.build(
e),h.notify()}build(t){let{store:e,canvasView:s,panels:i}=this,{status:r,title:o,kind:n,stopButton:h}=this.serverSync;h.
addEventListener("click",()=>t?.()),s.overlay.append(new yt(s,e).element),s.picture.append(new vt(s,e).element);let l=()=>e.
view.painted&&this.painter.map?this.painter.map.values:null,c=new Tt(s,e,l),u=new Lt(this.addressBar,e),m=s.renderer?[new kt(
e,t&&(()=>s.keep())).element,...Object.values(i)]:[i.light];this.root.replaceChildren(d("div",{class:"ode-stage"},s.picture,
c.element,this.message),this.timeline.element,d("div",{class:"ode-foot"},r,h,Me(s),u.button,u.field),d("div",{class:"ode\
-panel"},d("header",{},o,n),...m)),e.subscribe((f,g)=>this.update(f,g))}update(t,e){let{picture:s}=this.canvasView,i={light:e&&
!O(t,e),move:t.surface==="flat"&&t.zoom===1&&!t.exact,paint:!1};if(s.dataset.tool=t.tool,s.classList.toggle("ode-still",
!!i[t.tool]),t.tool===this.tool||!e)return;this.tool=t.tool;let r=Object.values(this.panels);(this.root.clientWidth>ks||
r.some(o=>o.open))&&(this.panels[t.tool].open=!0)}};async function Le({size:a,values:t}){let e=new Blob([t]).stream().pipeThrough(new CompressionStream("deflate")),s=new Uint8Array(
await new Response(e).arrayBuffer()),i=Array.from({length:Math.ceil(s.length/2**15)},(r,o)=>String.fromCharCode(...s.subarray(
o*2**15,(o+1)*2**15)));return{size:a,data:btoa(i.join(""))}}var Nt=class{constructor({store:t,canvasView:e,timeline:s,playback:i,painter:r,serverSync:o}){this.store=t,this.canvasView=
e,this.timeline=s,this.playback=i,this.painter=r,this.serverSync=o}get renderer(){return this.canvasView.renderer}update(t){
this.serverSync.update(t)}get state(){let{view:t,scene:e}=this.store,{shown:s,sets:i}=this.canvasView,{draft:r,live:o}=i,
{run:n,value:h}=this.serverSync,l=o?.index.entries.length??0;return{...t,run:n,material:e?.material.name,status:h?.status,
size:e?.size,view:t.channel,light:{...this.store.selectedLight},following:t.time===null,time:this.timeline.time,solved:o&&
l?[o.index.first,o.index.last]:null,keyframes:l,draft:!!r&&s===r,planned:h?.times.length??0,webgl:!!this.renderer,sharp:!this.
canvasView.adaptiveResolution.reduced}}get times(){return this.canvasView.sets.live?.index.times??[]}set(t){this.store.set(
t)}setTime(t){this.store.set({time:t})}setLight(t,e,s){this.store.setLight(C({...this.store.selectedLight,x:t,y:e,logIntensity:s}))}setView(t){
this.store.set({channel:t})}setAges(t){t?this.painter.replace(Float32Array.from(t)):this.painter.clear()}async packAges(){
return this.store.view.painted&&this.painter.map?Le(this.painter.map):null}play(){this.playback.play()}pause(){this.playback.
pause()}readPixels(){let{canvasView:t,store:e,renderer:s}=this;if(!t.ready||!s)return null;t.draw();let[i]=t.parts,[r,o]=i.
keyframeSet.scene.size;return{width:r,height:o,data:Re(s,i,e.view)}}};function _e(a,t){let e=a.firstElementChild,s=new Nt(new It(e,t));return a.odeViewer=s,s}function Ls(a){let{element:t,trigger:e,
server:s}=a,i=t.querySelector(".ode-viewer"),r=_e(i,{stop:()=>e("stop"),range:o=>e("range",o),picture:o=>s.picture(o),exemplar:o=>s.
exemplar(o),opening:o=>s.opening(o)});Jt(a,o=>r.update(o))}function _s(a,t,e){let i=_e(a,{picture:async()=>({error:"This\
 page needs a browser with WebGL2."})});i.update(t),e&&i.set(e)}return Be(Os);})();
