package boltstore

// notices counts those of each saved search.
func (c *checker) notices() error {
	return c.each(bNotice, func(key, _ []byte) error {
		c.counts[bNoticeCount+string(key[:2*idSize])]++
		return nil
	})
}

// counters compares the stored counts with those of the records.
func (c *checker) counters() error {
	for _, bucket := range []string{bDocumentCount, bJobCount, bInboxCount, bNoticeCount} {
		for p, err := range c.scan(span{bucket: bucket}) {
			if err != nil {
				return err
			}
			if got := c.counts[bucket+string(p.key)]; got != int64(number(p.value)) {
				c.problem("%s %x says %d, there are %d", bucket, p.key, number(p.value), got)
			}
			delete(c.counts, bucket+string(p.key))
		}
	}
	for name := range c.counts {
		c.problem("count %x is missing", name)
	}
	return nil
}

// lengths finds keys of indexes that no record asks for.
func (c *checker) lengths() error {
	for _, bucket := range []string{
		bPersonAZR, bCorrectionOpen, bAktePerson, bAkteNumber, bAkteClosed, bCaseAkte, bDocumentList, bVersionBytes, bBundleExpiry, bInquiryLive, bInquiryJob, bInquiryExpiry, bObject, bVersionKey, bVersionUnread, bPaper, bVersionPaper, bApproval, bApprovalList, bConsignmentDue, bSealList, bSealWaiting, bErasureOn, bErasureState, bConflictUser, bCustodyAkte, bCustodyList, bDeliveryList, bDeliveryEnd, bGrantHeld, bGrantAkte, bGrantDepartment, bBreakGlassUser, bBreakGlassDepartment, bBreakGlassReview, bSubstituteUser, bSubstituteAbsent, bSubstituteDepartment,
		bInboxBasket, bInboxShelf, bInboxFiled, bInboxArranged, bJobTurn, bJobWaiting, bJobLease, bJobFailed, bUserName, bUserIdentity, bTrailAkte, bTrailPerson, bTrailActor, bFindingOpen, bFindingSame, bFindingYear,
	} {
		n := 0
		for _, err := range c.scan(span{bucket: bucket}) {
			if err != nil {
				return err
			}
			n++
		}
		if n != c.wanted[bucket] {
			c.problem("%s has %d keys, the records make %d", bucket, n, c.wanted[bucket])
		}
	}
	return nil
}
