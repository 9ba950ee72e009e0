// What a browser that was never here loads before somebody can work.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { launch, windowOf } from "./harness.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("bytes of the first view", async (t) => {
  const signed = await windowOf(browser, "abh.kaya");
  await signed.close();
  for (const place of ["/", "/akten"]) {
    const w = await windowOf(browser, "abh.kaya");
    const cdp = await w.context.newCDPSession(w.page);
    const kinds = new Map(), bytes = {};
    cdp.on("Network.responseReceived", (e) => kinds.set(e.requestId, e.type));
    cdp.on("Network.loadingFinished", (e) => {
      const kind = kinds.get(e.requestId);
      bytes[kind] = (bytes[kind] ?? 0) + e.encodedDataLength;
    });
    await cdp.send("Network.enable");
    await w.page.goto(place);
    await w.page.evaluate(() => document.fonts.ready);
    const code = (bytes.Stylesheet ?? 0) + (bytes.Script ?? 0);
    t.diagnostic(`${place}: ${JSON.stringify(bytes)}`);
    assert.ok(code > 30_000 && code <= 120 * 1024, `${place}: styles and scripts are ${code} bytes`);
    assert.ok(bytes.Font > 0 && code + bytes.Font <= 400 * 1024, `${place}: with fonts ${code + bytes.Font} bytes`);
    await w.close();
  }
});
