package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsmessage.ResourceRecordText;
import java.util.List;

/// CoreDNS' plug-in `local` (<https://coredns.io/plugins/local/>): answers for the machine a client is on
/// (`localhost`, names below it, `localhost.` before a search domain, `127.in-addr.arpa`), so that no resolver is asked
/// for them. Never waits.
public record LocalNames(Handler next) implements Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "local";
    private static final String HOST = "localhost";
    private static final long WEEK = 604_800;
    private static final Zones ZONES = new Zones(
            List.of(HOST, "0.in-addr.arpa", "127.in-addr.arpa", "255.in-addr.arpa"));

    @Override
    public DnsAnswer answer(Ask ask) {
        String name = ask.name();
        boolean host = name.equals(HOST) || name.endsWith("." + HOST) || name.startsWith(HOST + ".");
        String zone = ZONES.longest(name).orElse("");
        if (!host && zone.isEmpty()) {
            return next.answer(ask);
        }
        if (host && ask.type() == RecordType.A) {
            return found(ResourceRecord.address(name, WEEK, new byte[] {127, 0, 0, 1}));
        }
        if (host && ask.type() == RecordType.AAAA) {
            byte[] loopback = new byte[16];
            loopback[15] = 1;
            return found(ResourceRecord.address(name, WEEK, loopback));
        }
        if (name.equals(zone) && ask.type() == RecordType.SOA) {
            return found(authority(name));
        }
        if (name.equals(zone) && ask.type() == RecordType.NS) {
            return found(ResourceRecord.name(name, RecordType.NS, WEEK, HOST));
        }
        boolean loopback = name.equals("1.0.0.127.in-addr.arpa");
        if (loopback && ask.type() == RecordType.PTR) {
            return found(ResourceRecord.name(name, RecordType.PTR, WEEK, HOST));
        }
        return DnsAnswer.negative(host || loopback || name.equals(zone) ? DnsAnswer.OK : DnsAnswer.NO_SUCH_NAME,
                authority(host ? name : zone), NAME);
    }

    private static DnsAnswer found(ResourceRecord record) {
        return DnsAnswer.of(List.of(record), List.of(), NAME);
    }

    private static ResourceRecord authority(String name) {
        return ResourceRecordText.parse(HOST + " " + WEEK + " SOA localhost. root.localhost. 1 0 0 0 " + WEEK)
                .withName(name);
    }
}
