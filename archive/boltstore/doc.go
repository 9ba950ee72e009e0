// Package boltstore is the metadata engine on one bbolt file: everything of record but
// the bytes of documents and the keys of those who own them.
//
// # How data flows
//
// [Store.Update] puts a closure into a queue. One goroutine takes what waits, runs the
// closures one after the other in one transaction of bbolt, commits, and only then
// answers: so an answer means durable, and many clients share one fsync. bbolt can't
// take back a part of a transaction; when a closure fails after it has written, all is
// rolled back, those before it run again and are committed, and those behind it follow.
// At the end of a closure its content keys are wrapped for the owners as they are then,
// and its events are appended to the trail. [Store.View] reads one consistent state and
// waits for nobody.
//
// # What always holds
//
//   - Whatever is personal lies sealed under the key of its Akte, person, basket, user or
//     version, bound to its place and to the plain part beside it. Where the key is
//     gone the record is as good as not there: ErrNotFound, and lists leave it out.
//   - Keys hold random ids, dates, codes and keyed hashes, nothing else. Numbers and
//     equal bytes are found through HMAC-SHA-256.
//   - A new record has revision 1, an edit the one behind what is stored. Two acts are
//     no edits and keep it: a document is opened for the first time, a sign-in failed.
//   - What a transaction makes dirty is so before anybody can read it.
//   - Lists are ordered keys read with a cursor: the last page costs what the first does.
//   - With less free space than the reserve, only events, sessions, deletions and
//     [Store.Indexed] are taken.
//
// # Stored keys
//
// ID is the 16 bytes of a UUID (16 bytes of a SHA-256 for what is none), TEXT ends with
// a zero byte, HMAC and HASH are 32 bytes (SHA-256), TIME is 8 bytes (microseconds since
// the year 1), SEQ and counts are 8 bytes, YEAR is 4, all big-endian; PLACE is YEAR SEQ.
// A record is a format byte (0x01), the length of its plain part (varint), the plain
// part (CBOR, fields by number), and the sealed part up to the end:
//
//	meta             "format" -> 4 bytes; "epoch" -> SEQ; "lookup" -> HMAC that knows the lookup key; "policy" -> SEQ, the version of the access rules in force
//	person           ID -> record; sealed: all but department, times, revision; key "person/ID"
//	person-azr       HMAC of number, person ID -> nothing
//	akte             ID -> record; sealed: number, distinct_because, reasons of the seal and the hold; key "akte/ID"
//	akte-number      HMAC of number -> akte ID; stays when the Akte is erased
//	akte-person      person ID, akte ID -> nothing
//	akte-department  department TEXT, akte ID -> nothing; never taken back
//	akte-closed      rule TEXT, plan unit TEXT ("" beside a rule), day TEXT ("~" for none), akte ID -> nothing; closed ones
//	expiry           day TEXT, 'a' or 'd', akte or document ID -> nothing
//	number           plan unit TEXT, YEAR -> last counter given
//	case             ID -> record; sealed: title; key of its Akte
//	case-akte        akte ID, case ID -> nothing
//	document         ID -> record; sealed: title, sender, reason of the seal; key of its Akte
//	document-list    akte ID, register TEXT, date TEXT, document ID -> nothing; read downwards
//	document-count   akte ID, register TEXT, classification TEXT, brought by TEXT, sealed 0|1 -> count
//	version          ID -> record; sealed: file name, hashes of the bytes and of a copy, what a container holds, barcodes, prints of pages, transfer note and quality; under the content key
//	version-bytes    HMAC of SHA-256, version ID -> nothing
//	version-key      version ID, owner "akte/ID" or "basket/DEPARTMENT" -> wrapped content key
//	version-unread   ID of who brought it in, TIME received, version ID -> nothing; what failed, read downwards
//	approval         document ID -> type TEXT, TIME, departments TEXT; scans that nobody but who made them approved
//	approval-list    department TEXT, type TEXT, TIME, document ID -> nothing
//	paper            version ID -> department TEXT, "approved" or "released" TEXT, TIME of the last word; scans whose paper is to be looked at
//	version-paper    department TEXT, "approved" or "released" TEXT, TIME of the last word, version ID -> nothing
//	object           ref -> version, bundle or inquiry ID
//	intent           ref -> record
//	inbox            ID -> record; sealed: sender, notes; key of the basket, of the Akte once filed
//	inbox-basket     department TEXT, arrival TIME, item ID -> nothing; unfiled items only
//	inbox-shelf      department TEXT, shelf TEXT, day TEXT ("~" for none), arrival TIME, item ID -> nothing
//	inbox-filed      user ID, TIME of filing, item ID -> nothing; read downwards
//	inbox-arranged   TIME of the last change, item ID -> nothing; items whose pages went into others
//	inbox-count      department TEXT, shelf TEXT ("" for unfiled, "arranged") -> count
//	inbox-claim      item ID -> record
//	job              ID -> record
//	job-turn         rank (1 byte), ID of the lane, TIME of not_before, job ID -> nothing; waiting jobs
//	job-served       rank (1 byte) -> ID of the lane that had its turn last; "leases" -> count
//	job-waiting      TIME made, job ID -> nothing; waiting jobs
//	job-lease        TIME of leased_until, job ID -> nothing; running jobs
//	job-failed       TIME finished, job ID -> nothing; failed jobs
//	job-count        state -> count
//	bundle           ID -> record; sealed: recipient, reason, hash and content key of the PDF; key of its Akte
//	bundle-expiry    TIME of its end, bundle ID -> nothing
//	incident         ID -> record; sealed: what happened, measures, assessment, steps; key "incident/ID"; read downwards
//	inquiry          ID -> record; sealed: how who asked was known, pieces, words, hash and content key of the package; key of the person; read downwards
//	inquiry-live     ID -> nothing; those that neither ended nor were closed; read downwards
//	inquiry-job      ID of the job that makes the package -> inquiry ID
//	inquiry-expiry   TIME of the package's end, inquiry ID -> nothing
//	seal-list        last day TEXT, 'a' or 'd', akte or document ID -> nothing; what a seal lies on
//	seal-request     ID -> record; sealed: reasons; key of its Akte
//	seal-waiting     akte ID, document ID (zeros for the Akte) -> ID of the request
//	erasure          ID -> record; sealed: why it is asked for; key of its Akte
//	erasure-on       akte ID, document ID (zeros for the Akte) -> ID of the erasure; those not done
//	erasure-state    state TEXT, ID -> nothing; done ones read downwards
//	conflict         ID -> record; sealed: kind, reasons; key of the person
//	conflict-user    user ID, person ID -> ID of the conflict
//	conflict-report  ID -> record; sealed: whom it is about, kind, reason; key "user/ID"
//	consignment      akte ID -> record; sealed: vendor, reason of a rush order; key of the Akte
//	consignment-due  department TEXT, day TEXT ("~" for none), akte ID -> nothing
//	custody          ID -> record; sealed: acts; key of its Akte
//	custody-akte     akte ID, document ID, custody ID -> nothing
//	custody-list     department TEXT, "held" or "gone" TEXT, day TEXT ("~" for none), custody ID -> nothing
//	delivery         ID -> record; sealed: vendor, name; key of the basket
//	delivery-list    department TEXT, TIME, delivery ID -> nothing; read downwards
//	delivery-row     delivery ID, place (4 bytes) -> record; sealed: all but line, result, Akten and version; under the content key of what it became, or of the same bytes, and then the key of its Akte, of the one its number leads to, or of the basket
//	delivery-end     'b' for one that isn't complete or 'n' for one whose rows tell names, TIME, delivery ID -> nothing
//	finding          ID -> record; sealed: matter, steps; key of the year whose entries it is about; read downwards
//	finding-open     ID -> nothing; those not closed; read downwards
//	finding-same     HASH of the matter -> ID; those not closed
//	finding-year     YEAR (4 bytes), ID -> nothing
//	trail-tally      DAY -> queries, disclosures, refusals, 8 bytes each
//	grant            ID -> record; sealed: reason; key of its Akte
//	grant-held       user ID, akte ID, grant ID -> last day TEXT; those nobody took back
//	grant-akte       akte ID, grant ID -> nothing; read downwards
//	grant-department department TEXT, grant ID -> nothing; read downwards
//	particular       person ID, group TEXT -> record; sealed: text, reason, through which Akte, and what it was before; key of the person
//	correction       person ID, ID -> record; sealed: values before and after, ground, words, proof, recipients; key of the person; read downwards
//	correction-open  ID, person ID -> nothing; those of which a recipient waits to be told; read downwards
//	breakglass       ID -> record; sealed: reason, note of the review; key of its Akte
//	breakglass-user  user ID, TIME, break-glass ID -> nothing; read downwards
//	breakglass-department department TEXT, TIME, break-glass ID -> nothing; read downwards
//	breakglass-review "open", "in_order", "follow_up" or "inspection" TEXT, TIME, break-glass ID -> nothing; read downwards
//	substitute       ID -> record
//	substitute-user  user ID, substitute ID -> last day TEXT; those nobody ended
//	substitute-absent ID of who is away, substitute ID -> last day TEXT; those nobody ended
//	substitute-department department TEXT, substitute ID -> nothing; read downwards
//	policy           SEQ, its number -> record; sealed: reasons, files of access rules; key "policy/NUMBER"
//	outbox           SEQ -> CBOR [person, akte, document, rights]; the bucket's own sequence goes on
//	user             ID -> record; the staff directory isn't sealed; sealed: second factor, passkeys; key "user/ID"
//	user-name        name -> user ID
//	user-identity    SHA-256 of issuer, NUL and subject -> user ID
//	token            HASH of the secret -> record
//	session          HASH of the token -> TIME of its end, user ID, bytes sealed by the caller; before these, for a held form, 0, how many (1 byte), IDs of what it is about
//	session-expiry   TIME, HASH -> nothing
//	replay           HASH of the name -> TIME of its end, record
//	replay-expiry    TIME, HASH -> nothing
//	profile          user ID -> record; all sealed; key "user/ID"
//	notice           user ID, search ID, SEQ, document ID -> nothing
//	notice-watch     user ID -> hash of her profile as it is stored; who has a saved search for which new hits are noted
//	notice-count     user ID, search ID -> how many notices there are
//	draft            user ID, HMAC of its key -> TIME of its end, record; sealed: values; key "user/ID"
//	draft-expiry     TIME, user ID, HMAC -> nothing
//	setting          name TEXT -> bytes
//	trail/leaf, trail/hash, trail/detail, trail/checkpoint, trail/state: see package audit
//	trail-akte       akte ID, PLACE -> nothing
//	trail-person     person ID, PLACE -> nothing
//	trail-actor      ID, PLACE -> nothing
//	trail-day        day -> lowest PLACE, highest PLACE of its events
package boltstore
