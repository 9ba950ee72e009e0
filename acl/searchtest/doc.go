// Package searchtest asks an authority on real engines whatever people can ask its search, while rights, papers
// and people change under it, and compares each answer with what a person would work out by leafing through the
// papers she may see. [Run] is the short and the long campaign.
//
// Three answers must be one:
//
//   - that of the Desk;
//   - that of an oracle which reads each paper that the reader may see: who may is told by
//     [eakte/acl/oracletest] and by what is written here of participations, teams, days and seals; what a text
//     means is told by a table written by hand (lexicon), and a query is never read back from what is typed but
//     written from what is meant. So rights, matching, counting, sorting by date, pages, marks, facets, timeline
//     and completeness share no code with what is tested;
//   - that of a second index, just made, that holds nothing but what the reader may see. It shares the engine,
//     and is there for what only the engine knows: scores and their order, to the last bit, and who is alike by
//     name. What hidden things do to an answer shows there.
//
// What is asked for more is added at three places: an act in acts, a question in questions, and what must be
// true of its answer beside [world.judge].
package searchtest
