/*! FailWatch card, AGPL-3.0-or-later; contains Lit, BSD-3-Clause, (c) Google LLC. Made from frontend/. */
var tt=globalThis,et=tt.ShadowRoot&&(tt.ShadyCSS===void 0||tt.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,kt=Symbol(),te=new WeakMap,q=class{constructor(t,e,i){if(this._$cssResult$=!0,i!==kt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(et&&t===void 0){let i=e!==void 0&&e.length===1;i&&(t=te.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),i&&te.set(e,t))}return t}toString(){return this.cssText}},ee=s=>new q(typeof s=="string"?s:s+"",void 0,kt),b=(s,...t)=>{let e=s.length===1?s[0]:t.reduce((i,n,r)=>i+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+s[r+1],s[0]);return new q(e,s,kt)},se=(s,t)=>{if(et)s.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let i=document.createElement("style"),n=tt.litNonce;n!==void 0&&i.setAttribute("nonce",n),i.textContent=e.cssText,s.appendChild(i)}},Et=et?s=>s:s=>s instanceof CSSStyleSheet?(t=>{let e="";for(let i of t.cssRules)e+=i.cssText;return ee(e)})(s):s;var{is:ss,defineProperty:is,getOwnPropertyDescriptor:ns,getOwnPropertyNames:rs,getOwnPropertySymbols:os,getPrototypeOf:as}=Object,st=globalThis,ie=st.trustedTypes,ls=ie?ie.emptyScript:"",cs=st.reactiveElementPolyfillSupport,B=(s,t)=>s,St={toAttribute(s,t){switch(t){case Boolean:s=s?ls:null;break;case Object:case Array:s=s==null?s:JSON.stringify(s)}return s},fromAttribute(s,t){let e=s;switch(t){case Boolean:e=s!==null;break;case Number:e=s===null?null:Number(s);break;case Object:case Array:try{e=JSON.parse(s)}catch{e=null}}return e}},re=(s,t)=>!ss(s,t),ne={attribute:!0,type:String,converter:St,reflect:!1,useDefault:!1,hasChanged:re};Symbol.metadata??=Symbol("metadata"),st.litPropertyMetadata??=new WeakMap;var w=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=ne){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let i=Symbol(),n=this.getPropertyDescriptor(t,i,e);n!==void 0&&is(this.prototype,t,n)}}static getPropertyDescriptor(t,e,i){let{get:n,set:r}=ns(this.prototype,t)??{get(){return this[e]},set(o){this[e]=o}};return{get:n,set(o){let a=n?.call(this);r?.call(this,o),this.requestUpdate(t,a,i)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??ne}static _$Ei(){if(this.hasOwnProperty(B("elementProperties")))return;let t=as(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(B("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(B("properties"))){let e=this.properties,i=[...rs(e),...os(e)];for(let n of i)this.createProperty(n,e[n])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[i,n]of e)this.elementProperties.set(i,n)}this._$Eh=new Map;for(let[e,i]of this.elementProperties){let n=this._$Eu(e,i);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let i=new Set(t.flat(1/0).reverse());for(let n of i)e.unshift(Et(n))}else t!==void 0&&e.push(Et(t));return e}static _$Eu(t,e){let i=e.attribute;return i===!1?void 0:typeof i=="string"?i:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let i of e.keys())this.hasOwnProperty(i)&&(t.set(i,this[i]),delete this[i]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return se(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,i){this._$AK(t,i)}_$ET(t,e){let i=this.constructor.elementProperties.get(t),n=this.constructor._$Eu(t,i);if(n!==void 0&&i.reflect===!0){let r=(i.converter?.toAttribute!==void 0?i.converter:St).toAttribute(e,i.type);this._$Em=t,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(t,e){let i=this.constructor,n=i._$Eh.get(t);if(n!==void 0&&this._$Em!==n){let r=i.getPropertyOptions(n),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:St;this._$Em=n;let a=o.fromAttribute(e,r.type);this[n]=a??this._$Ej?.get(n)??a,this._$Em=null}}requestUpdate(t,e,i,n=!1,r){if(t!==void 0){let o=this.constructor;if(n===!1&&(r=this[t]),i??=o.getPropertyOptions(t),!((i.hasChanged??re)(r,e)||i.useDefault&&i.reflect&&r===this._$Ej?.get(t)&&!this.hasAttribute(o._$Eu(t,i))))return;this.C(t,e,i)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:i,reflect:n,wrapped:r},o){i&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,o??e??this[t]),r!==!0||o!==void 0)||(this._$AL.has(t)||(this.hasUpdated||i||(e=void 0),this._$AL.set(t,e)),n===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let i=this.constructor.elementProperties;if(i.size>0)for(let[n,r]of i){let{wrapped:o}=r,a=this[n];o!==!0||this._$AL.has(n)||a===void 0||this.C(n,void 0,r,a)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(i=>i.hostUpdate?.()),this.update(e)):this._$EM()}catch(i){throw t=!1,this._$EM(),i}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};w.elementStyles=[],w.shadowRootOptions={mode:"open"},w[B("elementProperties")]=new Map,w[B("finalized")]=new Map,cs?.({ReactiveElement:w}),(st.reactiveElementVersions??=[]).push("2.1.2");var Nt=globalThis,oe=s=>s,it=Nt.trustedTypes,ae=it?it.createPolicy("lit-html",{createHTML:s=>s}):void 0,ue="$lit$",A=`lit$${Math.random().toFixed(9).slice(2)}$`,fe="?"+A,hs=`<${fe}>`,T=document,j=()=>T.createComment(""),F=s=>s===null||typeof s!="object"&&typeof s!="function",Ut=Array.isArray,ds=s=>Ut(s)||typeof s?.[Symbol.iterator]=="function",Tt=`[ 	
\f\r]`,W=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,le=/-->/g,ce=/>/g,E=RegExp(`>|${Tt}(?:([^\\s"'>=/]+)(${Tt}*=${Tt}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),he=/'/g,de=/"/g,me=/^(?:script|style|textarea|title)$/i,Rt=s=>(t,...e)=>({_$litType$:s,strings:t,values:e}),l=Rt(1),g=Rt(2),Is=Rt(3),v=Symbol.for("lit-noChange"),h=Symbol.for("lit-nothing"),pe=new WeakMap,S=T.createTreeWalker(T,129);function ge(s,t){if(!Ut(s)||!s.hasOwnProperty("raw"))throw Error("invalid template strings array");return ae!==void 0?ae.createHTML(t):t}var ps=(s,t)=>{let e=s.length-1,i=[],n,r=t===2?"<svg>":t===3?"<math>":"",o=W;for(let a=0;a<e;a++){let c=s[a],p,d,u=-1,m=0;for(;m<c.length&&(o.lastIndex=m,d=o.exec(c),d!==null);)m=o.lastIndex,o===W?d[1]==="!--"?o=le:d[1]!==void 0?o=ce:d[2]!==void 0?(me.test(d[2])&&(n=RegExp("</"+d[2],"g")),o=E):d[3]!==void 0&&(o=E):o===E?d[0]===">"?(o=n??W,u=-1):d[1]===void 0?u=-2:(u=o.lastIndex-d[2].length,p=d[1],o=d[3]===void 0?E:d[3]==='"'?de:he):o===de||o===he?o=E:o===le||o===ce?o=W:(o=E,n=void 0);let $=o===E&&s[a+1].startsWith("/>")?" ":"";r+=o===W?c+hs:u>=0?(i.push(p),c.slice(0,u)+ue+c.slice(u)+A+$):c+A+(u===-2?a:$)}return[ge(s,r+(s[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),i]},V=class s{constructor({strings:t,_$litType$:e},i){let n;this.parts=[];let r=0,o=0,a=t.length-1,c=this.parts,[p,d]=ps(t,e);if(this.el=s.createElement(p,i),S.currentNode=this.el.content,e===2||e===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(n=S.nextNode())!==null&&c.length<a;){if(n.nodeType===1){if(n.hasAttributes())for(let u of n.getAttributeNames())if(u.endsWith(ue)){let m=d[o++],$=n.getAttribute(u).split(A),f=/([.?@])?(.*)/.exec(m);c.push({type:1,index:r,name:f[2],strings:$,ctor:f[1]==="."?Mt:f[1]==="?"?Ot:f[1]==="@"?Pt:L}),n.removeAttribute(u)}else u.startsWith(A)&&(c.push({type:6,index:r}),n.removeAttribute(u));if(me.test(n.tagName)){let u=n.textContent.split(A),m=u.length-1;if(m>0){n.textContent=it?it.emptyScript:"";for(let $=0;$<m;$++)n.append(u[$],j()),S.nextNode(),c.push({type:2,index:++r});n.append(u[m],j())}}}else if(n.nodeType===8)if(n.data===fe)c.push({type:2,index:r});else{let u=-1;for(;(u=n.data.indexOf(A,u+1))!==-1;)c.push({type:7,index:r}),u+=A.length-1}r++}}static createElement(t,e){let i=T.createElement("template");return i.innerHTML=t,i}};function P(s,t,e=s,i){if(t===v)return t;let n=i!==void 0?e._$Co?.[i]:e._$Cl,r=F(t)?void 0:t._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(s),n._$AT(s,e,i)),i!==void 0?(e._$Co??=[])[i]=n:e._$Cl=n),n!==void 0&&(t=P(s,n._$AS(s,t.values),n,i)),t}var Ct=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:i}=this._$AD,n=(t?.creationScope??T).importNode(e,!0);S.currentNode=n;let r=S.nextNode(),o=0,a=0,c=i[0];for(;c!==void 0;){if(o===c.index){let p;c.type===2?p=new K(r,r.nextSibling,this,t):c.type===1?p=new c.ctor(r,c.name,c.strings,this,t):c.type===6&&(p=new Lt(r,this,t)),this._$AV.push(p),c=i[++a]}o!==c?.index&&(r=S.nextNode(),o++)}return S.currentNode=T,n}p(t){let e=0;for(let i of this._$AV)i!==void 0&&(i.strings!==void 0?(i._$AI(t,i,e),e+=i.strings.length-2):i._$AI(t[e])),e++}},K=class s{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,i,n){this.type=2,this._$AH=h,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=i,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=P(this,t,e),F(t)?t===h||t==null||t===""?(this._$AH!==h&&this._$AR(),this._$AH=h):t!==this._$AH&&t!==v&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):ds(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==h&&F(this._$AH)?this._$AA.nextSibling.data=t:this.T(T.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:i}=t,n=typeof i=="number"?this._$AC(t):(i.el===void 0&&(i.el=V.createElement(ge(i.h,i.h[0]),this.options)),i);if(this._$AH?._$AD===n)this._$AH.p(e);else{let r=new Ct(n,this),o=r.u(this.options);r.p(e),this.T(o),this._$AH=r}}_$AC(t){let e=pe.get(t.strings);return e===void 0&&pe.set(t.strings,e=new V(t)),e}k(t){Ut(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,i,n=0;for(let r of t)n===e.length?e.push(i=new s(this.O(j()),this.O(j()),this,this.options)):i=e[n],i._$AI(r),n++;n<e.length&&(this._$AR(i&&i._$AB.nextSibling,n),e.length=n)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let i=oe(t).nextSibling;oe(t).remove(),t=i}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},L=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,i,n,r){this.type=1,this._$AH=h,this._$AN=void 0,this.element=t,this.name=e,this._$AM=n,this.options=r,i.length>2||i[0]!==""||i[1]!==""?(this._$AH=Array(i.length-1).fill(new String),this.strings=i):this._$AH=h}_$AI(t,e=this,i,n){let r=this.strings,o=!1;if(r===void 0)t=P(this,t,e,0),o=!F(t)||t!==this._$AH&&t!==v,o&&(this._$AH=t);else{let a=t,c,p;for(t=r[0],c=0;c<r.length-1;c++)p=P(this,a[i+c],e,c),p===v&&(p=this._$AH[c]),o||=!F(p)||p!==this._$AH[c],p===h?t=h:t!==h&&(t+=(p??"")+r[c+1]),this._$AH[c]=p}o&&!n&&this.j(t)}j(t){t===h?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},Mt=class extends L{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===h?void 0:t}},Ot=class extends L{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==h)}},Pt=class extends L{constructor(t,e,i,n,r){super(t,e,i,n,r),this.type=5}_$AI(t,e=this){if((t=P(this,t,e,0)??h)===v)return;let i=this._$AH,n=t===h&&i!==h||t.capture!==i.capture||t.once!==i.once||t.passive!==i.passive,r=t!==h&&(i===h||n);n&&this.element.removeEventListener(this.name,this,i),r&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},Lt=class{constructor(t,e,i){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=i}get _$AU(){return this._$AM._$AU}_$AI(t){P(this,t)}};var us=Nt.litHtmlPolyfillSupport;us?.(V,K),(Nt.litHtmlVersions??=[]).push("3.3.3");var $e=(s,t,e)=>{let i=e?.renderBefore??t,n=i._$litPart$;if(n===void 0){let r=e?.renderBefore??null;i._$litPart$=n=new K(t.insertBefore(j(),r),r,void 0,e??{})}return n._$AI(s),n};var Dt=globalThis,x=class extends w{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=$e(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return v}};x._$litElement$=!0,x.finalized=!0,Dt.litElementHydrateSupport?.({LitElement:x});var fs=Dt.litElementPolyfillSupport;fs?.({LitElement:x});(Dt.litElementVersions??=[]).push("4.2.2");var ms=["unauthorized"],nt=class{#e;#i;#t;#r=null;#o=null;#n=1e3;#s=0;#a=()=>this.#l();constructor(t,e,i){this.#e=t,this.#i=e,this.#t=i,t.connection.addEventListener("ready",this.#a),this.#l()}stop(){this.#e.connection.removeEventListener("ready",this.#a),this.#c()}renew(){this.#l()}#c(){this.#s+=1,clearTimeout(this.#o),this.#r?.().catch(()=>{}),this.#r=null}async#l(){this.#c(),this.#t.begins();let t=this.#s;try{let e=await this.#e.connection.subscribeMessage(i=>t===this.#s&&this.#t.take(i),{type:"failwatch/subscribe",device_id:this.#i},{resubscribe:!1});if(t!==this.#s)return void e().catch(()=>{});this.#r=e,this.#n=1e3}catch(e){if(t!==this.#s||(this.#t.refused(e),ms.includes(e?.code)))return;this.#o=setTimeout(()=>this.#l(),this.#n),this.#n=Math.min(2*this.#n,3e4)}}};function N(s,t,e,i={}){return s.connection.sendMessagePromise({type:`failwatch/${e}`,device_id:t,...i})}function rt(s,t){return l`
<div class="head">
<h2>${t}</h2>
<button class="round" aria-label=${s.say("card.close")} @click=${e=>e.target.closest("dialog").close()} autofocus>
<ha-icon icon="mdi:close"></ha-icon>
</button>
</div>`}function ot(s,{text:t,yes:e,no:i,danger:n=!0,chosen:r}){let o=(a,c)=>{a.target.closest("dialog").close(),r(c)};return l`
<dialog class="question" role="alertdialog" aria-label=${t} @cancel=${()=>r(!1)}>
<div class="body">
<p style="margin:0">${t}</p>
<div class="buttons">
<ha-button variant=${n?"danger":"brand"} @click=${a=>o(a,!0)}>${e}</ha-button>
<ha-button appearance="plain" @click=${a=>o(a,!1)}>${i}</ha-button>
</div>
</div>
</dialog>`}function at(s){for(let t of s.querySelectorAll("dialog:not([open])"))t.showModal()}var G=["picture","course","events","answers","past"],zt=["full","tile"];function ye(){let s=e=>document.querySelector("home-assistant")?.hass?.localize(`component.failwatch.config_panel.${e}`),t=(e,i)=>i.map(n=>({value:n,label:s(`${e}.${n}`)||n}));return{schema:[{name:"device_id",required:!0,selector:{device:{integration:"failwatch"}}},{name:"name",selector:{text:{}}},{name:"layout",selector:{select:{mode:"dropdown",options:t("form_layout",zt)}}},{name:"show",selector:{select:{mode:"list",multiple:!0,options:t("form_part",G)}}}],computeLabel:e=>s(`form.${e.name}`)||e.name,computeHelper:e=>s(`form_help.${e.name}`)||void 0,assertConfig:It}}function It(s){if(!s||typeof s!="object")throw new Error("FailWatch: the card needs a configuration.");let{device_id:t="",name:e="",layout:i="full",show:n=G}=s;if(typeof t!="string")throw new Error("FailWatch: device_id must be the ID of a device.");if(!zt.includes(i))throw new Error(`FailWatch: layout must be one of ${zt.join(", ")}.`);if(!Array.isArray(n)||n.some(r=>!G.includes(r)))throw new Error(`FailWatch: show must be a list of ${G.join(", ")}.`);return{device_id:t,name:e,layout:i,show:n}}function be(s){let t=Object.values(s.entities||{}).find(e=>e.platform==="failwatch"&&e.device_id);return{device_id:t?t.device_id:"",layout:"full",show:[...G]}}var ve=s=>(...t)=>({_$litDirective$:s,values:t}),lt=class{constructor(t){}get _$AU(){return this._$AM._$AU}_$AT(t,e,i){this._$Ct=t,this._$AM=e,this._$Ci=i}_$AS(t,e){return this.update(t,e)}update(t,e){return this.render(...e)}};var gs={},xe=ve(class extends lt{constructor(){super(...arguments),this.ot=gs}render(s,t){return t()}update(s,[t,e]){if(Array.isArray(t)){if(Array.isArray(this.ot)&&this.ot.length===t.length&&t.every((i,n)=>i===this.ot[n]))return v}else if(this.ot===t)return v;return this.ot=Array.isArray(t)?Array.from(t):t,this.render(t,e)}});function _e(s){let{look:t,latch:e}=s;return[0,t.at,t.p,t.statistics.ewm_mean,e.level,[],{},t.verdict.usual,t.verdict.limit]}function Ht(s,t){if(s.at(-1)?.[1]>=t[1])return s;let e=[...s,t];return e.length>600?$s(e):e}function $s(s){let t=[];for(let i=0;i<s.length;i+=2){let n=s[i],r=s[i+1]||n;t.push(n[2]>=r[2]?n:r)}let e=s.at(-1);return t.at(-1)!==e&&t.push(e),t}function ct(s,t,e){if(!s?.name)return[];let{maybe:i,failure:n,sure:r=1/0}=s,o=s.sensitivity||1,a=u=>t+u/o,c=(u,m)=>({key:u,value:m}),p=c("normal",t);if(s.name!=="failwatch")return[p,c("limit",a(e))];let d=Math.min(a(n),Math.max(r,a(i)));return[p,c("maybe",a(Math.min(i,e))),c("failure",d)]}function Ae(s,t){return s.findLast(e=>e.after_frame<t[0])||s[0]}function ht(s){return s.filter(({kind:t,data:e})=>t==="paused"||t==="blind"||t==="holds"&&e.length).map(t=>t.at)}function ke(s,t,{end:e,gaps:i=[]}={}){if(!s.length)return null;let n=s[0][1],r=s.at(-1)[1],o=Math.max(n+300,r,e||0),a=Math.max(1,...s.map(f=>f[2]),...t.map(f=>f.value)),c=f=>Math.min(1,Math.max(0,(f-n)/(o-n))),p=f=>1-Math.max(0,f)/a,d=Math.max(900,5*(r-n)/s.length),u=(f,y)=>y-f>d||i.some(O=>f<=O&&O<y),m=s.map((f,y)=>!y||u(s[y-1][1],f[1])),$=f=>s.map((y,O)=>{let At=`${we(c(y[1]))} ${we(p(y[f]))}`;return m[O]?O+1===s.length||m[O+1]?`M${At}h0`:`M${At}`:`L${At}`}).join("");return{x:c,start:n,last:o,top:a,p:$(2),mean:$(3),lines:t.map(f=>({...f,y:p(f.value)})),rises:s.map((f,y)=>({at:f[1],level:f[4],before:y?s[y-1][4]:"none"})).filter(f=>f.level!==f.before).map(f=>({...f,x:c(f.at)}))}}function we(s){return Math.round(s*1e4)/10}var ys={normal:"2 3",maybe:"6 4",failure:"12 4",limit:"12 4"};function ut(s,t,e,{at:i,marks:n=[],end:r,gaps:o}={}){let a=ke(t,e,{end:r,gaps:o});if(!a)return l`<p class="quiet">${s.say("course.none")}</p>`;let c=t[t.length-1],p=s.say("course.alt",{time:s.duration(c[1]-a.start),p:s.number(c[2]),mean:s.number(c[3])});return l`
<div class="chart" role="img" aria-label=${p}>
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${a.lines.map(d=>g`
<line class="limit ${d.key}" x1="0" x2="1000" y1=${d.y*1e3} y2=${d.y*1e3}
stroke-dasharray=${ys[d.key]}></line>`)}
${a.rises.map(d=>g`
<line class="rise ${d.level}" x1=${d.x*1e3} x2=${d.x*1e3} y1="0" y2="1000"></line>`)}
${n.map(d=>g`
<line class="mark" x1=${a.x(d.at)*1e3} x2=${a.x(d.at)*1e3} y1="0" y2="1000">
<title>${d.text}</title></line>`)}
<path class="p" d=${a.p}></path>
<path class="mean" d=${a.mean}></path>
${i===void 0?h:g`
<line class="here" x1=${a.x(i)*1e3} x2=${a.x(i)*1e3} y1="0" y2="1000"></line>`}
</svg>
<span class="axis top">${s.number(a.top)}</span>
<span class="axis bottom">0</span>
<span class="axis end">${s.duration(a.last-a.start)}</span>
</div>
<div class="legend" aria-hidden="true">
<span class="key p">${s.say("course.p")} ${s.number(c[2])}</span>
<span class="key mean">${s.say("course.mean")} ${s.number(c[3])}</span>
${e.map(d=>l`
<span class="key limit ${d.key}">${s.say(`course.${d.key}`)} ${s.number(d.value)}</span>`)}
</div>`}function bs(s,t,e=""){return t==="acknowledged"&&e!=="not_a_failure"?s.say(`event.acknowledged_${e}`)||s.say("event.acknowledged"):t==="action"?s.say(`event.action_${e}`):s.say(`event.${t}`)}function qt(s,t){let e=t.data&&typeof t.data=="object"?t.data:{},n=(t.kind==="muted"||t.kind==="snoozed")&&!t.data&&t.data!==void 0?"":bs(s,t.kind,t.detail??e.detail??"");return n?{at:t.at,kind:t.kind,text:n}:null}function Bt(s,t,e){let i=new Set;return[...t,...e].map(n=>qt(s,n)).filter(n=>n&&!i.has(Ee(n))&&i.add(Ee(n))).sort((n,r)=>r.at-n.at)}function Ee(s){return`${s.kind} ${s.at.toFixed(2)}`}var vs=.005;function ft(s,{url:t,boxes:e,alt:i,onError:n,children:r=h}){let o=e.filter(a=>a.score>=vs);return l`
<div class="picture">
<img src=${t} alt=${i} @error=${n}>
<svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${o.map(a=>g`
<rect class="box" x=${a.x_min*1e3} y=${a.y_min*1e3}
width=${(a.x_max-a.x_min)*1e3} height=${(a.y_max-a.y_min)*1e3}></rect>`)}
</svg>
${o.map(a=>l`
<span class="score" aria-hidden="true"
style="left:${Math.min(92,a.x_min*100)}%;top:${Math.min(92,a.y_min*100)}%">
${s.say("picture.box",{score:Math.round(a.score*100)})}</span>`)}
${r}
</div>`}function _(s){return s.phase!=="idle"}function U(s){return s.holds?.[0]&&!s.next_look_at}function Wt(s){return s.phase==="watching"&&!U(s)&&s.failed_looks>0}function Se(s){return!s.look||Wt(s)?!1:s.phase==="paused"?!0:s.phase==="watching"&&!U(s)&&s.look.at>=s.since-60}function Y(s){return _(s)?s.latch.level:"none"}function Te(s){return _(s)?s.latch.level!=="none"&&s.latch.verdict?s.latch.verdict:Se(s)?s.look.verdict:null:null}function jt(s,t){return s.snoozed_until!==null&&s.snoozed_until!==void 0&&t<s.snoozed_until}function Ce(s){let t=s.state;return s.connected?s.watching?t.phase==="idle"?"idle":Y(t)!=="none"?Y(t):t.phase==="blind"?"blind":t.phase==="paused"?"paused":U(t)?"hold":Se(t)?{warm_up:"early",accepted:"accepted"}[t.look.verdict.rule]||"none":"waiting":"off":"gone"}function Ft(s){return s.intervention&&s.intervention.countdown||null}function Vt(s,t){let e=s.memory&&s.memory.acceptance;return!e||!_(s)?null:e.until===null||t<e.until?{until:e.until,limit:e.limit??null}:null}function Me(s,t){let{state:e}=s,i=d=>s.commands.includes(d),n=[];if(!s.watching||!_(e))return n;let r=Ft(e),o=Y(e)!=="none",a=e.phase==="paused",c=!!(e.intervention&&e.intervention.paused_at);r?n.push({key:"keep_printing",primary:!0}):a&&i("resume")?(n.push({key:"resume_fine",primary:o||c}),n.push({key:"resume_cleared"})):(o||a&&c)&&n.push({key:"keep_printing",title:"fine",primary:!0}),Vt(e,t)&&n.push({key:"ask_again"}),e.latch.confirmed?!a&&i("pause")&&!r&&n.push({key:"pause",primary:!0}):n.push({key:"it_failed"}),!a&&!U(e)&&n.push({key:"check"});let p=jt(e,t);return e.muted||n.push({key:"snooze",title:p?"snooze_end":"snooze",data:{seconds:p?0:600}}),n.push({key:"mute",title:e.muted?"mute_end":"mute",data:{muted:!e.muted}}),i("cancel")&&n.push({key:"cancel",asks:!0}),n}function Oe(s,t){let e=s.state.look?s.state.look.views:[];return e.find(i=>i.camera===t&&s.pictures[i.camera])||e.find(i=>s.pictures[i.camera])||null}var xs={gone:"mdi:lan-disconnect",off:"mdi:eye-off-outline",idle:"mdi:printer-3d",none:"mdi:check-circle",maybe:"mdi:help-circle",failure:"mdi:alert",blind:"mdi:eye-off",paused:"mdi:pause-circle",hold:"mdi:timer-sand",waiting:"mdi:timer-sand",early:"mdi:timer-sand",accepted:"mdi:thumb-up"},C=(s,t,e="")=>l`<ha-alert alert-type=${s} class=${e}>${t}</ha-alert>`;function X(s){return s.gone?"gone":Ce(s.update)}function Pe(s){return l`<ha-icon class="sign" icon=${xs[X(s)]}></ha-icon>`}function Le(s,t){let e=X(t),{state:i}=t.update,n=Y(i)===e&&(i.phase==="paused"?"paused":i.holds[0]&&"hold");return s.say(`condition.${e}`)+(n?` · ${s.say(`condition.${n}`)}`:"")}function Ne(s,{update:{state:t},clock:e}){if(!_(t))return"";if(t.muted)return s.say("silence.muted");let i=e.now();return jt(t,i)?s.say("silence.snoozed",{time:s.duration(t.snoozed_until-i)}):""}function Ue(s,{update:{state:t},clock:e}){return!t.look||!Wt(t)?"":s.say("note.blind_for",{time:s.duration(e.now()-t.look.at)})}function Re(s,t,e){let i=Ne(s,t);return l`
<div class="head">
${Pe(t)}
<div class="texts">
<h2>${e}</h2>
<span class="level"><span role="status">${Le(s,t)}</span>${i?` · ${i}`:""}</span>
</div>
</div>`}function De(s,{update:t,gone:e},i){let{connected:n,status_problem:r}=t;return l`
${e?C("warning",s.say(`card.${e}`)):h}
${n?h:C("warning",s.say("card.unreachable"))}
${r&&!e?C("warning",s.say(`status.${r}`)):h}
${i?C("error",i):h}`}function ws(s,{until:t,limit:e},i){let n=t===null?s.say("note.accepted_until_end"):s.say("note.accepted",{time:s.duration(t-i)}),r=e===null?s.say("note.asks_elsewhere"):s.say("note.asks_if_grown",{limit:s.number(e)});return`${n} ${r}`}function ze(s,{update:{state:t,watching:e},clock:i}){if(!e||!_(t))return h;let n=i.now(),r=Te(t),o=Vt(t,n),a=t.intervention?.ordered,c=t.holds[0],p=Ue(s,{update:{state:t},clock:i}),d=u=>l`<p class="why">${u}</p>`;return l`
${t.print_name?l`<p class="quiet name">${t.print_name}</p>`:h}
${t.blind?l`${C("error",s.blind(t.blind),"blind")}
<p class="quiet">${s.say("note.blind_for",{time:s.duration(n-t.blind.since)})}</p>`:h}
${p?d(p):h}
${c?d(s.say(`hold.${c}`)||c):h}
${t.latch.confirmed?d(s.say("note.confirmed")):h}
${o?d(ws(s,o,n)):h}
${a?C("warning",`${s.say(`ordered.${a.action}`,{tries:a.tries})}
${a.problems?.at(-1)||""}`,"ordered"):h}
${r&&!t.latch.confirmed&&!t.blind?d(s.reason(r)):h}`}function Ie(s,{update:{state:t},clock:e}){let i=Ft(t);if(!i)return h;let n=Math.max(0,i.due_at-e.now()),r=Math.max(1,i.due_at-(i.announced_at??i.due_at-n));return l`
<div class="countdown">
<span class="hidden" role="alert">${s.say("event.countdown")}</span>
<span role="timer">${s.say(`countdown.${i.action}`,{time:s.duration(n)})}</span>
<span class="bar" aria-hidden="true"><span style="width:${100*n/r}%"></span></span>
</div>`}function He(s,{update:{state:t},clock:e},{name:i,view:n,url:r,nameOf:o,choose:a,failed:c}){let p=t.look?.views||[],d=t.blind?[]:p.filter(m=>m.reason),u=s.say("picture.alt",{name:i,boxes:n?.boxes.length});return l`
${n&&r?ft(s,{url:r,boxes:n.boxes,alt:u,onError:c,children:l`<span class="chip age">${s.say("picture.age",{time:s.duration(e.now()-t.look.at)})}</span>`}):l`<p class="quiet nothing">${s.say("picture.none")}</p>`}
${p.length>1?l`<div class="buttons">${p.map(m=>l`
<ha-button appearance=${m===n?"filled":"plain"} aria-pressed=${m===n} ?disabled=${!!m.reason}
@click=${()=>a(m.camera)}>${o(m.camera)}</ha-button>`)}</div>`:h}
${d.map(m=>C("warning",`${o(m.camera)}: ${s.blind({reason:m.reason,detail:m.problem})}`))}`}function qe(s,{update:{state:t,rules:e},frames:i,gaps:n,marks:r,events:o}){let a=t.look?.verdict;return l`<section aria-label=${s.say("course.title")}>
${xe([i,n,r,o.length,t.look?.at,e,s],()=>ut(s,i,a?ct(e,a.usual,a.limit):[],{marks:Bt(s,r,o),gaps:[...n,...ht(r)]}))}
</section>`}function Be(s,{clock:t,marks:e,events:i},n,r){let o=Bt(s,e,i);return o.length?l`
<section class="events">
<h3>${s.say("events.title")}</h3>
<ul>${o.slice(0,n).map(a=>l`<li><time>${s.times.format(t.date(a.at))}</time> ${a.text}</li>`)}</ul>
${o.length>n?l`<ha-button appearance="plain" @click=${r}>
${s.say("events.more",{count:o.length})}</ha-button>`:h}
</section>`:h}function We(s,{update:t,clock:e,gone:i},n){let r=Me(t,e.now());if(!r.length)return h;let o=t.may.control;return l`
<div class="buttons answers">${r.map(a=>l`
<ha-button data-order=${a.key} ?disabled=${!o||!!i} @click=${()=>n(a)}
appearance=${a.primary?"accent":"filled"} variant=${a.asks?"danger":"brand"}>
${s.say(`answer.${a.title||a.key}`)}</ha-button>`)}
</div>
${o||t.sample?h:l`<p class="quiet">${s.say("card.no_control")}</p>`}`}function je(s,{update:t},e,i){if(t.sample)return h;let n=(r,o)=>l`
<ha-button appearance="plain" data-open=${r} @click=${()=>i(r)}>${o}</ha-button>`;return l`
<div class="buttons foot">
${n("past",s.say("past.title"))}
${t.may.configure&&e?n("regions",s.say("picture.regions")):h}
</div>`}function Fe(s,t,{name:e,url:i,open:n}){let r=Le(s,t),o=[r,Ne(s,t),Ue(s,t)].filter(Boolean).join(" · ");return l`
<button class="plain tile" @click=${n}>
${Pe(t)}
<span class="texts"><b>${e}</b><span class="level">${o}</span><span class="hidden">${s.say("card.open")}</span></span>
${i?l`<img alt="" src=${i}>`:h}
</button>
<span class="hidden" role="status">${e}: ${r}</span>`}var J=class{#e;#i;#t;constructor(t,e=1,i=Date.now()){this.#e=t,this.#i=i,this.#t=e}now(t=Date.now()){return this.#e+(t-this.#i)/1e3*this.#t}date(t,e=Date.now()){return new Date(e+(t-this.now(e))*1e3/this.#t)}};var Z=class s{update=null;clock=new J(0);frames=[];gaps=[];marks=[];gone="";#e=[];#i=null;#t=!1;#r=null;#o=0;#n;#s=null;#a=null;constructor(t){this.#n=t}static ofSample({update:t,frames:e},i){let n=new s(i);return n.take(t),n.frames=e,n}follow(t,e){return this.#a=(i,n)=>N(t,e,i,n),this.#s=new nt(t,e,{begins:()=>this.#t=!1,take:i=>this.take(i),refused:i=>{this.gone=i?.code==="unauthorized"?"no_access":"waiting",this.#n()}}),this}stop(){this.#s?.stop(),this.#s=null}refresh(t=Date.now()){this.#o&&t-this.#o>18e5&&this.#s?.renew()}get events(){let t=this.update?.state.print_id;return this.#e.filter(e=>!e.print_id||e.print_id===t)}take(t){t.type==="event"?this.#e=[...this.events,t.event]:t.type==="gone"?this.gone="gone":(this.gone="",this.#o=Date.now(),this.clock=new J(t.now,t.clock_speed),this.update=t,this.#c(t.state)),this.#n()}#c(t){t.print_id!==this.#i&&(this.#i=t.print_id,this.frames=[],this.gaps=[],this.marks=[],this.#t=!1);let e=this.frames[this.frames.length-1]?.[1],i=this.#r!==null&&this.#r!==t.since&&t.since>e;e&&(i||t.phase!=="watching"||U(t))&&!this.gaps.includes(e)&&(this.gaps=[...this.gaps,e]),this.#r=t.since,_(t)&&t.look&&t.look.at>=(t.started_at||0)&&(this.frames=Ht(this.frames,_e(t))),t.print_id&&!this.#t&&this.#a&&this.#l(t.print_id)}async#l(t){this.#t=!0;try{let e=await this.#a("frames",{print_id:t});if(this.#i!==t)return;this.frames=this.frames.reduce(Ht,e.frames),this.marks=e.marks,this.#n()}catch{}}};var Gt=s=>s<40?.04+.03*Math.abs(Math.sin(s*1.7)):.05+(s-40)*.033;function Ve(s){let t=[],e=.03;for(let r=0;r<60;r++)e+=(Gt(r)-e)*.25,t.push([r,17e8-(60-r)*10,Gt(r),e,e>.43?"maybe":"none",[],{},.03,.4]);let i={level:"maybe",rule:"high",score:e-.03,usual:.03,limit:.4},n=`data:image/svg+xml,${encodeURIComponent(_s)}`;return{frames:t,update:{sample:!0,name:s,connected:!0,watching:!0,now:17e8,clock_speed:1,rules:{name:"failwatch",maybe:.4,failure:.6,sensitivity:1},pictures:{"":n},may:{control:!1,configure:!1},commands:["pause","resume","cancel"],state:{phase:"watching",since:1699996400,print_name:"benchy.gcode",holds:[],intervention:{countdown:{action:"pause",announced_at:1699999940,due_at:1700000120}},latch:{level:"maybe",verdict:i,since:1699999960},look:{at:1699999996,p:Gt(59),verdict:i,statistics:{ewm_mean:e},views:[{camera:"",boxes:[{x_min:.46,y_min:.42,x_max:.72,y_max:.72,score:.81}]}]}}}}}var _s=`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="640" height="360" fill="#2b3440"/>
<path d="M90 300h460l-50-90H140z" fill="#46525f"/><path d="M230 240h150v-60l-30-30h-90l-30 30z" fill="#e8842c"/>
<path d="M310 200c40-60 90 40 60 50s-70-70-10-80 90 60 60 80-90-10-40-60" fill="none" stroke="#e8842c" stroke-width="4"/>
<rect x="270" y="0" width="50" height="120" fill="#77838f"/><path d="M280 120h30l-15 26z" fill="#c7ccd1"/></svg>`;var R=b`
:host {
--fw-good: var(--success-color, #43a047);
--fw-maybe: var(--warning-color, #ffa600);
--fw-bad: var(--error-color, #db4437);
--fw-off: var(--state-inactive-color, var(--disabled-text-color, #9e9e9e));
--fw-quiet: var(--secondary-text-color, #727272);
--fw-line: var(--divider-color, rgba(127, 127, 127, .4));
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
`,D=b`
/* Time runs from left to right, also where what is read does not. */
:is(.chart, .film, .score, input[type="range"]) { direction: ltr; }
/* Where the system chooses the colours, what is told by colours keeps its own. */
:is(.bar, .dot, .thumb, input[type="range"]), .key::before, .bar span { forced-color-adjust: none; }
.picture { position: relative; border-radius: 8px; overflow: hidden; background: var(--secondary-background-color); line-height: 0; }
.picture img { width: 100%; display: block; min-height: 80px; }
.over { position: absolute; inset: 0; width: 100%; height: 100%; }
.box { fill: none; stroke: var(--fw-bad); stroke-width: 3px; vector-effect: non-scaling-stroke; }
.ignored, .drawn { fill: rgba(0, 0, 0, .45); stroke: #fff; stroke-width: 1.5px; stroke-dasharray: 5 3; vector-effect: non-scaling-stroke; }
.score, .chip {
position: absolute; line-height: 1.4; font-size: 12px; padding: 0 6px; border-radius: 6px;
color: #fff; background: rgba(0, 0, 0, .65);
}
.score { background: color-mix(in srgb, var(--fw-bad) 80%, #000); border-radius: 0 0 6px 0; }
.chip.age { inset-inline-start: 8px; bottom: 8px; }
.chart { position: relative; height: 120px; margin: 4px 0; border: 1px solid var(--fw-line); border-radius: 4px; overflow: hidden; }
.chart svg { width: 100%; height: 100%; display: block; }
.chart :is(line, path) { vector-effect: non-scaling-stroke; fill: none; stroke-linecap: round; }
path.p { stroke: var(--fw-accent); stroke-width: 1px; opacity: .7; }
path.mean { stroke: var(--fw-accent); stroke-width: 2.5px; }
line { stroke: var(--fw-bad); stroke-width: 1px; }
:is(line.normal, line.none) { stroke: var(--fw-good); }
line.maybe { stroke: var(--fw-maybe); }
line.rise { stroke-width: 6px; opacity: .35; }
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
`,z=b`
dialog {
box-sizing: border-box; width: min(720px, 100vw); max-width: 100vw; max-height: 100dvh; overflow: auto; padding: 16px;
border: none; border-radius: var(--ha-dialog-border-radius, 24px);
background: var(--ha-dialog-surface-background, var(--card-background-color, #fff)); color: var(--primary-text-color);
font-family: var(--ha-font-family-body, inherit); line-height: 1.4;
}
dialog.question { width: min(420px, calc(100vw - 32px)); }
dialog::backdrop { background: rgba(0, 0, 0, .5); }
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
`,Ke=b`
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
`;var As=["busy","cut_short","rate_limited","server_failed","timed_out","unavailable"],Ge={finished:["done","finish","finished","complete","completed"],cancelled:["cancelled","canceled","cancelling","aborted","stopped"],failed:["failed","error"],ended:["ended","idle","off","ready","standby","operational"]},ks="component.failwatch.config_panel",mt=new Map;function Es({score:s,limit:t}){return Number(s.toFixed(2))<0?"below":s>=t/2?"halfway":"quiet"}var Q=({locale:s,language:t})=>s||t,I=class s{#e;constructor(t,e,i={},n=void 0){let r=i.time_format,o={hour12:{12:!0,24:!1}[r],timeZone:i.time_zone==="server"?n:void 0},a=p=>new Intl.DateTimeFormat(r==="system"?void 0:t,{...p,...o}),c={language:t,system:[],decimal_comma:"de",space_comma:"de"}[i.number_format||"language"];this.#e=e,this.numbers=new Intl.NumberFormat(c||"en",{minimumFractionDigits:2,maximumFractionDigits:2}),this.times=a({timeStyle:"short"}),this.days=a({dateStyle:"medium",timeStyle:"short"})}static load(t){let e=Q(t);if(!mt.has(e)){let i=t.loadBackendTranslation("config_panel","failwatch");mt.set(e,i.then(n=>new s(t.language,n,t.locale,t.config?.time_zone))),i.catch(()=>mt.delete(e))}return mt.get(e)}say(t,e={}){return this.#e(`${ks}.${t}`,e)||""}number(t){return t==null?"–":this.numbers.format(t)}duration(t){let e=Math.max(0,Math.round(t));if(e<90)return this.say("duration.seconds",{seconds:e});let i=Math.round(e/60);if(i<90)return this.say("duration.minutes",{minutes:i});let n=Math.floor(i/60);return n<48?this.say("duration.hours",{hours:n,minutes:i%60}):this.say("duration.days",{days:Math.floor(n/24)})}reason(t){if(!t)return"";let e=t.rule==="quiet"?Es(t):t.rule,i={now:this.number(t.usual+t.score),usual:this.number(t.usual),limit:this.number(t.usual+t.limit)};return this.say(`reason.${e}`,i)||t.reason||""}blind(t){let e=this.say(`blind.${t.reason}`);return e?As.includes(t.reason)?`${e} ${this.say("note.goes_on_trying")}`:e:t.detail}async problem(t,e){if(e?.code==="unauthorized")return this.say("card.not_allowed");let{translation_domain:i,translation_key:n,translation_placeholders:r}=e||{},o=i&&n&&await t.loadBackendTranslation("exceptions",i).catch(()=>null);return o&&o(`component.${i}.exceptions.${n}.message`,r||{})||e?.code==="home_assistant_error"&&e.message||this.say("card.failed")}outcome(t){let e=Object.keys(Ge).find(i=>Ge[i].includes(t?.toLowerCase()));return this.say(`outcome.${e||t||"unknown"}`)||t}};var Ss=3,Ts=1e3,Cs=3e3,gt=class extends x{static properties={hass:{attribute:!1},i:{state:!0},ht:{state:!0},s:{state:!0},n:{state:!0},dt:{state:!0},it:{state:!0},pt:{state:!0},E:{state:!0},r:{state:!0}};static getConfigForm=ye;static getStubConfig=be;constructor(){super(),this.W=!0,this.ut=!1,this.ht=0,this.pt=0,this.n="",this.it=Ss,this.K()}setConfig(t){let e=It(t);this.i&&e.device_id!==this.i.device_id&&this.K(),this.i=e,this.toggleAttribute("small",this.G)}getCardSize(){return this.G?1:8}getGridOptions(){return this.G?{columns:6,rows:1,min_columns:6,min_rows:1,max_rows:1}:{columns:12,rows:"auto",min_columns:6}}get c(){return this.d?.update}get G(){return this.i?.layout==="tile"}connectedCallback(){super.connectedCallback(),this.Et=setInterval(()=>this.c&&(this.pt+=1),Ts),this.W=!0,this.ft=new IntersectionObserver(t=>this.St(t.at(-1).isIntersecting)),this.ft.observe(this),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.Et),clearTimeout(this.Tt),this.r||(this.z=""),this.ft.disconnect(),this.K()}St(t){t!==this.W&&(this.W=t,!(!t||!this.c)&&(this.d.refresh(),this.J(),this.requestUpdate()))}shouldUpdate(t){return!this.W&&this.ut?!1:t.size>1||!t.has("hass")||this.z!==Q(this.hass)}willUpdate(){!this.hass||!this.i||(this.z!==Q(this.hass)&&(this.z=Q(this.hass),this.mt()),!(this.d||!this.isConnected)&&(this.i.device_id?this.d=new Z(()=>this.Ct()).follow(this.hass,this.i.device_id):this.r&&(this.d=Z.ofSample(Ve(this.r.say("card.sample")),()=>{}),this.J())))}async mt(){let t=this.z;try{let e=await I.load(this.hass);t===this.z&&(this.r=e)}catch{t===this.z&&this.isConnected&&(this.Tt=setTimeout(()=>this.mt(),Cs))}}updated(){this.ut=!!(this.c&&this.r),at(this.renderRoot)}K(){this.d?.stop(),this.d=null,this.s="",this.E=""}Ct(){this.ht+=1,this.W&&this.c&&this.J()}get q(){return Oe(this.c,this.dt)}J(){let t=this.q?this.c.pictures[this.q.camera]:"",e=t&&!t.startsWith("data:")?this.hass.hassUrl(t):t;if(!e||!this.E)return void(this.E=e);let i=new Image;i.onload=()=>this.E=e,i.src=e}async gt(t){this.s="";try{await N(this.hass,this.i.device_id,"order",{order:t.key,...t.data})}catch(e){this.s=await this.r.problem(this.hass,e)}}get Z(){return this.i.name||this.c.name}render(){if(!this.i||!this.r)return h;let t=this.r;if(!this.c){let e=t.say(`card.${this.d?.gone||"waiting"}`);return l`<ha-card><div class="content"><p class="quiet" role="status">${e}</p></div></ha-card>`}return l`
<ha-card class=${X(this.d)}>
${this.G?this.Mt():l`<div class="content">${this.$t()}</div>`}</ha-card>
${this.Ot()}`}Mt(){return Fe(this.r,this.d,{name:this.Z,url:this.q&&this.E,open:()=>this.n="all"})}$t(){let[t,e]=[this.r,this.d],i={picture:()=>He(t,e,{name:this.Z,view:this.q,url:this.E,nameOf:n=>this.Pt(n),choose:n=>{this.dt=n,this.J()},failed:()=>this.E=""}),answers:()=>We(t,e,n=>n.asks?this.n="cancel":this.gt(n)),course:()=>qe(t,e),events:()=>Be(t,e,this.it,()=>this.it=1/0),past:()=>je(t,e,this.q,n=>this.n=n)};return l`
${Re(t,e,this.Z)}
${De(t,e,this.s)}
${ze(t,e)}
${Ie(t,e)}
${Object.entries(i).map(([n,r])=>this.i.show.includes(n)?r():h)}`}Pt(t){let e=this.c.state.look.views.findIndex(i=>i.camera===t);return this.hass?.states?.[t]?.attributes?.friendly_name||t||`${this.r.say("picture.camera")} ${e+1}`}Ot(){let t=this.r,e=()=>this.n=this.G&&this.n!=="all"?"all":"";return this.n==="past"?l`<failwatch-past-prints .hass=${this.hass} .device=${this.i.device_id} .words=${t}
.mayControl=${this.c.may.control} @closed=${e}></failwatch-past-prints>`:this.n==="regions"?l`<failwatch-regions .hass=${this.hass} .device=${this.i.device_id} .words=${t}
.camera=${this.q?.camera??""} @closed=${e}></failwatch-regions>`:this.n==="cancel"?ot(t,{text:t.say("cancel.question",{print:this.c.state.print_name||t.say("cancel.this_print")}),yes:t.say("cancel.yes"),no:t.say("cancel.no"),chosen:i=>{e(),i&&this.gt({key:"cancel"})}}):this.n==="all"?l`<dialog class=${X(this.d)} aria-label=${this.Z} @close=${i=>i.target.matches("dialog")&&e()}>
${rt(t,"")}
<div class="content in-dialog">${this.$t()}</div></dialog>`:h}static styles=[R,D,z,Ke]};var H=class extends x{static properties={hass:{attribute:!1},device:{},words:{attribute:!1},s:{state:!0}};constructor(){super(),this.s=""}updated(){at(this.renderRoot)}async f(t,e){this.s="";try{return await N(this.hass,this.device,t,e)}catch(i){this.s=await this.words.problem(this.hass,i);return}}yt(t,e){return l`
<dialog aria-label=${t} @close=${n=>n.target.matches("dialog")&&this.dispatchEvent(new CustomEvent("closed"))}>
${rt(this.words,t)}
<div class="body">
${this.s?l`<ha-alert alert-type="error">${this.s}</ha-alert>`:h}
${e}
</div>
</dialog>`}};var Ls=10,Ye=12,yt=class extends H{static properties={mayControl:{type:Boolean},m:{state:!0},nt:{state:!0},e:{state:!0},S:{state:!0}};constructor(){super(),this.m=null,this.nt=!1,this.e=null,this.S=0,this.b=new Map,this.Q=null,this.bt=()=>this.b.clear()}connectedCallback(){super.connectedCallback(),this.hass.connection.addEventListener("ready",this.bt),this.vt()}disconnectedCallback(){super.disconnectedCallback(),this.hass.connection.removeEventListener("ready",this.bt)}async vt(t){let e=await this.f("prints",{limit:Ls,...t===void 0?{}:{before:t}});e&&(this.m=t===void 0?e.prints:[...this.m,...e.prints],this.nt=e.more)}async n(t){this.b.clear(),this.Q=null,this.e={print:t,frames:[],marks:[],rules:[],thumbnails:[]};let e=await this.f("frames",{print_id:t.print_id});if(!e||this.e?.print.print_id!==t.print_id)return;let i=e.frames.map((o,a)=>({frame:o,index:a})).filter(({frame:o})=>o[5].length),n=Math.max(1,(i.length-1)/(Ye-1)),r=[...new Set(Array.from({length:Math.min(Ye,i.length)},(o,a)=>i[Math.round(a*n)]))];this.e={...e,thumbnails:r},this.S=Math.max(0,e.frames.findIndex(o=>o[4]===e.print.level)),await this.xt(r.map(({frame:o})=>o))}async xt(t){let e=Date.now(),i=t.filter(o=>!(this.b.get(o[0])?.until>e));if(!i.length)return;let{print_id:n}=this.e.print,r=await this.f("pictures",{print_id:n,frames:i.map(o=>[o[0],o[5][0]])});!r||this.e?.print.print_id!==n||(i.forEach((o,a)=>this.b.set(o[0],{url:this.hass.hassUrl(r.pictures[a]),until:e+18e5})),this.requestUpdate())}get rt(){for(let t=this.S;t>=0;t--){let e=this.e.frames[t];if(e&&e[5].length)return e}return null}wt(t){this.S=t,this.rt&&this.xt([this.rt])}async tt(t,e){let{print_id:i}=this.e.print;if(await this.f("label",{print_id:i,label:t,...e?{failed_from:e}:{}})===void 0)return;let r=t===null?null:{failed:t==="failed",failed_from:e??null},o=a=>a.print_id===i?{...a,label:r}:a;this.m=this.m.map(o),this.e={...this.e,print:o(this.e.print)}}async _t(t){let e=await this.f("export",{print_id:this.e.print.print_id,format:t});if(!e)return;let i=document.createElement("a");i.href=this.hass.hassUrl(e.path),i.download="",i.click()}render(){let t=this.e?this.At(this.e.print):this.words.say("past.title");return this.yt(t,this.e?this.Lt():this.Nt())}At(t){return t.name||this.words.days.format(t.started_at*1e3)}Nt(){let{words:t}=this;return this.m?this.m.length?l`
<ul class="prints">${this.m.map(e=>l`
<li><button class="plain print ${e.level}" @click=${()=>this.n(e)}>
<span class="dot" aria-hidden="true"></span>
<span class="what"><b>${this.At(e)}</b><br>
<span class="quiet">${[e.name&&t.days.format(e.started_at*1e3),t.outcome(e.outcome),t.say(`condition.${e.level}`),Xe(t,e.label)].filter(Boolean).join(" · ")}</span></span>
</button></li>`)}
</ul>
${this.nt?l`<div class="buttons"><ha-button appearance="plain" class="more"
@click=${()=>this.vt(this.m.at(-1).started_at)}>${t.say("past.more")}</ha-button></div>`:h}`:l`<p class="quiet">${t.say("past.none")}</p>`:this.s?h:l`<p class="quiet">${t.say("past.loading")}</p>`}Lt(){let{words:t}=this,{frames:e,marks:i,rules:n,print:r}=this.e,o=l`<div class="buttons"><ha-button appearance="plain" class="back" @click=${()=>this.e=null}>
${t.say("past.back")}</ha-button></div>`,a=e[this.S];if(!a)return l`${o}<p class="quiet">${t.say(this.s?"card.failed":"past.loading")}</p>`;let c=t.say("past.at",{time:this.lt(a),p:t.number(a[2]),mean:t.number(a[3]),level:t.say(`condition.${a[4]}`)});return l`${o}
${this.Ut()}
<p class="quiet position">${c}</p>
<input type="range" min="0" max=${e.length-1} .value=${String(this.S)}
aria-label=${t.say("past.position")} aria-valuetext=${c}
@input=${p=>this.wt(Number(p.target.value))}>
${this.Rt()}
${ut(t,e,ct(Ae(n,a),a[7],a[8]),{at:a[1],gaps:ht(i),marks:i.map(p=>qt(t,p)).filter(Boolean)})}
<h3>${t.say("label.title")}</h3>
${r.label?l`<p class="quiet said">${Xe(t,r.label)}</p>`:h}
<div class="buttons labels">
${this.v("good",()=>this.tt("good"))}
${this.v("failed",()=>this.tt("failed"))}
${this.v("from",()=>this.tt("failed",a[1]))}
${r.label?this.v("none",()=>this.tt(null)):h}
</div>
<h3>${t.say("past.export")}</h3>
<div class="buttons">
<ha-button appearance="plain" @click=${()=>this._t("csv")}>${t.say("past.csv")}</ha-button>
<ha-button appearance="plain" @click=${()=>this._t("zip")}>${t.say("past.zip")}</ha-button>
</div>`}lt(t){return this.words.duration(t[1]-this.e.frames[0][1])}Ut(){let{words:t,rt:e}=this;if(!e)return l`<p class="quiet nothing">${t.say("past.no_picture")}</p>`;if(this.b.has(e[0])&&(this.Q={frame:e,url:this.b.get(e[0]).url}),!this.Q)return h;let{frame:i,url:n}=this.Q;return ft(t,{url:n,boxes:i[6][i[5][0]]||[],alt:t.say("past.picture",{time:this.lt(i)})})}Rt(){return l`<div class="film">${this.e.thumbnails.map(({frame:t,index:e})=>l`
<button class="plain thumb ${t[4]}" aria-label=${this.words.say("past.picture",{time:this.lt(t)})}
aria-current=${e===this.S} @click=${()=>this.wt(e)}>
${this.b.has(t[0])?l`<img loading="lazy" alt="" src=${this.b.get(t[0]).url}>`:h}
</button>`)}</div>`}v(t,e){return l`<ha-button appearance="filled" data-label=${t} ?disabled=${!this.mayControl} @click=${e}>
${this.words.say(`label.${t}`)}</ha-button>`}static styles=[R,D,z,b`
.prints { list-style: none; margin: 0; padding: 0; }
button.print { width: 100%; display: flex; gap: 12px; align-items: center; padding: 8px 4px; }
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
`]};function Xe(s,t){return t?s.say(`labelled.${t.failed?"failed":"good"}`):""}var xt={polygons:[],corners:[],cursor:[.5,.5],before:[],dirty:!1},Je=s=>Math.min(1,Math.max(0,s)),bt=([s,t])=>[Math.round(Je(s)*1e3)/1e3,Math.round(Je(t)*1e3)/1e3],Ns=([s,t],[e,i])=>Math.hypot(s-e,t-i)<.04;function Xt(s,t){return{...s,polygons:t,corners:[],before:[...s.before,s.polygons],dirty:!0}}function Jt(s,t){let e=bt(t),i={...s,cursor:e};return s.corners.length>=3&&Ns(e,s.corners[0])?Qt(i):{...i,corners:[...s.corners,e]}}function Zt(s,t,e){let[[i,n],[r,o]]=[bt(t),bt(e)];return Math.abs(i-r)<.03||Math.abs(n-o)<.03?null:Xt({...s,cursor:[r,o]},[...s.polygons,[[i,n],[r,n],[r,o],[i,o]]])}function Qt(s){return s.corners.length<3?s:Xt(s,[...s.polygons,s.corners])}function Ze(s){return!!(s.corners.length||s.before.length)}function vt(s){return s.corners.length?{...s,corners:s.corners.slice(0,-1)}:s.before.length?{...s,polygons:s.before.at(-1),before:s.before.slice(0,-1),dirty:!0}:s}function Qe(s){return s.polygons.length?Xt(s,[]):{...s,corners:[]}}function ts(s,t){let e={ArrowLeft:[-.02,0],ArrowRight:[.02,0],ArrowUp:[0,-.02],ArrowDown:[0,.02]}[t];return e?{...s,cursor:bt([s.cursor[0]+e[0],s.cursor[1]+e[1]])}:t==="Enter"||t===" "?Jt(s,s.cursor):t==="Backspace"||t==="Escape"&&s.corners.length?vt(s):null}function wt(s){return s.map(([t,e])=>`${t*1e3},${e*1e3}`).join(" ")}var _t=class extends H{static properties={camera:{},g:{state:!0},et:{state:!0},Y:{state:!0},w:{state:!0},st:{state:!0},a:{state:!0}};constructor(){super(),this.g=xt,this.et="",this.Y=!1,this.w=null,this.st=!1,this.a=null,this.kt=Promise.resolve()}async connectedCallback(){super.connectedCallback();let t=await this.f("regions",{camera:this.camera});if(!t)return;let e=t.regions.find(i=>i.camera===this.camera);this.g={...xt,polygons:e?e.polygons:[]},this.et=t.picture}X(t){if(!t||(this.g={...t,dirty:!1},this.Y=this.Y&&!t.dirty,!t.dirty))return;let{polygons:e}=t;this.kt=this.kt.then(async()=>{await this.f("regions/save",{camera:this.camera,polygons:e}),this.Y=!this.s})}ct(t){let e=t.currentTarget.getBoundingClientRect();return[(t.clientX-e.left)/e.width,(t.clientY-e.top)/e.height]}Dt(t){t.currentTarget.setPointerCapture(t.pointerId);let e=this.ct(t);this.a={from:e,to:e}}zt(t){this.a&&(this.a={...this.a,to:this.ct(t)})}It(t){if(!this.a)return;let{from:e}=this.a,i=this.ct(t);this.a=null,this.X((this.g.corners.length?null:Zt(this.g,e,i))||Jt(this.g,i))}Ht(t){let e=ts(this.g,t.key);e&&(t.preventDefault(),t.stopPropagation(),this.X(e))}async qt(){if(this.w)return void(this.w=null);let t=await this.f("background",{});t&&(this.w=t.cameras.find(e=>e.name===this.camera)||{cells:[],frames:0,hidden:0})}async K(t){this.st=!1,t&&(await this.f("background/forget",{camera:this.camera}),this.s||(this.w={cells:[],frames:0,hidden:0}))}render(){let{words:t,g:e}=this,i=e.corners.length||e.polygons.length;return l`${this.yt(t.say("regions.title"),l`
<p class="quiet">${t.say("regions.help")}</p>
${this.et?this.Bt():h}
<p class="quiet" aria-live="polite">${t.say("regions.summary",{regions:e.polygons.length,corners:e.corners.length})} ${this.Y?t.say("regions.saved"):""}</p>
<div class="buttons">
${this.v("close",e.corners.length>=3,()=>this.X(Qt(e)))}
${this.v("undo",Ze(e),()=>this.X(vt(e)))}
${this.v("clear",i,()=>this.X(Qe(e)))}
</div>
${this.Wt()}`)}
${this.st?ot(t,{text:t.say("regions.forget_question"),yes:t.say("regions.forget_yes"),no:t.say("regions.no"),chosen:n=>this.K(n)}):h}`}v(t,e,i){return l`<ha-button appearance="filled" data-do=${t} ?disabled=${!e} @click=${i}>
${this.words.say(`regions.${t}`)}</ha-button>`}Bt(){let{polygons:t,corners:e,cursor:i}=this.g,[n,r]=[i[0]*1e3,i[1]*1e3],o=this.a&&Zt(xt,this.a.from,this.a.to);return l`
<div class="picture area" role="application" tabindex="0" aria-label=${this.words.say("regions.area")}
@pointerdown=${this.Dt} @pointermove=${this.zt} @pointerup=${this.It}
@pointercancel=${()=>this.a=null} @keydown=${this.Ht}>
<img src=${this.hass.hassUrl(this.et)} alt="" draggable="false"
@error=${()=>this.s=this.words.say("regions.none")}>
<svg class="over" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
${this.w?this.jt():h}
${t.map(a=>g`<polygon class="ignored" points=${wt(a)}></polygon>`)}
${e.length?g`<polyline class="open" points=${wt(e)}></polyline>`:h}
${e.map(([a,c])=>g`<ellipse class="corner" cx=${a*1e3} cy=${c*1e3} rx="9" ry="12"></ellipse>`)}
${o?g`<polygon class="drawn" points=${wt(o.polygons[0])}></polygon>`:h}
<path class="cursor" d="M${n-25} ${r}H${n+25}M${n} ${r-33}V${r+33}"></path>
</svg>
</div>`}jt(){let{cells:t,columns:e,rows:i}=this.w;if(!t.length)return h;let[n,r]=[1e3/e,1e3/i];return t.map(([o,a,c])=>g`
<rect class="cell" x=${o*n} y=${a*r} width=${n} height=${r}
style="opacity:${.25+.6*c}"></rect>`)}Wt(){let{words:t,w:e}=this;return l`
<div class="buttons">
<ha-button appearance="plain" data-do="learned" aria-pressed=${!!e} @click=${this.qt}>
${t.say("regions.learned")}</ha-button>
${e&&e.frames?l`<ha-button appearance="plain" variant="danger" data-do="forget"
@click=${()=>this.st=!0}>${t.say("regions.forget")}</ha-button>`:h}
</div>
${e?l`<p class="quiet">${e.frames?t.say("regions.learned_says",{frames:e.frames,hidden:(100*e.hidden).toFixed(0)}):t.say("regions.learned_none")}
${e.moved_at?t.say("regions.moved",{time:t.days.format(e.moved_at*1e3)}):""}</p>`:h}`}static styles=[R,D,z,b`
.area { touch-action: none; cursor: crosshair; user-select: none; }
.area img { pointer-events: none; }
.open { fill: none; stroke: #fff; stroke-width: 2px; vector-effect: non-scaling-stroke; }
.corner { fill: #fff; stroke: #000; stroke-width: 1px; vector-effect: non-scaling-stroke; }
.cursor { stroke: var(--fw-accent); stroke-width: 2px; vector-effect: non-scaling-stroke; opacity: 0; }
.area:focus .cursor { opacity: 1; }
.cell { fill: #00bcd4; }
`]};var es=()=>document.querySelector("home-assistant")?.hass;window.customCards=window.customCards||[];window.customCards.push({type:"failwatch-card",name:"FailWatch",get description(){return es()?.localize?.("component.failwatch.config_panel.card.description")||"Watch a 3D print: picture, course, alarms, answers and past prints"},preview:!0,documentationURL:"https://github.com/failwatch/failwatch/blob/main/docs/card.md"});customElements.whenDefined("home-assistant").then(()=>{customElements.define("failwatch-regions",_t),customElements.define("failwatch-past-prints",yt),customElements.define("failwatch-card",gt);let s=es();s?.loadBackendTranslation&&I.load(s).catch(()=>{})});
