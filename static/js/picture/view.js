/** Which part of a drawing is seen: moved, made larger and smaller, by its viewBox. */

const LARGEST = 2; // pixels of the screen for one of the drawing
const LEAST_READABLE = 0.5; // a text that cannot be read tells nothing
const SMALLEST_PART = 1 / 2; // of what it takes to see all

export class View {
  #svg;
  #all;
  #seen;

  constructor(svg) {
    this.#svg = svg;
    const { width, height } = svg.viewBox.baseVal;
    this.#all = { x: 0, y: 0, width, height };
    this.#at(Math.max(this.#whole(), LEAST_READABLE));
  }

  /** All of it, and no larger than it is. */
  whole() {
    this.#at(this.#whole());
  }

  /** Moved by parts of what is seen. */
  move(x, y) {
    const { width, height } = this.#seen;
    this.#see({ ...this.#seen, x: this.#seen.x + x * width, y: this.#seen.y + y * height });
  }

  /** Larger by `times`, around a place: parts of what is seen, from its left and top. */
  zoom(times, x = 0.5, y = 0.5) {
    const least = this.#whole() * SMALLEST_PART;
    const by = Math.min(Math.max(this.#scale() * times, least), LARGEST) / this.#scale();
    const { width, height } = this.#seen;
    const smaller = { width: width / by, height: height / by };
    this.#see({ x: this.#seen.x + (width - smaller.width) * x, y: this.#seen.y + (height - smaller.height) * y, ...smaller });
  }

  /** Moved so that `element` of the drawing is in the middle, unless it is seen already. */
  show(element) {
    const frame = this.#svg.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom) return;
    const x = (box.left + box.width / 2 - frame.left) / frame.width - 0.5;
    const y = (box.top + box.height / 2 - frame.top) / frame.height - 0.5;
    this.move(x, y);
  }

  /** All of it, for a sheet of paper. */
  forPaper() {
    const { x, y, width, height } = this.#all;
    this.#svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  /** What was seen before that. */
  back() {
    this.#see(this.#seen);
  }

  /** At which scale all of it is seen. */
  #whole() {
    const { width, height } = this.#svg.getBoundingClientRect();
    return Math.min(width / this.#all.width, height / this.#all.height, 1) || 1;
  }

  /** In the middle where it is smaller than its frame, else from its beginning. */
  #at(scale) {
    const frame = this.#svg.getBoundingClientRect();
    const width = (frame.width || this.#all.width) / scale;
    const height = (frame.height || this.#all.height) / scale;
    this.#see({ x: Math.min(0, (this.#all.width - width) / 2), y: Math.min(0, (this.#all.height - height) / 2), width, height });
  }

  #scale() {
    return (this.#svg.clientWidth || this.#seen.width) / this.#seen.width;
  }

  #see({ x, y, width, height }) {
    this.#seen = { x, y, width, height };
    this.#svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }
}
