// Names in the scripts and letters that people of the authority have: every letter is drawn with a font
// that is delivered with the pages. What a computer happens to have is no help on the next one. A letter
// that no font has counts as one of the first font, which draws a box: hence the pictures.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, windowOf } from "./harness.mjs";

const names = {
  latin: "Łukasz Đorđević, Ștefan Țîrlea, Håkon Ærø, Şule İnce",
  "DIN 91379": "Ḏamār ʾIlyās ʿAlī, M̱ ṣ ḥ ẕ ḳ ạ̈ C̨̆ Ṛ̥ ſ K̲ A̧ ū̃ ij",
  cyrillic: "Бондаренко Ірина Ґалаґан, Ђорђе Ћирић, Ѓорѓи Ќосев, Ўладзімір",
  greek: "Παπαδόπουλος Γεώργιος",
  arabic: "محمد الحسن، گل آغا احمدزی، چۆمان ڕەحمان",
  ethiopic: "ሰላም ገብረመድህን፣ ኃይለ",
};

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("every letter of a name has a font of ours", async (t) => {
  const w = await windowOf(browser, null);
  await w.page.goto("/sign-in");
  await w.page.evaluate((names) => {
    for (const [id, text] of Object.entries(names)) {
      for (const tag of ["p", "b", "input"]) {
        const box = document.createElement(tag);
        box.id = `${id}-${tag}`;
        if (tag === "input") box.value = text; else box.textContent = text;
        document.querySelector("main").append(box);
      }
    }
  }, names);
  await w.page.waitForFunction(() => document.fonts.status === "loaded");
  await w.page.waitForTimeout(500); // fonts are asked for only when letters of theirs are laid out
  await w.page.waitForFunction(() => document.fonts.status === "loaded");
  const cdp = await w.context.newCDPSession(w.page);
  await cdp.send("DOM.enable");
  await cdp.send("CSS.enable");
  const { root } = await cdp.send("DOM.getDocument", { depth: 0 });
  for (const id of Object.keys(names)) {
    for (const tag of ["p", "b", "input"]) {
      await t.test(`${id} in <${tag}>`, async () => {
        const { nodeId } = await cdp.send("DOM.querySelector", { nodeId: root.nodeId, selector: `[id="${id}-${tag}"]` });
        const { fonts } = await cdp.send("CSS.getPlatformFontsForNode", { nodeId });
        assert.ok(tag === "input" || fonts.length > 0, "nothing was drawn");
        assert.deepEqual(fonts.filter((f) => !f.isCustomFont).map((f) => `${f.familyName}: ${f.glyphCount}`), []);
      });
    }
  }
  for (const [id, text] of Object.entries(names)) {
    await t.test(`${id} without boxes`, async () => {
      const missing = await w.page.evaluate(([text, selector]) => {
        const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const drawn = (letter) => {
          brush.clearRect(0, 0, 300, 150);
          brush.font = `40px ${getComputedStyle(document.querySelector(selector)).fontFamily}`;
          brush.fillText(letter, 20, 80);
          return brush.getImageData(0, 0, 300, 150).data.join();
        };
        const box = drawn("\u{10FFFD}"); // what no font has
        return [...new Set(text)].filter((letter) => drawn(letter) === box);
      }, [text, `[id="${id}-p"]`]);
      assert.deepEqual(missing, []);
    });
  }
  await w.close();
});
