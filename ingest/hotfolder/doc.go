// Package hotfolder brings in the files that scanners and people put into a folder, mostly one that is
// shared over the network.
//
// The folder is looked at every second: notifications of changes don't come from all shares. A file is
// taken when its size and time stayed the same for a while and, where it lies in a sub-folder, when all
// files there did: a sub-folder is a batch, and its name is noted on each item. What is taken lies in
// done/DAY afterwards, what can't be taken in failed/ with a text beside it that says why.
//
// What always holds:
//
//   - a file is moved only after its bytes are durable; one that changes while it is read isn't taken;
//   - after a crash between the two the file is brought in again under the same key (folder, path, size,
//     time, hash) and makes no second item;
//   - only regular files inside the folder are opened: no links, no devices, no way out of it;
//   - names that begin with a dot or "~$", or end like those of unfinished transfers, are left alone.
package hotfolder
