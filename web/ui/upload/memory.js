// Where transfers are found again after the page was loaded anew: under a hash, without a name, and only
// as long as the tab is open.

const prefix = "upload:";

/** Returns a hash of what a file is and where it goes; its name can't be read from it. */
export async function fingerprint(file, meta) {
  const text = JSON.stringify([file.name, file.size, file.lastModified, file.type, meta]);
  if (!crypto.subtle) return null; // no secure connection: nothing is remembered
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Memory is a urlStorage of tus that keeps addresses alone: of what was said of a file, nothing. */
export class Memory {
  async findAllUploads() { return this.find(prefix); }

  async findUploadsByFingerprint(hash) { return this.find(prefix + hash + ":"); }

  async removeUpload(key) { sessionStorage.removeItem(key); }

  async addUpload(hash, upload) {
    const key = prefix + hash + ":" + Date.now();
    sessionStorage.setItem(key, JSON.stringify({ size: upload.size, uploadUrl: upload.uploadUrl, creationTime: upload.creationTime }));
    return key;
  }

  find(begin) {
    const found = [];
    for (let i = 0; i < sessionStorage.length; i++) {
      const key = sessionStorage.key(i);
      if (!key.startsWith(begin)) continue;
      try {
        found.push({ ...JSON.parse(sessionStorage.getItem(key)), urlStorageKey: key, metadata: {} });
      } catch {
        sessionStorage.removeItem(key);
      }
    }
    return found;
  }
}
