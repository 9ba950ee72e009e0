package storetest

import "testing"

// Test asks an engine everything. place makes a fresh, empty place.
func Test(t *testing.T, place func(t *testing.T) Place) {
	for _, tt := range []struct {
		name string
		fn   func(*bench)
	}{
		{"records come back as they went in", testRoundTrip},
		{"what isn't there is not found", testNotFound},
		{"a change without an event is refused", testNoEvent},
		{"a failing update leaves nothing and spoils no other", testGroups},
		{"an update is run again without effects of its first run", testRerun},
		{"a panic is the update's own", testPanic},
		{"a cancelled update isn't run", testCancelled},
		{"revisions are compared", testRevisions},
		{"records that can't be are refused", testInvalid},
		{"people and Akten are listed in order", testLists},
		{"documents are listed by date", testDocuments},
		{"a list goes on while it changes", testChangingLists},
		{"baskets are listed by arrival", testBasket},
		{"shelves have what was set aside or failed", testShelves},
		{"claims are no edits", testClaims},
		{"a filing is taken back", testUnfile},
		{"an unfiled item is removed", testDeleteItem},
		{"numbers are given once", testNumbers},
		{"numbers are found however they are written", testFindNumber},
		{"jobs are leased", testJobs},
		{"a lease belongs to one worker", testLeases},
		{"jobs are listed by state", testJobsIn},
		{"jobs of many take turns", testTurns},
		{"jobs that nobody waits for are done in the end", testBulk},
		{"content keys follow the owners", testOwners},
		{"a paper for several Akten opens with each key", testFamily},
		{"versions agree with what owns them", testOwnerless},
		{"received bytes never change", testVersionStays},
		{"objects are known by their records", testObjects},
		{"bundles are kept until they end", testBundles},
		{"deliveries are listed and stay as they are", testDeliveries},
		{"what was delivered is erased with what it became", testDeliveredErased},
		{"names in deliveries end", testDeliveredEnds},
		{"consignments are listed by the day they are due", testConsignments},
		{"grants are found by who holds them", testGrants},
		{"seals are listed by the day they end", testSeals},
		{"what is asked about seals waits for its word", testSealRequests},
		{"originals are kept with their acts", testCustody},
		{"paper is kept by who has to do with it", testKeepers},
		{"what was said of a scan stays", testQuality},
		{"scans that wait for a second person are listed", testApprovals},
		{"the outbox names what changed", testOutbox},
		{"whoever waits is told of the next commit", testChanged},
		{"changes of rights make dirty at once", testDirty},
		{"what is over is carried out once", testExpire},
		{"the trail is found by Akte, person and actor", testTrail},
		{"the trail is found by time", testTrailWindow},
		{"details end with their keys", testTrailErased},
		{"accounts, tokens, settings and intents", testAccounts},
		{"sessions and replays end", testSessions},
		{"what a user keeps for herself", testProfile},
		{"notices of saved searches", testNotices},
		{"drafts are kept until they end", testDrafts},
		{"what could not be read is found by who brought it", testUnread},
		{"reopening keeps everything", testReopen},
		{"a second process is told", testSecondOpen},
		{"nothing personal lies in the open", testSealed},
		{"erasing a key erases the records", testErased},
		{"marks of an Akte end with it", testMarks},
		{"a closed store says so", testClosed},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.fn(open(t, place(t))) })
	}
}
