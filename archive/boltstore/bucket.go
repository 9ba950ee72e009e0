package boltstore

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"eakte/archive/audit"
)

// Bucket names; the package comment says what lies in them. Those of the trail are the trail's own
// names behind trailPrefix.
const (
	bMeta = "meta"

	bPerson    = "person"
	bPersonAZR = "person-azr"

	bAkte           = "akte"
	bAkteNumber     = "akte-number"
	bAktePerson     = "akte-person"
	bAkteDepartment = "akte-department"
	bAkteClosed     = "akte-closed"
	bExpiry         = "expiry"
	bNumber         = "number"
	bCase           = "case"
	bCaseAkte       = "case-akte"

	bDocument      = "document"
	bDocumentList  = "document-list"
	bDocumentCount = "document-count"

	bVersion       = "version"
	bVersionBytes  = "version-bytes"
	bVersionKey    = "version-key"
	bVersionUnread = "version-unread"
	bObject        = "object"
	bIntent        = "intent"

	bInbox         = "inbox"
	bInboxBasket   = "inbox-basket"
	bInboxShelf    = "inbox-shelf"
	bInboxFiled    = "inbox-filed"
	bInboxArranged = "inbox-arranged"
	bInboxCount    = "inbox-count"
	bInboxClaim    = "inbox-claim"

	bJob        = "job"
	bJobTurn    = "job-turn"
	bJobServed  = "job-served"
	bJobWaiting = "job-waiting"
	bJobLease   = "job-lease"
	bJobFailed  = "job-failed"
	bJobCount   = "job-count"

	bApproval     = "approval"
	bApprovalList = "approval-list"

	bPaper        = "paper"
	bVersionPaper = "version-paper"
	bCustody      = "custody"
	bCustodyAkte  = "custody-akte"
	bCustodyList  = "custody-list"

	bBundle       = "bundle"
	bBundleExpiry = "bundle-expiry"

	bParticular = "particular"

	bCorrection     = "correction"
	bCorrectionOpen = "correction-open"

	bIncident = "incident"

	bInquiry       = "inquiry"
	bInquiryLive   = "inquiry-live"
	bInquiryJob    = "inquiry-job"
	bInquiryExpiry = "inquiry-expiry"

	bConflict       = "conflict"
	bConflictUser   = "conflict-user"
	bConflictReport = "conflict-report"

	bErasure      = "erasure"
	bErasureOn    = "erasure-on"
	bErasureState = "erasure-state"

	bSealList    = "seal-list"
	bSealRequest = "seal-request"
	bSealWaiting = "seal-waiting"

	bConsignment    = "consignment"
	bConsignmentDue = "consignment-due"

	bGrant           = "grant"
	bGrantHeld       = "grant-held"
	bGrantAkte       = "grant-akte"
	bGrantDepartment = "grant-department"

	bBreakGlass           = "breakglass"
	bBreakGlassUser       = "breakglass-user"
	bBreakGlassDepartment = "breakglass-department"
	bBreakGlassReview     = "breakglass-review"

	bSubstitute           = "substitute"
	bSubstituteUser       = "substitute-user"
	bSubstituteAbsent     = "substitute-absent"
	bSubstituteDepartment = "substitute-department"

	bDelivery     = "delivery"
	bDeliveryList = "delivery-list"
	bDeliveryRow  = "delivery-row"
	bDeliveryEnd  = "delivery-end"

	bPolicy = "policy"

	bOutbox = "outbox"

	bUser          = "user"
	bUserName      = "user-name"
	bUserIdentity  = "user-identity"
	bToken         = "token"
	bSession       = "session"
	bSessionExpiry = "session-expiry"
	bReplay        = "replay"
	bReplayExpiry  = "replay-expiry"
	bProfile       = "profile"
	bNotice        = "notice"
	bNoticeWatch   = "notice-watch"
	bNoticeCount   = "notice-count"
	bDraft         = "draft"
	bDraftExpiry   = "draft-expiry"
	bSetting       = "setting"

	bTrailAkte   = "trail-akte"
	bTrailPerson = "trail-person"
	bTrailActor  = "trail-actor"
	bTrailDay    = "trail-day"
	bTrailTally  = "trail-tally"

	bFinding     = "finding"
	bFindingOpen = "finding-open"
	bFindingSame = "finding-same"
	bFindingYear = "finding-year"

	trailPrefix = "trail/"
)

// Keys in bMeta.
const (
	metaFormat = "format"
	metaEpoch  = "epoch"
	metaLookup = "lookup"
	metaPolicy = "policy"
)

// buckets lists all of them.
func buckets() []string {
	all := []string{
		bMeta, bPerson, bPersonAZR, bParticular, bCorrection, bCorrectionOpen, bAkte, bAkteNumber, bAktePerson, bAkteDepartment, bAkteClosed, bExpiry, bNumber,
		bCase, bCaseAkte, bDocument, bDocumentList, bDocumentCount, bVersion, bVersionBytes, bVersionKey, bVersionUnread,
		bObject, bIntent, bInbox, bInboxBasket, bInboxShelf, bInboxFiled, bInboxArranged, bInboxCount, bInboxClaim, bJob, bJobTurn, bJobServed, bJobWaiting, bJobLease, bJobFailed, bJobCount, bOutbox, bBundle, bBundleExpiry, bConsignment, bConsignmentDue, bSealList, bSealRequest, bSealWaiting, bErasure, bErasureOn, bErasureState, bConflict, bConflictUser, bConflictReport,
		bApproval, bApprovalList, bPaper, bVersionPaper, bCustody, bCustodyAkte, bCustodyList, bDelivery, bDeliveryList, bDeliveryRow, bDeliveryEnd,
		bGrant, bGrantHeld, bGrantAkte, bGrantDepartment, bBreakGlass, bBreakGlassUser, bBreakGlassDepartment, bBreakGlassReview,
		bSubstitute, bSubstituteUser, bSubstituteAbsent, bSubstituteDepartment, bPolicy, bIncident, bInquiry, bInquiryLive, bInquiryJob, bInquiryExpiry,
		bUser, bUserName, bUserIdentity, bToken, bSession, bSessionExpiry, bReplay, bReplayExpiry, bProfile, bNotice, bNoticeWatch, bNoticeCount, bDraft, bDraftExpiry, bSetting,
		bTrailAkte, bTrailPerson, bTrailActor, bTrailDay, bTrailTally, bFinding, bFindingOpen, bFindingSame, bFindingYear,
	}
	for _, b := range audit.Buckets() {
		all = append(all, trailPrefix+string(b))
	}
	return all
}

// createBuckets makes those that are missing.
func createBuckets(tx *bolt.Tx) error {
	for _, name := range buckets() {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return fmt.Errorf("boltstore: creating bucket %s: %w", name, err)
		}
	}
	return nil
}
