package io.k3j.netfilter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The difference of two tables as one transaction. The order is the kernel's: what refers to something goes before
/// it and comes after it, so new chains and sets come first, then elements, then rules, and what nobody wants goes
/// last. For one thread, once.
final class TableChanges {
    private final NftTable before;
    private final NftTable after;
    private final String table;
    /// Chains that are made anew, because the kernel changes no hook of a chain that stands.
    private final Set<String> rehooked = new HashSet<>();
    /// Sets that are made anew, because the kernel changes no definition of a set that stands.
    private final Set<String> redefined = new HashSet<>();
    private final List<String> script = new ArrayList<>();

    TableChanges(NftTable before, NftTable after) {
        this.before = before;
        this.after = after;
        this.table = after.family() + " " + after.name();
    }

    String script() {
        before.chains().forEach((c, hook) -> {
            if (after.chains().containsKey(c) && !hook.equals(after.chains().get(c))) {
                rehooked.add(c);
            }
        });
        before.sets().forEach((s, e) -> {
            NftTable.Elements now = after.sets().get(s);
            if (now != null && !(now.sort().equals(e.sort()) && now.definition().equals(e.definition()))) {
                redefined.add(s);
            }
        });
        List<String> changed = changedChains();
        Collection<String> gone = gone(before.chains(), after.chains());
        loosen(changed, gone);
        make(changed);
        clear(gone);
        return script.isEmpty() ? "" : String.join("\n", script) + "\n";
    }

    /// Chains that stay and whose rules differ; all of them when a set is made anew, since rules hold on to it.
    private List<String> changedChains() {
        return after.chains().keySet().stream().filter(c -> before.chains().containsKey(c))
                .filter(c -> !redefined.isEmpty() || rehooked.contains(c) || !after.rules(c).equals(before.rules(c)))
                .toList();
    }

    /// Takes the old rules and elements away, and what they kept from being made anew.
    private void loosen(List<String> changed, Collection<String> gone) {
        changed.forEach(c -> script.add("flush chain " + table + " " + c));
        gone.forEach(c -> script.add("flush chain " + table + " " + c));
        before.sets().forEach((s, e) -> {
            NftTable.Elements now = after.sets().get(s);
            if (now != null && !redefined.contains(s)) {
                elements("delete", s, e,
                        differing(e, now));
            }
        });
        redefined.forEach(this::delete);
        rehooked.forEach(c -> script.add("delete chain " + table + " " + c));
    }

    private void make(List<String> changed) {
        after.counters().stream().filter(c -> !before.counters().contains(c))
                .forEach(c -> script.add("add counter " + table + " " + c));
        after.chains().forEach((c, hook) -> {
            if (rehooked.contains(c) || !before.chains().containsKey(c)) {
                script.add("add chain " + table + " " + c + hook);
            }
        });
        after.sets().forEach((s, e) -> {
            NftTable.Elements old = redefined.contains(s) ? null : before.sets().get(s);
            if (old == null) {
                script.add("add " + e.sort() + " " + table + " " + s + " { " + e.definition() + " }");
            }
            elements("add", s, e, old == null ? List.copyOf(e.values().keySet()) : differing(e, old));
        });
        Set<String> again = new HashSet<>(changed);
        after.chains().keySet().stream().filter(c -> again.contains(c) || !before.chains().containsKey(c))
                .forEach(c -> after.rules(c).forEach(r -> script.add("add rule " + table + " " + c + " " + r)));
    }

    /// Maps lead to chains and chains hold on to sets and maps; their rules are gone by now.
    private void clear(Collection<String> chains) {
        gone(before.sets(), after.sets()).forEach(this::delete);
        chains.forEach(c -> script.add("delete chain " + table + " " + c));
        before.counters().stream().filter(c -> !after.counters().contains(c))
                .forEach(c -> script.add("delete counter " + table + " " + c));
    }

    private void delete(String set) {
        NftTable.Elements e = before.sets().get(set);
        if (e != null) {
            script.add("delete " + e.sort() + " " + table + " " + set);
        }
    }

    /// The keys of elements that the other one has not, or has with another value.
    private static List<String> differing(NftTable.Elements e, NftTable.Elements other) {
        return e.values().entrySet().stream().filter(v -> !v.getValue().equals(other.values().get(v.getKey())))
                .map(Map.Entry::getKey).toList();
    }

    private void elements(String verb, String set, NftTable.Elements e, List<String> keys) {
        if (!keys.isEmpty()) {
            String text = verb.equals("add") ? e.text(keys) : String.join(", ", keys);
            script.add(verb + " element " + table + " " + set + " { " + text + " }");
        }
    }

    /// Sorted, so that the same tables give the same script.
    private static Collection<String> gone(Map<String, ?> before, Map<String, ?> after) {
        Set<String> gone = new TreeSet<>(before.keySet());
        gone.removeAll(after.keySet());
        return gone;
    }
}
