/* Click between the eyes; see at once the 4:5 crop that portraits/crops.py will make. The numbers stay usable alone. */
const RATIO = 4 / 5;
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/* The same window as crops.box: the eyes stand at 40 % of its height. */
const cropWindow = (width, height, across, down, zoom) => {
  const wide = (Math.min(width, height * RATIO) * 100) / zoom;
  const tall = wide / RATIO;
  return {
    left: clamp((across / 100) * width - wide / 2, 0, width - wide),
    top: clamp((down / 100) * height - tall * 0.4, 0, height - tall),
    wide,
  };
};

class PhotoFraming extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    const form = this.closest("form");
    const input = (name) => form.querySelector(`input[name$="${name}"]`);
    [this.across, this.down, this.zoom] = ["focus_x", "focus_y", "zoom"].map(input);
    this.both = this.querySelector(".jtpv-framing__both");
    [this.whole, this.crop] = this.both.querySelectorAll("img");
    this.mark = this.both.querySelector("i");
    this.note = this.querySelector("[data-framing-note]");
    this.words = this.note.textContent;
    this.whole.addEventListener("load", () => this.loaded());
    this.whole.addEventListener("error", () => this.unreadable());
    this.whole.parentElement.addEventListener("pointerdown", (event) => this.aim(event));
    this.whole.parentElement.addEventListener("pointermove", (event) => event.buttons && this.aim(event));
    for (const field of [this.across, this.down, this.zoom]) field.addEventListener("input", () => this.draw());
    const file = form.querySelector("input[type=file]");
    if (file) file.addEventListener("change", () => this.chosen(file.files[0], input("title")));
    if (this.dataset.source) this.show(this.dataset.source);
  }

  chosen(file, title) {
    if (!file) return;
    if (title && (!title.value || title.value === title.dataset.suggested)) {
      title.value = file.name.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ").slice(0, 100);
      title.dataset.suggested = title.value;
    }
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = URL.createObjectURL(file);
    this.show(this.address);
  }

  show(address) {
    this.whole.src = address;
    this.crop.src = address;
  }

  loaded() {
    this.note.textContent = this.words;
    this.both.hidden = false;
    this.draw();
  }

  unreadable() {
    this.note.textContent = this.dataset.unreadable;
    this.both.hidden = true;
  }

  aim(event) {
    event.preventDefault();
    const box = this.whole.getBoundingClientRect();
    this.across.value = Math.round(clamp(((event.clientX - box.left) / box.width) * 100, 0, 100));
    this.down.value = Math.round(clamp(((event.clientY - box.top) / box.height) * 100, 0, 100));
    this.draw();
    this.across.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    const [across, down] = [this.across, this.down].map((field) => clamp(Number(field.value), 0, 100));
    const zoom = clamp(Number(this.zoom.value) || 100, 100, 200);
    const { naturalWidth: width, naturalHeight: height } = this.whole;
    if (!width) return;
    const { left, top, wide } = cropWindow(width, height, across, down, zoom);
    const frame = this.crop.parentElement.clientWidth;
    const scale = frame / wide;
    Object.assign(this.mark.style, { left: `${across}%`, top: `${down}%` });
    Object.assign(this.crop.style, { width: `${width * scale}px`, left: `${-left * scale}px`, top: `${-top * scale}px` });
  }
}
customElements.define("photo-framing", PhotoFraming);
