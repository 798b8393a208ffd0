package io.k3j.clusterdns;

import io.k3j.clusterdns.ClusterNames.Place;
import io.k3j.dnsmessage.DnsAddresses;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsplugins.Ask;
import io.k3j.dnsplugins.Fallthrough;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.Zones;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// CoreDNS' plug-in `kubernetes` (<https://coredns.io/plugins/kubernetes/>): the records of the cluster's zones. It
/// never waits but for names outside that an ExternalName leads to.
///
/// @param zones of which one at least is none of reverse lookup
/// @param ttl of all records, in seconds
record Kubernetes(Zones zones, ClusterNames names, DnsObjects objects, long ttl, Fallthrough fall, Handler next)
        implements
            Handler {
    static final String NAME = "kubernetes";
    private static final String VERSION = "1.1.0";
    private static final long VERSION_TTL = 28_800;
    private static final int MOST_ALIASES = 10;
    private static final int WHOLE_WEIGHT = 100;
    /// Records of one answer: more than a message of 64 KiB has room for, so that it says that it was cut. Whatever a
    /// Service has of ports and endpoints, no question makes more.
    static final int MOST_RECORDS = 4_200;
    private static final String SERVER = "kube-dns";

    @Override
    public DnsAnswer answer(Ask ask) {
        Optional<String> zone = zones.longest(ask.name());
        if (zone.isEmpty()) {
            return next.answer(ask);
        }
        if (ask.type() == RecordType.AXFR || ask.type() == RecordType.IXFR) {
            return DnsAnswer.coded(DnsAnswer.REFUSED, NAME, "zone transfers are not offered");
        }
        DnsAnswer answer = answer(ask, zone.get());
        if (answer.code() != DnsAnswer.NO_SUCH_NAME) {
            return answer;
        }
        if (fall.through(ask.name())) {
            return next.answer(ask);
        }
        return objects.synced() ? answer
                : new DnsAnswer(DnsAnswer.SERVER_FAILURE, DnsAnswer.AUTHORITATIVE, List.of(), answer.authority(),
                        List.of(),
                        NAME, "the cluster's objects are not known yet");
    }

    /// The API takes names that DNS does not, with a label of more than 63 bytes: an ExternalName may lead to one.
    private DnsAnswer answer(Ask ask, String zone) {
        try {
            return found(ask, zone);
        } catch (IllegalArgumentException noName) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, String.valueOf(noName.getMessage()));
        }
    }

    private DnsAnswer found(Ask ask, String zone) {
        return switch (ask.type()) {
            case RecordType.A, RecordType.AAAA -> addresses(ask, zone);
            case RecordType.SRV -> services(ask, zone);
            case RecordType.PTR -> pointers(ask, zone);
            case RecordType.CNAME -> aliases(ask, zone);
            case RecordType.TXT -> texts(ask, zone);
            case RecordType.SOA -> ask.name().equals(zone) ? DnsAnswer.of(List.of(authority(zone)), List.of(), NAME)
                    : nothing(ask, zone);
            case RecordType.NS -> ask.name().equals(zone) ? servers(ask, zone) : nothing(ask, zone);
            default -> nothing(ask, zone);
        };
    }

    private ResourceRecord authority(String zone) {
        return ResourceRecord.authority(zone, objects.serial(), ttl);
    }

    private DnsAnswer none(String zone) {
        return DnsAnswer.negative(DnsAnswer.NO_SUCH_NAME, authority(zone), NAME);
    }

    private DnsAnswer positive(List<ResourceRecord> records, List<ResourceRecord> additional, String zone) {
        return records.isEmpty() ? DnsAnswer.negative(DnsAnswer.OK, authority(zone), NAME)
                : DnsAnswer.of(records, additional, NAME);
    }

    /// NODATA when there is such a name.
    private DnsAnswer nothing(Ask ask, String zone) {
        return places(ask.name(), zone).isEmpty() ? none(zone) : positive(List.of(), List.of(), zone);
    }

    private Optional<List<Place>> places(String name, String zone) {
        boolean server = name.length() == zone.length() + "ns.dns.".length() && name.startsWith("ns.dns.");
        return server ? names.find(SERVER + ".kube-system.svc." + zone, zone).or(() -> Optional.of(List.of()))
                : names.find(name, zone);
    }

    private DnsAnswer addresses(Ask ask, String zone) {
        Chase chase = new Chase(ask, zone, new ArrayList<>(), new HashSet<>());
        Optional<DnsAnswer> other = follow(chase, ask.name(), chase.records());
        return other.orElseGet(() -> positive(List.copyOf(chase.records()), List.of(), zone));
    }

    /// The way from a name to its addresses.
    ///
    /// @param seen the targets of aliases, each followed once
    private record Chase(Ask ask, String zone, List<ResourceRecord> records, Set<String> seen) {
    }

    /// Adds the addresses of a name, through aliases in the zone and outside.
    /// @return what is answered instead, if there is no such name or it has to be waited for
    private Optional<DnsAnswer> follow(Chase chase, String name, List<ResourceRecord> records) {
        Optional<List<Place>> found = places(name, chase.zone());
        if (found.isEmpty()) {
            return Optional.of(none(chase.zone()));
        }
        Set<String> dup = new HashSet<>();
        for (Place place : found.get()) {
            if (records.size() >= MOST_RECORDS) {
                break;
            }
            boolean six = place.host().indexOf(':') >= 0;
            if (six && chase.ask().type() == RecordType.A) {
                continue;
            }
            Optional<byte[]> address = DnsAddresses.literal(place.host());
            if (address.isPresent()) {
                if (six == (chase.ask().type() == RecordType.AAAA) && dup.add(place.host())) {
                    records.add(ResourceRecord.address(name, ttl, address.get()));
                }
            } else if (!place.host().equals(name) && chase.seen().add(place.host())
                    && chase.seen().size() <= MOST_ALIASES && !alias(chase, name, place.host(), records)) {
                return Optional.of(DnsAnswer.LATER);
            }
        }
        return Optional.empty();
    }

    /// @return false when the target has to be waited for
    private boolean alias(Chase chase, String name, String target, List<ResourceRecord> records) {
        ResourceRecord alias = ResourceRecord.name(name, RecordType.CNAME, ttl, target);
        if (DomainNames.within(target, chase.zone())) {
            List<ResourceRecord> rest = new ArrayList<>();
            Optional<DnsAnswer> other = follow(chase, target, rest);
            if (other.isEmpty() && !rest.isEmpty()) {
                records.add(alias);
                records.addAll(rest);
            }
            return other.isEmpty() || !other.get().later();
        }
        DnsAnswer outside = chase.ask().lookup(target, chase.ask().type());
        if (!outside.later()) {
            records.add(alias);
            records.addAll(outside.records());
        }
        return !outside.later();
    }

    /// A port of a Service, or of each endpoint of a headless one; the weights add up to 100.
    private DnsAnswer services(Ask ask, String zone) {
        Optional<List<Place>> found = places(ask.name(), zone);
        if (found.isEmpty()) {
            return none(zone);
        }
        List<Place> inside = found.get().stream().filter(p -> DnsAddresses.literal(p.host()).isPresent()).toList();
        int weight = Math.max(1, WHOLE_WEIGHT / Math.max(1, inside.size()));
        Set<ResourceRecord> records = new LinkedHashSet<>();
        Set<ResourceRecord> additional = new LinkedHashSet<>();
        for (Place p : inside) {
            if (p.port() >= 0 && records.size() < MOST_RECORDS) {
                records.add(ResourceRecord.service(ask.name(), ttl, weight, p.port(), p.owner()));
                additional.add(ResourceRecord.address(p.owner(), ttl, DnsAddresses.literal(p.host()).orElseThrow()));
            }
        }
        return positive(List.copyOf(records), List.copyOf(additional), zone);
    }

    private DnsAnswer pointers(Ask ask, String zone) {
        Optional<String> address = DnsAddresses.address(ask.name());
        if (address.isEmpty()) {
            return nothing(ask, zone);
        }
        List<ResourceRecord> records = names.reverse(address.get(), primary()).stream()
                .map(n -> ResourceRecord.name(ask.name(), RecordType.PTR, ttl, n)).toList();
        return records.isEmpty() ? none(zone) : positive(records, List.of(), zone);
    }

    /// The zone of the names that reverse lookups give.
    private String primary() {
        return zones.names().stream().filter(z -> !Zones.isReverse(z)).findFirst().orElse("");
    }

    private DnsAnswer aliases(Ask ask, String zone) {
        Optional<List<Place>> found = places(ask.name(), zone);
        if (found.isEmpty()) {
            return none(zone);
        }
        return positive(found.get().stream().limit(1).filter(p -> DnsAddresses.literal(p.host()).isEmpty())
                .map(p -> ResourceRecord.name(ask.name(), RecordType.CNAME, ttl, p.host())).toList(), List.of(), zone);
    }

    private DnsAnswer texts(Ask ask, String zone) {
        return ask.name().equals("dns-version." + zone)
                ? DnsAnswer.of(List.of(ResourceRecord.text(ask.name(), VERSION_TTL, VERSION)), List.of(), NAME)
                : nothing(ask, zone);
    }

    private DnsAnswer servers(Ask ask, String zone) {
        Set<ResourceRecord> records = new LinkedHashSet<>();
        Set<ResourceRecord> additional = new LinkedHashSet<>();
        for (Place p : places("ns.dns." + zone, zone).orElse(List.of())) {
            records.add(ResourceRecord.name(ask.name(), RecordType.NS, ttl, p.owner()));
            DnsAddresses.literal(p.host()).ifPresent(a -> additional.add(ResourceRecord.address(p.owner(), ttl, a)));
        }
        return positive(List.copyOf(records), List.copyOf(additional), zone);
    }
}
