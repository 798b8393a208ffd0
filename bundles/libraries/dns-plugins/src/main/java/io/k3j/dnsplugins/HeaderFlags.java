package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;

/// CoreDNS' plug-in `header` (<https://coredns.io/plugins/header/>), for the flag AA of responses. Waits as the links
/// behind it.
///
/// @param authoritative whether AA is set or cleared
public record HeaderFlags(boolean authoritative, Handler next) implements Handler {
    @Override
    public DnsAnswer answer(Ask ask) {
        DnsAnswer a = next.answer(ask);
        int flags = authoritative ? a.flags() | DnsAnswer.AUTHORITATIVE : a.flags() & ~DnsAnswer.AUTHORITATIVE;
        return a.later() || flags == a.flags() ? a
                : new DnsAnswer(a.code(), flags, a.records(), a.authority(), a.additional(), a.from(), a.why());
    }
}
