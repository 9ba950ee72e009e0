package archive

import (
	"context"
	"encoding/base64"
	"iter"
	"time"

	"eakte/archive/audit"
	"eakte/archive/blob"
	"eakte/archive/blob/seal"
)

// Store keeps the records. Every engine passes [eakte/archive/storetest].
type Store interface {
	// View runs fn on one consistent state. What fn got stays valid after it. fn must not wait for
	// anything: a long view makes the store grow.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in a transaction that is durable when Update returns nil. Waiting updates are
	// committed together; when one of them fails, the others run again without it, so fn must be
	// pure but for its Tx and its own results, which it must reset at its start. An error of fn is
	// returned as it is and leaves nothing behind. ErrNoEvent if fn made a change and recorded
	// nothing; ErrFull if the disk has no room beside the trail's reserve.
	Update(ctx context.Context, fn func(Tx) error) error
	// Wake returns a channel that gets a value after commits that made work of the kind: "jobs" or
	// "outbox". One receiver a kind.
	Wake(kind string) <-chan struct{}
	// Changed returns a channel that is closed by the next commit that stored anything, for any number
	// of receivers.
	Changed() <-chan struct{}
	// Dirty returns what the index must not answer for, because rights on it changed and the
	// change is not indexed yet. It holds a change from before its Update returned until Indexed
	// reported it.
	Dirty() Dirty
	// Indexed reports that the index holds everything up to the outbox sequence number.
	Indexed(ctx context.Context, seq uint64) error
	// ContentKey opens the content key of a version through whichever of its owners' keys still
	// exists. ErrNotFound if none does.
	ContentKey(ctx context.Context, id VersionID) (seal.Key, error)
	// Mark is a keyed hash that only this store can make: what bears it is ours. use keeps marks of different
	// things apart.
	Mark(use, text string) [32]byte
	// MarkOf is a Mark that nobody can make any more once the Akte is erased: ErrNotFound then.
	MarkOf(id AkteID, use, text string) ([32]byte, error)
	// Erase removes records of what a released erasure is about, of most documents at a time, and announces that their
	// objects go; more says that there are others. No event is needed: the release is one. Number and trail stay, but for
	// what the keys open that [Store.Shred] destroys.
	Erase(ctx context.Context, id ErasureID, most int) (more bool, err error)
	// Shred destroys the keys of those of whom Erase has removed all.
	Shred(ctx context.Context, id ErasureID) error
	// Compact writes everything anew, so that nothing is left of what was deleted.
	Compact(ctx context.Context) error
	// Close ends it; updates under way finish.
	Close() error
}

// Position is where a list was left: an engine's key, opaque to others. "" is the start.
type Position string

// MarshalText writes a position, which is any bytes, as text.
func (p Position) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, []byte(p)), nil
}

// UnmarshalText reads what MarshalText wrote.
func (p *Position) UnmarshalText(text []byte) error {
	raw, err := base64.RawURLEncoding.DecodeString(string(text))
	*p = Position(raw)
	return err
}

// Row is an element of an ordered list with the position behind it.
type Row[T any] struct {
	Value T
	After Position
}

// List yields rows in order until it ends, the caller stops, or an error (which is last).
type List[T any] = iter.Seq2[Row[T], error]

// Reader reads records. Every look-up of one thing answers ErrNotFound where there is none.
type Reader interface {
	Person(PersonID) (Person, error)
	// Particulars lists what is recorded of a person in groups of fields that only some may read, by group.
	Particulars(PersonID) ([]Particular, error)
	// Corrections lists what was corrected of a person, newest first. OpenCorrections lists those of all persons, newest
	// first, of which somebody outside waits to be told.
	Corrections(PersonID) ([]Correction, error)
	OpenCorrections(after Position) List[Correction]
	// PersonsByNumber finds persons by AZR number, whatever separators it is written with.
	PersonsByNumber(number string) ([]PersonID, error)
	// Persons lists everybody, oldest entry first.
	Persons(after Position) List[Person]
	Akte(AkteID) (Akte, error)
	AkteByNumber(number string) (AkteID, error)
	// AktenOf lists a person's Akten, oldest first.
	AktenOf(PersonID) ([]Akte, error)
	// Akten lists those in which the department takes part today or ever did, by ID descending
	// (newest first), starting behind before; "" is the start.
	Akten(department string, before AkteID) List[AkteID]
	// AllAkten lists every Akte, oldest first.
	AllAkten(after Position) List[AkteID]
	Case(CaseID) (Case, error)
	CasesOf(AkteID) ([]Case, error)
	Document(DocumentID) (Document, error)
	// Documents lists an Akte's documents of a register, newest date first (the date on the paper,
	// else of receipt, else of filing), then by ID descending.
	Documents(akte AkteID, register string, after Position) List[Document]
	// CountDocuments counts an Akte's documents by what a right to them depends on, without reading
	// them.
	CountDocuments(AkteID) (map[Tally]int, error)
	Version(VersionID) (Version, error)
	// Versions lists every version, oldest first.
	Versions(after Position) List[Version]
	// SameBytes lists how bytes with this SHA-256 came in, oldest first, at most limit times.
	SameBytes(sha256 [32]byte, limit int) ([]Arrival, error)
	InboxItem(InboxID) (InboxItem, error)
	// Basket lists a department's unfiled items, oldest first.
	Basket(department string, after Position) List[InboxItem]
	// Latest is Basket the other way round, newest first.
	Latest(department string, after Position) List[InboxItem]
	// Shelf lists those of them that lie on a shelf: see [ShelfAside].
	Shelf(department, shelf string, after Position) List[InboxItem]
	// Arranged lists the items of all departments whose pages were put together anew and whose bytes are
	// still kept, in the order in which that happened.
	Arranged(after Position) List[InboxItem]
	// CountBasket tells how many items a department has. It costs the same however many they are.
	CountBasket(department string) (BasketCount, error)
	// FiledBy lists the items that a user filed, newest filing first.
	FiledBy(user UserID, after Position) List[InboxItem]
	// Claim returns who works on an item; the zero value where nobody claimed it.
	Claim(InboxID) (Claim, error)
	Job(JobID) (Job, error)
	// JobDue reports whether Lease would find a job, at no cost.
	JobDue(now time.Time) (bool, error)
	// Jobs counts them by state; Oldest is when the oldest waiting one was made.
	Jobs() (count map[string]int, oldest time.Time, err error)
	// JobsIn lists the jobs of a state: waiting ones oldest first, running ones as their leases end,
	// failed ones newest first. There is no list of those that are done: ErrInvalid.
	JobsIn(state string, after Position) List[Job]
	User(UserID) (User, error)
	UserByName(name string) (User, error)
	// UserByIdentity is the account that somebody has who signs in at a provider.
	UserByIdentity(issuer, subject string) (User, error)
	// Users lists all accounts by name.
	Users() ([]User, error)
	Token(hash [32]byte) (Token, error)
	// Tokens lists an account's tokens, ended ones too, oldest first; those of all accounts for "". It reads
	// all of them.
	Tokens(UserID) ([]Token, error)
	// Session reads one that hasn't expired; ErrNotFound else.
	Session(ref [32]byte) (Session, error)
	// Sessions lists an account's, or everybody's for "", that haven't expired. It reads all there are.
	Sessions(UserID) ([]Session, error)
	Replay(key string) (Replay, error)
	// Profile is what a user set and keeps for herself; ErrNotFound where she never did.
	Profile(UserID) (Profile, error)
	// Watchers are the users who have a saved search for which new hits are noted.
	Watchers() ([]Watcher, error)
	// Notices are those of a user's saved search after a sequence number, oldest first.
	Notices(user UserID, search SearchID, after uint64) ([]Notice, error)
	// Draft is one of a user's, by its key; ErrNotFound when it expired.
	Draft(user UserID, key string) (Draft, error)
	// Drafts lists a user's that haven't expired, without their values, last changed first.
	Drafts(UserID) ([]Draft, error)
	// Unread lists the versions that a user brought in and that the machine could not read (failed,
	// quarantined, password), newest first.
	Unread(by UserID, after Position) List[Version]
	// Bundle reads a bundle, whether or not its time is over.
	Bundle(BundleID) (Bundle, error)
	// SealRequest reads what was asked about a seal; ErrNotFound once somebody had her word on it.
	SealRequest(SealRequestID) (SealRequest, error)
	// SealRequestOn is the one that waits about an Akte, or about a document in it where one is named; ErrNotFound where
	// none does.
	SealRequestOn(AkteID, DocumentID) (SealRequest, error)
	// SealRequests lists those that wait, oldest first.
	SealRequests(after Position) List[SealRequest]
	// Seals lists what a seal lies on that ends on the day from or later, those that end first first. Document IDs come
	// without their Akte, for it may have changed.
	Seals(from string, after Position) List[SealedThing]
	// Closed lists the closed Akten that are kept by a rule of retention or, where rule is empty, by what a unit of the file
	// plan says, from the day their terms count from; those whose terms don't run come last.
	Closed(rule, plan string, after Position) List[ClosedAkte]
	// Erasure reads an erasure; ErasureOn the one that is under way of an Akte, or of a document in it where one is named.
	Erasure(ErasureID) (Erasure, error)
	ErasureOn(AkteID, DocumentID) (Erasure, error)
	// Erasures lists those in a state: oldest first, those that are done newest first.
	Erasures(state string, after Position) List[Erasure]
	// Barred reports whether a conflict of interest keeps a user from a person. Who has no account has none.
	Barred(UserID, PersonID) (bool, error)
	// BarredFrom are the persons from whom conflicts keep a user.
	BarredFrom(UserID) ([]PersonID, error)
	Conflict(ConflictID) (Conflict, error)
	// Conflicts lists all, oldest first.
	Conflicts(after Position) List[Conflict]
	ConflictReport(ConflictReportID) (ConflictReport, error)
	// ConflictReports lists those that no lead took up or dismissed, oldest first.
	ConflictReports(after Position) List[ConflictReport]
	// Consignment tells that the paper of an Akte is at a scan vendor; ErrNotFound where it isn't.
	Consignment(AkteID) (Consignment, error)
	// Consignments lists those of a department by the day on which they are due, those without one last.
	Consignments(department string, after Position) List[Consignment]
	// Delivery reads what came of bringing in what a scan vendor delivered; ErrNotFound until it is complete.
	Delivery(DeliveryID) (Delivery, error)
	// DeliveryBegun reads one that isn't complete, and how many rows it has; ErrNotFound once it is.
	DeliveryBegun(DeliveryID) (d Delivery, rows int, err error)
	// Deliveries lists those of a department, newest first.
	Deliveries(department string, after Position) List[Delivery]
	// EndedDeliveries lists, at most limit, those brought in by named whose rows still tell names, and those begun by
	// begun that never were completed; oldest first.
	EndedDeliveries(named, begun time.Time, limit int) ([]DeliveryID, error)
	// DeliveryRows lists the rows of a complete delivery in their order. A row is gone with the Akte it leads or refers
	// to, and with what it became or has the bytes of.
	DeliveryRows(id DeliveryID, after Position) List[DeliveryRow]
	// ExpiredBundles lists those whose time is over, oldest first, also where the Akte was erased.
	ExpiredBundles(now time.Time, limit int) ([]ExpiredBundle, error)
	// Incidents are listed newest first. Inquiry reads an inquiry, InquiryOf the one whose package a job makes.
	Incident(IncidentID) (Incident, error)
	Incidents(after Position) List[Incident]
	Inquiry(InquiryID) (Inquiry, error)
	InquiryOf(JobID) (Inquiry, error)
	// Inquiries lists them newest first: those about which something is to be done still, or all. ExpiredInquiries lists
	// those whose package's time is over, oldest first, also where the person was erased.
	Inquiries(live bool, after Position) List[Inquiry]
	ExpiredInquiries(now time.Time, limit int) ([]ExpiredInquiry, error)
	// Grant reads a grant, whether or not it is in force.
	Grant(GrantID) (Grant, error)
	// GrantsHeld lists those of an account that are in force on a day and may be so later, by Akte; of one Akte where one
	// is named. They come without their reasons: it is asked for with every decision.
	GrantsHeld(user UserID, akte AkteID, day string) ([]Grant, error)
	// GrantsIn lists all that were ever given in an Akte, newest first.
	GrantsIn(AkteID) ([]Grant, error)
	// Grants lists those given in the name of a department, newest first.
	Grants(department string, after Position) List[Grant]
	// BreakGlass reads a break-glass access, whether or not it is in force.
	BreakGlass(BreakGlassID) (BreakGlass, error)
	// BreakGlassBy lists those of an account since a moment, newest first, without reasons and notes: it is asked for with
	// every decision.
	BreakGlassBy(user UserID, since time.Time) ([]BreakGlass, error)
	// BreakGlassOf lists those into Akten that a department led then, newest first.
	BreakGlassOf(department string, after Position) List[BreakGlass]
	// BreakGlassIn lists those with a state of review, newest first; "": those that wait for it, [ReviewNone]: inspections.
	BreakGlassIn(state string, after Position) List[BreakGlass]
	// Substitute reads a substitute, whether or not it is in force.
	Substitute(SubstituteID) (Substitute, error)
	// SubstitutesBy lists those by which an account stands in on a day or later, SubstitutesFor those by which somebody
	// does so for it; without those that were ended.
	SubstitutesBy(user UserID, day string) ([]Substitute, error)
	SubstitutesFor(absent UserID, day string) ([]Substitute, error)
	// Substitutes lists those of a department, newest first.
	Substitutes(department string, after Position) List[Substitute]
	// Policy reads a version of the access rules by its number.
	Policy(number int) (Policy, error)
	// Policies lists all versions, newest first.
	Policies(after Position) List[Policy]
	// PolicyInForce is the version in force; ErrNotFound where none ever came into force.
	PolicyInForce() (Policy, error)
	// Custody reads what is kept of a paper original.
	Custody(CustodyID) (Custody, error)
	// CustodyOf lists the originals of an Akte, of one of its documents where one is named, first taken first.
	CustodyOf(AkteID, DocumentID) ([]Custody, error)
	// Custodies lists the originals of a department in a list ([CustodyHeld], [CustodyGone]): held ones by the
	// day they are due, those without one last; those handed back newest first.
	Custodies(department, list string, after Position) List[Custody]
	// Papers lists the versions about which the last word is what ([QualityApproved], [QualityReleased]), oldest
	// word first, for the department that keeps their paper: see [Akte.Keeper].
	Papers(department, what string, after Position) List[Version]
	// Approvals lists the scans of some types that wait for a second person in Akten in which a department takes
	// part, those that wait longest first. A position is good for any types.
	Approvals(department string, types []string, after Position) List[Approval]
	// Intents lists objects that were announced and not yet recorded.
	Intents() ([]Intent, error)
	// HasObject reports whether any record names the object.
	HasObject(blob.Ref) (bool, error)
	// Epoch counts changes of rights.
	Epoch() (uint64, error)
	// Outbox yields entries after the sequence number, in order.
	Outbox(after uint64) iter.Seq2[OutboxEntry, error]
	// Sequence is that of the newest outbox entry ever made.
	Sequence() (uint64, error)
	// NextExpiry is the earliest day on which a participation ends, not yet carried out by Expire.
	NextExpiry() (day string, ok bool, err error)
	// Trail lists events, newest first, with their details where keys still open them. With
	// [ErrUnfinished] comes the position to go on from, and the leaf that was looked at last.
	Trail(TrailFilter, Position) List[TrailEntry]
	// TrailFrom lists events, oldest first, without their details; TrailAt reads one, with them. A year whose entries were
	// dropped has none. A damaged event of either list is [ErrDamaged], and the list goes on; TrailFrom says its place.
	TrailFrom(after Position) List[TrailEntry]
	TrailAt(TrailPlace) (TrailEntry, error)
	// TrailTallies lists what was counted of days, oldest first; both are included.
	TrailTallies(from, to string) ([]TrailTally, error)
	// Finding reads a finding, FindingOf the one that is not closed about a matter.
	Finding(FindingID) (Finding, error)
	FindingOf(same string) (Finding, error)
	// Findings lists findings, newest first: those that are not closed, or all.
	Findings(open bool, after Position) List[Finding]
	// FindingsHold reports whether there is a finding about a year that is not closed.
	FindingsHold(year int) (bool, error)
	// TrailState returns the log's present size and last checkpoint.
	TrailState() (size int64, checkpoint []byte, err error)
	// Setting reads a small value of the store itself, such as a format or name.
	Setting(key string) ([]byte, error)
}

// Tally is what documents are counted by.
type Tally struct {
	Register, Classification, BroughtBy string
	// Sealed says that a Sperrvermerk was laid on them, whether or not it is still in force.
	Sealed bool
}

// Tx changes records. Methods marked (change) need an event in the same Tx.
//
// Who owns a version follows from the records: an unfiled inbox item's version opens with the key
// of its basket, a document's with the key of its Akte. Whenever a put changes an owner (filing,
// routing, moving to another Akte), the store wraps the content key anew for the present owners
// and drops it for all others; no bytes move. All this is looked at when the update ends, so the
// order of puts is free: records that contradict each other then are ErrInvalid.
//
// A new record has revision 1, a changed one the revision behind the stored one: ErrConflict else.
// No edits, and of the same revision, are OpenedAt of a document and Failures, LockedUntil and
// SignedIn of a user alone.
type Tx interface {
	Reader
	// Record appends an event to the trail, behind everything the update stores.
	Record(audit.Event) error
	// PutPerson stores a new or changed person (change). The person's key is made with her.
	PutPerson(Person) error
	// PutParticular stores a group of fields of a person under her key (change).
	PutParticular(Particular) error
	// DeleteParticulars takes away all groups of a person (change).
	DeleteParticulars(PersonID) error
	// PutCorrection stores a new or changed correction under the key of its person (change).
	PutCorrection(Correction) error
	// NextNumber takes the next counter of a plan unit and year; it is never given again.
	NextNumber(plan string, year int) (uint64, error)
	// PutAkte stores a new or changed Akte (change). If who takes part in it, its team, its state
	// or its seal differ from before, the epoch rises and the Akte becomes dirty.
	PutAkte(Akte) error
	// PutCase stores a new or changed case (change).
	PutCase(Case) error
	// PutDocument stores a new or changed document (change). If its register, classification,
	// bringing department, seal or Akte differ from before, the epoch rises and it becomes dirty.
	PutDocument(Document) error
	// DeleteDocument removes a document, of which the index hears (change). What owned its versions
	// beside it must own them at the end of the update.
	DeleteDocument(DocumentID) error
	// AddVersion stores a new version and the content key its objects are sealed under (change).
	// Its owner must be stored before it, in the same Tx.
	AddVersion(Version, seal.Key) error
	// PutVersion changes what is derived of a version, or its owners (change). Received bytes,
	// kind and name stay as they are, and so do its transfer note and what was said about it: ErrInvalid else.
	PutVersion(Version) error
	// PutInboxItem stores a new or changed item (change). A claim ends where the item leaves its
	// basket or is set aside.
	PutInboxItem(InboxItem) error
	// DeleteInboxItem removes an item that isn't filed with its version, of whose objects no record
	// knows then (change).
	DeleteInboxItem(InboxID) error
	// PutClaim notes who works on an unfiled item; the zero claim: nobody. It is no edit.
	PutClaim(InboxID, Claim) error
	// PutUser stores a new or changed account: ErrConflict where its name or identity is another's (change).
	PutUser(User) error
	// PutToken and DeleteToken store and forget a token (change).
	PutToken(Token) error
	DeleteToken(hash [32]byte) error

	// PutBundle stores a bundle, or that it was made (change).
	PutBundle(Bundle) error
	// DeleteBundle forgets a bundle; its object then has no name (change).
	DeleteBundle(BundleID) error

	// PutIncident stores an incident (change). A closed one stays as it is: ErrInvalid.
	PutIncident(Incident) error
	// PutInquiry stores an inquiry, whose person and kind stay (change). DropInquiryPackage ends it and its package (change).
	PutInquiry(Inquiry) error
	DropInquiryPackage(InquiryID) error

	// PutFinding stores a finding. What it is about stays as it is, and a closed one as a whole: ErrInvalid (change).
	PutFinding(Finding) error
	// CountTrail adds to what is counted of a day.
	CountTrail(TrailTally) error
	// PutGrant stores a new grant, or that it was taken back; all else stays as it is: ErrInvalid (change). The epoch
	// rises.
	PutGrant(Grant) error

	// PutSealRequest stores what is asked about a seal (change). ErrConflict where something waits about the same thing
	// already, ErrInvalid where that isn't there. It is forgotten with a document that moves to another Akte or is removed.
	PutSealRequest(SealRequest) error
	// DeleteSealRequest forgets one (change).
	DeleteSealRequest(SealRequestID) error

	// PutErasure stores a proposal, or what became of it (change). ErrConflict where one is under way of the same thing,
	// ErrInvalid where that isn't there. DeleteErasure forgets one that was not released (change).
	PutErasure(Erasure) error
	DeleteErasure(ErasureID) error

	// PutConflict stores a conflict of interest, or what was said about one (change). A new one, and DeleteConflict, raise
	// the epoch. ErrConflict where the user has one with the person, ErrInvalid where one of them isn't there.
	PutConflict(Conflict) error
	DeleteConflict(ConflictID) error
	// PutConflictReport stores a report, DeleteConflictReport forgets it (changes).
	PutConflictReport(ConflictReport) error
	DeleteConflictReport(ConflictReportID) error

	// PutBreakGlass stores a new break-glass access, or its review; what it is stays as it is: ErrInvalid (change). The
	// epoch rises with a new one.
	PutBreakGlass(BreakGlass) error
	// PutSubstitute stores a new substitute, or that it was ended; all else stays as it is: ErrInvalid (change). The epoch
	// rises.
	PutSubstitute(Substitute) error
	// PutConsignment stores that the paper of an Akte is at a vendor; DeleteConsignment that it isn't any more
	// (changes).
	PutConsignment(Consignment) error
	DeleteConsignment(AkteID) error
	// BeginDelivery stores a delivery that nobody sees until it is complete: no event is needed. ErrConflict where it
	// is there.
	BeginDelivery(Delivery) error
	// AddDeliveryRows adds rows behind the first from ones; ErrConflict where there are more or fewer of them,
	// ErrInvalid where an Akte of a row isn't there.
	AddDeliveryRows(id DeliveryID, from int, rows []DeliveryRow) error
	// CompleteDelivery lets a delivery that has all its rows be seen (change).
	CompleteDelivery(DeliveryID) error
	// EndDelivery erases the names in the rows of a delivery, most at a time, or such a one that never was completed;
	// done reports that nothing is left to erase (change). at is when.
	EndDelivery(id DeliveryID, at time.Time, most int) (done bool, err error)
	// PutCustody stores a new original or a further act on one (change). Its document must be there; document,
	// department and the acts before stay as they are: ErrInvalid else. When a document moves to another Akte,
	// its originals go along by themselves; one that has any can't be deleted: ErrConflict.
	PutCustody(Custody) error

	// PutPolicy stores a new version of the access rules, whose number is the next one, or what became of one (change).
	// The rest of it stays as it was, and no second one is in force: ErrInvalid else.
	PutPolicy(Policy) error

	// Enqueue adds a job.
	Enqueue(Job) error
	// Lease hands out the waiting job that is due longest, or a running one whose lease ran out;
	// ok is false where there is none.
	Lease(worker string, now time.Time, ttl time.Duration) (job Job, ok bool, err error)
	// PutJob stores a job's new state; ErrConflict if the lease named in it is no longer the present one, or
	// has ended with the job.
	PutJob(Job) error

	// Announce notes an object about to be made durable; Settle forgets it.
	Announce(Intent) error
	Settle(blob.Ref) error
	// Expire marks Akten dirty whose participations ended before the day, and lets what is kept of their paper
	// stand in the lists of who keeps it now.
	Expire(day string) error
	PutSession(Session) error
	DeleteSession(ref [32]byte) error
	PutReplay(key string, r Replay) error
	// PutProfile stores the profile of an account.
	PutProfile(Profile) error
	// PutNotices stores notices, each of which may be there already. Beyond [MaxNotices] of a saved search the oldest
	// are forgotten. DropNotices forgets those of a saved search up to a sequence number.
	PutNotices([]Notice) error
	DropNotices(user UserID, search SearchID, upTo uint64) error
	// PutDraft stores a draft in place of the one of the same key; DeleteDraft forgets it. ForgetDrafts forgets those of a
	// user of which gone says so, those that expired, and those that nobody can open any more.
	PutDraft(Draft) error
	DeleteDraft(user UserID, key string) error
	ForgetDrafts(user UserID, gone func(Draft) bool) error
	PutSetting(key string, value []byte) error
}
