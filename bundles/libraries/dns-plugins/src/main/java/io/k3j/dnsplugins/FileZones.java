package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.MasterFile;
import io.k3j.dnsmessage.RecordType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// CoreDNS' plug-in `file` (<https://coredns.io/plugins/file/>): zones of master files. Waits only for names outside
/// that an alias leads to.
///
/// @param content the records of each of these zones
public record FileZones(Zones zones, Map<String, AuthoritativeZone> content, Fallthrough fall, Handler next)
        implements
            Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "file";

    /// Of one file, which is read for each zone.
    ///
    /// @param text a master file
    /// @throws IllegalArgumentException with the line for what cannot be read, and for a zone without an SOA
    public static FileZones of(Zones zones, String text, Fallthrough fall, Handler next) {
        Map<String, AuthoritativeZone> content = new HashMap<>();
        for (String zone : zones.names()) {
            content.put(zone, AuthoritativeZone.of(zone, MasterFile.parse(text, zone)));
        }
        return new FileZones(zones, Map.copyOf(content), fall, next);
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        Optional<String> zone = zones.longest(ask.name());
        AuthoritativeZone known = zone.isEmpty() ? null : content.get(zone.get());
        if (known == null) {
            return next.answer(ask);
        }
        if (List.of(RecordType.AXFR, RecordType.IXFR).contains(ask.type())) {
            return DnsAnswer.coded(DnsAnswer.REFUSED, NAME, "zone transfers are not offered");
        }
        DnsAnswer answer = known.answer(ask);
        return answer.code() == DnsAnswer.NO_SUCH_NAME && fall.through(ask.name()) ? next.answer(ask) : answer;
    }
}
