package io.k3j.dnsplugins;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsmessage.ResourceRecordText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// CoreDNS' plug-in `template` (<https://coredns.io/plugins/template/>): answers made from the question. Waits only
/// for names outside that a CNAME leads to.
///
/// A CNAME that a template made is followed by the server itself, to the depth that [Ask#lookup] permits.
///
/// @param type [RecordType#ANY] for all
/// @param zones of the names that are looked at
///
/// @param regexes of which the first that matches counts
public record Template(int type, Zones zones, List<Pattern> regexes, List<GoTemplate> answers,
        List<GoTemplate> additional,
        List<GoTemplate> authority, int code, Fallthrough fall, Handler next) implements Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "template";

    @Override
    public DnsAnswer answer(Ask ask) {
        Optional<String> zone = zones.longest(ask.name());
        if (zone.isEmpty() || type != RecordType.ANY && ask.type() != RecordType.ANY && ask.type() != type) {
            return next.answer(ask);
        }
        String name = ask.name() + ".";
        for (Pattern regex : regexes) {
            Matcher m = regex.matcher(name);
            if (m.find()) {
                return made(ask, values(ask, zone.get(), m, regex));
            }
        }
        return fall.through(ask.name()) ? next.answer(ask)
                : DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, "no match, and no fallthrough");
    }

    /// What templates may name: the question, its client, the groups of the expression by number and by name.
    private GoTemplate.Values values(Ask ask, String zone, Matcher m, Pattern regex) {
        Map<String, String> groups = new HashMap<>();
        for (int i = 0; i <= m.groupCount(); i++) {
            String group = m.group(i);
            groups.put(Integer.toString(i), group == null ? "" : group);
        }
        regex.namedGroups().forEach((name, i) -> groups.put(name, groups.getOrDefault(Integer.toString(i), "")));
        return new GoTemplate.Values(Map.of("Name", ask.name() + ".", "Zone", zone + ".", "Class", "IN", "Type",
                RecordType.name(ask.type() == RecordType.ANY ? type : ask.type()), "Remote",
                ask.client().getAddress().getHostAddress()), groups);
    }

    /// The records of all templates; SERVFAIL when one of them makes none.
    private DnsAnswer made(Ask ask, GoTemplate.Values values) {
        if (code == DnsAnswer.SERVER_FAILURE) {
            return DnsAnswer.coded(code, NAME, "");
        }
        try {
            List<ResourceRecord> records = new ArrayList<>();
            for (GoTemplate t : answers) {
                ResourceRecord r = ResourceRecordText.parse(t.fill(values));
                records.add(r);
                if (r.type() == RecordType.CNAME && (ask.type() == RecordType.A || ask.type() == RecordType.AAAA)) {
                    DnsAnswer rest = ask.lookup(r.target().orElse(""), ask.type());
                    if (rest.later()) {
                        return rest;
                    }
                    records.addAll(rest.records());
                }
            }
            return new DnsAnswer(code, DnsAnswer.AUTHORITATIVE, records, filled(authority, values),
                    filled(additional, values), NAME, "");
        } catch (IllegalArgumentException e) {
            return DnsAnswer.coded(DnsAnswer.SERVER_FAILURE, NAME, "a template made no record: " + e.getMessage());
        }
    }

    /// @throws IllegalArgumentException when one is no record
    private static List<ResourceRecord> filled(List<GoTemplate> templates, GoTemplate.Values values) {
        return templates.stream().map(t -> ResourceRecordText.parse(t.fill(values))).toList();
    }
}
