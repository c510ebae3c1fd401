/* A photo made smaller on the device, with what the server cannot know any more: the mark of the picture as it was, and
   when it says it was taken. Drawing it anew leaves the rest behind, the place above all. */
window.SetiaField = window.SetiaField || {};
(function (ours) {
  'use strict';
  const LONGEST = 1600, QUALITY = 0.82;

  ours.photo = async function (file) {
    const whole = await file.arrayBuffer();
    const drawn = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const by = Math.min(1, LONGEST / Math.max(drawn.width, drawn.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(drawn.width * by));
    canvas.height = Math.max(1, Math.round(drawn.height * by));
    canvas.getContext('2d').drawImage(drawn, 0, 0, canvas.width, canvas.height);
    drawn.close();
    const small = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
    const facts = {};
    if (window.crypto && crypto.subtle) facts.original = ours.hex(await crypto.subtle.digest('SHA-256', whole));
    const taken = takenAt(new DataView(whole)) || file.lastModified;
    if (taken > 631152000000) facts.taken_at = taken;
    return { content: await small.arrayBuffer(), facts };
  };

  /* Exif 2.32: DateTimeOriginal (0x9003) in the sub-directory (0x8769) of a JPEG's APP1; local time of the camera. */
  function takenAt(view) {
    try {
      if (view.getUint16(0) !== 0xffd8) return 0;
      for (let at = 2; at + 4 < view.byteLength;) {
        const mark = view.getUint16(at), length = view.getUint16(at + 2);
        if (mark === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return inTiff(view, at + 10);
        if ((mark & 0xff00) !== 0xff00 || mark === 0xffda) return 0;
        at += 2 + length;
      }
    } catch { /* cut short or made up: it says nothing */ }
    return 0;
  }
  function inTiff(view, start) {
    const little = view.getUint16(start) === 0x4949;
    const entry = (directory, wanted) => {
      const count = view.getUint16(start + directory, little);
      for (let index = 0; index < count; index += 1) {
        const at = start + directory + 2 + index * 12;
        if (view.getUint16(at, little) === wanted) return view.getUint32(at + 8, little);
      }
      return 0;
    };
    const inner = entry(view.getUint32(start + 4, little), 0x8769), place = inner && entry(inner, 0x9003);
    if (!place) return 0;
    let text = '';
    for (let index = 0; index < 19; index += 1) text += String.fromCharCode(view.getUint8(start + place + index));
    const found = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
    return found ? new Date(found[1], found[2] - 1, found[3], found[4], found[5], found[6]).getTime() : 0;
  }
})(window.SetiaField);
