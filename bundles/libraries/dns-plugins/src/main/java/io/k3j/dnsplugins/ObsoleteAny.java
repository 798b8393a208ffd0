package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecordText;
import java.util.List;

/// CoreDNS' plug-in `any` (<https://coredns.io/plugins/any/>): who asks for records of any type is told by a HINFO that
/// this is not answered (RFC 8482). Never waits by itself.
public record ObsoleteAny(Handler next) implements Handler {
    private static final String RECORD = ". 8482 IN HINFO \"ANY obsoleted\" \"See RFC 8482\"";

    @Override
    public DnsAnswer answer(Ask ask) {
        return ask.type() != RecordType.ANY ? next.answer(ask)
                : new DnsAnswer(DnsAnswer.OK, 0, List.of(ResourceRecordText.parse(RECORD).withName(ask.name())),
                        List.of(), List.of(), "any", "");
    }
}
