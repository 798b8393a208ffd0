package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The records of one zone, and what is answered by them (RFC 1034 §4.3.2, RFC 4592 for `*`, RFC 6672 for DNAME).
/// Immutable. Not signed.
public final class AuthoritativeZone {
    private final String origin;
    private final ResourceRecord authority;
    private final Map<String, List<ResourceRecord>> records = new HashMap<>();
    /// Names that have only others below them.
    private final Set<String> between = new HashSet<>();

    private AuthoritativeZone(String origin, ResourceRecord authority) {
        this.origin = origin;
        this.authority = authority;
    }

    /// Of the records of a file.
    ///
    /// @param origin in lower case, without the dot at its end
    /// @param all those outside of the zone are left out, as CoreDNS does
    /// @throws IllegalArgumentException without an SOA of the zone, or with two
    public static AuthoritativeZone of(String origin, List<ResourceRecord> all) {
        List<ResourceRecord> starts = all.stream()
                .filter(r -> r.type() == RecordType.SOA && r.name().equals(origin)).toList();
        if (starts.size() != 1) {
            throw new IllegalArgumentException("the file has " + (starts.isEmpty() ? "no SOA" : "two SOA") + " of "
                    + origin + ".");
        }
        AuthoritativeZone zone = new AuthoritativeZone(origin, starts.getFirst());
        for (ResourceRecord one : all) {
            if (DomainNames.within(one.name(), origin)) {
                zone.records.computeIfAbsent(one.name(), _ -> new ArrayList<>()).add(one);
                for (String up = one.name(); !up.equals(origin); up = above(up)) {
                    zone.between.add(up);
                }
            }
        }
        zone.between.add(origin);
        return zone;
    }

    /// The name without its first label.
    private static String above(String name) {
        int end = DomainNames.labelEnd(name, 0);
        return end == name.length() ? "" : name.substring(end + 1);
    }

    private List<ResourceRecord> at(String name, int type) {
        return records.getOrDefault(name, List.of()).stream().filter(r -> r.type() == type).toList();
    }

    /// The answer to a question about a name of this zone; aliases to other names are followed through the server.
    ///
    /// @return [DnsAnswer#LATER] when an alias has to be waited for
    DnsAnswer answer(Ask ask) {
        return answer(ask, ask.name(), List.of());
    }

    /// @param before the aliases that led here
    private DnsAnswer answer(Ask ask, String name, List<ResourceRecord> before) {
        for (String up : path(name)) {
            boolean below = !up.equals(name);
            if (!up.equals(origin) && (below || ask.type() != RecordType.DS)) {
                List<ResourceRecord> servers = at(up, RecordType.NS);
                if (!servers.isEmpty()) {
                    return new DnsAnswer(DnsAnswer.OK, before.isEmpty() ? 0 : DnsAnswer.AUTHORITATIVE, before, servers,
                            addresses(servers), FileZones.NAME, "");
                }
            }
            List<ResourceRecord> all = below ? at(up, RecordType.DNAME) : List.of();
            if (!all.isEmpty()) {
                return renamed(ask, name, all.getFirst(), before);
            }
        }
        return exact(ask, name, before);
    }

    /// From the origin down to the name, both among them.
    private List<String> path(String name) {
        List<String> path = new ArrayList<>();
        for (String up = name; !up.equals(origin); up = above(up)) {
            path.add(up);
        }
        path.add(origin);
        return path.reversed();
    }

    /// A name below one with a DNAME.
    private DnsAnswer renamed(Ask ask, String name, ResourceRecord rule, List<ResourceRecord> before) {
        String target = rule.target().orElse("");
        String kept = name.substring(0, name.length() - rule.name().length() - (rule.name().isEmpty() ? 0 : 1));
        ResourceRecord alias;
        try {
            alias = ResourceRecord.name(name, RecordType.CNAME, rule.ttl(),
                    target.isEmpty() ? kept : kept + "." + target);
        } catch (IllegalArgumentException tooLong) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, FileZones.NAME, String.valueOf(tooLong.getMessage()));
        }
        List<ResourceRecord> all = new ArrayList<>(before);
        all.add(rule);
        return followed(ask, alias, all);
    }

    private DnsAnswer exact(Ask ask, String name, List<ResourceRecord> before) {
        Optional<String> source = source(name);
        if (source.isEmpty()) {
            return before.isEmpty() ? DnsAnswer.negative(DnsAnswer.NO_SUCH_NAME, authority, FileZones.NAME)
                    : positive(before);
        }
        List<ResourceRecord> aliases = ask.type() == RecordType.CNAME ? List.of() : at(source.get(), RecordType.CNAME);
        if (!aliases.isEmpty()) {
            return followed(ask, aliases.getFirst().withName(name), before);
        }
        List<ResourceRecord> found = at(source.get(), ask.type());
        if (found.isEmpty()) {
            return before.isEmpty() ? DnsAnswer.negative(DnsAnswer.OK, authority, FileZones.NAME) : positive(before);
        }
        List<ResourceRecord> all = new ArrayList<>(before);
        found.forEach(record -> all.add(record.withName(name)));
        return positive(all);
    }

    /// The name whose records count: itself, else `*` below the closest name that is there.
    private Optional<String> source(String name) {
        if (between.contains(name)) {
            return Optional.of(name);
        }
        String encloser = above(name);
        while (!between.contains(encloser)) {
            encloser = above(encloser);
        }
        String wildcard = encloser.isEmpty() ? "*" : "*." + encloser;
        return records.containsKey(wildcard) ? Optional.of(wildcard) : Optional.empty();
    }

    private DnsAnswer followed(Ask ask, ResourceRecord alias, List<ResourceRecord> before) {
        List<ResourceRecord> all = new ArrayList<>(before);
        all.add(alias);
        String target = DomainNames.lower(alias.target().orElse(""));
        boolean again = before.stream().anyMatch(r -> r.name().equals(target)) || target.equals(alias.name());
        if (again || all.size() > Ask.DEEPEST) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, FileZones.NAME, again ? "aliases in a circle"
                    : "a chain of more than " + Ask.DEEPEST + " aliases");
        }
        if (DomainNames.within(target, origin)) {
            return answer(ask, target, List.copyOf(all));
        }
        DnsAnswer outside = ask.lookup(target, ask.type());
        if (outside.later()) {
            return outside;
        }
        all.addAll(outside.records());
        return positive(all);
    }

    private DnsAnswer positive(List<ResourceRecord> found) {
        return DnsAnswer.of(List.copyOf(found), addresses(found), FileZones.NAME);
    }

    /// What whoever asks for servers, mail exchangers or services asks for next, as far as this zone knows it.
    private List<ResourceRecord> addresses(List<ResourceRecord> found) {
        Set<String> targets = new HashSet<>();
        List<ResourceRecord> all = new ArrayList<>();
        for (ResourceRecord one : found) {
            boolean wanted = one.type() == RecordType.NS || one.type() == RecordType.MX || one.type() == RecordType.SRV;
            String target = wanted ? DomainNames.lower(one.target().orElse("")) : "";
            if (!target.isEmpty() && targets.add(target)) {
                all.addAll(at(target, RecordType.A));
                all.addAll(at(target, RecordType.AAAA));
            }
        }
        return List.copyOf(all);
    }
}
