// The player of one screen. Removals apply at once; additions come whole or not at all; the end of a consent and the lease
// need no server; the screen is never blank and the page never reloads.
import { Clock } from './clock.js';
import * as kept from './kept.js';
import { Stage } from './stage.js';

const root = document.querySelector('.stage');
const stage = new Stage(root);
const POLL = Number(root.dataset.poll) * 1000;
const PATIENCE = 4000; // a poll that hangs is given up after this
const SIZE = Math.max(innerWidth, innerHeight) * devicePixelRatio > 2000 ? 'large' : 'url';
const LATE = 500; // a face that lost its right waits no longer than this for the next one to be decoded
const SOON = 100;
const HOUR = 3600 * 1000;

let id; // of this screen
let clock;
let manifest = null; // its slides are those whose photographs are here
let etag = null; // null asks for the whole manifest again
let adding = null; // the manifest whose photographs are on their way: { tag, slides, stop }
let told = null; // what the server last heard that this screen holds
const broken = new Set(); // slides whose kept photograph did not decode
let current = null; // the id on the screen; null is the shield
let turn = -1;
let timer;
let busy = false;

const photos = slide => [slide.photo, slide.partner].filter(Boolean).map(photo => photo[SIZE]);

// ---- what may be shown now

const stretch = at => manifest.open.find(([from, until]) => Date.parse(from) <= at && at < Date.parse(until));

function deck() {
  const at = clock.now();
  const open = manifest?.state === 'loop' && at < Date.parse(manifest.lease_until) && stretch(at);
  return open ? manifest.slides.filter(slide => at < Date.parse(slide.until) && !broken.has(slide.id)) : [];
}

const allowed = slide => deck().some(one => one.id === slide);

function left(slide) { // ms until this slide loses its right, whatever the network does
  const at = clock.now();
  const ends = [slide.until, manifest.lease_until, stretch(at)?.[1] ?? manifest.issued_at];
  return Math.min(...ends.map(Date.parse)) - at;
}

const stale = () => (current === null ? deck().length > 0 : !allowed(current));

// ---- what is on the screen

function shield() {
  stage.shield();
  current = null;
}

async function show() {
  if (busy) return; // what changed meanwhile is seen at the end
  busy = true;
  clearTimeout(timer);
  const late = stale() && setTimeout(shield, LATE);
  if (current && late) kept.put('mark', clock.now()); // a clock set back at the next start must not revive it
  let wait = 1000;
  try {
    const slides = deck();
    if (slides.length) wait = await next(slides);
  } finally {
    clearTimeout(late);
    if (current && !allowed(current)) shield(); // nothing else could be painted: never the old face
    busy = false;
    timer = setTimeout(show, stale() ? 0 : wait);
  }
}

async function next(slides) { // ms until the following one
  turn = (turn + 1) % slides.length;
  const slide = slides[turn];
  if (slide.id !== current) {
    let bitmaps;
    try {
      bitmaps = await Promise.all(photos(slide).map(kept.bitmap));
    } catch {
      return lost(slide);
    }
    if (!allowed(slide.id)) return 0; // withdrawn while it was decoded
    const cut = current !== null && !allowed(current);
    stage.show(stage.prepare(slide, bitmaps), slide.id, { cut });
    current = slide.id;
  }
  return Math.max(0, Math.min(slide.seconds * 1000, left(slide))) + 5;
}

async function lost(slide) { // play the others, and let the next poll fetch this photograph again
  broken.add(slide.id);
  etag = null;
  await kept.remove(photos(slide));
  return 0;
}

function settle() { // rights have changed, or time has passed
  if (stale()) show();
}

// ---- what the server says

async function remember(value, tag) {
  await kept.put('deck', { manifest: value, etag: tag });
  manifest = value;
  etag = tag;
}

async function apply(received, tag) {
  adding?.stop.abort();
  adding = { tag, slides: received.slides, stop: new AbortController() };
  const here = await kept.addresses();
  const complete = slide => photos(slide).every(address => here.has(address));
  // 1. Removals, and the new ends: durable before painted, or a power cut would bring a face back.
  await remember({ ...received, slides: received.slides.filter(complete) }, null);
  stage.dress(received);
  settle();
  const wanted = new Set(received.slides.flatMap(photos));
  await kept.sweep(wanted);
  // 2. Additions, without holding up the next poll.
  add(received, tag, { here, wanted, complete, signal: adding.stop.signal });
}

async function add(received, tag, { here, wanted, complete, signal }) {
  try { // no network stops them all; a photograph that the server refuses leaves its slide out until the next poll
    for (const address of wanted) {
      if (!here.has(address) && await kept.download(address, signal)) here.add(address);
    }
    await remember({ ...received, slides: received.slides.filter(complete) }, received.slides.every(complete) ? tag : null);
    broken.clear();
    settle();
    await kept.sweep(wanted);
  } catch {
    // Superseded, or cut off: what is kept goes on, and the next poll starts again.
  } finally {
    if (!signal.aborted) adding = null;
  }
}

async function forget() { // the server does not know this screen (any more)
  adding?.stop.abort();
  if (manifest) {
    await kept.put('deck', null);
    manifest = etag = null;
    settle();
    await kept.sweep(new Set());
  }
  stage.help('unknown');
}

const instant = text => typeof text === 'string' && !Number.isNaN(Date.parse(text));
const address = text => /^\/m\/(ecran|vitrine)\/[\w-]+\/[\w-]+\.webp$/.test(text);

function valid(received) {
  const slide = one => typeof one?.id === 'string' && instant(one.until) && one.seconds > 0 && Array.isArray(one.bandeau)
    && one.text && one.fit && (one.photo || one.layout === 'words') && photos(one).every(address);
  return received?.v === 1 && received.ecran === id && instant(received.issued_at) && instant(received.lease_until)
    && Array.isArray(received.open) && received.open.every(pair => pair.length === 2 && pair.every(instant))
    && received.brand?.lines?.length === 2 && received.shield?.lines?.length === 2
    && Array.isArray(received.slides) && received.slides.every(slide)
    && (received.state === 'loop') === (received.slides.length > 0); // « empty » is said, never implied
}

// Every face that may still come on this screen, as numbers: the server learns that one is gone when it is missing here.
function holds() {
  const numbers = new Set([manifest, adding].flatMap(one => one?.slides ?? []).map(slide => slide.version));
  return numbers.has(undefined) ? null : [...numbers].join(' ') || 'none'; // a deck kept by an older player has no numbers
}

async function poll() {
  const tag = adding?.tag ?? etag;
  const held = holds();
  const headers = { ...tag && { 'If-None-Match': tag }, ...held && { 'Ecran-Holds': held } };
  const options = { headers, cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(PATIENCE) };
  const response = await fetch(`/ecran/${encodeURIComponent(id)}/manifest`, options);
  const server = Number(response.headers.get('Ecran-Now'));
  if (!server) throw Error('not our server');
  told = held;
  if (response.status === 304) {
    clock.trust(server);
    return;
  }
  const received = await response.json();
  if (response.status === 404 && received.error === 'unknown') return forget();
  if (response.status !== 200 || !valid(received)) throw Error('not a manifest');
  clock.trust(server);
  stage.help(null);
  await apply(received, response.headers.get('ETag'));
}

async function polling() {
  let wait = POLL * (0.9 + Math.random() * 0.2);
  try {
    await poll();
    if (told !== holds()) wait = SOON; // what was just removed is said at once
  } catch { // whatever it is, it is an outage: the loop goes on until its lease
  }
  setTimeout(polling, wait);
}

// ---- start

async function start() {
  if (!isSecureContext) return stage.help('insecure');
  id = new URLSearchParams(location.search).get('e') ?? await kept.get('ecran');
  if (!id) return stage.help('none');
  await kept.put('ecran', id);
  const known = await kept.get('deck');
  if (known?.manifest.ecran === id) ({ manifest, etag } = known);
  clock = new Clock(await kept.get('mark') ?? 0, manifest ? Date.parse(manifest.issued_at) : 0);
  if (manifest) stage.dress(manifest);
  show();
  polling();
  setInterval(settle, 1000); // a clock that jumps, a stretch of hours that begins
  setInterval(() => kept.put('mark', clock.now()), 5000);
  register().catch(() => {});
  navigator.storage.persist();
  navigator.wakeLock?.request('screen').catch(() => {}); // refused on battery: the screen's own settings decide
}

async function register() { // the first time it may fail: the screen plays all the same, and tries again at its next start
  const registration = await navigator.serviceWorker.register('/ecran/sw.js', { scope: '/ecran/' });
  setInterval(() => registration.update().catch(() => {}), HOUR); // a screen that plays for months never navigates
}

start();
