package archive

// MaxNotices is how many documents are noted for a saved search: the newest.
const MaxNotices = 1000

// Watcher is a user who has a saved search for which documents are noted.
type Watcher struct {
	User UserID
	// Mark is another one whenever her profile is; 0: not known.
	Mark uint64
}

// Notice notes that a document came to fit a saved search of a user. It gives no right and says nothing of one: whether
// she may know of the document is asked when she looks.
type Notice struct {
	User     UserID
	Search   SearchID
	Document DocumentID
	// Seq is the outbox sequence number with which the document came to fit: the index finds it once it has
	// reached it.
	Seq uint64
}
