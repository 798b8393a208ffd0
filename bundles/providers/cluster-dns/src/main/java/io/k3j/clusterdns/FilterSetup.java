package io.k3j.clusterdns;

import io.k3j.componenthelpers.Cidr;
import io.k3j.corefile.Corefile.Directive;
import io.k3j.corefile.Corefile.Line;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsplugins.AccessList;
import io.k3j.dnsplugins.AccessList.Action;
import io.k3j.dnsplugins.AccessList.Policy;
import io.k3j.dnsplugins.Dns64;
import io.k3j.dnsplugins.Handler;
import io.k3j.dnsplugins.HeaderFlags;
import io.k3j.dnsplugins.Zones;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads the plug-ins that look at questions and answers without knowing a name: `acl`, `dns64`, `header`, and those
/// that are a word. Pure.
final class FilterSetup {
    private static final Cidr TRANSLATED = Cidr.parse("64:ff9b::/96");
    private static final int SHORTEST = 32;
    private static final int LONGEST = 96;

    private FilterSetup() {
    }

    /// Of a plug-in whose work is done anyway or is not needed here; docs/dns.md says of each why.
    static Handler accepted(List<Directive> directives, BlockScope scope, Handler next) {
        return next;
    }

    /// A plug-in without arguments.
    /// @param made what it adds to the chain
    static Handler word(List<Directive> directives, Handler made) {
        Directive d = PluginSetup.once(directives);
        if (!d.arguments().isEmpty() || !d.lines().isEmpty()) {
            throw d.invalid("no argument is wanted");
        }
        return made;
    }

    /// `acl [ZONES…] { ACTION [type TYPES…] [net NETWORKS…] }`.
    static Handler acl(List<Directive> directives, BlockScope scope, Handler next) {
        List<AccessList.Rule> rules = new ArrayList<>();
        for (Directive d : directives) {
            rules.add(new AccessList.Rule(Zones.of(d.arguments(), scope.zones()),
                    d.lines().stream().map(FilterSetup::policy).toList()));
        }
        return new AccessList(List.copyOf(rules), next);
    }

    private static Policy policy(Line line) {
        Action action = Arrays.stream(Action.values())
                .filter(a -> a.name().equalsIgnoreCase(line.name().text())).findFirst()
                .orElseThrow(() -> line.invalid("allow, block, filter or drop is wanted"));
        Set<Integer> types = new HashSet<>();
        List<Cidr> networks = new ArrayList<>();
        boolean everyType = false;
        boolean everyNet = false;
        String section = "";
        for (String word : line.arguments()) {
            String lower = word.toLowerCase(Locale.ROOT);
            if (lower.equals("type") || lower.equals("net")) {
                section = lower;
            } else if (section.isEmpty()) {
                throw line.invalid("unexpected " + word + "; type or net is wanted");
            } else if (word.equals("*")) {
                everyType |= section.equals("type");
                everyNet |= section.equals("net");
            } else if (section.equals("type")) {
                types.add(RecordType.number(word));
            } else {
                networks.add(network(line, word));
            }
        }
        return new Policy(action, everyType ? Set.of() : Set.copyOf(types),
                everyNet ? List.of() : List.copyOf(networks));
    }

    private static Cidr network(Line line, String text) {
        try {
            return Cidr.parse(text.contains("/") ? text : text + (text.contains(":") ? "/128" : "/32")).network();
        } catch (IllegalArgumentException e) {
            throw line.invalid("no network: " + text);
        }
    }

    /// `dns64 [PREFIX] { prefix PREFIX; translate_all; allow_ipv4 }`.
    static Handler dns64(List<Directive> directives, BlockScope scope, Handler next) {
        Directive d = PluginSetup.once(directives);
        if (d.arguments().size() > 1) {
            throw d.invalid("one prefix at most is wanted");
        }
        Cidr prefix = d.arguments().isEmpty() ? TRANSLATED : Cidr.parse(d.arguments().getFirst());
        boolean all = false;
        boolean four = false;
        for (Line line : d.lines()) {
            switch (line.name().text()) {
                case "prefix" -> prefix = Cidr.parse(PluginSetup.one(line));
                case "translate_all" -> all = true;
                case "allow_ipv4" -> four = true;
                default -> throw PluginSetup.unknown(d, line);
            }
        }
        if (!prefix.ipv6() || prefix.bits() % Byte.SIZE != 0 || prefix.bits() < SHORTEST || prefix.bits() > LONGEST) {
            throw d.invalid("a prefix of IPv6 with 32, 40, 48, 56, 64, 72, 80, 88 or 96 bits is wanted");
        }
        return new Dns64(prefix.network().base().getAddress(), prefix.bits(), all, four, next);
    }

    /// `header { response set|clear FLAGS… }`: AA can be chosen; RA and RD of a response are what they are.
    static Handler header(List<Directive> directives, BlockScope scope, Handler next) {
        Handler chain = next;
        for (Line line : PluginSetup.once(directives).lines().reversed()) {
            List<String> words = line.arguments().stream().map(w -> w.toLowerCase(Locale.ROOT)).toList();
            boolean set = !words.isEmpty() && words.getFirst().equals("set");
            if (words.size() < 2 || !set && !words.getFirst().equals("clear")) {
                throw line.invalid("set or clear is wanted, with flags");
            }
            for (String flag : words.subList(1, words.size())) {
                boolean response = line.name().text().equalsIgnoreCase("response");
                if (response && flag.equals("aa")) {
                    chain = new HeaderFlags(set, chain);
                } else if (!(response && flag.equals("ra") && set)) {
                    throw new UnsupportedOperationException(
                            "header " + line.name().text() + " " + words.getFirst() + " " + flag);
                }
            }
        }
        return chain;
    }
}
