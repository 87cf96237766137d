"use strict";var odeAppearance=(()=>{var i=class{items=new Map;get length(){return this.items.size}key(e){return[...this.items.keys()][e]??null}getItem(e){return this.
items.get(String(e))??null}setItem(e,s){this.items.set(String(e),String(s))}removeItem(e){this.items.delete(String(e))}clear(){
this.items.clear()}};for(let t of["localStorage","sessionStorage"])try{window[t].getItem("")}catch{Object.defineProperty(
window,t,{value:new i,configurable:!0})}})();
