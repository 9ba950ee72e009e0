// Prints how many milliseconds each of some documents takes in a real browser from the navigation to the
// paint of its first page image, as a JSON list. The figures of the whole server run it.
import { launch, windowOf } from "./harness.mjs";
import { state } from "./scene.mjs";

const [login, akte, ...documents] = process.argv.slice(2);
const browser = await launch();
const { page } = await windowOf(browser, login);
await state(page, akte);
await page.addInitScript(() => {
  globalThis.painted = new Promise((done) => {
    new PerformanceObserver((list) => {
      const image = list.getEntries().find((e) => e.element?.closest(".viewer-page"));
      if (image) done(image.startTime);
    }).observe({ type: "largest-contentful-paint", buffered: true });
  });
});
const took = [];
for (const id of documents) {
  await page.goto(`/akten/${akte}/documents/${id}`);
  took.push(await page.evaluate(() => Promise.race([globalThis.painted, new Promise((_, fail) => setTimeout(fail, 20000, new Error("no page image was painted")))])));
}
console.log(JSON.stringify(took));
await browser.close();
