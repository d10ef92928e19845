/** A chart as a PNG. */

/** Saves what `canvas` shows, on `background`. */
export function save(canvas, background) {
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const pen = Object.assign(copy.getContext("2d"), { fillStyle: background });
  pen.fillRect(0, 0, copy.width, copy.height);
  pen.drawImage(canvas, 0, 0);
  copy.toBlob((blob) => {
    const href = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href, download: "chart.png" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }, "image/png");
}
