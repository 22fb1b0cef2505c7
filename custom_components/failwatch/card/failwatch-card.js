/*! FailWatch card, AGPL-3.0-or-later; contains Lit, BSD-3-Clause, (c) Google LLC. Made from frontend/. */
var Y=globalThis,X=Y.ShadowRoot&&(Y.ShadyCSS===void 0||Y.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,ut=Symbol(),Wt=new WeakMap,z=class{constructor(t,e,s){if(this._$cssResult$=!0,s!==ut)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(X&&t===void 0){let s=e!==void 0&&e.length===1;s&&(t=Wt.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),s&&Wt.set(e,t))}return t}toString(){return this.cssText}},jt=i=>new z(typeof i=="string"?i:i+"",void 0,ut),$=(i,...t)=>{let e=i.length===1?i[0]:t.reduce((s,n,r)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+i[r+1],i[0]);return new z(e,i,ut)},Ft=(i,t)=>{if(X)i.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let s=document.createElement("style"),n=Y.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=e.cssText,i.appendChild(s)}},_t=X?i=>i:i=>i instanceof CSSStyleSheet?(t=>{let e="";for(let s of t.cssRules)e+=s.cssText;return jt(e)})(i):i;var{is:Ae,defineProperty:Ee,getOwnPropertyDescriptor:Se,getOwnPropertyNames:Ce,getOwnPropertySymbols:Te,getPrototypeOf:Me}=Object,J=globalThis,Vt=J.trustedTypes,Pe=Vt?Vt.emptyScript:"",Oe=J.reactiveElementPolyfillSupport,H=(i,t)=>i,mt={toAttribute(i,t){switch(t){case Boolean:i=i?Pe:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,t){let e=i;switch(t){case Boolean:e=i!==null;break;case Number:e=i===null?null:Number(i);break;case Object:case Array:try{e=JSON.parse(i)}catch{e=null}}return e}},Kt=(i,t)=>!Ae(i,t),Gt={attribute:!0,type:String,converter:mt,reflect:!1,useDefault:!1,hasChanged:Kt};Symbol.metadata??=Symbol("metadata"),J.litPropertyMetadata??=new WeakMap;var b=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Gt){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(t,s,e);n!==void 0&&Ee(this.prototype,t,n)}}static getPropertyDescriptor(t,e,s){let{get:n,set:r}=Se(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let d=n?.call(this);r?.call(this,o),this.requestUpdate(t,d,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Gt}static _$Ei(){if(this.hasOwnProperty(H("elementProperties")))return;let t=Me(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(H("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(H("properties"))){let e=this.properties,s=[...Ce(e),...Te(e)];for(let n of s)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[s,n]of e)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[e,s]of this.elementProperties){let n=this._$Eu(e,s);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let s=new Set(t.flat(1/0).reverse());for(let n of s)e.unshift(_t(n))}else t!==void 0&&e.push(_t(t));return e}static _$Eu(t,e){let s=e.attribute;return s===!1?void 0:typeof s=="string"?s:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let s of e.keys())this.hasOwnProperty(s)&&(t.set(s,this[s]),delete this[s]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ft(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,s){this._$AK(t,s)}_$ET(t,e){let s=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,s);if(n!==void 0&&s.reflect===!0){let r=(s.converter?.toAttribute!==void 0?s.converter:mt).toAttribute(e,s.type);this._$Em=t,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(t,e){let s=this.constructor,n=s._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let r=s.getPropertyOptions(n),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:mt;this._$Em=n;let d=o.fromAttribute(e,r.type);this[n]=d??this._$Ej?.get(n)??d,this._$Em=null}}requestUpdate(t,e,s,n=!1,r){if(t!==void 0){let o=this.constructor;if(n===!1&&(r=this[t]),s??=o.getPropertyOptions(t),!((s.hasChanged??Kt)(r,e)||s.useDefault&&s.reflect&&r===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,s))))return;this.C(t,e,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:s,reflect:n,wrapped:r},o){s&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),r!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||s||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,r]of s){let{wrapped:o}=r,d=this[n];o!==!0||this._$AL.has(n)||d===void 0||this.C(n,void 0,r,d)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(e)):this._$EM()}catch(s){throw t=!1,this._$EM(),s}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};b.elementStyles=[],b.shadowRootOptions={mode:"open"},b[H("elementProperties")]=new Map,b[H("finalized")]=new Map,Oe?.({ReactiveElement:b}),(J.reactiveElementVersions??=[]).push("2.1.2");var vt=globalThis,Yt=i=>i,Z=vt.trustedTypes,Xt=Z?Z.createPolicy("lit-html",{createHTML:i=>i}):void 0,se="$lit$",v=`lit$${Math.random().toFixed(9).slice(2)}$`,ie="?"+v,Le=`<${ie}>`,E=document,B=()=>E.createComment(""),W=i=>i===null||typeof i!="object"&&typeof i!="function",xt=Array.isArray,Ue=i=>xt(i)||typeof i?.[Symbol.iterator]=="function",ft=`[ 	
\f\r]`,q=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Jt=/-->/g,Zt=/>/g,k=RegExp(`>|${ft}(?:([^\\s"'>=/]+)(${ft}*=${ft}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Qt=/'/g,te=/"/g,ne=/^(?:script|style|textarea|title)$/i,kt=i=>(t,...e)=>({_$litType$:i,strings:t,values:e}),l=kt(1),m=kt(2),rs=kt(3),y=Symbol.for("lit-noChange"),c=Symbol.for("lit-nothing"),ee=new WeakMap,A=E.createTreeWalker(E,129);function re(i,t){if(!xt(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Xt!==void 0?Xt.createHTML(t):t}var Ne=(i,t)=>{let e=i.length-1,s=[],n,r=t===2?"<svg>":t===3?"<math>":"",o=q;for(let d=0;d<e;d++){let a=i[d],h,p,u=-1,f=0;for(;f<a.length&&(o.lastIndex=f,p=o.exec(a),p!==null);)f=o.lastIndex,o===q?p[1]==="!--"?o=Jt:p[1]!==void 0?o=Zt:p[2]!==void 0?(ne.test(p[2])&&(n=RegExp("</"+p[2],"g")),o=k):p[3]!==void 0&&(o=k):o===k?p[0]===">"?(o=n??q,u=-1):p[1]===void 0?u=-2:(u=o.lastIndex-p[2].length,h=p[1],o=p[3]===void 0?k:p[3]==='"'?te:Qt):o===te||o===Qt?o=k:o===Jt||o===Zt?o=q:(o=k,n=void 0);let _=o===k&&i[d+1].startsWith("/>")?" ":"";r+=o===q?a+Le:u>=0?(s.push(h),a.slice(0,u)+se+a.slice(u)+v+_):a+v+(u===-2?d:_)}return[re(i,r+(i[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),s]},j=class i{constructor({strings:t,_$litType$:e},s){let n;this.parts=[];let r=0,o=0,d=t.length-1,a=this.parts,[h,p]=Ne(t,e);if(this.el=i.createElement(h,s),A.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=A.nextNode())!==null&&a.length<d;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(se)){let f=p[o++],_=n.getAttribute(u).split(v),K=/([.?@])?(.*)/.exec(f);a.push({type:1,index:r,name:K[2],strings:_,ctor:K[1]==="."?$t:K[1]==="?"?yt:K[1]==="@"?wt:T}),n.removeAttribute(u)}else u.startsWith(v)&&(a.push({type:6,index:r}),n.removeAttribute(u));if(ne.test(n.tagName)){let u=n.textContent.split(v),f=u.length-1;if(f>0){n.textContent=Z?Z.emptyScript:"";for(let _=0;_<f;_++)n.append(u[_],B()),A.nextNode(),a.push({type:2,index:++r});n.append(u[f],B())}}}else if(n.nodeType===8)if(n.data===ie)a.push({type:2,index:r});else{let u=-1;for(;(u=n.data.indexOf(v,u+1))!==-1;)a.push({type:7,index:r}),u+=v.length-1}r++}}static createElement(t,e){let s=E.createElement("template");return s.innerHTML=t,s}};function C(i,t,e=i,s){if(t===y)return t;let n=s!==void 0?e._$Co?.[s]:e._$Cl,r=W(t)?void 0:t._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(i),n._$AT(i,e,s)),s!==void 0?(e._$Co??=[])[s]=n:e._$Cl=n),n!==void 0&&(t=C(i,n._$AS(i,t.values),n,s)),t}var gt=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:s}=this._$AD,n=(t?.creationScope??E).importNode(e,!0);A.currentNode=n;let r=A.nextNode(),o=0,d=0,a=s[0];for(;a!==void 0;){if(o===a.index){let h;a.type===2?h=new F(r,r.nextSibling,this,t):a.type===1?h=new a.ctor(r,a.name,a.strings,this,t):a.type===6&&(h=new bt(r,this,t)),this._$AV.push(h),a=s[++d]}o!==a?.index&&(r=A.nextNode(),o++)}return A.currentNode=E,n}p(t){let e=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(t,s,e),e+=s.strings.length-2):s._$AI(t[e])),e++}},F=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,s,n){this.type=2,this._$AH=c,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=C(this,t,e),W(t)?t===c||t==null||t===""?(this._$AH!==c&&this._$AR(),this._$AH=c):t!==this._$AH&&t!==y&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Ue(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==c&&W(this._$AH)?this._$AA.nextSibling.data=t:this.T(E.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:s}=t,n=typeof s=="number"?this._$AC(t):(s.el===void 0&&(s.el=j.createElement(re(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(e);else{let r=new gt(n,this),o=r.u(this.options);r.p(e),this.T(o),this._$AH=r}}_$AC(t){let e=ee.get(t.strings);return e===void 0&&ee.set(t.strings,e=new j(t)),e}k(t){xt(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,s,n=0;for(let r of t)n===e.length?e.push(s=new i(this.O(B()),this.O(B()),this,this.options)):s=e[n],s._$AI(r),n++;n<e.length&&(this._$AR(s&&s._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let s=Yt(t).nextSibling;Yt(t).remove(),t=s}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},T=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,s,n,r){this.type=1,this._$AH=c,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=r,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=c}_$AI(t,e=this,s,n){let r=this.strings,o=!1;if(r===void 0)t=C(this,t,e,0),o=!W(t)||t!==this._$AH&&t!==y,o&&(this._$AH=t);else{let d=t,a,h;for(t=r[0],a=0;a<r.length-1;a++)h=C(this,d[s+a],e,a),h===y&&(h=this._$AH[a]),o||=!W(h)||h!==this._$AH[a],h===c?t=c:t!==c&&(t+=(h??"")+r[a+1]),this._$AH[a]=h}o&&!n&&this.j(t)}j(t){t===c?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},$t=class extends T{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===c?void 0:t}},yt=class extends T{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==c)}},wt=class extends T{constructor(t,e,s,n,r){super(t,e,s,n,r),this.type=5}_$AI(t,e=this){if((t=C(this,t,e,0)??c)===y)return;let s=this._$AH,n=t===c&&s!==c||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,r=t!==c&&(s===c||n);n&&this.element.removeEventListener(this.name,this,s),r&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},bt=class{constructor(t,e,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){C(this,t)}};var Re=vt.litHtmlPolyfillSupport;Re?.(j,F),(vt.litHtmlVersions??=[]).push("3.3.3");var oe=(i,t,e)=>{let s=e?.renderBefore??t,n=s._$litPart$;if(n===void 0){let r=e?.renderBefore??null;s._$litPart$=n=new F(t.insertBefore(B(),r),r,void 0,e??{})}return n._$AI(i),n};var At=globalThis,g=class extends b{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=oe(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return y}};g._$litElement$=!0,g.finalized=!0,At.litElementHydrateSupport?.({LitElement:g});var De=At.litElementPolyfillSupport;De?.({LitElement:g});(At.litElementVersions??=[]).push("4.2.2");var ae=i=>(...t)=>({_$litDirective$:i,values:t}),Q=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,e,s){this._$Ct=t,this._$AM=e,this._$Ci=s}_$AS(t,e){return this.update(t,e)}update(t,e){return this.render(...e)}};var Ie={},le=ae(class extends Q{constructor(){super(...arguments),this.ot=Ie}render(i,t){return t()}update(i,[t,e]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((s,n)=>s===this.ot[n]))return y}else if(this.ot===t)return y;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,e)}});function ce(i){let{look:t,latch:e}=i;return[0,t.at,t.p,t.statistics.ewm_mean,e.level,[],{},t.verdict.usual,t.verdict.limit]}function Et(i,t){if(i.length&&i[i.length-1][1]>=t[1])return i;let e=[...i,t];return e.length>600?ze(e):e}function ze(i){let t=[];for(let s=0;s<i.length;s+=2){let[n,r]=[i[s],i[s+1]];t.push(!r||n[2]>=r[2]?n:r)}let e=i[i.length-1];return t[t.length-1]!==e&&t.push(e),t}function tt(i,t,e){if(!i||!i.name)return[];let s=i.sensitivity||1,n={key:"normal",value:t};return i.name!=="failwatch"?[n,{key:"limit",value:t+e/s}]:[n,{key:"maybe",value:t+i.maybe/s},{key:"failure",value:t+i.failure/s}]}function de(i,t){return i.findLast(e=>e.after_frame<t[0])||i[0]}function pe(i,t,{end:e}={}){if(!i.length)return null;let s=i[0][1],n=Math.max(s+300,i[i.length-1][1],e||0),r=Math.max(1,...i.map(h=>h[2]),...t.map(h=>h.value)),o=h=>Math.min(1,Math.max(0,(h-s)/(n-s))),d=h=>1-Math.max(0,h)/r,a=h=>i.map(p=>`${he(o(p[1]))},${he(d(p[h]))}`).join(" ");return{x:o,start:s,last:n,top:r,p:a(2),mean:a(3),lines:t.map(h=>({...h,y:d(h.value)})),rises:i.map((h,p)=>({at:h[1],level:h[4],before:p?i[p-1][4]:"none"})).filter(h=>h.level!==h.before).map(h=>({...h,x:o(h.at)}))}}function he(i){return Math.round(i*1e4)/10}var He={normal:"2 3",maybe:"6 4",failure:"12 4",limit:"12 4"};function it(i,t,e,{at:s,marks:n=[],end:r}={}){let o=pe(t,e,{end:r});if(!o)return l`<p class="quiet">${i.say("course.none")}</p>`;let d=t[t.length-1],a=i.say("course.alt",{time:i.duration(d[1]-o.start),p:i.number(d[2]),mean:i.number(d[3])});return l`
<div class="chart" role="img" aria-label=${a}>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${o.lines.map(h=>m`
<line class="limit ${h.key}" x1="0" x2="1000" y1=${h.y*1e3} y2=${h.y*1e3}
stroke-dasharray=${He[h.key]}></line>`)}
${o.rises.map(h=>m`
<line class="rise ${h.level}" x1=${h.x*1e3} x2=${h.x*1e3} y1="0" y2="1000"></line>`)}
${n.map(h=>m`
<line class="mark" x1=${o.x(h.at)*1e3} x2=${o.x(h.at)*1e3} y1="0" y2="1000">
<title>${h.text}</title></line>`)}
<polyline class="p" points=${o.p}></polyline>
<polyline class="mean" points=${o.mean}></polyline>
${s===void 0?c:m`
<line class="here" x1=${o.x(s)*1e3} x2=${o.x(s)*1e3} y1="0" y2="1000"></line>`}
</svg>
<span class="axis top">${i.number(o.top)}</span>
<span class="axis bottom">0</span>
<span class="axis end">${i.duration(o.last-o.start)}</span>
</div>
<div class="legend" aria-hidden="true">
<span class="key p">${i.say("course.p")} ${i.number(d[2])}</span>
<span class="key mean">${i.say("course.mean")} ${i.number(d[3])}</span>
${e.map(h=>l`
<span class="key limit ${h.key}">${i.say(`course.${h.key}`)} ${i.number(h.value)}</span>`)}
</div>`}var V=class{#t;#s;#e;constructor(t,e=1,s=Date.now()){this.#t=t,this.#s=s,this.#e=e}now(t=Date.now()){return this.#t+(t-this.#s)/1e3*this.#e}date(t,e=Date.now()){return new Date(e+(t-this.now(e))*1e3/this.#e)}};var qe=["unauthorized"],nt=class{#t;#s;#e;#a;#r=null;#l=null;#n=1e3;#i=0;#h=()=>this.#o();constructor(t,e,s,n){this.#t=t,this.#s=e,this.#e=s,this.#a=n,t.connection.addEventListener("ready",this.#h),this.#o()}stop(){this.#t.connection.removeEventListener("ready",this.#h),this.#c()}#c(){this.#i+=1,clearTimeout(this.#l),this.#r?.().catch(()=>{}),this.#r=null}async#o(){this.#c();let t=this.#i;try{let e=await this.#t.connection.subscribeMessage(s=>t===this.#i&&this.#e(s),{type:"failwatch/subscribe",device_id:this.#s},{resubscribe:!1});if(t!==this.#i)return void e().catch(()=>{});this.#r=e,this.#n=1e3}catch(e){if(t!==this.#i||(this.#a(e),qe.includes(e?.code)))return;this.#l=setTimeout(()=>this.#o(),this.#n),this.#n=Math.min(2*this.#n,3e4)}}};function S(i,t,e,s={}){return i.connection.sendMessagePromise({type:`failwatch/${e}`,device_id:t,...s})}function M(i,t,e){return l`
<div class="head">
<h2>${t}</h2>
<button class="round" aria-label=${i.say("card.close")} @click=${e} autofocus>
<ha-icon icon="mdi:close"></ha-icon>
</button>
</div>`}function rt(i,{text:t,yes:e,no:s,danger:n=!0,chosen:r}){let o=(d,a)=>{d.target.closest("dialog").close(),r(a)};return l`
<dialog class="question" role="alertdialog" aria-label=${t} @cancel=${()=>r(!1)}>
<div class="body">
<p style="margin:0">${t}</p>
<div class="buttons">
<ha-button variant=${n?"danger":"brand"} @click=${d=>o(d,!0)}>${e}</ha-button>
<ha-button appearance="plain" @click=${d=>o(d,!1)}>${s}</ha-button>
</div>
</div>
</dialog>`}function P(i){for(let t of i.querySelectorAll("dialog:not([open])"))t.showModal()}function Be(i,t,e=""){return t==="acknowledged"&&e!=="not_a_failure"?i.say(`event.acknowledged_${e}`)||i.say("event.acknowledged"):t==="action"?i.say(`event.action_${e}`):i.say(`event.${t}`)}function St(i,t){let e=t.data&&typeof t.data=="object"?t.data:{},n=(t.kind==="muted"||t.kind==="snoozed")&&!t.data&&t.data!==void 0?"":Be(i,t.kind,t.detail??e.detail??"");return n?{at:t.at,kind:t.kind,text:n}:null}function Ct(i,t,e){let s=new Set;return[...t,...e].map(n=>St(i,n)).filter(n=>n&&!s.has(ue(n))&&s.add(ue(n))).sort((n,r)=>r.at-n.at)}function ue(i){return`${i.kind} ${i.at.toFixed(2)}`}var G=["picture","course","events","answers","past"],Tt=["full","tile"];function _e(){let i=e=>document.querySelector("home-assistant")?.hass?.localize(`component.failwatch.config_panel.${e}`),t=(e,s)=>s.map(n=>({value:n,label:i(`${e}.${n}`)||n}));return{schema:[{name:"device_id",required:!0,selector:{device:{integration:"failwatch"}}},{name:"name",selector:{text:{}}},{name:"layout",selector:{select:{mode:"dropdown",options:t("form_layout",Tt)}}},{name:"show",selector:{select:{mode:"list",multiple:!0,options:t("form_part",G)}}}],computeLabel:e=>i(`form.${e.name}`)||e.name,computeHelper:e=>i(`form_help.${e.name}`)||void 0,assertConfig:Mt}}function Mt(i){if(!i||typeof i!="object")throw new Error("FailWatch: the card needs a configuration.");let{device_id:t="",name:e="",layout:s="full",show:n=G}=i;if(typeof t!="string")throw new Error("FailWatch: device_id must be the ID of a device.");if(!Tt.includes(s))throw new Error(`FailWatch: layout must be one of ${Tt.join(", ")}.`);if(!Array.isArray(n)||n.some(r=>!G.includes(r)))throw new Error(`FailWatch: show must be a list of ${G.join(", ")}.`);return{device_id:t,name:e,layout:s,show:n}}function me(i){let t=Object.values(i.entities||{}).find(e=>e.platform==="failwatch"&&e.device_id);return{device_id:t?t.device_id:"",layout:"full",show:[...G]}}function ot(i,{url:t,boxes:e,alt:s,polygons:n=[],onError:r,onLoad:o,children:d=c}){return l`
<div class="picture">
<img src=${t} alt=${s} @error=${r} @load=${o}>
<svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${n.map(a=>m`
<polygon class="ignored" points=${a.map(([h,p])=>`${h*1e3},${p*1e3}`).join(" ")}></polygon>`)}
${e.map(a=>m`
<rect class="box" x=${a.x_min*1e3} y=${a.y_min*1e3}
width=${(a.x_max-a.x_min)*1e3} height=${(a.y_max-a.y_min)*1e3}></rect>`)}
</svg>
${e.map(a=>l`
<span class="score" aria-hidden="true"
style="left:${Math.min(92,a.x_min*100)}%;top:${Math.min(92,a.y_min*100)}%">
${i.say("picture.box",{score:Math.round(a.score*100)})}</span>`)}
${d}
</div>`}var O=$`
:host {
--fw-good: var(--success-color, #43a047);
--fw-maybe: var(--warning-color, #ffa600);
--fw-bad: var(--error-color, #db4437);
--fw-off: var(--state-inactive-color, var(--disabled-text-color, #9e9e9e));
--fw-quiet: var(--secondary-text-color, #727272);
--fw-line: var(--divider-color, rgba(127, 127, 127, 0.4));
--fw-accent: var(--primary-color, #03a9f4);
color: var(--primary-text-color);
}
.none, .good { --fw-level: var(--fw-good); }
.maybe { --fw-level: var(--fw-maybe); }
.failure, .blind { --fw-level: var(--fw-bad); }
.idle, .off, .gone, .hold, .paused { --fw-level: var(--fw-off); }
.quiet { color: var(--fw-quiet); margin: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
h2, h3 { font: inherit; font-weight: 500; margin: 0; }
ha-button { --ha-button-height: 40px; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; }
button.plain {
font: inherit; color: inherit; background: none; border: none; padding: 0; text-align: start; cursor: pointer;
border-radius: 8px; min-height: 40px;
}
:is(button, a, [tabindex], input):focus-visible { outline: 2px solid var(--fw-accent); outline-offset: 2px; }
`,L=$`
.picture { position: relative; border-radius: 8px; overflow: hidden; background: var(--secondary-background-color); line-height: 0; }
.picture img { width: 100%; display: block; min-height: 80px; }
.over { position: absolute; inset: 0; width: 100%; height: 100%; }
.box { fill: none; stroke: var(--fw-bad); stroke-width: 3px; vector-effect: non-scaling-stroke; }
.ignored, .drawn { fill: rgba(0, 0, 0, 0.45); stroke: #fff; stroke-width: 1.5px; stroke-dasharray: 5 3; vector-effect: non-scaling-stroke; }
.score, .chip {
position: absolute; line-height: 1.4; font-size: 12px; padding: 0 6px; border-radius: 6px;
color: #fff; background: rgba(0, 0, 0, 0.65);
}
.score { background: var(--fw-bad); border-radius: 0 0 6px 0; }
.chip.age { inset-inline-start: 8px; bottom: 8px; }
.chart { position: relative; height: 120px; margin: 4px 0; border: 1px solid var(--fw-line); border-radius: 4px; overflow: hidden; }
.chart svg { width: 100%; height: 100%; display: block; }
.chart :is(line, polyline) { vector-effect: non-scaling-stroke; fill: none; }
polyline.p { stroke: var(--fw-accent); stroke-width: 1px; opacity: 0.7; }
polyline.mean { stroke: var(--fw-accent); stroke-width: 2.5px; }
line { stroke: var(--fw-bad); stroke-width: 1px; }
:is(line.normal, line.none) { stroke: var(--fw-good); }
line.maybe { stroke: var(--fw-maybe); }
line.rise { stroke-width: 6px; opacity: 0.35; }
line.mark { stroke: var(--fw-quiet); stroke-width: 1px; stroke-dasharray: 1 3; }
line.here { stroke: var(--primary-text-color); stroke-width: 1.5px; }
.axis { position: absolute; font-size: 11px; line-height: 1; color: var(--fw-quiet); padding: 3px 4px; }
.axis.top { top: 0; inset-inline-start: 0; }
.axis.bottom { bottom: 0; inset-inline-start: 0; }
.axis.end { bottom: 0; inset-inline-end: 0; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; color: var(--fw-quiet); }
.key::before { content: ""; display: inline-block; width: 16px; margin-inline-end: 4px; vertical-align: middle; border-top: 2px solid var(--fw-accent); }
.key.p::before { border-top-width: 1px; }
.key.mean::before { border-top-width: 3px; }
.key.limit::before { border-top: 2px dashed var(--fw-bad); }
.key.limit.normal::before { border-top: 2px dotted var(--fw-good); }
.key.limit.maybe::before { border-top-color: var(--fw-maybe); }
`,U=$`
dialog {
box-sizing: border-box; width: min(720px, 100vw); max-width: 100vw; max-height: 100dvh; overflow: auto; padding: 16px;
border: none; border-radius: var(--ha-dialog-border-radius, 24px);
background: var(--ha-dialog-surface-background, var(--card-background-color, #fff)); color: var(--primary-text-color);
font-family: var(--ha-font-family-body, inherit); line-height: 1.4;
}
dialog.question { width: min(420px, calc(100vw - 32px)); }
dialog::backdrop { background: rgba(0, 0, 0, 0.5); }
@media (max-width: 600px) {
dialog:not(.question) { width: 100vw; height: 100dvh; border-radius: 0; margin: 0; }
}
.head { display: flex; align-items: center; gap: 8px; margin-bottom: 12px; }
.head h2 { flex: 1; font-size: 20px; min-width: 0; overflow-wrap: anywhere; }
.round {
width: 40px; height: 40px; border-radius: 50%; border: none; background: none; color: inherit; cursor: pointer; flex: none;
}
.round:hover { background: var(--secondary-background-color); }
.body { display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
`;var Ve=10,fe=12,Ot=class extends g{static properties={hass:{attribute:!1},device:{},words:{attribute:!1},mayControl:{type:Boolean},_prints:{state:!0},_more:{state:!0},_shown:{state:!0},_index:{state:!0},_problem:{state:!0}};constructor(){super(),this._prints=null,this._more=!1,this._shown=null,this._index=0,this._problem="",this._paths=new Map}connectedCallback(){super.connectedCallback(),this._page()}updated(){P(this.renderRoot)}async _ask(t,e){this._problem="";try{return await S(this.hass,this.device,t,e)}catch(s){return this._problem=s.message||this.words.say("card.failed"),null}}async _page(t){let e=await this._ask("prints",{limit:Ve,...t===void 0?{}:{before:t}});e&&(this._prints=t===void 0?e.prints:[...this._prints,...e.prints],this._more=e.more)}async _open(t){this._paths.clear(),this._shown={print:t,frames:[],marks:[],rules:[],thumbnails:[]};let e=await this._ask("frames",{print_id:t.print_id});if(!e||this._shown?.print.print_id!==t.print_id)return;let s=e.frames.map((o,d)=>({frame:o,index:d})).filter(({frame:o})=>o[5].length),n=Math.max(1,(s.length-1)/(fe-1)),r=[...new Set(Array.from({length:Math.min(fe,s.length)},(o,d)=>s[Math.round(d*n)]))];this._shown={...e,thumbnails:r},this._index=Math.max(0,e.frames.findIndex(o=>o[4]===e.print.level)),await this._sign(r.map(({frame:o})=>o))}async _sign(t){let e=t.filter(n=>n&&!this._paths.has(n[0]));if(!e.length)return;let s=await this._ask("pictures",{print_id:this._shown.print.print_id,frames:e.map(n=>[n[0],n[5][0]])});s&&(e.forEach((n,r)=>this._paths.set(n[0],s.pictures[r])),this.requestUpdate())}get _still(){for(let t=this._index;t>=0;t--){let e=this._shown.frames[t];if(e&&e[5].length)return e}return null}_go(t){this._index=t,this._still&&this._sign([this._still])}async _label(t,e){let s=this._shown.print.print_id;if(await this._ask("label",{print_id:s,label:t,...e?{failed_from:e}:{}})===null&&this._problem)return;let r=t===null?null:{failed:t==="failed",failed_from:e??null},o=d=>d.print_id===s?{...d,label:r}:d;this._prints=this._prints.map(o),this._shown={...this._shown,print:o(this._shown.print)}}async _export(t){let e=await this._ask("export",{print_id:this._shown.print.print_id,format:t});if(!e)return;let s=document.createElement("a");s.href=this.hass.hassUrl(e.path),s.download="",s.click()}_close(){this.dispatchEvent(new CustomEvent("closed"))}render(){let t=this._shown?this._shown.print.name||this.words.say("past.title"):this.words.say("past.title");return l`
<dialog aria-label=${t} @close=${this._close}>
${M(this.words,t,e=>e.target.closest("dialog").close())}
<div class="body">
${this._problem?l`<ha-alert alert-type="error">${this._problem}</ha-alert>`:c}
${this._shown?this._renderPrint():this._renderList()}
</div>
</dialog>`}_renderList(){let{words:t}=this;return this._prints?this._prints.length?l`
<ul class="prints">${this._prints.map(e=>l`
<li><button class="plain print ${e.level}" @click=${()=>this._open(e)}>
<span class="dot" aria-hidden="true"></span>
<span class="what"><b>${e.name||t.days.format(e.started_at*1e3)}</b><br>
<span class="quiet">${[t.days.format(e.started_at*1e3),t.outcome(e.outcome),t.say(`condition.${e.level}`),ge(t,e.label)].filter(Boolean).join(" · ")}</span></span>
</button></li>`)}
</ul>
${this._more?l`<div class="buttons"><ha-button appearance="plain" class="more"
@click=${()=>this._page(this._prints.at(-1).started_at)}>${t.say("past.more")}</ha-button></div>`:c}`:l`<p class="quiet">${t.say("past.none")}</p>`:this._problem?c:l`<p class="quiet">${t.say("past.loading")}</p>`}_renderPrint(){let{words:t}=this,{frames:e,thumbnails:s,marks:n,rules:r,print:o}=this._shown,d=l`<div class="buttons"><ha-button appearance="plain" class="back" @click=${()=>this._shown=null}>
${t.say("past.back")}</ha-button></div>`,a=e[this._index];if(!a)return l`${d}<p class="quiet">${t.say(this._problem?"card.failed":"past.loading")}</p>`;let h=this._still,p=h&&this._paths.get(h[0]),u=a[1]-e[0][1],f=t.say("past.at",{time:t.duration(u),p:t.number(a[2]),mean:t.number(a[3]),level:t.say(`condition.${a[4]}`)});return l`${d}
${p?ot(t,{url:this.hass.hassUrl(p),boxes:h[6][h[5][0]]||[],alt:t.say("past.picture",{time:t.duration(h[1]-e[0][1])})}):l`<p class="quiet">${t.say("past.no_picture")}</p>`}
<p class="quiet position">${f}</p>
<input type="range" min="0" max=${e.length-1} .value=${String(this._index)}
aria-label=${t.say("past.position")} aria-valuetext=${f}
@input=${_=>this._go(Number(_.target.value))}>
<div class="film">${s.map(_=>l`
<button class="plain thumb ${_.frame[4]}" aria-label=${t.say("past.picture",{time:t.duration(_.frame[1]-e[0][1])})}
aria-current=${_.index===this._index} @click=${()=>this._go(_.index)}>
${this._paths.has(_.frame[0])?l`<img loading="lazy" alt="" src=${this.hass.hassUrl(this._paths.get(_.frame[0]))}>`:c}
</button>`)}</div>
${it(t,e,tt(de(r,a),a[7],a[8]),{at:a[1],marks:n.map(_=>St(t,_)).filter(Boolean)})}
<h3>${t.say("label.title")}</h3>
${o.label?l`<p class="quiet said">${ge(t,o.label)}</p>`:c}
<div class="buttons labels">
${this._button("good",()=>this._label("good"))}
${this._button("failed",()=>this._label("failed"))}
${this._button("from",()=>this._label("failed",a[1]))}
${o.label?this._button("none",()=>this._label(null)):c}
</div>
<h3>${t.say("past.export")}</h3>
<div class="buttons">
<ha-button appearance="plain" @click=${()=>this._export("csv")}>${t.say("past.csv")}</ha-button>
<ha-button appearance="plain" @click=${()=>this._export("zip")}>${t.say("past.zip")}</ha-button>
</div>`}_button(t,e){return l`<ha-button appearance="filled" data-label=${t} ?disabled=${!this.mayControl} @click=${e}>
${this.words.say(`label.${t}`)}</ha-button>`}static styles=[O,L,U,$`
.prints { list-style: none; margin: 0; padding: 0; }
.print { width: 100%; display: flex; gap: 12px; align-items: center; padding: 8px 4px; }
.print + .print, li + li { border-top: 1px solid var(--fw-line); }
.what { min-width: 0; overflow-wrap: anywhere; }
.dot { width: 12px; height: 12px; border-radius: 50%; background: var(--fw-level); flex: none; }
input[type="range"] { width: 100%; accent-color: var(--fw-accent); margin: 0; min-height: 32px; }
.film { display: flex; gap: 4px; overflow-x: auto; padding: 2px; }
.film .thumb { flex: 0 0 72px; height: 54px; border-bottom: 4px solid var(--fw-level); border-radius: 4px; overflow: hidden; background: var(--secondary-background-color); }
.film .thumb[aria-current="true"] { outline: 2px solid var(--fw-accent); }
.thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
`]};function ge(i,t){return t?i.say(`labelled.${t.failed?"failed":"good"}`):""}customElements.define("failwatch-past-prints",Ot);var ct={polygons:[],corners:[],cursor:[.5,.5],dirty:!1},$e=i=>Math.min(1,Math.max(0,i)),lt=([i,t])=>[Math.round($e(i)*1e3)/1e3,Math.round($e(t)*1e3)/1e3],Ge=([i,t],[e,s])=>Math.hypot(i-e,t-s)<.03;function Lt(i,t){let e=lt(t),s={...i,cursor:e};return i.corners.length>=3&&Ge(e,i.corners[0])?Nt(s):{...s,corners:[...i.corners,e]}}function Ut(i,t,e){let[[s,n],[r,o]]=[lt(t),lt(e)];return Math.abs(s-r)<.03||Math.abs(n-o)<.03?null:{...i,corners:[],cursor:[r,o],polygons:[...i.polygons,[[s,n],[r,n],[r,o],[s,o]]],dirty:!0}}function Nt(i){return i.corners.length<3?i:{...i,polygons:[...i.polygons,i.corners],corners:[],dirty:!0}}function ht(i){return i.corners.length?{...i,corners:i.corners.slice(0,-1)}:i.polygons.length?{...i,polygons:i.polygons.slice(0,-1),dirty:!0}:i}function ye(i){return{...i,polygons:[],corners:[],dirty:i.dirty||i.polygons.length>0}}function we(i,t){let e={ArrowLeft:[-.02,0],ArrowRight:[.02,0],ArrowUp:[0,-.02],ArrowDown:[0,.02]}[t];return e?{...i,cursor:lt([i.cursor[0]+e[0],i.cursor[1]+e[1]])}:t==="Enter"||t===" "?Lt(i,i.cursor):t==="Backspace"||t==="Escape"&&i.corners.length?ht(i):null}function dt(i){return i.map(([t,e])=>`${t*1e3},${e*1e3}`).join(" ")}var Rt=class extends g{static properties={hass:{attribute:!1},device:{},camera:{},words:{attribute:!1},_drawing:{state:!0},_path:{state:!0},_problem:{state:!0},_saved:{state:!0},_background:{state:!0},_asks:{state:!0},_dragged:{state:!0}};constructor(){super(),this._drawing=ct,this._path="",this._problem="",this._saved=!1,this._background=null,this._asks=!1,this._dragged=null,this._saving=Promise.resolve()}async connectedCallback(){super.connectedCallback();let t=await this._ask("regions",{camera:this.camera});if(!t)return;let e=t.regions.find(s=>s.camera===this.camera);this._drawing={...ct,polygons:e?e.polygons:[]},this._path=t.picture}updated(){P(this.renderRoot)}async _ask(t,e){this._problem="";try{return await S(this.hass,this.device,t,e)}catch(s){return this._problem=s.message||this.words.say("card.failed"),null}}_draw(t){if(!t||(this._drawing={...t,dirty:!1},this._saved=this._saved&&!t.dirty,!t.dirty))return;let{polygons:e}=t;this._saving=this._saving.then(async()=>{await this._ask("regions/save",{camera:this.camera,polygons:e}),this._saved=!this._problem})}_place(t){let e=t.currentTarget.getBoundingClientRect();return[(t.clientX-e.left)/e.width,(t.clientY-e.top)/e.height]}_down(t){t.currentTarget.setPointerCapture(t.pointerId);let e=this._place(t);this._dragged={from:e,to:e}}_move(t){this._dragged&&(this._dragged={...this._dragged,to:this._place(t)})}_up(t){if(!this._dragged)return;let{from:e}=this._dragged,s=this._place(t);this._dragged=null,this._draw((this._drawing.corners.length?null:Ut(this._drawing,e,s))||Lt(this._drawing,s))}_key(t){let e=we(this._drawing,t.key);e&&(t.preventDefault(),t.stopPropagation(),this._draw(e))}async _showLearned(){if(this._background)return void(this._background=null);let t=await this._ask("background",{});t&&(this._background=t.cameras.find(e=>e.name===this.camera)||{cells:[],frames:0,hidden:0})}async _forget(t){this._asks=!1,t&&(await this._ask("background/forget",{camera:this.camera}),this._problem||(this._background={cells:[],frames:0,hidden:0}))}_close(){this.dispatchEvent(new CustomEvent("closed"))}render(){let{words:t,_drawing:e}=this,s=t.say("regions.title");return l`
<dialog aria-label=${s} @close=${this._close}>
${M(t,s,n=>n.target.closest("dialog").close())}
<div class="body">
${this._problem?l`<ha-alert alert-type="error">${this._problem}</ha-alert>`:c}
<p class="quiet">${t.say("regions.help")}</p>
${this._path?this._renderArea():c}
<p class="quiet" aria-live="polite">${t.say("regions.summary",{regions:e.polygons.length,corners:e.corners.length})} ${this._saved?t.say("regions.saved"):""}</p>
<div class="buttons">
${this._button("close",e.corners.length>=3,()=>this._draw(Nt(e)))}
${this._button("undo",e.corners.length||e.polygons.length,()=>this._draw(ht(e)))}
${this._button("clear",e.corners.length||e.polygons.length,()=>this._draw(ye(e)))}
</div>
${this._renderLearned()}
</div>
</dialog>
${this._asks?rt(t,{text:t.say("regions.forget_question"),yes:t.say("regions.forget_yes"),no:t.say("regions.no"),chosen:n=>this._forget(n)}):c}`}_button(t,e,s){return l`<ha-button appearance="filled" data-do=${t} ?disabled=${!e} @click=${s}>
${this.words.say(`regions.${t}`)}</ha-button>`}_renderArea(){let{polygons:t,corners:e,cursor:s}=this._drawing,[n,r]=[s[0]*1e3,s[1]*1e3],o=this._dragged&&Ut(ct,this._dragged.from,this._dragged.to);return l`
<div class="picture area" role="application" tabindex="0" aria-label=${this.words.say("regions.area")}
@pointerdown=${this._down} @pointermove=${this._move} @pointerup=${this._up}
@pointercancel=${()=>this._dragged=null} @keydown=${this._key}>
<img src=${this.hass.hassUrl(this._path)} alt="" draggable="false"
@error=${()=>this._problem=this.words.say("regions.none")}>
<svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${this._background?this._cells():c}
${t.map(d=>m`<polygon class="ignored" points=${dt(d)}></polygon>`)}
${e.length?m`<polyline class="open" points=${dt(e)}></polyline>`:c}
${e.map(([d,a])=>m`<ellipse class="corner" cx=${d*1e3} cy=${a*1e3} rx="9" ry="12"></ellipse>`)}
${o?m`<polygon class="drawn" points=${dt(o.polygons[0])}></polygon>`:c}
<path class="cursor" d="M${n-25} ${r}H${n+25}M${n} ${r-33}V${r+33}"></path>
</svg>
</div>`}_cells(){let{cells:t,columns:e,rows:s}=this._background;if(!t.length)return c;let[n,r]=[1e3/e,1e3/s];return t.map(([o,d,a])=>m`
<rect class="cell" x=${o*n} y=${d*r} width=${n} height=${r}
style="opacity:${.25+.6*a}"></rect>`)}_renderLearned(){let{words:t,_background:e}=this;return l`
<div class="buttons">
<ha-button appearance="plain" data-do="learned" aria-pressed=${!!e} @click=${this._showLearned}>
${t.say("regions.learned")}</ha-button>
${e&&e.frames?l`<ha-button appearance="plain" variant="danger" data-do="forget"
@click=${()=>this._asks=!0}>${t.say("regions.forget")}</ha-button>`:c}
</div>
${e?l`<p class="quiet">${e.frames?t.say("regions.learned_says",{frames:e.frames,hidden:(100*e.hidden).toFixed(0)}):t.say("regions.learned_none")}</p>`:c}`}static styles=[O,L,U,$`
.area { touch-action: none; cursor: crosshair; user-select: none; }
.area img { pointer-events: none; }
.open { fill: none; stroke: #fff; stroke-width: 2px; vector-effect: non-scaling-stroke; }
.corner { fill: #fff; stroke: #000; stroke-width: 1px; vector-effect: non-scaling-stroke; }
.cursor { stroke: var(--fw-accent); stroke-width: 2px; vector-effect: non-scaling-stroke; opacity: 0; }
.area:focus .cursor { opacity: 1; }
.cell { fill: #00bcd4; }
`]};customElements.define("failwatch-regions",Rt);var Dt=i=>i<40?.04+.03*Math.abs(Math.sin(i*1.7)):.05+(i-40)*.033;function be(i){let t=[],e=.03;for(let r=0;r<60;r++)e+=(Dt(r)-e)*.25,t.push([r,17e8-(60-r)*10,Dt(r),e,e>.43?"maybe":"none",[],{},.03,.4]);let s={level:"maybe",rule:"high",score:e-.03,usual:.03,limit:.4},n=`data:image/svg+xml,${encodeURIComponent(Ke)}`;return{frames:t,update:{type:"update",version:1,name:i,connected:!0,problem:null,watching:!0,now:17e8,clock_speed:1,rules:{name:"failwatch",maybe:.4,failure:.6,sensitivity:1},pictures:{"":n},may:{control:!1,configure:!1},commands:["pause","resume","cancel"],state:{phase:"watching",since:1699996400,print_id:"sample",print_name:"benchy.gcode",holds:[],blind:null,muted:!1,snoozed_until:null,intervention:{countdown:{action:"pause",due_at:1700000120},paused_at:null},latch:{level:"maybe",verdict:s,confirmed:!1,since:1699999960},look:{at:1699999996,p:Dt(59),verdict:s,statistics:{ewm_mean:e},views:[{camera:"",boxes:[{x_min:.46,y_min:.42,x_max:.72,y_max:.72,score:.81}],problem:""}]}}}}}var Ke=`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#2b3440"/>
<path d="M90 300h460l-50-90H140z" fill="#46525f"/><path d="M230 240h150v-60l-30-30h-90l-30 30z" fill="#e8842c"/>
<path d="M310 200c40-60 90 40 60 50s-70-70-10-80 90 60 60 80-90-10-40-60" fill="none" stroke="#e8842c" stroke-width="4"/>
<rect x="270" y="0" width="50" height="120" fill="#77838f"/><path d="M280 120h30l-15 26z" fill="#c7ccd1"/></svg>`;function x(i){return i.phase!=="idle"}function Ye(i){return i.look?i.phase==="paused"?!0:i.phase==="watching"&&!i.holds.length&&i.look.at>=i.since-60:!1}function It(i){return x(i)?i.latch.level:"none"}function ve(i){return x(i)?i.latch.level!=="none"&&i.latch.verdict?i.latch.verdict:Ye(i)?i.look.verdict:null:null}function zt(i,t){return i.snoozed_until!==null&&i.snoozed_until!==void 0&&t<i.snoozed_until}function R(i){let t=i.state;return i.connected?i.watching?t.phase==="idle"?"idle":It(t)!=="none"?It(t):t.phase==="blind"?"blind":t.phase==="paused"?"paused":t.holds.length?"hold":"none":"off":"gone"}function Ht(i){return i.intervention&&i.intervention.countdown||null}function qt(i,t){let e=i.memory&&i.memory.acceptance;return!e||!x(i)?null:e.until===null||t<e.until?{until:e.until}:null}function xe(i,t){let{state:e}=i,s=p=>i.commands.includes(p),n=[];if(!i.watching||!x(e))return n;let r=Ht(e),o=It(e)!=="none",d=e.phase==="paused",a=!!(e.intervention&&e.intervention.paused_at);r?n.push({key:"keep_printing",primary:!0}):d&&s("resume")?(n.push({key:"resume_fine",primary:o||a}),n.push({key:"resume_cleared"})):(o||d&&a)&&n.push({key:"keep_printing",title:"fine",primary:!0}),qt(e,t)&&n.push({key:"ask_again"}),e.latch.confirmed?!d&&s("pause")&&!r&&n.push({key:"pause",primary:!0}):n.push({key:"it_failed"}),["watching","blind"].includes(e.phase)&&!e.holds.length&&n.push({key:"check"});let h=zt(e,t);return e.muted||n.push({key:"snooze",title:h?"snooze_end":"snooze",data:{seconds:h?0:600}}),n.push({key:"mute",title:e.muted?"mute_end":"mute",data:{muted:!e.muted}}),s("cancel")&&n.push({key:"cancel",asks:!0}),n}function D(i,t){let e=i.state.look?i.state.look.views:[];return e.find(s=>s.camera===t&&i.pictures[s.camera])||e.find(s=>i.pictures[s.camera])||null}var Xe=["busy","cut_short","rate_limited","server_failed","timed_out","unavailable"],Je="component.failwatch.config_panel",pt=new Map,I=class i{#t;constructor(t,e){this.language=t,this.#t=e,this.numbers=new Intl.NumberFormat(t,{minimumFractionDigits:2,maximumFractionDigits:2}),this.times=new Intl.DateTimeFormat(t,{hour:"2-digit",minute:"2-digit"}),this.days=new Intl.DateTimeFormat(t,{dateStyle:"medium",timeStyle:"short"})}static load(t){let{language:e}=t;if(!pt.has(e)){let s=t.loadBackendTranslation("config_panel","failwatch");pt.set(e,s.then(n=>new i(e,n))),s.catch(()=>pt.delete(e))}return pt.get(e)}say(t,e={}){return this.#t(`${Je}.${t}`,e)||""}number(t){return t==null?"–":this.numbers.format(t)}duration(t){let e=Math.max(0,Math.round(t));if(e<90)return this.say("duration.seconds",{seconds:e});let s=Math.round(e/60);if(s<90)return this.say("duration.minutes",{minutes:s});let n=Math.floor(s/60);return n<48?this.say("duration.hours",{hours:n,minutes:s%60}):this.say("duration.days",{days:Math.floor(n/24)})}reason(t){if(!t)return"";let e=t.rule==="quiet"&&Number(t.score.toFixed(2))<0,s={now:this.number(t.usual+t.score),usual:this.number(t.usual),limit:this.number(t.usual+t.limit)};return this.say(`reason.${e?"below":t.rule}`,s)||t.reason||""}blind(t){let e=this.say(`blind.${t.reason}`);return e?Xe.includes(t.reason)?`${e} ${this.say("note.goes_on_trying")}`:e:t.detail}outcome(t){return this.say(`outcome.${t||"unknown"}`)||t}};var ke={gone:"mdi:lan-disconnect",off:"mdi:eye-off-outline",idle:"mdi:printer-3d",none:"mdi:check-circle",maybe:"mdi:help-circle",failure:"mdi:alert",blind:"mdi:eye-off",paused:"mdi:pause-circle",hold:"mdi:timer-sand"},Ze=3,Qe=1e3,Bt=class extends g{static properties={hass:{attribute:!1},preview:{type:Boolean},layout:{},_config:{state:!0},_update:{state:!0},_frames:{state:!0},_marks:{state:!0},_events:{state:!0},_problem:{state:!0},_gone:{state:!0},_open:{state:!0},_camera:{state:!0},_allEvents:{state:!0},_tick:{state:!0},_url:{state:!0},_words:{state:!0}};static getConfigForm=_e;static getStubConfig=me;constructor(){super(),this._seen=!0,this._drawn=!1,this._forget(),this._open="",this._tick=0}setConfig(t){let e=Mt(t);this._config&&e.device_id!==this._config.device_id&&this._unfollow(),this._config=e}getCardSize(){return this._isTile?1:8}getGridOptions(){return this._isTile?{columns:6,rows:1,min_columns:6,min_rows:1,max_rows:1}:{columns:12,rows:"auto",min_columns:6}}get _isTile(){return this._config?.layout==="tile"}connectedCallback(){super.connectedCallback(),this._ticking=setInterval(()=>this._update&&(this._tick+=1),Qe),this._seen=!0,this._watching=new IntersectionObserver(t=>this._see(t.at(-1).isIntersecting)),this._watching.observe(this)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this._ticking),this._watching.disconnect(),this._unfollow()}_see(t){t!==this._seen&&(this._seen=t,!(!t||!this._update)&&(this._showPicture(),this.requestUpdate()))}shouldUpdate(t){return!this._seen&&this._drawn?!1:t.size>1||!t.has("hass")||this._language!==this.hass.language}willUpdate(){!this.hass||!this._config||(this._language!==this.hass.language&&(this._language=this.hass.language,this._load()),this._config.device_id?!this._follower&&this.isConnected&&this._follow():this._showSample())}async _load(){let t=this._language;try{let e=await I.load(this.hass);t===this._language&&(this._words=e)}catch{this._language=""}}updated(){this._drawn=!!this._update,P(this.renderRoot)}_forget(){this._update=null,this._clock=new V(0),this._frames=[],this._marks=[],this._events=[],this._problem="",this._gone="",this._print=null,this._url=""}_showSample(){if(this._update||!this._words)return;let t=be(this._words.say("card.sample"));this._frames=t.frames,this._take(t.update)}_follow(){this._follower=new nt(this.hass,this._config.device_id,t=>this._take(t),t=>{this._gone=t?.code==="unauthorized"?"no_access":"waiting"})}_unfollow(){this._follower?.stop(),this._follower=null,this._forget()}_take(t){if(t.type==="event"){this._events=[...this._events,t.event];return}if(t.type==="gone"){this._gone="gone";return}this._gone="",this._clock=new V(t.now,t.clock_speed),this._update=t;let{state:e}=t;e.print_id!==this._print&&e.print_id!=="sample"?this._loadCourse(e):x(e)&&e.look&&e.look.at>=(e.started_at||0)&&(this._frames=Et(this._frames,ce(e))),this._seen&&this._showPicture()}async _loadCourse(t){let e=this._print=t.print_id;if(this._frames=[],this._marks=[],!!e&&(this._events=this._events.filter(s=>s.print_id===e),!(!this._shows("course")&&!this._shows("events"))))try{let s=await S(this.hass,this._config.device_id,"frames",{print_id:e});if(this._print!==e)return;this._frames=this._frames.reduce(Et,s.frames),this._marks=s.marks}catch{}}_showPicture(){let t=D(this._update,this._camera),e=t?this._update.pictures[t.camera]:"",s=e&&!e.startsWith("data:")?this.hass.hassUrl(e):e;if(!s||!this._url)return void(this._url=s);let n=new Image;n.onload=()=>this._url=s,n.src=s}async _order(t){this._problem="",this._open="";try{await S(this.hass,this._config.device_id,"order",{order:t.key,...t.data})}catch(e){this._problem=e.message||this._words.say("card.failed")}}_shows(t){return this._config.show.includes(t)}render(){if(!this._config||!this._words)return c;let t=this._words;if(!this._update){let e=this._gone?t.say(`card.${this._gone}`):t.say("card.waiting");return l`<ha-card><div class="content"><p class="quiet" role="status">${e}</p></div></ha-card>`}return l`
<ha-card class=${R(this._update)}>${this._isTile?this._renderTile():l`<div class="content">${this._renderAll()}</div>`}</ha-card>
${this._renderOpen()}`}get _name(){return this._config.name||this._update.name}get _condition(){let t=this._words,{state:e}=this._update,s=t.say(`condition.${this._gone?"gone":R(this._update)}`),n=this._silence;return n&&x(e)?t.say("silence.seen",{level:s,silence:n}):s}get _silence(){let{state:t}=this._update,e=this._clock.now();return t.muted?this._words.say("silence.muted"):zt(t,e)?this._words.say("silence.snoozed",{time:this._words.duration(t.snoozed_until-e)}):""}_renderTile(){let t=D(this._update,this._camera);return l`
<button class="plain tile" aria-label="${this._name}: ${this._condition}. ${this._words.say("card.open")}"
@click=${()=>this._open="all"}>
<ha-icon class="sign" icon=${ke[R(this._update)]}></ha-icon>
<span class="texts"><b>${this._name}</b><span class="level">${this._condition}</span></span>
${t&&this._url?l`<img alt="" src=${this._url}>`:c}
</button>`}_renderAll(){let{words:t}={words:this._words};return l`
<div class="head">
<ha-icon class="sign" icon=${ke[this._gone?"gone":R(this._update)]}></ha-icon>
<div class="texts">
<h2>${this._name}</h2>
<span class="level" role="status">${this._condition}</span>
</div>
</div>
${this._gone?l`<ha-alert alert-type="warning">${t.say(`card.${this._gone}`)}</ha-alert>`:c}
${this._update.connected?c:l`<ha-alert alert-type="warning">${t.say("card.unreachable")}</ha-alert>`}
${this._problem?l`<ha-alert alert-type="error">${this._problem}</ha-alert>`:c}
${this._renderWhy()}
${this._renderCountdown()}
${this._shows("picture")?this._renderPicture():c}
${this._shows("answers")?this._renderAnswers():c}
${this._shows("course")?this._renderCourse():c}
${this._shows("events")?this._renderEvents():c}
${this._shows("past")?this._renderPastButtons():c}`}_renderWhy(){let t=this._words,{state:e,watching:s}=this._update;if(!s||!x(e))return c;let n=this._clock.now(),r=ve(e),o=qt(e,n),d=e.intervention?.ordered;return l`
${e.print_name?l`<p class="quiet name">${e.print_name}</p>`:c}
${e.blind?l`<ha-alert alert-type="error" class="blind">${t.blind(e.blind)}
${t.say("note.blind_for",{time:t.duration(n-e.blind.since)})}</ha-alert>`:c}
${e.holds.length?l`<p class="why">${t.say(`hold.${e.holds[0]}`)||e.holds[0]}</p>`:c}
${e.latch.confirmed?l`<p class="why">${t.say("note.confirmed")}</p>`:c}
${o?l`<p class="why">${o.until===null?t.say("note.accepted_until_end"):t.say("note.accepted",{time:t.duration(o.until-n)})}</p>`:c}
${d?l`<ha-alert alert-type="warning" class="ordered">${t.say(`ordered.${d.action}`,{tries:d.tries})}
${d.problems?.at(-1)||""}</ha-alert>`:c}
${r&&!e.latch.confirmed?l`<p class="why">${t.reason(r)}</p>`:c}`}_renderCountdown(){let t=Ht(this._update.state);if(!t)return c;let e=this._words,s=Math.max(0,t.due_at-this._clock.now()),n=Math.max(1,t.due_at-(t.announced_at??t.due_at-s));return l`
<div class="countdown" role="timer">
<span>${e.say(`countdown.${t.action}`,{time:e.duration(s)})}</span>
<span class="bar" aria-hidden="true"><span style="width:${100*s/n}%"></span></span>
</div>`}_renderPicture(){let t=this._words,e=D(this._update,this._camera);if(!e||!this._url)return l`<p class="quiet nothing">${t.say("picture.none")}</p>`;let s=this._update.state.look.views,n=t.say("picture.age",{time:t.duration(this._clock.now()-this._update.state.look.at)});return l`
${ot(t,{url:this._url,boxes:e.boxes,alt:t.say("picture.alt",{name:this._name,boxes:e.boxes.length}),onError:()=>this._url="",children:l`<span class="chip age">${n}</span>`})}
${s.length>1?l`<div class="buttons">${s.map((r,o)=>l`
<ha-button appearance=${r===e?"filled":"plain"} aria-pressed=${r===e}
@click=${()=>this._choose(r.camera)}>${this._cameraName(r.camera,o)}</ha-button>`)}</div>`:c}`}_choose(t){this._camera=t,this._showPicture()}_cameraName(t,e){return this.hass?.states?.[t]?.attributes?.friendly_name||t||`${this._words.say("picture.camera")} ${e+1}`}_renderAnswers(){let t=this._words,e=xe(this._update,this._clock.now());if(!e.length)return c;let s=this._update.may.control;return l`
<div class="buttons answers">${e.map(n=>l`
<ha-button data-order=${n.key} ?disabled=${!s||!!this._gone} .disabled=${!s||!!this._gone}
appearance=${n.primary?"accent":"filled"} variant=${n.asks?"danger":"brand"}
@click=${()=>n.asks?this._open="cancel":this._order(n)}>
${t.say(`answer.${n.title||n.key}`)}</ha-button>`)}
</div>
${s||!this._config.device_id?c:l`<p class="quiet">${t.say("card.no_control")}</p>`}`}_renderCourse(){let{state:t,rules:e}=this._update,s=t.look?.verdict;return l`<section aria-label=${this._words.say("course.title")}>
${le([this._frames,this._marks,this._events,t.look?.at,e,this._words],()=>it(this._words,this._frames,s?tt(e,s.usual,s.limit):[],{marks:Ct(this._words,this._marks,this._ownEvents)}))}
</section>`}get _ownEvents(){return this._events.filter(t=>!t.print_id||t.print_id===this._update.state.print_id)}_renderEvents(){let t=this._words,e=Ct(t,this._marks,this._ownEvents);if(!e.length)return c;let s=this._allEvents?e:e.slice(0,Ze);return l`
<section class="events">
<h3>${t.say("events.title")}</h3>
<ul>${s.map(n=>l`<li><time>${t.times.format(this._clock.date(n.at))}</time> ${n.text}</li>`)}</ul>
${e.length>s.length?l`<ha-button appearance="plain" @click=${()=>this._allEvents=!0}>
${t.say("events.more",{count:e.length})}</ha-button>`:c}
</section>`}_renderPastButtons(){if(!this._config.device_id)return c;let t=D(this._update,this._camera);return l`
<div class="buttons foot">
<ha-button appearance="plain" data-open="past" @click=${()=>this._open="past"}>${this._words.say("past.title")}</ha-button>
${this._update.may.configure&&t?l`<ha-button appearance="plain" data-open="regions"
@click=${()=>this._open="regions"}>${this._words.say("picture.regions")}</ha-button>`:c}
</div>`}_renderOpen(){let t=this._words,e=()=>this._open="",s={hass:this.hass,device:this._config.device_id};return this._open==="past"?l`<failwatch-past-prints .hass=${s.hass} .device=${s.device} .words=${t}
.mayControl=${this._update.may.control} @closed=${e}></failwatch-past-prints>`:this._open==="regions"?l`<failwatch-regions .hass=${s.hass} .device=${s.device} .words=${t}
.camera=${D(this._update,this._camera)?.camera??""} @closed=${e}></failwatch-regions>`:this._open==="cancel"?rt(t,{text:t.say("cancel.question",{print:this._update.state.print_name||t.say("cancel.this_print")}),yes:t.say("cancel.yes"),no:t.say("cancel.no"),chosen:n=>n?this._order({key:"cancel"}):e()}):this._open==="all"?l`<dialog class=${R(this._update)} aria-label=${this._name} @close=${n=>n.target.matches("dialog")&&e()}>
${M(t,"",n=>n.target.closest("dialog").close())}
<div class="content in-dialog">${this._renderAll()}</div></dialog>`:c}static styles=[O,L,U,$`
ha-card { height: 100%; overflow: hidden; }
.content { padding: 16px; display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; line-height: 1.4; }
.content.in-dialog { padding: 0; }
.content > .head { margin: 0; }
.texts { display: grid; min-width: 0; }
.texts :is(h2, b) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 16px; font-weight: 500; }
.level { font-size: 14px; }
.sign { color: var(--fw-level); --mdc-icon-size: 28px; flex: none; }
.name { overflow-wrap: anywhere; font-size: 14px; }
.why { margin: 0; }
.countdown { border-radius: 8px; padding: 8px 12px; background: color-mix(in srgb, var(--fw-maybe) 20%, transparent); display: grid; gap: 6px; }
.bar { height: 4px; border-radius: 2px; background: var(--fw-line); }
.bar span { display: block; height: 100%; border-radius: 2px; background: var(--fw-maybe); }
.nothing { padding: 24px; text-align: center; background: var(--secondary-background-color); border-radius: 8px; }
.events ul { list-style: none; margin: 4px 0 0; padding: 0; font-size: 14px; }
.events time { color: var(--fw-quiet); display: inline-block; min-width: 4.5em; }
.foot { border-top: 1px solid var(--fw-line); padding-top: 8px; }
.tile { width: 100%; height: 100%; min-height: 56px; display: flex; align-items: center; gap: 10px; padding: 0 10px; box-sizing: border-box; }
.tile .texts { flex: 1; }
.tile .level { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
.tile img { height: 40px; width: 56px; object-fit: cover; border-radius: 6px; flex: none; }
`]};customElements.define("failwatch-card",Bt);var ts=(navigator.language||"").startsWith("de");window.customCards=window.customCards||[];window.customCards.push({type:"failwatch-card",name:"FailWatch",description:ts?"Einen 3D-Druck überwachen: Bild, Verlauf, Alarme, Antworten und frühere Drucke":"Watch a 3D print: picture, course, alarms, answers and past prints",preview:!0,documentationURL:"https://github.com/failwatch/failwatch/blob/main/docs/card.md"});customElements.whenDefined("home-assistant").then(()=>{let i=document.querySelector("home-assistant")?.hass;i?.loadBackendTranslation&&I.load(i).catch(()=>{})});
