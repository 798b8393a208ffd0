package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAddresses;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.util.List;
import java.util.Optional;

/// CoreDNS' plug-in `hosts` (<https://coredns.io/plugins/hosts/>). Never waits.
///
/// A name that is in the table has no other records: for another type than A and AAAA the answer is empty.
///
/// @param table the file and the inline lines
/// @param ttl in seconds
/// @param reverse false with `no_reverse`
public record Hosts(Zones zones, HostsTable table, long ttl, boolean reverse, Fallthrough fall, Handler next)
        implements
            Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "hosts";

    @Override
    public DnsAnswer answer(Ask ask) {
        if (ask.type() == RecordType.PTR) {
            return pointers(ask);
        }
        if (!zones.hold(ask.name())) {
            return next.answer(ask);
        }
        List<byte[]> found = table.find(ask.name());
        if (found.isEmpty()) {
            return fall.through(ask.name()) ? next.answer(ask)
                    : DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, "no such host, and no fallthrough");
        }
        int length = ask.type() == RecordType.A ? 4 : ask.type() == RecordType.AAAA ? 16 : -1;
        return DnsAnswer.of(found.stream().filter(a -> a.length == length)
                .map(a -> ResourceRecord.address(ask.name(), ttl, a)).toList(), List.of(), NAME);
    }

    /// Every name of the address; the zones are not looked at, as in CoreDNS.
    private DnsAnswer pointers(Ask ask) {
        Optional<String> address = reverse ? DnsAddresses.address(ask.name()) : Optional.empty();
        List<String> names = address.map(a -> table.names().getOrDefault(a, List.of())).orElse(List.of());
        return names.isEmpty() ? next.answer(ask)
                : DnsAnswer.of(
                        names.stream().map(n -> ResourceRecord.name(ask.name(), RecordType.PTR, ttl, n)).toList(),
                        List.of(), NAME);
    }
}
