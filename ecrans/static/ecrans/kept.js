// What survives a power cut: small values in IndexedDB, written through to the disk; photographs in Cache Storage, the only
// copy (they come with `no-store`), so that a purge is a purge.
const PHOTOS = 'ecran-photos';

const database = new Promise((resolve, reject) => {
  const request = indexedDB.open('ecran', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('kept');
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function transaction(mode, act) {
  const db = await database;
  return new Promise((resolve, reject) => {
    const work = db.transaction('kept', mode, { durability: 'strict' });
    const request = act(work.objectStore('kept'));
    work.oncomplete = () => resolve(request.result);
    work.onabort = work.onerror = () => reject(work.error);
  });
}

export const get = key => transaction('readonly', store => store.get(key));
export const put = (key, value) => transaction('readwrite', store => store.put(value, key));

export async function addresses() {
  const keys = await (await caches.open(PHOTOS)).keys();
  return new Set(keys.map(request => new URL(request.url).pathname));
}

export async function bitmap(address) {
  const response = await (await caches.open(PHOTOS)).match(address);
  return createImageBitmap(await response.blob());
}

// True once the photograph is here and was seen to decode; false when the server refuses it. Anything else (no network, a
// portal's page, cut bytes, `signal`) throws: it says nothing of the photograph.
export async function download(address, signal) {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(20000)]);
  const response = await fetch(address, { cache: 'no-store', redirect: 'error', signal: patience });
  if (!response.ok) return false;
  if (!response.headers.get('Content-Type')?.startsWith('image/')) throw Error('not a photograph');
  const bytes = await response.blob();
  (await createImageBitmap(bytes)).close();
  signal.throwIfAborted();
  await (await caches.open(PHOTOS)).put(address, new Response(bytes));
  return true;
}

export async function remove(list) {
  const cache = await caches.open(PHOTOS);
  for (const address of list) await cache.delete(address);
}

export const sweep = async wanted => remove([...await addresses()].filter(address => !wanted.has(address)));
