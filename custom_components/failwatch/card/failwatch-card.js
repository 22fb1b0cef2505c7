/*! FailWatch card, AGPL-3.0-or-later; contains Lit, BSD-3-Clause, (c) Google LLC. Made from frontend/. */
var X=globalThis,J=X.ShadowRoot&&(X.ShadyCSS===void 0||X.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,gt=Symbol(),Kt=new WeakMap,R=class{constructor(t,e,i){if(this._$cssResult$=!0,i!==gt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(J&&t===void 0){let i=e!==void 0&&e.length===1;i&&(t=Kt.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),i&&Kt.set(e,t))}return t}toString(){return this.cssText}},Yt=s=>new R(typeof s=="string"?s:s+"",void 0,gt),g=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((i,n,r)=>i+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+s[r+1],s[0]);return new R(e,s,gt)},Xt=(s,t)=>{if(J)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let i=document.createElement("style"),n=X.litNonce;n!==void 0&&i.setAttribute("nonce",n),i.textContent=e.cssText,s.appendChild(i)}},$t=J?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let i of t.cssRules)e+=i.cssText;return Yt(e)})(s):s;var{is:Xe,defineProperty:Je,getOwnPropertyDescriptor:Ze,getOwnPropertyNames:Qe,getOwnPropertySymbols:ts,getPrototypeOf:es}=Object,Z=globalThis,Jt=Z.trustedTypes,ss=Jt?Jt.emptyScript:"",is=Z.reactiveElementPolyfillSupport,z=(s,t)=>s,yt={toAttribute(s,t){switch(t){case Boolean:s=s?ss:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},Qt=(s,t)=>!Xe(s,t),Zt={attribute:!0,type:String,converter:yt,reflect:!1,useDefault:!1,hasChanged:Qt};Symbol.metadata??=Symbol("metadata"),Z.litPropertyMetadata??=new WeakMap;var b=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Zt){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let i=Symbol(),n=this.getPropertyDescriptor(t,i,e);n!==void 0&&Je(this.prototype,t,n)}}static getPropertyDescriptor(t,e,i){let{get:n,set:r}=Ze(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);r?.call(this,o),this.requestUpdate(t,a,i)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Zt}static _$Ei(){if(this.hasOwnProperty(z("elementProperties")))return;let t=es(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(z("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(z("properties"))){let e=this.properties,i=[...Qe(e),...ts(e)];for(let n of i)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[i,n]of e)this.elementProperties.set(i,n)}this._$Eh=new Map;for(let[e,i]of this.elementProperties){let n=this._$Eu(e,i);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let i=new Set(t.flat(1/0).reverse());for(let n of i)e.unshift($t(n))}else t!==void 0&&e.push($t(t));return e}static _$Eu(t,e){let i=e.attribute;return i===!1?void 0:typeof i=="string"?i:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let i of e.keys())this.hasOwnProperty(i)&&(t.set(i,this[i]),delete this[i]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Xt(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,i){this._$AK(t,i)}_$ET(t,e){let i=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,i);if(n!==void 0&&i.reflect===!0){let r=(i.converter?.toAttribute!==void 0?i.converter:yt).toAttribute(e,i.type);this._$Em=t,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(t,e){let i=this.constructor,n=i._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let r=i.getPropertyOptions(n),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:yt;this._$Em=n;let a=o.fromAttribute(e,r.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(t,e,i,n=!1,r){if(t!==void 0){let o=this.constructor;if(n===!1&&(r=this[t]),i??=o.getPropertyOptions(t),!((i.hasChanged??Qt)(r,e)||i.useDefault&&i.reflect&&r===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,i))))return;this.C(t,e,i)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:i,reflect:n,wrapped:r},o){i&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),r!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||i||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let i=this.constructor.elementProperties;if(i.size>0)for(let[n,r]of i){let{wrapped:o}=r,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,r,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(i=>i.hostUpdate?.()),this.update(e)):this._$EM()}catch(i){throw t=!1,this._$EM(),i}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};b.elementStyles=[],b.shadowRootOptions={mode:"open"},b[z("elementProperties")]=new Map,b[z("finalized")]=new Map,is?.({ReactiveElement:b}),(Z.reactiveElementVersions??=[]).push("2.1.2");var At=globalThis,te=s=>s,Q=At.trustedTypes,ee=Q?Q.createPolicy("lit-html",{createHTML:s=>s}):void 0,ae="$lit$",w=`lit$${Math.random().toFixed(9).slice(2)}$`,le="?"+w,ns=`<${le}>`,A=document,H=()=>A.createComment(""),q=s=>s===null||typeof s!="object"&&typeof s!="function",Et=Array.isArray,rs=s=>Et(s)||typeof s?.[Symbol.iterator]=="function",bt=`[ 	
\f\r]`,I=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,se=/-->/g,ie=/>/g,_=RegExp(`>|${bt}(?:([^\\s"'>=/]+)(${bt}*=${bt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),ne=/'/g,re=/"/g,ce=/^(?:script|style|textarea|title)$/i,St=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),c=St(1),m=St(2),Os=St(3),$=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),oe=new WeakMap,k=A.createTreeWalker(A,129);function he(s,t){if(!Et(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return ee!==void 0?ee.createHTML(t):t}var os=(s,t)=>{let e=s.length-1,i=[],n,r=t===2?"<svg>":t===3?"<math>":"",o=I;for(let a=0;a<e;a++){let d=s[a],l,p,u=-1,f=0;for(;f<d.length&&(o.lastIndex=f,p=o.exec(d),p!==null);)f=o.lastIndex,o===I?p[1]==="!--"?o=se:p[1]!==void 0?o=ie:p[2]!==void 0?(ce.test(p[2])&&(n=RegExp("</"+p[2],"g")),o=_):p[3]!==void 0&&(o=_):o===_?p[0]===">"?(o=n??I,u=-1):p[1]===void 0?u=-2:(u=o.lastIndex-p[2].length,l=p[1],o=p[3]===void 0?_:p[3]==='"'?re:ne):o===re||o===ne?o=_:o===se||o===ie?o=I:(o=_,n=void 0);let x=o===_&&s[a+1].startsWith("/>")?" ":"";r+=o===I?d+ns:u>=0?(i.push(l),d.slice(0,u)+ae+d.slice(u)+w+x):d+w+(u===-2?a:x)}return[he(s,r+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),i]},B=class s{constructor({strings:t,_$litType$:e},i){let n;this.parts=[];let r=0,o=0,a=t.length-1,d=this.parts,[l,p]=os(t,e);if(this.el=s.createElement(l,i),k.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=k.nextNode())!==null&&d.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(ae)){let f=p[o++],x=n.getAttribute(u).split(w),Y=/([.?@])?(.*)/.exec(f);d.push({type:1,index:r,name:Y[2],strings:x,ctor:Y[1]==="."?xt:Y[1]==="?"?wt:Y[1]==="@"?_t:C}),n.removeAttribute(u)}else u.startsWith(w)&&(d.push({type:6,index:r}),n.removeAttribute(u));if(ce.test(n.tagName)){let u=n.textContent.split(w),f=u.length-1;if(f>0){n.textContent=Q?Q.emptyScript:"";for(let x=0;x<f;x++)n.append(u[x],H()),k.nextNode(),d.push({type:2,index:++r});n.append(u[f],H())}}}else if(n.nodeType===8)if(n.data===le)d.push({type:2,index:r});else{let u=-1;for(;(u=n.data.indexOf(w,u+1))!==-1;)d.push({type:7,index:r}),u+=w.length-1}r++}}static createElement(t,e){let i=A.createElement("template");return i.innerHTML=t,i}};function T(s,t,e=s,i){if(t===$)return t;let n=i!==void 0?e._$Co?.[i]:e._$Cl,r=q(t)?void 0:t._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(s),n._$AT(s,e,i)),i!==void 0?(e._$Co??=[])[i]=n:e._$Cl=n),n!==void 0&&(t=T(s,n._$AS(s,t.values),n,i)),t}var vt=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:i}=this._$AD,n=(t?.creationScope??A).importNode(e,!0);k.currentNode=n;let r=k.nextNode(),o=0,a=0,d=i[0];for(;d!==void 0;){if(o===d.index){let l;d.type===2?l=new W(r,r.nextSibling,this,t):d.type===1?l=new d.ctor(r,d.name,d.strings,this,t):d.type===6&&(l=new kt(r,this,t)),this._$AV.push(l),d=i[++a]}o!==d?.index&&(r=k.nextNode(),o++)}return k.currentNode=A,n}p(t){let e=0;for(let i of this._$AV)i!==void 0&&(i.strings!==void 0?(i._$AI(t,i,e),e+=i.strings.length-2):i._$AI(t[e])),e++}},W=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,i,n){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=i,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=T(this,t,e),q(t)?t===h||t==null||t===""?(this._$AH!==h&&this._$AR(),this._$AH=h):t!==this._$AH&&t!==$&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):rs(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==h&&q(this._$AH)?this._$AA.nextSibling.data=t:this.T(A.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:i}=t,n=typeof i=="number"?this._$AC(t):(i.el===void 0&&(i.el=B.createElement(he(i.h,i.h[0]),this.options)),i);if(this._$AH?._$AD===n)this._$AH.p(e);else{let r=new vt(n,this),o=r.u(this.options);r.p(e),this.T(o),this._$AH=r}}_$AC(t){let e=oe.get(t.strings);return e===void 0&&oe.set(t.strings,e=new B(t)),e}k(t){Et(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,i,n=0;for(let r of t)n===e.length?e.push(i=new s(this.O(H()),this.O(H()),this,this.options)):i=e[n],i._$AI(r),n++;n<e.length&&(this._$AR(i&&i._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let i=te(t).nextSibling;te(t).remove(),t=i}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},C=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,i,n,r){this.type=1,this._$AH=h,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=r,i.length>2||i[0]!==""||i[1]!==""?(this._$AH=Array(i.length-1).fill(new String),this.strings=i):this._$AH=h}_$AI(t,e=this,i,n){let r=this.strings,o=!1;if(r===void 0)t=T(this,t,e,0),o=!q(t)||t!==this._$AH&&t!==$,o&&(this._$AH=t);else{let a=t,d,l;for(t=r[0],d=0;d<r.length-1;d++)l=T(this,a[i+d],e,d),l===$&&(l=this._$AH[d]),o||=!q(l)||l!==this._$AH[d],l===h?t=h:t!==h&&(t+=(l??"")+r[d+1]),this._$AH[d]=l}o&&!n&&this.j(t)}j(t){t===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},xt=class extends C{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===h?void 0:t}},wt=class extends C{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==h)}},_t=class extends C{constructor(t,e,i,n,r){super(t,e,i,n,r),this.type=5}_$AI(t,e=this){if((t=T(this,t,e,0)??h)===$)return;let i=this._$AH,n=t===h&&i!==h||t.capture!==i.capture||t.once!==i.once||t.passive!==i.passive,r=t!==h&&(i===h||n);n&&this.element.removeEventListener(this.name,this,i),r&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},kt=class{constructor(t,e,i){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=i}get _$AU(){return this._$AM._$AU}_$AI(t){T(this,t)}};var as=At.litHtmlPolyfillSupport;as?.(B,W),(At.litHtmlVersions??=[]).push("3.3.3");var de=(s,t,e)=>{let i=e?.renderBefore??t,n=i._$litPart$;if(n===void 0){let r=e?.renderBefore??null;i._$litPart$=n=new W(t.insertBefore(H(),r),r,void 0,e??{})}return n._$AI(s),n};var Tt=globalThis,y=class extends b{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=de(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return $}};y._$litElement$=!0,y.finalized=!0,Tt.litElementHydrateSupport?.({LitElement:y});var ls=Tt.litElementPolyfillSupport;ls?.({LitElement:y});(Tt.litElementVersions??=[]).push("4.2.2");var cs=["unauthorized"],tt=class{#e;#s;#t;#r=null;#o=null;#i=1e3;#n=0;#a=()=>this.#c();constructor(t,e,i){this.#e=t,this.#s=e,this.#t=i,t.connection.addEventListener("ready",this.#a),this.#c()}stop(){this.#e.connection.removeEventListener("ready",this.#a),this.#l()}renew(){this.#c()}#l(){this.#n+=1,clearTimeout(this.#o),this.#r?.().catch(()=>{}),this.#r=null}async#c(){this.#l(),this.#t.begins();let t=this.#n;try{let e=await this.#e.connection.subscribeMessage(i=>t===this.#n&&this.#t.take(i),{type:"failwatch/subscribe",device_id:this.#s},{resubscribe:!1});if(t!==this.#n)return void e().catch(()=>{});this.#r=e,this.#i=1e3}catch(e){if(t!==this.#n||(this.#t.refused(e),cs.includes(e?.code)))return;this.#o=setTimeout(()=>this.#c(),this.#i),this.#i=Math.min(2*this.#i,3e4)}}};function M(s,t,e,i={}){return s.connection.sendMessagePromise({type:`failwatch/${e}`,device_id:t,...i})}function et(s,t){return c`
<div class="head">
<h2>${t}</h2>
<button class="round" aria-label=${s.say("card.close")} @click=${e=>e.target.closest("dialog").close()} autofocus>
<ha-icon icon="mdi:close"></ha-icon>
</button>
</div>`}function st(s,{text:t,yes:e,no:i,danger:n=!0,chosen:r}){let o=(a,d)=>{a.target.closest("dialog").close(),r(d)};return c`
<dialog class="question" role="alertdialog" aria-label=${t} @cancel=${()=>r(!1)}>
<div class="body">
<p style="margin:0">${t}</p>
<div class="buttons">
<ha-button variant=${n?"danger":"brand"} @click=${a=>o(a,!0)}>${e}</ha-button>
<ha-button appearance="plain" @click=${a=>o(a,!1)}>${i}</ha-button>
</div>
</div>
</dialog>`}function it(s){for(let t of s.querySelectorAll("dialog:not([open])"))t.showModal()}var j=["picture","course","events","answers","past"],Ct=["full","tile"];function pe(){let s=e=>document.querySelector("home-assistant")?.hass?.localize(`component.failwatch.config_panel.${e}`),t=(e,i)=>i.map(n=>({value:n,label:s(`${e}.${n}`)||n}));return{schema:[{name:"device_id",required:!0,selector:{device:{integration:"failwatch"}}},{name:"name",selector:{text:{}}},{name:"layout",selector:{select:{mode:"dropdown",options:t("form_layout",Ct)}}},{name:"show",selector:{select:{mode:"list",multiple:!0,options:t("form_part",j)}}}],computeLabel:e=>s(`form.${e.name}`)||e.name,computeHelper:e=>s(`form_help.${e.name}`)||void 0,assertConfig:Mt}}function Mt(s){if(!s||typeof s!="object")throw new Error("FailWatch: the card needs a configuration.");let{device_id:t="",name:e="",layout:i="full",show:n=j}=s;if(typeof t!="string")throw new Error("FailWatch: device_id must be the ID of a device.");if(!Ct.includes(i))throw new Error(`FailWatch: layout must be one of ${Ct.join(", ")}.`);if(!Array.isArray(n)||n.some(r=>!j.includes(r)))throw new Error(`FailWatch: show must be a list of ${j.join(", ")}.`);return{device_id:t,name:e,layout:i,show:n}}function ue(s){let t=Object.values(s.entities||{}).find(e=>e.platform==="failwatch"&&e.device_id);return{device_id:t?t.device_id:"",layout:"full",show:[...j]}}var fe=s=>(...t)=>({_$litDirective$:s,values:t}),nt=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,e,i){this._$Ct=t,this._$AM=e,this._$Ci=i}_$AS(t,e){return this.update(t,e)}update(t,e){return this.render(...e)}};var hs={},me=fe(class extends nt{constructor(){super(...arguments),this.ot=hs}render(s,t){return t()}update(s,[t,e]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((i,n)=>i===this.ot[n]))return $}else if(this.ot===t)return $;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,e)}});function $e(s){let{look:t,latch:e}=s;return[0,t.at,t.p,t.statistics.ewm_mean,e.level,[],{},t.verdict.usual,t.verdict.limit]}function Ot(s,t){if(s.length&&s[s.length-1][1]>=t[1])return s;let e=[...s,t];return e.length>600?ds(e):e}function ds(s){let t=[];for(let i=0;i<s.length;i+=2){let[n,r]=[s[i],s[i+1]];t.push(!r||n[2]>=r[2]?n:r)}let e=s[s.length-1];return t[t.length-1]!==e&&t.push(e),t}function rt(s,t,e){if(!s||!s.name)return[];let i=s.sensitivity||1,n={key:"normal",value:t};return s.name!=="failwatch"?[n,{key:"limit",value:t+e/i}]:[n,{key:"maybe",value:t+s.maybe/i},{key:"failure",value:t+s.failure/i}]}function ye(s,t){return s.findLast(e=>e.after_frame<t[0])||s[0]}function be(s,t,{end:e}={}){if(!s.length)return null;let i=s[0][1],n=Math.max(i+300,s[s.length-1][1],e||0),r=Math.max(1,...s.map(l=>l[2]),...t.map(l=>l.value)),o=l=>Math.min(1,Math.max(0,(l-i)/(n-i))),a=l=>1-Math.max(0,l)/r,d=l=>s.map(p=>`${ge(o(p[1]))},${ge(a(p[l]))}`).join(" ");return{x:o,start:i,last:n,top:r,p:d(2),mean:d(3),lines:t.map(l=>({...l,y:a(l.value)})),rises:s.map((l,p)=>({at:l[1],level:l[4],before:p?s[p-1][4]:"none"})).filter(l=>l.level!==l.before).map(l=>({...l,x:o(l.at)}))}}function ge(s){return Math.round(s*1e4)/10}var ps={normal:"2 3",maybe:"6 4",failure:"12 4",limit:"12 4"};function lt(s,t,e,{at:i,marks:n=[],end:r}={}){let o=be(t,e,{end:r});if(!o)return c`<p class="quiet">${s.say("course.none")}</p>`;let a=t[t.length-1],d=s.say("course.alt",{time:s.duration(a[1]-o.start),p:s.number(a[2]),mean:s.number(a[3])});return c`
<div class="chart" role="img" aria-label=${d}>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${o.lines.map(l=>m`
<line class="limit ${l.key}" x1="0" x2="1000" y1=${l.y*1e3} y2=${l.y*1e3}
stroke-dasharray=${ps[l.key]}></line>`)}
${o.rises.map(l=>m`
<line class="rise ${l.level}" x1=${l.x*1e3} x2=${l.x*1e3} y1="0" y2="1000"></line>`)}
${n.map(l=>m`
<line class="mark" x1=${o.x(l.at)*1e3} x2=${o.x(l.at)*1e3} y1="0" y2="1000">
<title>${l.text}</title></line>`)}
<polyline class="p" points=${o.p}></polyline>
<polyline class="mean" points=${o.mean}></polyline>
${i===void 0?h:m`
<line class="here" x1=${o.x(i)*1e3} x2=${o.x(i)*1e3} y1="0" y2="1000"></line>`}
</svg>
<span class="axis top">${s.number(o.top)}</span>
<span class="axis bottom">0</span>
<span class="axis end">${s.duration(o.last-o.start)}</span>
</div>
<div class="legend" aria-hidden="true">
<span class="key p">${s.say("course.p")} ${s.number(a[2])}</span>
<span class="key mean">${s.say("course.mean")} ${s.number(a[3])}</span>
${e.map(l=>c`
<span class="key limit ${l.key}">${s.say(`course.${l.key}`)} ${s.number(l.value)}</span>`)}
</div>`}function us(s,t,e=""){return t==="acknowledged"&&e!=="not_a_failure"?s.say(`event.acknowledged_${e}`)||s.say("event.acknowledged"):t==="action"?s.say(`event.action_${e}`):s.say(`event.${t}`)}function Pt(s,t){let e=t.data&&typeof t.data=="object"?t.data:{},n=(t.kind==="muted"||t.kind==="snoozed")&&!t.data&&t.data!==void 0?"":us(s,t.kind,t.detail??e.detail??"");return n?{at:t.at,kind:t.kind,text:n}:null}function Ut(s,t,e){let i=new Set;return[...t,...e].map(n=>Pt(s,n)).filter(n=>n&&!i.has(ve(n))&&i.add(ve(n))).sort((n,r)=>r.at-n.at)}function ve(s){return`${s.kind} ${s.at.toFixed(2)}`}var fs=.005;function ct(s,{url:t,boxes:e,alt:i,onError:n,children:r=h}){let o=e.filter(a=>a.score>=fs);return c`
<div class="picture">
<img src=${t} alt=${i} @error=${n}>
<svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${o.map(a=>m`
<rect class="box" x=${a.x_min*1e3} y=${a.y_min*1e3}
width=${(a.x_max-a.x_min)*1e3} height=${(a.y_max-a.y_min)*1e3}></rect>`)}
</svg>
${o.map(a=>c`
<span class="score" aria-hidden="true"
style="left:${Math.min(92,a.x_min*100)}%;top:${Math.min(92,a.y_min*100)}%">
${s.say("picture.box",{score:Math.round(a.score*100)})}</span>`)}
${r}
</div>`}function v(s){return s.phase!=="idle"}function Lt(s){return s.phase==="watching"&&!s.holds.length&&s.failed_looks>0}function xe(s){return!s.look||Lt(s)?!1:s.phase==="paused"?!0:s.phase==="watching"&&!s.holds.length&&s.look.at>=s.since-60}function F(s){return v(s)?s.latch.level:"none"}function we(s){return v(s)?s.latch.level!=="none"&&s.latch.verdict?s.latch.verdict:xe(s)?s.look.verdict:null:null}function Nt(s,t){return s.snoozed_until!==null&&s.snoozed_until!==void 0&&t<s.snoozed_until}function _e(s){let t=s.state;return s.connected?s.watching?t.phase==="idle"?"idle":F(t)!=="none"?F(t):t.phase==="blind"?"blind":t.phase==="paused"?"paused":t.holds.length?"hold":xe(t)?{warm_up:"early",accepted:"accepted"}[t.look.verdict.rule]||"none":"waiting":"off":"gone"}function Dt(s){return s.intervention&&s.intervention.countdown||null}function Rt(s,t){let e=s.memory&&s.memory.acceptance;return!e||!v(s)?null:e.until===null||t<e.until?{until:e.until}:null}function ke(s,t){let{state:e}=s,i=p=>s.commands.includes(p),n=[];if(!s.watching||!v(e))return n;let r=Dt(e),o=F(e)!=="none",a=e.phase==="paused",d=!!(e.intervention&&e.intervention.paused_at);r?n.push({key:"keep_printing",primary:!0}):a&&i("resume")?(n.push({key:"resume_fine",primary:o||d}),n.push({key:"resume_cleared"})):(o||a&&d)&&n.push({key:"keep_printing",title:"fine",primary:!0}),Rt(e,t)&&n.push({key:"ask_again"}),e.latch.confirmed?!a&&i("pause")&&!r&&n.push({key:"pause",primary:!0}):n.push({key:"it_failed"}),["watching","blind"].includes(e.phase)&&!e.holds.length&&n.push({key:"check"});let l=Nt(e,t);return e.muted||n.push({key:"snooze",title:l?"snooze_end":"snooze",data:{seconds:l?0:600}}),n.push({key:"mute",title:e.muted?"mute_end":"mute",data:{muted:!e.muted}}),i("cancel")&&n.push({key:"cancel",asks:!0}),n}function Ae(s,t){let e=s.state.look?s.state.look.views:[];return e.find(i=>i.camera===t&&s.pictures[i.camera])||e.find(i=>s.pictures[i.camera])||null}var ms={gone:"mdi:lan-disconnect",off:"mdi:eye-off-outline",idle:"mdi:printer-3d",none:"mdi:check-circle",maybe:"mdi:help-circle",failure:"mdi:alert",blind:"mdi:eye-off",paused:"mdi:pause-circle",hold:"mdi:timer-sand",waiting:"mdi:timer-sand",early:"mdi:timer-sand",accepted:"mdi:thumb-up"},E=(s,t,e="")=>c`<ha-alert alert-type=${s} class=${e}>${t}</ha-alert>`;function V(s){return s.gone?"gone":_e(s.update)}function Ee(s){return c`<ha-icon class="sign" icon=${ms[V(s)]}></ha-icon>`}function Se(s,t){let e=V(t),i=F(t.update.state)===e&&t.update.state.phase==="paused";return s.say(`condition.${e}`)+(i?` · ${s.say("condition.paused")}`:"")}function Te(s,{update:{state:t},clock:e}){if(!v(t))return"";if(t.muted)return s.say("silence.muted");let i=e.now();return Nt(t,i)?s.say("silence.snoozed",{time:s.duration(t.snoozed_until-i)}):""}function Ce(s,{update:{state:t},clock:e}){return!t.look||!Lt(t)?"":s.say("note.blind_for",{time:s.duration(e.now()-t.look.at)})}function Me(s,t,e){let i=Te(s,t);return c`
<div class="head">
${Ee(t)}
<div class="texts">
<h2>${e}</h2>
<span class="level"><span role="status">${Se(s,t)}</span>${i?` · ${i}`:""}</span>
</div>
</div>`}function Oe(s,{update:t,gone:e},i){let{connected:n,status_problem:r}=t;return c`
${e?E("warning",s.say(`card.${e}`)):h}
${n?h:E("warning",s.say("card.unreachable"))}
${r&&!e?E("warning",s.say(`status.${r}`)):h}
${i?E("error",i):h}`}function Pe(s,{update:{state:t,watching:e},clock:i}){if(!e||!v(t))return h;let n=i.now(),r=we(t),o=Rt(t,n),a=t.intervention?.ordered,d=t.holds[0],l=Ce(s,{update:{state:t},clock:i}),p=u=>c`<p class="why">${u}</p>`;return c`
${t.print_name?c`<p class="quiet name">${t.print_name}</p>`:h}
${t.blind?c`${E("error",s.blind(t.blind),"blind")}
<p class="quiet">${s.say("note.blind_for",{time:s.duration(n-t.blind.since)})}</p>`:h}
${l?p(l):h}
${d?p(s.say(`hold.${d}`)||d):h}
${t.latch.confirmed?p(s.say("note.confirmed")):h}
${o?p(o.until===null?s.say("note.accepted_until_end"):s.say("note.accepted",{time:s.duration(o.until-n)})):h}
${a?E("warning",`${s.say(`ordered.${a.action}`,{tries:a.tries})}
${a.problems?.at(-1)||""}`,"ordered"):h}
${r&&!t.latch.confirmed&&!t.blind?p(s.reason(r)):h}`}function Ue(s,{update:{state:t},clock:e}){let i=Dt(t);if(!i)return h;let n=Math.max(0,i.due_at-e.now()),r=Math.max(1,i.due_at-(i.announced_at??i.due_at-n));return c`
<div class="countdown">
<span class="hidden" role="alert">${s.say("event.countdown")}</span>
<span role="timer">${s.say(`countdown.${i.action}`,{time:s.duration(n)})}</span>
<span class="bar" aria-hidden="true"><span style="width:${100*n/r}%"></span></span>
</div>`}function Le(s,{update:{state:t},clock:e},{name:i,view:n,url:r,nameOf:o,choose:a,failed:d}){let l=t.look?.views||[],p=t.blind?[]:l.filter(f=>f.reason),u=s.say("picture.alt",{name:i,boxes:n?.boxes.length});return c`
${n&&r?ct(s,{url:r,boxes:n.boxes,alt:u,onError:d,children:c`<span class="chip age">${s.say("picture.age",{time:s.duration(e.now()-t.look.at)})}</span>`}):c`<p class="quiet nothing">${s.say("picture.none")}</p>`}
${l.length>1?c`<div class="buttons">${l.map(f=>c`
<ha-button appearance=${f===n?"filled":"plain"} aria-pressed=${f===n} ?disabled=${!!f.reason}
@click=${()=>a(f.camera)}>${o(f.camera)}</ha-button>`)}</div>`:h}
${p.map(f=>E("warning",`${o(f.camera)}: ${s.blind({reason:f.reason,detail:f.problem})}`))}`}function Ne(s,{update:{state:t,rules:e},frames:i,marks:n,events:r}){let o=t.look?.verdict;return c`<section aria-label=${s.say("course.title")}>
${me([i,n,r.length,t.look?.at,e,s],()=>lt(s,i,o?rt(e,o.usual,o.limit):[],{marks:Ut(s,n,r)}))}
</section>`}function De(s,{clock:t,marks:e,events:i},n,r){let o=Ut(s,e,i);return o.length?c`
<section class="events">
<h3>${s.say("events.title")}</h3>
<ul>${o.slice(0,n).map(a=>c`<li><time>${s.times.format(t.date(a.at))}</time> ${a.text}</li>`)}</ul>
${o.length>n?c`<ha-button appearance="plain" @click=${r}>
${s.say("events.more",{count:o.length})}</ha-button>`:h}
</section>`:h}function Re(s,{update:t,clock:e,gone:i},n){let r=ke(t,e.now());if(!r.length)return h;let o=t.may.control;return c`
<div class="buttons answers">${r.map(a=>c`
<ha-button data-order=${a.key} ?disabled=${!o||!!i} @click=${()=>n(a)}
appearance=${a.primary?"accent":"filled"} variant=${a.asks?"danger":"brand"}>
${s.say(`answer.${a.title||a.key}`)}</ha-button>`)}
</div>
${o||t.sample?h:c`<p class="quiet">${s.say("card.no_control")}</p>`}`}function ze(s,{update:t},e,i){if(t.sample)return h;let n=(r,o)=>c`
<ha-button appearance="plain" data-open=${r} @click=${()=>i(r)}>${o}</ha-button>`;return c`
<div class="buttons foot">
${n("past",s.say("past.title"))}
${t.may.configure&&e?n("regions",s.say("picture.regions")):h}
</div>`}function Ie(s,t,{name:e,url:i,open:n}){let r=Se(s,t),o=[r,Te(s,t),Ce(s,t)].filter(Boolean).join(" · ");return c`
<button class="plain tile" @click=${n}>
${Ee(t)}
<span class="texts"><b>${e}</b><span class="level">${o}</span><span class="hidden">${s.say("card.open")}</span></span>
${i?c`<img alt="" src=${i}>`:h}
</button>
<span class="hidden" role="status">${e}: ${r}</span>`}var P=class extends y{static properties={hass:{attribute:!1},device:{},words:{attribute:!1},s:{state:!0}};constructor(){super(),this.s=""}updated(){it(this.renderRoot)}async f(t,e){this.s="";try{return await M(this.hass,this.device,t,e)}catch(i){this.s=await this.words.problem(this.hass,i);return}}ht(t,e){return c`
<dialog aria-label=${t} @close=${n=>n.target.matches("dialog")&&this.dispatchEvent(new CustomEvent("closed"))}>
${et(this.words,t)}
<div class="body">
${this.s?c`<ha-alert alert-type="error">${this.s}</ha-alert>`:h}
${e}
</div>
</dialog>`}};var U=g`
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
.idle, .off, .gone, .hold, .paused, .waiting, .early, .accepted { --fw-level: var(--fw-off); }
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
`,L=g`
/* Time runs from left to right, also where what is read does not. */
:is(.chart, .film, .score, input[type="range"]) { direction: ltr; }
/* Where the system chooses the colours, what is told by colours keeps its own. */
:is(.bar, .dot, .thumb, input[type="range"]), .key::before, .bar span { forced-color-adjust: none; }
.picture { position: relative; border-radius: 8px; overflow: hidden; background: var(--secondary-background-color); line-height: 0; }
.picture img { width: 100%; display: block; min-height: 80px; }
.over { position: absolute; inset: 0; width: 100%; height: 100%; }
.box { fill: none; stroke: var(--fw-bad); stroke-width: 3px; vector-effect: non-scaling-stroke; }
.ignored, .drawn { fill: rgba(0, 0, 0, 0.45); stroke: #fff; stroke-width: 1.5px; stroke-dasharray: 5 3; vector-effect: non-scaling-stroke; }
.score, .chip {
position: absolute; line-height: 1.4; font-size: 12px; padding: 0 6px; border-radius: 6px;
color: #fff; background: rgba(0, 0, 0, 0.65);
}
.score { background: color-mix(in srgb, var(--fw-bad) 80%, #000); border-radius: 0 0 6px 0; }
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
`,N=g`
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
`,He=g`
/* On a long page what is not on the screen costs nothing, not even when a dialog opens above all of it. */
:host { display: block; content-visibility: auto; contain-intrinsic-size: auto 640px; }
:host([small]) { contain-intrinsic-size: auto 56px; }
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
.countdown { border: 1px solid transparent; border-radius: 8px; padding: 8px 12px; background: color-mix(in srgb, var(--fw-maybe) 20%, transparent); display: grid; gap: 6px; }
.bar { height: 4px; border-radius: 2px; background: var(--fw-line); }
.bar span { display: block; height: 100%; border-radius: 2px; background: var(--fw-maybe); }
.nothing { padding: 24px; text-align: center; background: var(--secondary-background-color); border-radius: 8px; }
.events ul { list-style: none; margin: 4px 0 0; padding: 0; font-size: 14px; }
.events time { color: var(--fw-quiet); display: inline-block; min-width: 4.5em; }
.foot { border-top: 1px solid var(--fw-line); padding-top: 8px; }
ha-card:has(.tile) { container-type: inline-size; }
button.tile { width: 100%; height: 100%; min-height: 56px; display: flex; align-items: center; gap: 10px; padding: 0 10px; box-sizing: border-box; }
.tile .texts { flex: 1; }
.tile .level { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; }
.tile img { height: 40px; width: 56px; object-fit: cover; border-radius: 6px; flex: none; }
@container (max-width: 180px) { .tile img { display: none; } }
`;var bs=10,qe=12,It=class extends P{static properties={mayControl:{type:Boolean},m:{state:!0},it:{state:!0},e:{state:!0},E:{state:!0}};constructor(){super(),this.m=null,this.it=!1,this.e=null,this.E=0,this.b=new Map,this.J=null,this.dt=()=>this.b.clear()}connectedCallback(){super.connectedCallback(),this.hass.connection.addEventListener("ready",this.dt),this.pt()}disconnectedCallback(){super.disconnectedCallback(),this.hass.connection.removeEventListener("ready",this.dt)}async pt(t){let e=await this.f("prints",{limit:bs,...t===void 0?{}:{before:t}});e&&(this.m=t===void 0?e.prints:[...this.m,...e.prints],this.it=e.more)}async n(t){this.b.clear(),this.J=null,this.e={print:t,frames:[],marks:[],rules:[],thumbnails:[]};let e=await this.f("frames",{print_id:t.print_id});if(!e||this.e?.print.print_id!==t.print_id)return;let i=e.frames.map((o,a)=>({frame:o,index:a})).filter(({frame:o})=>o[5].length),n=Math.max(1,(i.length-1)/(qe-1)),r=[...new Set(Array.from({length:Math.min(qe,i.length)},(o,a)=>i[Math.round(a*n)]))];this.e={...e,thumbnails:r},this.E=Math.max(0,e.frames.findIndex(o=>o[4]===e.print.level)),await this.ut(r.map(({frame:o})=>o))}async ut(t){let e=Date.now(),i=t.filter(o=>!(this.b.get(o[0])?.until>e));if(!i.length)return;let{print_id:n}=this.e.print,r=await this.f("pictures",{print_id:n,frames:i.map(o=>[o[0],o[5][0]])});!r||this.e?.print.print_id!==n||(i.forEach((o,a)=>this.b.set(o[0],{url:this.hass.hassUrl(r.pictures[a]),until:e+18e5})),this.requestUpdate())}get nt(){for(let t=this.E;t>=0;t--){let e=this.e.frames[t];if(e&&e[5].length)return e}return null}ft(t){this.E=t,this.nt&&this.ut([this.nt])}async Z(t,e){let{print_id:i}=this.e.print;if(await this.f("label",{print_id:i,label:t,...e?{failed_from:e}:{}})===void 0)return;let r=t===null?null:{failed:t==="failed",failed_from:e??null},o=a=>a.print_id===i?{...a,label:r}:a;this.m=this.m.map(o),this.e={...this.e,print:o(this.e.print)}}async mt(t){let e=await this.f("export",{print_id:this.e.print.print_id,format:t});if(!e)return;let i=document.createElement("a");i.href=this.hass.hassUrl(e.path),i.download="",i.click()}render(){let t=this.e?this.gt(this.e.print):this.words.say("past.title");return this.ht(t,this.e?this.Et():this.St())}gt(t){return t.name||this.words.days.format(t.started_at*1e3)}St(){let{words:t}=this;return this.m?this.m.length?c`
<ul class="prints">${this.m.map(e=>c`
<li><button class="plain print ${e.level}" @click=${()=>this.n(e)}>
<span class="dot" aria-hidden="true"></span>
<span class="what"><b>${this.gt(e)}</b><br>
<span class="quiet">${[e.name&&t.days.format(e.started_at*1e3),t.outcome(e.outcome),t.say(`condition.${e.level}`),Be(t,e.label)].filter(Boolean).join(" · ")}</span></span>
</button></li>`)}
</ul>
${this.it?c`<div class="buttons"><ha-button appearance="plain" class="more"
@click=${()=>this.pt(this.m.at(-1).started_at)}>${t.say("past.more")}</ha-button></div>`:h}`:c`<p class="quiet">${t.say("past.none")}</p>`:this.s?h:c`<p class="quiet">${t.say("past.loading")}</p>`}Et(){let{words:t}=this,{frames:e,marks:i,rules:n,print:r}=this.e,o=c`<div class="buttons"><ha-button appearance="plain" class="back" @click=${()=>this.e=null}>
${t.say("past.back")}</ha-button></div>`,a=e[this.E];if(!a)return c`${o}<p class="quiet">${t.say(this.s?"card.failed":"past.loading")}</p>`;let d=t.say("past.at",{time:this.rt(a),p:t.number(a[2]),mean:t.number(a[3]),level:t.say(`condition.${a[4]}`)});return c`${o}
${this.Tt()}
<p class="quiet position">${d}</p>
<input type="range" min="0" max=${e.length-1} .value=${String(this.E)}
aria-label=${t.say("past.position")} aria-valuetext=${d}
@input=${l=>this.ft(Number(l.target.value))}>
${this.Ct()}
${lt(t,e,rt(ye(n,a),a[7],a[8]),{at:a[1],marks:i.map(l=>Pt(t,l)).filter(Boolean)})}
<h3>${t.say("label.title")}</h3>
${r.label?c`<p class="quiet said">${Be(t,r.label)}</p>`:h}
<div class="buttons labels">
${this.v("good",()=>this.Z("good"))}
${this.v("failed",()=>this.Z("failed"))}
${this.v("from",()=>this.Z("failed",a[1]))}
${r.label?this.v("none",()=>this.Z(null)):h}
</div>
<h3>${t.say("past.export")}</h3>
<div class="buttons">
<ha-button appearance="plain" @click=${()=>this.mt("csv")}>${t.say("past.csv")}</ha-button>
<ha-button appearance="plain" @click=${()=>this.mt("zip")}>${t.say("past.zip")}</ha-button>
</div>`}rt(t){return this.words.duration(t[1]-this.e.frames[0][1])}Tt(){let{words:t,nt:e}=this;if(!e)return c`<p class="quiet nothing">${t.say("past.no_picture")}</p>`;if(this.b.has(e[0])&&(this.J={frame:e,url:this.b.get(e[0]).url}),!this.J)return h;let{frame:i,url:n}=this.J;return ct(t,{url:n,boxes:i[6][i[5][0]]||[],alt:t.say("past.picture",{time:this.rt(i)})})}Ct(){return c`<div class="film">${this.e.thumbnails.map(({frame:t,index:e})=>c`
<button class="plain thumb ${t[4]}" aria-label=${this.words.say("past.picture",{time:this.rt(t)})}
aria-current=${e===this.E} @click=${()=>this.ft(e)}>
${this.b.has(t[0])?c`<img loading="lazy" alt="" src=${this.b.get(t[0]).url}>`:h}
</button>`)}</div>`}v(t,e){return c`<ha-button appearance="filled" data-label=${t} ?disabled=${!this.mayControl} @click=${e}>
${this.words.say(`label.${t}`)}</ha-button>`}static styles=[U,L,N,g`
.prints { list-style: none; margin: 0; padding: 0; }
.print { width: 100%; display: flex; gap: 12px; align-items: center; padding: 8px 4px; }
.print + .print, li + li { border-top: 1px solid var(--fw-line); }
.what { min-width: 0; overflow-wrap: anywhere; }
.dot { width: 12px; height: 12px; border-radius: 50%; background: var(--fw-level); flex: none; }
input[type="range"] { width: 100%; margin: 0; height: 32px; appearance: none; background: none; }
input::-webkit-slider-runnable-track { height: 6px; border-radius: 3px; background: var(--fw-line); }
input::-moz-range-track { height: 6px; border-radius: 3px; background: var(--fw-line); }
input::-webkit-slider-thumb { appearance: none; width: 22px; height: 22px; border-radius: 50%; margin-top: -8px; background: var(--fw-accent); }
input::-moz-range-thumb { border: none; width: 22px; height: 22px; border-radius: 50%; background: var(--fw-accent); }
.film { display: flex; gap: 4px; overflow-x: auto; padding: 2px; }
.film .thumb { flex: 0 0 72px; height: 54px; border-bottom: 4px solid var(--fw-level); border-radius: 4px; overflow: hidden; background: var(--secondary-background-color); }
.film .thumb[aria-current="true"] { outline: 2px solid var(--fw-accent); }
.thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
`]};function Be(s,t){return t?s.say(`labelled.${t.failed?"failed":"good"}`):""}customElements.define("failwatch-past-prints",It);var G=class{#e;#s;#t;constructor(t,e=1,i=Date.now()){this.#e=t,this.#s=i,this.#t=e}now(t=Date.now()){return this.#e+(t-this.#s)/1e3*this.#t}date(t,e=Date.now()){return new Date(e+(t-this.now(e))*1e3/this.#t)}};var K=class s{update=null;clock=new G(0);frames=[];marks=[];gone="";#e=[];#s=null;#t=!1;#r=0;#o;#i=null;#n=null;constructor(t){this.#o=t}static ofSample({update:t,frames:e},i){let n=new s(i);return n.take(t),n.frames=e,n}follow(t,e){return this.#n=(i,n)=>M(t,e,i,n),this.#i=new tt(t,e,{begins:()=>this.#t=!1,take:i=>this.take(i),refused:i=>{this.gone=i?.code==="unauthorized"?"no_access":"waiting",this.#o()}}),this}stop(){this.#i?.stop(),this.#i=null}refresh(t=Date.now()){this.#r&&t-this.#r>18e5&&this.#i?.renew()}get events(){let t=this.update?.state.print_id;return this.#e.filter(e=>!e.print_id||e.print_id===t)}take(t){t.type==="event"?this.#e=[...this.events,t.event]:t.type==="gone"?this.gone="gone":(this.gone="",this.#r=Date.now(),this.clock=new G(t.now,t.clock_speed),this.update=t,this.#a(t.state)),this.#o()}#a(t){t.print_id!==this.#s&&(this.#s=t.print_id,this.frames=[],this.marks=[],this.#t=!1),v(t)&&t.look&&t.look.at>=(t.started_at||0)&&(this.frames=Ot(this.frames,$e(t))),t.print_id&&!this.#t&&this.#n&&this.#l(t.print_id)}async#l(t){this.#t=!0;try{let e=await this.#n("frames",{print_id:t});if(this.#s!==t)return;this.frames=this.frames.reduce(Ot,e.frames),this.marks=e.marks,this.#o()}catch{}}};var ut={polygons:[],corners:[],cursor:[.5,.5],before:[],dirty:!1},We=s=>Math.min(1,Math.max(0,s)),dt=([s,t])=>[Math.round(We(s)*1e3)/1e3,Math.round(We(t)*1e3)/1e3],vs=([s,t],[e,i])=>Math.hypot(s-e,t-i)<.04;function qt(s,t){return{...s,polygons:t,corners:[],before:[...s.before,s.polygons],dirty:!0}}function Bt(s,t){let e=dt(t),i={...s,cursor:e};return s.corners.length>=3&&vs(e,s.corners[0])?jt(i):{...i,corners:[...s.corners,e]}}function Wt(s,t,e){let[[i,n],[r,o]]=[dt(t),dt(e)];return Math.abs(i-r)<.03||Math.abs(n-o)<.03?null:qt({...s,cursor:[r,o]},[...s.polygons,[[i,n],[r,n],[r,o],[i,o]]])}function jt(s){return s.corners.length<3?s:qt(s,[...s.polygons,s.corners])}function je(s){return!!(s.corners.length||s.before.length)}function pt(s){return s.corners.length?{...s,corners:s.corners.slice(0,-1)}:s.before.length?{...s,polygons:s.before.at(-1),before:s.before.slice(0,-1),dirty:!0}:s}function Fe(s){return s.polygons.length?qt(s,[]):{...s,corners:[]}}function Ve(s,t){let e={ArrowLeft:[-.02,0],ArrowRight:[.02,0],ArrowUp:[0,-.02],ArrowDown:[0,.02]}[t];return e?{...s,cursor:dt([s.cursor[0]+e[0],s.cursor[1]+e[1]])}:t==="Enter"||t===" "?Bt(s,s.cursor):t==="Backspace"||t==="Escape"&&s.corners.length?pt(s):null}function ft(s){return s.map(([t,e])=>`${t*1e3},${e*1e3}`).join(" ")}var Ft=class extends P{static properties={camera:{},g:{state:!0},Q:{state:!0},W:{state:!0},w:{state:!0},tt:{state:!0},r:{state:!0}};constructor(){super(),this.g=ut,this.Q="",this.W=!1,this.w=null,this.tt=!1,this.r=null,this.$t=Promise.resolve()}async connectedCallback(){super.connectedCallback();let t=await this.f("regions",{camera:this.camera});if(!t)return;let e=t.regions.find(i=>i.camera===this.camera);this.g={...ut,polygons:e?e.polygons:[]},this.Q=t.picture}G(t){if(!t||(this.g={...t,dirty:!1},this.W=this.W&&!t.dirty,!t.dirty))return;let{polygons:e}=t;this.$t=this.$t.then(async()=>{await this.f("regions/save",{camera:this.camera,polygons:e}),this.W=!this.s})}lt(t){let e=t.currentTarget.getBoundingClientRect();return[(t.clientX-e.left)/e.width,(t.clientY-e.top)/e.height]}Mt(t){t.currentTarget.setPointerCapture(t.pointerId);let e=this.lt(t);this.r={from:e,to:e}}Ot(t){this.r&&(this.r={...this.r,to:this.lt(t)})}Pt(t){if(!this.r)return;let{from:e}=this.r,i=this.lt(t);this.r=null,this.G((this.g.corners.length?null:Wt(this.g,e,i))||Bt(this.g,i))}Ut(t){let e=Ve(this.g,t.key);e&&(t.preventDefault(),t.stopPropagation(),this.G(e))}async Lt(){if(this.w)return void(this.w=null);let t=await this.f("background",{});t&&(this.w=t.cameras.find(e=>e.name===this.camera)||{cells:[],frames:0,hidden:0})}async K(t){this.tt=!1,t&&(await this.f("background/forget",{camera:this.camera}),this.s||(this.w={cells:[],frames:0,hidden:0}))}render(){let{words:t,g:e}=this,i=e.corners.length||e.polygons.length;return c`${this.ht(t.say("regions.title"),c`
<p class="quiet">${t.say("regions.help")}</p>
${this.Q?this.Nt():h}
<p class="quiet" aria-live="polite">${t.say("regions.summary",{regions:e.polygons.length,corners:e.corners.length})} ${this.W?t.say("regions.saved"):""}</p>
<div class="buttons">
${this.v("close",e.corners.length>=3,()=>this.G(jt(e)))}
${this.v("undo",je(e),()=>this.G(pt(e)))}
${this.v("clear",i,()=>this.G(Fe(e)))}
</div>
${this.Dt()}`)}
${this.tt?st(t,{text:t.say("regions.forget_question"),yes:t.say("regions.forget_yes"),no:t.say("regions.no"),chosen:n=>this.K(n)}):h}`}v(t,e,i){return c`<ha-button appearance="filled" data-do=${t} ?disabled=${!e} @click=${i}>
${this.words.say(`regions.${t}`)}</ha-button>`}Nt(){let{polygons:t,corners:e,cursor:i}=this.g,[n,r]=[i[0]*1e3,i[1]*1e3],o=this.r&&Wt(ut,this.r.from,this.r.to);return c`
<div class="picture area" role="application" tabindex="0" aria-label=${this.words.say("regions.area")}
@pointerdown=${this.Mt} @pointermove=${this.Ot} @pointerup=${this.Pt}
@pointercancel=${()=>this.r=null} @keydown=${this.Ut}>
<img src=${this.hass.hassUrl(this.Q)} alt="" draggable="false"
@error=${()=>this.s=this.words.say("regions.none")}>
<svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${this.w?this.Rt():h}
${t.map(a=>m`<polygon class="ignored" points=${ft(a)}></polygon>`)}
${e.length?m`<polyline class="open" points=${ft(e)}></polyline>`:h}
${e.map(([a,d])=>m`<ellipse class="corner" cx=${a*1e3} cy=${d*1e3} rx="9" ry="12"></ellipse>`)}
${o?m`<polygon class="drawn" points=${ft(o.polygons[0])}></polygon>`:h}
<path class="cursor" d="M${n-25} ${r}H${n+25}M${n} ${r-33}V${r+33}"></path>
</svg>
</div>`}Rt(){let{cells:t,columns:e,rows:i}=this.w;if(!t.length)return h;let[n,r]=[1e3/e,1e3/i];return t.map(([o,a,d])=>m`
<rect class="cell" x=${o*n} y=${a*r} width=${n} height=${r}
style="opacity:${.25+.6*d}"></rect>`)}Dt(){let{words:t,w:e}=this;return c`
<div class="buttons">
<ha-button appearance="plain" data-do="learned" aria-pressed=${!!e} @click=${this.Lt}>
${t.say("regions.learned")}</ha-button>
${e&&e.frames?c`<ha-button appearance="plain" variant="danger" data-do="forget"
@click=${()=>this.tt=!0}>${t.say("regions.forget")}</ha-button>`:h}
</div>
${e?c`<p class="quiet">${e.frames?t.say("regions.learned_says",{frames:e.frames,hidden:(100*e.hidden).toFixed(0)}):t.say("regions.learned_none")}
${e.moved_at?t.say("regions.moved",{time:t.days.format(e.moved_at*1e3)}):""}</p>`:h}`}static styles=[U,L,N,g`
.area { touch-action: none; cursor: crosshair; user-select: none; }
.area img { pointer-events: none; }
.open { fill: none; stroke: #fff; stroke-width: 2px; vector-effect: non-scaling-stroke; }
.corner { fill: #fff; stroke: #000; stroke-width: 1px; vector-effect: non-scaling-stroke; }
.cursor { stroke: var(--fw-accent); stroke-width: 2px; vector-effect: non-scaling-stroke; opacity: 0; }
.area:focus .cursor { opacity: 1; }
.cell { fill: #00bcd4; }
`]};customElements.define("failwatch-regions",Ft);var Vt=s=>s<40?.04+.03*Math.abs(Math.sin(s*1.7)):.05+(s-40)*.033;function Ge(s){let t=[],e=.03;for(let r=0;r<60;r++)e+=(Vt(r)-e)*.25,t.push([r,17e8-(60-r)*10,Vt(r),e,e>.43?"maybe":"none",[],{},.03,.4]);let i={level:"maybe",rule:"high",score:e-.03,usual:.03,limit:.4},n=`data:image/svg+xml,${encodeURIComponent(xs)}`;return{frames:t,update:{type:"update",version:1,sample:!0,name:s,connected:!0,problem:null,watching:!0,now:17e8,clock_speed:1,rules:{name:"failwatch",maybe:.4,failure:.6,sensitivity:1},pictures:{"":n},may:{control:!1,configure:!1},commands:["pause","resume","cancel"],state:{phase:"watching",since:1699996400,print_id:"sample",print_name:"benchy.gcode",holds:[],blind:null,muted:!1,snoozed_until:null,intervention:{countdown:{action:"pause",announced_at:1699999940,due_at:1700000120},paused_at:null},latch:{level:"maybe",verdict:i,confirmed:!1,since:1699999960},look:{at:1699999996,p:Vt(59),verdict:i,statistics:{ewm_mean:e},views:[{camera:"",boxes:[{x_min:.46,y_min:.42,x_max:.72,y_max:.72,score:.81}],problem:""}]}}}}}var xs=`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#2b3440"/>
<path d="M90 300h460l-50-90H140z" fill="#46525f"/><path d="M230 240h150v-60l-30-30h-90l-30 30z" fill="#e8842c"/>
<path d="M310 200c40-60 90 40 60 50s-70-70-10-80 90 60 60 80-90-10-40-60" fill="none" stroke="#e8842c" stroke-width="4"/>
<rect x="270" y="0" width="50" height="120" fill="#77838f"/><path d="M280 120h30l-15 26z" fill="#c7ccd1"/></svg>`;var ws=["busy","cut_short","rate_limited","server_failed","timed_out","unavailable"],Ke={finished:["done","finish","finished","complete","completed"],cancelled:["cancelled","canceled","cancelling","aborted","stopped"],failed:["failed","error"],ended:["ended","idle","off","ready","standby","operational"]},_s="component.failwatch.config_panel",mt=new Map,D=class s{#e;constructor(t,e){this.language=t,this.#e=e,this.numbers=new Intl.NumberFormat(t,{minimumFractionDigits:2,maximumFractionDigits:2}),this.times=new Intl.DateTimeFormat(t,{hour:"2-digit",minute:"2-digit"}),this.days=new Intl.DateTimeFormat(t,{dateStyle:"medium",timeStyle:"short"})}static load(t){let{language:e}=t;if(!mt.has(e)){let i=t.loadBackendTranslation("config_panel","failwatch");mt.set(e,i.then(n=>new s(e,n))),i.catch(()=>mt.delete(e))}return mt.get(e)}say(t,e={}){return this.#e(`${_s}.${t}`,e)||""}number(t){return t==null?"–":this.numbers.format(t)}duration(t){let e=Math.max(0,Math.round(t));if(e<90)return this.say("duration.seconds",{seconds:e});let i=Math.round(e/60);if(i<90)return this.say("duration.minutes",{minutes:i});let n=Math.floor(i/60);return n<48?this.say("duration.hours",{hours:n,minutes:i%60}):this.say("duration.days",{days:Math.floor(n/24)})}reason(t){if(!t)return"";let e=t.rule==="quiet"&&Number(t.score.toFixed(2))<0,i={now:this.number(t.usual+t.score),usual:this.number(t.usual),limit:this.number(t.usual+t.limit)};return this.say(`reason.${e?"below":t.rule}`,i)||t.reason||""}blind(t){let e=this.say(`blind.${t.reason}`);return e?ws.includes(t.reason)?`${e} ${this.say("note.goes_on_trying")}`:e:t.detail}async problem(t,e){if(e?.code==="unauthorized")return this.say("card.not_allowed");let{translation_domain:i,translation_key:n,translation_placeholders:r}=e||{},o=i&&n&&await t.loadBackendTranslation("exceptions",i).catch(()=>null);return o&&o(`component.${i}.exceptions.${n}.message`,r||{})||e?.code==="home_assistant_error"&&e.message||this.say("card.failed")}outcome(t){let e=Object.keys(Ke).find(i=>Ke[i].includes(t?.toLowerCase()));return this.say(`outcome.${e||t||"unknown"}`)||t}};var ks=3,As=1e3,Es=3e3,Gt=class extends y{static properties={hass:{attribute:!1},i:{state:!0},yt:{state:!0},s:{state:!0},n:{state:!0},bt:{state:!0},ct:{state:!0},vt:{state:!0},S:{state:!0},a:{state:!0}};static getConfigForm=pe;static getStubConfig=ue;constructor(){super(),this.Y=!0,this.xt=!1,this.yt=0,this.vt=0,this.n="",this.ct=ks,this.K()}setConfig(t){let e=Mt(t);this.i&&e.device_id!==this.i.device_id&&this.K(),this.i=e,this.toggleAttribute("small",this.X)}getCardSize(){return this.X?1:8}getGridOptions(){return this.X?{columns:6,rows:1,min_columns:6,min_rows:1,max_rows:1}:{columns:12,rows:"auto",min_columns:6}}get c(){return this.d?.update}get X(){return this.i?.layout==="tile"}connectedCallback(){super.connectedCallback(),this.zt=setInterval(()=>this.c&&(this.vt+=1),As),this.Y=!0,this.wt=new IntersectionObserver(t=>this.It(t.at(-1).isIntersecting)),this.wt.observe(this),this.requestUpdate("_news")}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.zt),clearTimeout(this.Ht),this.a||(this.z=""),this.wt.disconnect(),this.K()}It(t){t!==this.Y&&(this.Y=t,!(!t||!this.c)&&(this.d.refresh(),this.et(),this.requestUpdate("_news")))}shouldUpdate(t){return!this.Y&&this.xt?!1:t.size>1||!t.has("hass")||this.z!==this.hass.language}willUpdate(){!this.hass||!this.i||(this.z!==this.hass.language&&(this.z=this.hass.language,this._t()),!(this.d||!this.isConnected)&&(this.i.device_id?this.d=new K(()=>this.qt()).follow(this.hass,this.i.device_id):this.a&&(this.d=K.ofSample(Ge(this.a.say("card.sample")),()=>{}),this.et())))}async _t(){let t=this.z;try{let e=await D.load(this.hass);t===this.z&&(this.a=e)}catch{t===this.z&&this.isConnected&&(this.Ht=setTimeout(()=>this._t(),Es))}}updated(){this.xt=!!(this.c&&this.a),it(this.renderRoot)}K(){this.d?.stop(),this.d=null,this.s="",this.S=""}qt(){this.yt+=1,this.Y&&this.c&&this.et()}get q(){return Ae(this.c,this.bt)}et(){let t=this.q?this.c.pictures[this.q.camera]:"",e=t&&!t.startsWith("data:")?this.hass.hassUrl(t):t;if(!e||!this.S)return void(this.S=e);let i=new Image;i.onload=()=>this.S=e,i.src=e}async kt(t){this.s="";try{await M(this.hass,this.i.device_id,"order",{order:t.key,...t.data})}catch(e){this.s=await this.a.problem(this.hass,e)}}get st(){return this.i.name||this.c.name}render(){if(!this.i||!this.a)return h;let t=this.a;if(!this.c){let e=t.say(`card.${this.d?.gone||"waiting"}`);return c`<ha-card><div class="content"><p class="quiet" role="status">${e}</p></div></ha-card>`}return c`
<ha-card class=${V(this.d)}>
${this.X?this.Bt():c`<div class="content">${this.At()}</div>`}</ha-card>
${this.Wt()}`}Bt(){return Ie(this.a,this.d,{name:this.st,url:this.q&&this.S,open:()=>this.n="all"})}At(){let[t,e]=[this.a,this.d],i={picture:()=>Le(t,e,{name:this.st,view:this.q,url:this.S,nameOf:n=>this.jt(n),choose:n=>{this.bt=n,this.et()},failed:()=>this.S=""}),answers:()=>Re(t,e,n=>n.asks?this.n="cancel":this.kt(n)),course:()=>Ne(t,e),events:()=>De(t,e,this.ct,()=>this.ct=1/0),past:()=>ze(t,e,this.q,n=>this.n=n)};return c`
${Me(t,e,this.st)}
${Oe(t,e,this.s)}
${Pe(t,e)}
${Ue(t,e)}
${Object.entries(i).map(([n,r])=>this.i.show.includes(n)?r():h)}`}jt(t){let e=this.c.state.look.views.findIndex(i=>i.camera===t);return this.hass?.states?.[t]?.attributes?.friendly_name||t||`${this.a.say("picture.camera")} ${e+1}`}Wt(){let t=this.a,e=()=>this.n=this.X&&this.n!=="all"?"all":"";return this.n==="past"?c`<failwatch-past-prints .hass=${this.hass} .device=${this.i.device_id} .words=${t}
.mayControl=${this.c.may.control} @closed=${e}></failwatch-past-prints>`:this.n==="regions"?c`<failwatch-regions .hass=${this.hass} .device=${this.i.device_id} .words=${t}
.camera=${this.q?.camera??""} @closed=${e}></failwatch-regions>`:this.n==="cancel"?st(t,{text:t.say("cancel.question",{print:this.c.state.print_name||t.say("cancel.this_print")}),yes:t.say("cancel.yes"),no:t.say("cancel.no"),chosen:i=>{e(),i&&this.kt({key:"cancel"})}}):this.n==="all"?c`<dialog class=${V(this.d)} aria-label=${this.st} @close=${i=>i.target.matches("dialog")&&e()}>
${et(t,"")}
<div class="content in-dialog">${this.At()}</div></dialog>`:h}static styles=[U,L,N,He]};customElements.define("failwatch-card",Gt);var Ye=()=>document.querySelector("home-assistant")?.hass;window.customCards=window.customCards||[];window.customCards.push({type:"failwatch-card",name:"FailWatch",get description(){return Ye()?.localize?.("component.failwatch.config_panel.card.description")||"Watch a 3D print: picture, course, alarms, answers and past prints"},preview:!0,documentationURL:"https://github.com/failwatch/failwatch/blob/main/docs/card.md"});customElements.whenDefined("home-assistant").then(()=>{let s=Ye();s?.loadBackendTranslation&&D.load(s).catch(()=>{})});
