package audit

// Class is the kind of processing an [Op] is, by BDSG § 76 (1), or [Operation].
type Class string

// The six classes of BDSG § 76 (1), and one for what touches no data of persons.
const (
	Collection  Class = "collection"
	Change      Class = "change"
	Query       Class = "query"
	Disclosure  Class = "disclosure"
	Combination Class = "combination"
	Erasure     Class = "erasure"
	Operation   Class = "operation"
)

// Known reports whether c is one of the classes.
func (c Class) Known() bool {
	switch c {
	case Collection, Change, Query, Disclosure, Combination, Erasure, Operation:
		return true
	}
	return false
}

// Op is the code of what was done. The codes are part of the stored format: none is
// ever renamed or given another meaning.
type Op string

// The acts the trail knows.
const (
	OpUpload           Op = "upload"            // bytes came in, into a basket or an Akte
	OpFile             Op = "file"              // an inbox item was filed into an Akte
	OpEnclosed         Op = "enclosed"          // a paper was unpacked from what came in
	OpRoute            Op = "route"             // an inbox item went to another basket
	OpDocumentChange   Op = "document.change"   // type, title, dates or the like
	OpDocumentMove     Op = "document.move"     // to another Akte or register
	OpDocumentVersion  Op = "document.version"  // a new version was added
	OpDocumentOpen     Op = "document.open"     // what is known about a document was shown
	OpDocumentRead     Op = "document.read"     // its text, images or words were shown
	OpDocumentDownload Op = "document.download" // its bytes left the system
	OpDocumentDisclose Op = "document.disclose" // its bytes left for a named recipient
	OpAkteOpen         Op = "akte.open"
	OpAkteCreate       Op = "akte.create"
	OpAkteChange       Op = "akte.change"
	OpAkteList         Op = "akte.list"
	OpAkteBundle       Op = "akte.bundle"   // an Akte left the system as one PDF
	OpBundleOrder      Op = "bundle.order"  // one PDF of an Akte was asked for
	OpBundleExpire     Op = "bundle.expire" // and deleted when its time was over
	OpJobCancel        Op = "job.cancel"    // by who asked for it
	OpCaseCreate       Op = "case.create"
	OpCaseClose        Op = "case.close"
	OpPersonCreate     Op = "person.create"
	OpPersonChange     Op = "person.change"
	OpParticular       Op = "person.particular" // a group of fields of hers that only some may read was changed
	OpCorrection       Op = "correction.make"   // a name, a birth date or another value of hers was corrected, on a ground
	OpCorrectionRefuse Op = "correction.refuse" // or that was refused to her
	OpCorrectionTell   Op = "correction.tell"   // what became of telling somebody to whom the value before had gone
	OpCorrectionOpen   Op = "correction.open"   // what was corrected of a person was looked at
	OpCorrectionList   Op = "correction.list"   // who waits to be told
	OpPersonOpen       Op = "person.open"
	OpPersonMerge      Op = "person.merge" // two records were found to be one person
	OpLocate           Op = "locate"
	OpSearch           Op = "search"
	OpInboxList        Op = "inbox.list"
	OpInboxOpen        Op = "inbox.open"
	OpInboxChange      Op = "inbox.change"   // what is known of a receipt
	OpInboxAside       Op = "inbox.aside"    // set aside in its basket, or taken up again
	OpInboxTakeover    Op = "inbox.takeover" // an item that a colleague was working on
	OpUnfile           Op = "unfile"         // a filing was taken back
	OpArrange          Op = "arrange"        // pages of inbox items are put together anew
	OpArrangeUndo      Op = "arrange.undo"
	OpUnlock           Op = "unlock"             // a file was opened with its password, which nobody keeps
	OpScan             Op = "scan"               // received bytes were searched for malware, and none was found
	OpQuarantine       Op = "quarantine"         // or some was: nobody gets at them
	OpQuarantineAsk    Op = "quarantine.ask"     // their release was asked for
	OpQuarantineFree   Op = "quarantine.release" // and granted by somebody else
	OpQuarantineRefuse Op = "quarantine.decline" // or declined
	OpSeparators       Op = "separators"         // separator sheets were printed
	OpBasketChange     Op = "basket.change"      // how a basket treats what comes in
	OpAcknowledge      Op = "acknowledge"        // a receipt was issued for what came in
	OpConsign          Op = "consignment.begin"  // the paper of an Akte went to a scan vendor
	OpConsignRush      Op = "consignment.rush"   // and is wanted back sooner
	OpConsignEnd       Op = "consignment.end"    // and is back
	OpDelivery         Op = "delivery"           // a scan vendor's delivery was brought in
	OpDeliveryList     Op = "delivery.list"
	OpDeliveryOpen     Op = "delivery.open"
	OpScanApprove      Op = "scan.approve"  // a scan shows what the paper shows
	OpScanReturn       Op = "scan.return"   // or doesn't: it is to be scanned again
	OpPaperRelease     Op = "paper.release" // the paper behind a scan may be destroyed
	OpPaperList        Op = "paper.list"
	OpApprovalList     Op = "approval.list"
	OpCustodyTake      Op = "custody.take"   // a paper original came into the authority's keeping
	OpCustodyPlace     Op = "custody.place"  // it lies elsewhere now
	OpCustodyReturn    Op = "custody.return" // it was handed back
	OpCustodyUndo      Op = "custody.undo"   // an act on it was a mistake
	OpCustodyList      Op = "custody.list"
	OpGrantGive        Op = "grant.give" // somebody got a right in one Akte for a time
	OpGrantEnd         Op = "grant.end"  // and it was taken back
	OpGrantList        Op = "grant.list"
	OpSealAsk          Op = "seal.ask"      // a Sperrvermerk, its change or its end was asked for
	OpSealLay          Op = "seal.lay"      // and granted by a second person: it lies
	OpSealChange       Op = "seal.change"   // it has another last day, other readers or another reason
	OpSealLift         Op = "seal.lift"     // it was ended before its day
	OpSealDecline      Op = "seal.decline"  // what was asked for was declined
	OpSealWithdraw     Op = "seal.withdraw" // or taken back by who asked
	OpSealOpen         Op = "seal.open"     // what is known of it was shown
	OpSealList         Op = "seal.list"
	OpTermSet          Op = "term.set"         // by which rule, and from which day, a closed Akte is kept
	OpHoldLay          Op = "hold.lay"         // an Akte is kept beyond its term
	OpHoldEnd          Op = "hold.end"         // and no longer
	OpOffer            Op = "archive.offer"    // a closed Akte was offered to the archive
	OpOfferAnswer      Op = "archive.answer"   // and what it said was noted
	OpErasureAsk       Op = "erasure.ask"      // an erasure was proposed
	OpErasureRelease   Op = "erasure.release"  // and released by a second person
	OpErasureDecline   Op = "erasure.decline"  // or declined
	OpErasureWithdraw  Op = "erasure.withdraw" // or taken back
	OpErasureWait      Op = "erasure.wait"     // the storage doesn't let everything go that was released
	OpRetentionOpen    Op = "retention.open"   // how long an Akte is kept was shown
	OpRetentionList    Op = "retention.list"
	OpConflictReport   Op = "conflict.report"  // somebody said that an account has a conflict of interest
	OpConflictLay      Op = "conflict.lay"     // and it keeps it from a person's Akten
	OpConflictEndAsk   Op = "conflict.end.ask" // its end was asked for
	OpConflictEnd      Op = "conflict.end"     // and granted by a second person
	OpConflictDecline  Op = "conflict.decline" // a report was dismissed, or the end declined
	OpConflictList     Op = "conflict.list"
	OpBreakGlass       Op = "breakglass.open"   // an Akte was opened in an emergency, without a right to it
	OpBreakGlassReview Op = "breakglass.review" // and data protection said what it found
	OpBreakGlassList   Op = "breakglass.list"
	OpInspect          Op = "inspection.open" // data protection opened an Akte to inspect it
	OpSubstitute       Op = "substitute.name" // somebody stands in for a colleague
	OpSubstituteEnd    Op = "substitute.end"
	OpJobDone          Op = "job.done"
	OpJobFailed        Op = "job.failed"
	OpJobRetry         Op = "job.retry"
	OpRecognition      Op = "recognition" // text, pages or suggestions were derived
	OpUserAdd          Op = "user.add"
	OpUserChange       Op = "user.change"
	OpTokenCreate      Op = "token.create"
	OpTokenRevoke      Op = "token.revoke"
	OpSignin           Op = "signin"
	OpSigninFailed     Op = "signin.failed"
	OpSigninHalf       Op = "signin.half"  // the password was right, and a code is asked for
	OpSigninAgain      Op = "signin.again" // who is signed in proved once more who she is
	OpFactorSet        Op = "factor.set"   // an account got a second factor
	OpFactorDrop       Op = "factor.drop"  // or lost it, by its owner
	OpPasskeyAdd       Op = "passkey.add"  // an account got a passkey
	OpPasskeyRename    Op = "passkey.rename"
	OpPasskeyDrop      Op = "passkey.drop" // or lost it, by its owner
	OpSignout          Op = "signout"
	OpPolicyPropose    Op = "policy.propose" // other access rules were proposed
	OpPolicyDecline    Op = "policy.decline" // and turned down
	OpPolicySwitch     Op = "policy.switch"  // or came into force
	OpPolicyOpen       Op = "policy.open"    // what they would change was looked at
	OpPolicyExplain    Op = "policy.explain" // what somebody may do in an Akte, and by which rule
	OpTrailRead        Op = "trail.read"
	OpTrailExport      Op = "trail.export"
	OpCheckpoint       Op = "checkpoint" // a checkpoint was asked for
	OpWitness          Op = "witness"    // the witness contradicts the trail, or no longer does
	OpTrailDrop        Op = "trail.drop" // the entries of a year reached the end of their term
	OpTrailHold        Op = "trail.hold" // entries are kept beyond it, because they are looked into
	OpTrailRelease     Op = "trail.release"
	OpFindingMake      Op = "finding.make" // a rule held something in the trail for unusual
	OpFindingList      Op = "finding.list"
	OpFindingOpen      Op = "finding.open"
	OpFindingReview    Op = "finding.review"  // somebody wrote down what came of looking into it
	OpFindingClose     Op = "finding.close"   // and a second person agreed, or gave it back
	OpIncidentBegin    Op = "incident.begin"  // a breach of data protection was noted
	OpIncidentChange   Op = "incident.change" // what is said of it
	OpIncidentClose    Op = "incident.close"  // a second person agreed to what is said of it, or gave it back
	OpIncidentList     Op = "incident.list"
	OpIncidentOpen     Op = "incident.open"   // it was looked at, with whom it affects
	OpIncidentReport   Op = "incident.report" // its report left the system
	OpInquiryBegin     Op = "inquiry.begin"   // a person asked what is kept about her
	OpInquiryReview    Op = "inquiry.review"  // pieces were decided, or given back to be
	OpInquiryPropose   Op = "inquiry.propose"
	OpInquiryRelease   Op = "inquiry.release" // a second person agreed to what is handed out
	OpInquiryTake      Op = "inquiry.take"    // the package left for a named recipient
	OpInquiryClose     Op = "inquiry.close"   // it ended without a package
	OpInquiryProlong   Op = "inquiry.prolong" // its answer takes longer, and the person was told
	OpInquiryExpire    Op = "inquiry.expire"  // the package was removed when its time was over
	OpInquiryList      Op = "inquiry.list"
	OpInquiryOpen      Op = "inquiry.open"
	OpInquiryRead      Op = "inquiry.read" // a piece was looked at to decide about it
	OpReindex          Op = "reindex"
	OpCheck            Op = "check"
	OpBackup           Op = "backup"
	OpRestore          Op = "restore"
	OpReread           Op = "recognition.order" // text was to be derived anew, in a language that somebody chose
	OpErasure          Op = "erasure"
	OpAccessRefused    Op = "access.refused" // a request without any right, whatever it was for
	OpShardOpen        Op = "shard.open"     // first leaf of a shard; written by the log itself
)

// Class returns the class of o; ok is false for a code the trail doesn't know, which
// no event may carry.
func (o Op) Class() (c Class, ok bool) {
	switch o {
	case OpUpload, OpEnclosed, OpDocumentVersion, OpAkteCreate, OpCaseCreate, OpPersonCreate, OpDelivery:
		return Collection, true
	case OpFile, OpRoute, OpDocumentChange, OpDocumentMove, OpAkteChange, OpPersonChange, OpParticular, OpCorrection, OpCorrectionRefuse, OpCorrectionTell, OpCaseClose,
		OpRecognition, OpInboxChange, OpInboxAside, OpUnfile, OpArrange, OpArrangeUndo, OpUnlock, OpQuarantineFree,
		OpConsign, OpConsignRush, OpConsignEnd, OpReread,
		OpScanApprove, OpScanReturn, OpPaperRelease, OpCustodyTake, OpCustodyPlace, OpCustodyReturn, OpCustodyUndo,
		OpGrantGive, OpGrantEnd, OpSealAsk, OpSealLay, OpSealChange, OpSealLift, OpSealDecline, OpSealWithdraw,
		OpTermSet, OpHoldLay, OpHoldEnd, OpOffer, OpOfferAnswer,
		OpErasureAsk, OpErasureRelease, OpErasureDecline, OpErasureWithdraw,
		OpConflictReport, OpConflictLay, OpConflictEndAsk, OpConflictEnd, OpConflictDecline,
		OpInquiryBegin, OpInquiryReview, OpInquiryPropose, OpInquiryRelease, OpInquiryClose, OpInquiryProlong,
		OpIncidentBegin, OpIncidentChange, OpIncidentClose:
		return Change, true
	case OpDocumentOpen, OpDocumentRead, OpAkteOpen, OpAkteList, OpSeparators, OpPersonOpen, OpLocate,
		OpSearch, OpInboxList, OpInboxOpen, OpTrailRead, OpAccessRefused, OpPaperList, OpApprovalList, OpCustodyList, OpDeliveryList, OpDeliveryOpen, OpGrantList,
		OpBreakGlass, OpBreakGlassList, OpInspect,
		OpFindingList, OpFindingOpen, OpSealOpen, OpSealList, OpRetentionOpen, OpRetentionList, OpConflictList, OpPolicyOpen, OpPolicyExplain,
		OpInquiryList, OpInquiryOpen, OpInquiryRead, OpIncidentList, OpIncidentOpen, OpCorrectionOpen, OpCorrectionList:
		return Query, true
	case OpDocumentDownload, OpDocumentDisclose, OpAkteBundle, OpTrailExport, OpAcknowledge, OpInquiryTake, OpIncidentReport:
		return Disclosure, true
	case OpPersonMerge:
		return Combination, true
	case OpErasure, OpTrailDrop:
		return Erasure, true
	case OpBasketChange, OpJobDone, OpJobFailed, OpJobRetry, OpJobCancel, OpBundleOrder, OpBundleExpire, OpInquiryExpire, OpErasureWait, OpUserAdd, OpUserChange, OpTokenCreate, OpTokenRevoke,
		OpSignin, OpSigninFailed, OpSigninHalf, OpSigninAgain, OpFactorSet, OpFactorDrop, OpPasskeyAdd, OpPasskeyRename, OpPasskeyDrop, OpSignout, OpPolicyPropose, OpPolicyDecline,
		OpPolicySwitch, OpCheckpoint, OpWitness, OpReindex,
		OpCheck, OpBackup, OpRestore, OpShardOpen, OpInboxTakeover, OpScan, OpQuarantine, OpQuarantineAsk, OpQuarantineRefuse,
		OpTrailHold, OpTrailRelease, OpFindingMake, OpFindingReview, OpFindingClose, OpBreakGlassReview, OpSubstitute, OpSubstituteEnd:
		return Operation, true
	}
	return "", false
}
