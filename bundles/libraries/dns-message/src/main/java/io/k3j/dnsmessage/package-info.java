/// DNS messages as bytes and as values (RFC 1035 §3 and §4, EDNS of RFC 6891): a [DnsQuery] is read from what a client
/// sent, a [DnsAnswer] of [ResourceRecord]s is written into the response for it, and the response of another server is
/// read back into a [DnsAnswer]. Names are text in lower case without the dot at the end ([DomainNames]).
///
/// ```
///   bytes ─DnsQuery.read─► DnsQuery ┐
///                                   ├─DnsMessageWriter─► bytes
///         whoever answers ► DnsAnswer ┘
///   bytes of a resolver ─DnsMessageReader─► DnsAnswer
///   a line of a zone file ─ResourceRecordText─► ResourceRecord
/// ```
///
/// Immutable values and pure functions; any thread; nothing blocks and nothing is logged. **Bytes are not trusted.**
/// What is broken, leads in a circle or grows beyond its bound is refused with `IllegalArgumentException`, whatever
/// it is. Arrays of bytes in records and queries are shared and never changed.
@NullMarked
package io.k3j.dnsmessage;

import org.jspecify.annotations.NullMarked;
