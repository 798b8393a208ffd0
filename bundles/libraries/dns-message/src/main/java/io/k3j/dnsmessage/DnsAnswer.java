package io.k3j.dnsmessage;

import java.util.List;

/// What one question is answered with, before it is put into a message for its client.
///
/// Immutable. What is not yet decided is [#LATER], which has to be compared by [#later].
///
/// @param code the response code
/// @param flags AA and AD, in their places
/// @param from the plug-in that answered; empty for the server itself
/// @param why what went wrong, for the log
public record DnsAnswer(int code, int flags, List<ResourceRecord> records, List<ResourceRecord> authority,
        List<ResourceRecord> additional, String from,
        String why) {
    /// The response codes (RFC 1035 §4.1.1): NOERROR.
    public static final int OK = 0;
    /// FORMERR: the message could not be read.
    public static final int FORMAT_ERROR = 1;
    /// SERVFAIL: [#why] says what failed.
    public static final int SERVER_FAILURE = 2;
    /// NXDOMAIN: there is no such name, of whatever type.
    public static final int NO_SUCH_NAME = 3;
    /// NOTIMP: the operation is not QUERY.
    public static final int NOT_IMPLEMENTED = 4;
    /// REFUSED: not for this client, or not a zone of ours.
    public static final int REFUSED = 5;
    /// BADVERS (RFC 6891 §6.1.3): beyond four bits, so the upper ones travel in OPT.
    public static final int BAD_VERSION = 16;
    /// The flag AA: from whoever owns the zone.
    public static final int AUTHORITATIVE = 0x0400;
    /// The flag AD: a resolver has verified it (RFC 4035 §3.2.3).
    public static final int AUTHENTIC = 0x0020;

    /// Whoever answers would have to wait, and the asker said not to: it asks again from a thread that may.
    public static final DnsAnswer LATER = coded(SERVER_FAILURE, "", "later");

    /// Only a code.
    /// @param code as [#SERVER_FAILURE]
    /// @param from the plug-in
    /// @param why for the log; empty when nothing went wrong
    public static DnsAnswer coded(int code, String from, String why) {
        return new DnsAnswer(code, 0, List.of(), List.of(), List.of(), from, why);
    }

    /// Positive and authoritative.
    /// @param records the answer section; empty for NODATA without an SOA
    /// @param additional what the client would ask for next, as addresses of targets
    public static DnsAnswer of(List<ResourceRecord> records, List<ResourceRecord> additional, String from) {
        return new DnsAnswer(OK, AUTHORITATIVE, records, List.of(), additional, from, "");
    }

    /// NXDOMAIN or NODATA with the zone's SOA.
    /// @param code [#NO_SUCH_NAME], or [#OK] for a name that has no record of the type
    /// @param authority the SOA, whose minimum says how long this may be cached (RFC 2308)
    public static DnsAnswer negative(int code, ResourceRecord authority, String from) {
        return new DnsAnswer(code, AUTHORITATIVE, List.of(), List.of(authority), List.of(), from, "");
    }

    /// Whether it is no answer: whoever is asked would have to wait.
    public boolean later() {
        return this == LATER;
    }

    /// With another answer section.
    public DnsAnswer with(List<ResourceRecord> other) {
        return new DnsAnswer(code, flags, other, authority, additional, from, why);
    }

    /// With another response code, as a cache or a plug-in that takes the answer over has it.
    DnsAnswer with(int otherCode) {
        return new DnsAnswer(otherCode, flags, records, authority, additional, from, why);
    }

    /// All sections changed the same way.
    /// @param change makes another record of each; what it throws is thrown
    public DnsAnswer mapped(java.util.function.UnaryOperator<ResourceRecord> change) {
        return new DnsAnswer(code, flags, records.stream().map(change).toList(),
                authority.stream().map(change).toList(),
                additional.stream().map(change).toList(), from, why);
    }

    /// As CoreDNS' logs and caches classify it: success, denial or error.
    /// @return `success`, `denial` (no such name, or no such record) or `error`
    public String outcome() {
        return code == NO_SUCH_NAME || code == OK && records.isEmpty() ? "denial" : code == OK ? "success" : "error";
    }
}
