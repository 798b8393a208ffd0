package io.k3j.netfilter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// One nftables table as it should be. [#restated] turns it into a transaction that brings the kernel there from
/// wherever it is: chains, sets and maps that are wanted are emptied and filled, others are removed, and dynamic
/// sets keep what packets have put into them.
///
/// Statements, definitions and elements are nft's own syntax (man page nft(8)) and are passed on unread: what is
/// wrong in them is told by whoever carries the transaction out. Nothing here blocks or reads the kernel. For one
/// thread.
public final class NftTable {
    private static final String SET = "set";
    private static final String MAP = "map";
    private static final String COUNTER = "counter";
    private final String family;
    private final String name;
    private final Map<String, String> chains = new LinkedHashMap<>();
    private final Map<String, List<String>> rules = new LinkedHashMap<>();
    private final Map<String, Elements> sets = new LinkedHashMap<>();
    private final Set<String> counters = new LinkedHashSet<>();

    /// A set or map. Of a map `values` has the value of each key, of a set the empty text.
    record Elements(String sort, String definition, boolean dynamic, Map<String, String> values) {
        /// The elements of these keys, as nft writes them.
        String text(Collection<String> keys) {
            return keys.stream().map(k -> sort.equals(SET) ? k : k + " : " + values.get(k))
                    .collect(Collectors.joining(", "));
        }
    }

    /// An empty table.
    ///
    /// @param family `ip`, `ip6` or `inet`
    /// @param name of the table; its owner writes no other, so that tables of other programs stay as they are
    public NftTable(String family, String name) {
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

    /// A chain that rules jump to. One of the same name that was given before is replaced.
    ///
    /// @param statements one rule each, in the order in which packets meet them
    public NftTable chain(String chain, String... statements) {
        return chain(chain, List.of(statements));
    }

    /// The same from a list.
    public NftTable chain(String chain, List<String> statements) {
        chains.put(chain, "");
        rules.put(chain, List.copyOf(statements));
        return this;
    }

    /// A base chain: one that packets enter at a hook of the kernel's network stack.
    ///
    /// @param hook as `type nat hook prerouting priority dstnat; policy accept;`. The kernel refuses another hook
    /// for a chain that stands.
    public NftTable base(String chain, String hook, String... statements) {
        chains.put(chain, " { " + hook + " }");
        rules.put(chain, List.of(statements));
        return this;
    }

    /// A set with these elements and no others.
    ///
    /// @param definition as `type ipv4_addr;`
    /// @param elements each as nft writes one; none leaves the set empty
    public NftTable set(String set, String definition, Collection<String> elements) {
        Map<String, String> values = new LinkedHashMap<>();
        elements.forEach(e -> values.put(e, ""));
        sets.put(set, new Elements(SET, definition, false, values));
        return this;
    }

    /// A set that packets fill, as those that remember clients of a Service with session affinity; it keeps its
    /// content while it is wanted.
    ///
    /// @param definition as `type ipv4_addr; flags dynamic,timeout; timeout 3h;`
    public NftTable dynamicSet(String set, String definition) {
        sets.put(set, new Elements(SET, definition, true, Map.of()));
        return this;
    }

    /// A map with these entries and no others.
    ///
    /// @param definition as `type ipv4_addr : verdict;`
    /// @param entries each key with its value, as `10.43.0.1` and `goto services-1`
    public NftTable map(String map, String definition, Map<String, String> entries) {
        sets.put(map, new Elements(MAP, definition, false, new LinkedHashMap<>(entries)));
        return this;
    }

    /// A counter that rules name, as `counter name "x"`. It counts on while it is wanted, whatever becomes of rules.
    public NftTable counter(String counter) {
        counters.add(counter);
        return this;
    }

    /// The transaction that makes the kernel's table this one, whatever rules stand there. Rules of before go
    /// first, because the kernel refuses to delete what a rule refers to; sets and chains that nobody wants are
    /// deleted last for the same reason.
    ///
    /// @param present what stands there, as `PacketFilter.objects` tells it; empty when there is no such table.
    /// When it no longer holds, the kernel refuses the whole and nothing changes.
    /// @return a script for `PacketFilter.apply`, one command a line
    public String restated(Set<String> present) {
        List<String> script = new ArrayList<>();
        String table = family + " " + name;
        script.add("add table " + table);
        chains.forEach((c, hook) -> script.add("add chain " + table + " " + c + hook));
        chains.keySet().forEach(c -> script.add("flush chain " + table + " " + c));
        List<String> goneChains = gone(present, "chain", chains.keySet());
        goneChains.forEach(c -> script.add("add chain " + table + " " + c + "\nflush chain " + table + " " + c));
        counters.forEach(c -> script.add("add counter " + table + " " + c));
        sets.forEach((s, e) -> define(script, table, s, e, present));
        gone(present, MAP, sets.keySet()).forEach(s -> script.add("delete map " + table + " " + s));
        rules.forEach((c, statements) -> statements.forEach(r -> script.add("add rule " + table + " " + c + " " + r)));
        goneChains.forEach(c -> script.add("delete chain " + table + " " + c));
        gone(present, SET, sets.keySet()).forEach(s -> script.add("delete set " + table + " " + s));
        gone(present, COUNTER, counters).forEach(c -> script.add("delete counter " + table + " " + c));
        return String.join("\n", script) + "\n";
    }

    /// A set is added even if it stands (the kernel takes that for nothing to do) and then emptied, but for a
    /// dynamic one.
    private static void define(List<String> script, String table, String set, Elements e, Set<String> present) {
        script.add("add " + e.sort() + " " + table + " " + set + " { " + e.definition() + " }");
        if (e.dynamic()) {
            return;
        }
        if (present.contains(e.sort() + " " + set)) {
            script.add("flush " + e.sort() + " " + table + " " + set);
        }
        if (!e.values().isEmpty()) {
            script.add("add element " + table + " " + set + " { " + e.text(e.values().keySet()) + " }");
        }
    }

    /// What stands and is not wanted, sorted, so that the same table gives the same script.
    private static List<String> gone(Set<String> present, String sort, Set<String> wanted) {
        String prefix = sort + " ";
        return present.stream().filter(p -> p.startsWith(prefix)).map(p -> p.substring(prefix.length()))
                .filter(p -> !wanted.contains(p)).sorted().toList();
    }

    /// The transaction that makes this table of another one, which the kernel has: what is the same in both is not
    /// in it. It costs the comparison of both and, in the kernel, the difference. A chain of which a rule differs has
    /// all its rules written anew, so counters in them begin at zero.
    ///
    /// @param before what stands; of the same family and name
    /// @return a script for `PacketFilter.apply`; empty when nothing differs
    public String changesFrom(NftTable before) {
        return new TableChanges(before, this).script();
    }

    /// The chains with their hooks, `""` for one without.
    Map<String, String> chains() {
        return chains;
    }

    /// The rules of a chain; none when there is no such chain.
    List<String> rules(String chain) {
        return rules.getOrDefault(chain, List.of());
    }

    /// The sets and maps.
    Map<String, Elements> sets() {
        return sets;
    }

    /// The counters.
    Set<String> counters() {
        return counters;
    }

    /// What this table holds once the transaction is through, as `PacketFilter.objects` tells it.
    public Set<String> objects() {
        Set<String> all = new HashSet<>();
        all.add("rules " + rules.values().stream().mapToInt(List::size).sum());
        chains.keySet().forEach(c -> all.add("chain " + c));
        sets.forEach((s, e) -> all.add(e.sort() + " " + s));
        counters.forEach(c -> all.add(COUNTER + " " + c));
        return all;
    }

    /// The transaction that removes a table, whether it is there or not. It is added first, since deleting what is
    /// not there would be refused.
    public static String removal(String family, String name) {
        return "add table " + family + " " + name + "\ndelete table " + family + " " + name + "\n";
    }
}
