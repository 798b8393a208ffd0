package io.k3j.networkpolicy;

import io.k3j.netfilter.NftTable;
import io.k3j.netfilter.TableWriter;
import io.k3j.netpolicy.PodPolicy;
import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// Brings the kernel's table to what the picture says but for the policies whose rules the kernel refuses: each of them
/// lets nothing through until it is another one, or is taken when it is tried again. So the pods it selects are closed
/// but for what other policies let through, and the change goes on for everybody else.
///
/// ```
/// the whole ─► refused ─► some are closed, one guess after the other ─► taken ─► half by half opened again
///
/// 1. those with rules which the kernel does not have that are new or have changed
/// 2. all with such rules
/// 3. these and a part of the others, each part once
/// 4. every policy; when this is refused, too, it is not for a policy, and nothing changes
/// ```
///
/// A table that is refused leaves the kernel what it has: nobody but the suspects of the guess that was right is closed
/// while it is looked for who is guilty. Where nothing stands every pod is open; then the kernel has none of the rules,
/// and the second guess closes all.
///
/// For one thread, but [#suspect].
final class PolicyWriter {
    /// How many transactions a search for what is refused takes at most, besides those it begins with. What has not
    /// been looked at alone by then stays closed, and is looked at first the next time.
    static final int MOST_TRIES = 64;
    /// In how many parts those are closed whose rules the kernel has and that may yet be guilty.
    private static final int PARTS = 8;
    private final PacketFilter filter;
    private final Tables tables;
    private final BooleanSupplier stopped;
    private final TableWriter writer;
    private final Predicate<PodPolicy> every = p -> true;
    private final Map<PodPolicy, Refusal> refused = new LinkedHashMap<>();
    private Predicate<PodPolicy> open = every;
    private PolicyTable.Made stands = new PolicyTable.Made(new NftTable(PolicyTable.FAMILY, PolicyTable.NAME),
            Map.of(), List.of(), every);
    private int tries;

    /// Where tables come from.
    @FunctionalInterface
    interface Tables {
        /// The table of now.
        ///
        /// @param open the policies whose rules are in it; the others let nothing through
        PolicyTable.Made of(Predicate<PodPolicy> open);
    }

    /// A policy that lets nothing through.
    ///
    /// @param why what the packet filter said
    /// @param alone whether that was about this policy only; if not, the search has ended before that was known
    record Refusal(PodPolicy policy, String why, boolean alone) {
    }

    /// What became of a write.
    ///
    /// @param written whether the kernel has got anything
    /// @param refused whether it has refused anything
    record Outcome(boolean written, boolean refused) {
    }

    /// @param stopped whether a search is given up
    PolicyWriter(PacketFilter filter, Tables tables, BooleanSupplier stopped) {
        this.filter = filter;
        this.tables = tables;
        this.stopped = stopped;
        this.writer = new TableWriter(filter, PolicyTable.FAMILY, PolicyTable.NAME);
    }

    /// The next write looks whether the table still stands. Any thread.
    void suspect() {
        writer.suspect();
    }

    /// Those that the kernel does not take, as they are now.
    Collection<Refusal> refused() {
        return List.copyOf(refused.values());
    }

    /// What the kernel has.
    PolicyTable.Made stands() {
        return stands;
    }

    /// Writes the table of now.
    ///
    /// @param again whether policies that were refused are tried once more
    /// @throws FilterRefused when it is refused whatever policies say; the kernel has what it had before
    /// @throws CancellationException when a search was given up; the kernel has what it took last
    Outcome write(boolean again) {
        tries = 0;
        PolicyTable.Made made = tables.of(open);
        if (!refused.isEmpty()) {
            refused.keySet().retainAll(made.policies());
        }
        boolean good = true;
        boolean written = true;
        try {
            written = put(made);
        } catch (FilterRefused e) {
            good = false;
            try {
                search(made, reason(e));
            } finally {
                hold();
            }
        }
        if (again && good && !refused.isEmpty()) {
            written = true;
            good = admit(waiting(), "");
        }
        hold();
        return new Outcome(written, !good);
    }

    private void search(PolicyTable.Made whole, String why) {
        if (taken(whole)) {
            // what stood there was not what had been left there
            return;
        }
        Set<PodPolicy> all = whole.opened();
        for (Set<PodPolicy> suspects : guesses(whole)) {
            Set<PodPolicy> rest = without(all, suspects);
            if (taken(tables.of(rest::contains))) {
                divide(sorted(suspects), why);
                return;
            }
        }
        attempt(tables.of(p -> false));
        divide(sorted(all), why);
    }

    /// Among which policies the guilty ones may all be, the likeliest first; that they may be any comes after these.
    private Collection<Set<PodPolicy>> guesses(PolicyTable.Made whole) {
        Set<PodPolicy> all = whole.opened();
        Set<PodPolicy> unlike = whole.unlike(filter.objects(PolicyTable.FAMILY, PolicyTable.NAME));
        Collection<Set<PodPolicy>> guesses = new LinkedHashSet<>();
        guesses.add(without(unlike, stands.opened()));
        guesses.add(unlike);
        List<PodPolicy> others = sorted(without(all, unlike));
        int size = Math.ceilDiv(others.size(), PARTS);
        for (int from = 0; from < others.size(); from += size) {
            Set<PodPolicy> some = new HashSet<>(unlike);
            some.addAll(others.subList(from, Math.min(from + size, others.size())));
            guesses.add(some);
        }
        guesses.remove(Set.of());
        guesses.remove(all);
        return guesses;
    }

    /// @param some refused together, for this reason
    private void divide(List<PodPolicy> some, String why) {
        if (some.size() == 1) {
            refused.put(some.getFirst(), new Refusal(some.getFirst(), why, true));
        } else if (!some.isEmpty()) {
            int half = some.size() / 2;
            admit(some.subList(0, half), why);
            admit(some.subList(half, some.size()), why);
        }
    }

    /// Opens these beside those that are open.
    ///
    /// @param why they were refused before, together with others
    /// @return whether all of them were taken
    private boolean admit(List<PodPolicy> some, String why) {
        if (tries++ >= MOST_TRIES) {
            some.forEach(p -> refused.put(p, new Refusal(p, why, false)));
            return false;
        }
        Set<PodPolicy> next = new HashSet<>(stands.opened());
        next.addAll(some);
        try {
            attempt(tables.of(next::contains));
        } catch (FilterRefused e) {
            divide(some, reason(e));
            return false;
        }
        some.forEach(refused::remove);
        return true;
    }

    /// Those that are closed, the ones first of which it is not known whether they have to be.
    private List<PodPolicy> waiting() {
        return refused.values().stream()
                .sorted(Comparator.comparing(Refusal::alone).thenComparing(Refusal::policy)).map(Refusal::policy)
                .toList();
    }

    private boolean taken(PolicyTable.Made made) {
        try {
            attempt(made);
            return true;
        } catch (FilterRefused e) {
            return false;
        }
    }

    /// A step of a search.
    private void attempt(PolicyTable.Made made) {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("stopped while looking for what is refused");
        }
        put(made);
    }

    private boolean put(PolicyTable.Made made) {
        boolean written = writer.write(made.table());
        stands = made;
        return written;
    }

    private void hold() {
        Set<PodPolicy> held = Set.copyOf(refused.keySet());
        open = held.isEmpty() ? every : p -> !held.contains(p);
    }

    private static Set<PodPolicy> without(Set<PodPolicy> all, Set<PodPolicy> some) {
        Set<PodPolicy> rest = new HashSet<>(all);
        some.forEach(rest::remove);
        return rest;
    }

    private static List<PodPolicy> sorted(Set<PodPolicy> some) {
        return some.stream().sorted().toList();
    }

    private static String reason(FilterRefused e) {
        return String.valueOf(e.getMessage());
    }
}
