/* The chosen photo is shown by its face. A classic script: Wagtail's inline initialisers expect the constructor at once. */
class PhotoChooser extends window.Chooser {
  initHTMLElements(id) {
    super.initHTMLElements(id);
    this.face = this.chooserElement.querySelector("[data-chooser-image]");
  }

  getStateFromHTML() {
    const state = super.getStateFromHTML();
    if (state) state.preview = { url: this.face.getAttribute("src") };
    return state;
  }

  renderState(state) {
    super.renderState(state);
    this.face.setAttribute("src", state.preview.url);
  }
}
window.PhotoChooser = PhotoChooser;
