package archive

// OutboxEntry tells the indexer what to look at again. Entries are made by the store itself
// for every change of a person, an Akte, a document, and of a version's text.
type OutboxEntry struct {
	Seq      uint64
	Person   PersonID
	Akte     AkteID
	Document DocumentID
	// Rights says that what it names is dirty until indexed.
	Rights bool
	// New says that the document, or its text, is there for the first time: nothing of it was indexed before.
	New bool
}

// Dirty is a set of Akten and documents. It is immutable.
type Dirty struct {
	Akten     map[AkteID]struct{}
	Documents map[DocumentID]struct{}
}

// Empty reports that nothing is dirty.
func (d Dirty) Empty() bool { return len(d.Akten) == 0 && len(d.Documents) == 0 }
