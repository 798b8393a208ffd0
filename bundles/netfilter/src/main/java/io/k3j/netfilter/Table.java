package io.k3j.netfilter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One table as it should be. [#restated] turns it into a transaction that brings the kernel there from
/// wherever it is: chains, sets and maps that are wanted are emptied and filled, others are removed, and
/// dynamic sets keep what packets have put into them. For one thread.
public final class Table {
    private final String family;
    private final String name;
    private final Map<String, String> chains = new LinkedHashMap<>();
    private final Map<String, List<String>> rules = new LinkedHashMap<>();
    private final Map<String, Elements> sets = new LinkedHashMap<>();

    private record Elements(String sort, String definition, boolean dynamic, List<String> values) {
    }

    /// An empty table of a family (`ip`, `ip6`, `inet`).
    public Table(String family, String name) {
        this.family = family;
        this.name = name;
    }

    /// The family.
    public String family() {
        return family;
    }

    /// The name.
    public String name() {
        return name;
    }

    /// A chain that rules jump to.
    public Table chain(String chain, String... statements) {
        return chain(chain, List.of(statements));
    }

    /// A chain that rules jump to.
    public Table chain(String chain, List<String> statements) {
        chains.put(chain, "");
        rules.put(chain, List.copyOf(statements));
        return this;
    }

    /// A chain at a hook, as `type nat hook prerouting priority dstnat; policy accept;`.
    public Table base(String chain, String hook, String... statements) {
        chains.put(chain, " { " + hook + " }");
        rules.put(chain, List.of(statements));
        return this;
    }

    /// A set with these elements; `definition` as `type ipv4_addr;`.
    public Table set(String set, String definition, Collection<String> elements) {
        sets.put(set, new Elements("set", definition, false, List.copyOf(elements)));
        return this;
    }

    /// A set that packets fill; it keeps its content while it is wanted.
    public Table dynamicSet(String set, String definition) {
        sets.put(set, new Elements("set", definition, true, List.of()));
        return this;
    }

    /// A map with these entries; `definition` as `type ipv4_addr : verdict;`.
    public Table map(String map, String definition, Map<String, String> entries) {
        List<String> values = entries.entrySet().stream().map(e -> e.getKey() + " : " + e.getValue()).toList();
        sets.put(map, new Elements("map", definition, false, values));
        return this;
    }

    /// The transaction that makes the kernel's table this one. `present` is what stands there, as
    /// `PacketFilter.objects` tells it.
    public String restated(Set<String> present) {
        List<String> script = new ArrayList<>();
        String table = family + " " + name;
        script.add("add table " + table);
        chains.forEach((c, hook) -> script.add("add chain " + table + " " + c + hook));
        chains.keySet().forEach(c -> script.add("flush chain " + table + " " + c));
        List<String> goneChains = gone(present, "chain", chains.keySet());
        goneChains.forEach(c -> script.add("add chain " + table + " " + c + "\nflush chain " + table + " " + c));
        sets.forEach((s, e) -> define(script, table, s, e, present));
        gone(present, "map", sets.keySet()).forEach(s -> script.add("delete map " + table + " " + s));
        rules.forEach((c, statements) -> statements.forEach(r -> script.add("add rule " + table + " " + c + " " + r)));
        goneChains.forEach(c -> script.add("delete chain " + table + " " + c));
        gone(present, "set", sets.keySet()).forEach(s -> script.add("delete set " + table + " " + s));
        return String.join("\n", script) + "\n";
    }

    private static void define(List<String> script, String table, String set, Elements e, Set<String> present) {
        script.add("add " + e.sort() + " " + table + " " + set + " { " + e.definition() + " }");
        if (e.dynamic()) {
            return;
        }
        if (present.contains(e.sort() + " " + set)) {
            script.add("flush " + e.sort() + " " + table + " " + set);
        }
        if (!e.values().isEmpty()) {
            script.add("add element " + table + " " + set + " { " + String.join(", ", e.values()) + " }");
        }
    }

    private static List<String> gone(Set<String> present, String sort, Set<String> wanted) {
        String prefix = sort + " ";
        return present.stream().filter(p -> p.startsWith(prefix)).map(p -> p.substring(prefix.length()))
                .filter(p -> !wanted.contains(p)).sorted().toList();
    }

    /// What this table holds once the transaction is through, as `PacketFilter.objects` tells it.
    public Set<String> objects() {
        Set<String> all = new HashSet<>();
        chains.keySet().forEach(c -> all.add("chain " + c));
        sets.forEach((s, e) -> all.add(e.sort() + " " + s));
        return all;
    }

    /// The transaction that removes a table, whether it is there or not.
    public static String removal(String family, String name) {
        return "add table " + family + " " + name + "\ndelete table " + family + " " + name + "\n";
    }
}
