// Paints slides on two layers above the shield. Photographs are handed to canvases as bitmaps: nothing stays in the browser's
// cache of decoded images, and once a slide has left the screen neither its words nor its pixels stay in the page.
const FADE = 400;

export class Stage {
  #root;
  #layers;
  #front = null;
  #clearing;

  constructor(root) {
    this.#root = root;
    const slide = root.querySelector('template').content.firstElementChild;
    this.#layers = [0, 1].map(() => root.appendChild(slide.cloneNode(true)));
    this.shield();
  }

  // The borough's name and colour, and the shield's words, as the manifest says them.
  dress({ brand, shield }) {
    document.documentElement.dataset.edition = brand.edition;
    for (const name of this.#root.querySelectorAll('.brand span')) {
      name.replaceChildren(brand.lines[0], document.createElement('br'), brand.lines[1]);
    }
    const slogan = this.#root.querySelector('.slogan');
    slogan.lang = shield.lang;
    [...slogan.children].forEach((line, index) => { line.textContent = shield.lines[index]; });
  }

  // Fill the layer that is not seen. `bitmaps` are the slide's one or two photographs.
  prepare(slide, bitmaps) {
    clearTimeout(this.#clearing);
    const layer = this.#layers.find(one => one !== this.#front);
    clear(layer);
    layer.lang = slide.lang;
    layer.dataset.layout = slide.layout;
    if (slide.edition) layer.dataset.edition = slide.edition; // the colour of a special edition
    else delete layer.dataset.edition;
    for (const element of layer.querySelectorAll('[data-text]')) {
      element.textContent = slide.text[element.dataset.text];
      element.dataset.fit = slide.fit[element.dataset.text] ?? '';
    }
    const bands = layer.querySelector('.slide__bands');
    bands.dataset.count = slide.bandeau.length;
    [...bands.children].forEach((band, index) => {
      band.textContent = slide.bandeau[index] ?? '';
      band.dataset.fit = index ? slide.fit.band ?? '' : '';
    });
    layer.querySelectorAll('figure').forEach((figure, index) => {
      const photo = [slide.photo, slide.partner][index];
      figure.hidden = !photo;
      if (photo) paint(figure.firstElementChild, bitmaps[index], photo.alt);
    });
    return layer;
  }

  // Show a prepared layer. `cut`: at once, because what is on the screen lost its right to be there.
  show(layer, id, { cut }) {
    const old = this.#front;
    layer.getBoundingClientRect();
    if (old) old.className = 'slide under';
    layer.className = cut ? 'slide over cut' : 'slide over';
    this.#front = layer;
    this.#root.dataset.slide = id;
    if (old) this.#clearing = setTimeout(() => clear(old), cut ? 0 : FADE + 50);
  }

  shield() {
    clearTimeout(this.#clearing);
    this.#layers.forEach(clear);
    this.#front = null;
    this.#root.dataset.slide = '';
  }

  help(kind) {
    for (const section of this.#root.querySelectorAll('[data-help]')) section.hidden = section.dataset.help !== kind;
  }
}

function paint(canvas, bitmap, alt) {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.ariaLabel = alt;
  canvas.getContext('bitmaprenderer').transferFromImageBitmap(bitmap);
}

function clear(layer) {
  layer.className = 'slide';
  for (const element of layer.querySelectorAll('[data-text], .bandeau')) element.textContent = '';
  for (const canvas of layer.querySelectorAll('canvas')) {
    canvas.ariaLabel = null;
    canvas.getContext('bitmaprenderer').transferFromImageBitmap(null);
  }
}
