package io.k3j.netfilter;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Keeps one table of the kernel as its owner wants it. The first write states the whole table, whatever stands
/// there; each later one only what differs from the write before, so that a change costs its own size in the kernel.
/// After a refusal, and when [#suspect] was called and something is missing, the whole is stated again.
///
/// **Threads.** [#write] by one at a time, it blocks until the kernel has answered; [#suspect] by any, at any time.
public final class TableWriter {
    private final PacketFilter filter;
    private final String family;
    private final String name;
    private final AtomicBoolean suspected = new AtomicBoolean();
    private @Nullable NftTable last;

    /// Writes nothing yet.
    ///
    /// @param filter who carries it out
    /// @param family `ip`, `ip6` or `inet`
    /// @param name of the table; nobody else writes it
    public TableWriter(PacketFilter filter, String family, String name) {
        this.filter = filter;
        this.family = family;
        this.name = name;
    }

    /// Makes the kernel's table this one. Packets meet the old rules until then and the new ones from then on. When
    /// it is refused the kernel has what it had before, and the next write states the whole.
    ///
    /// @param wanted of this family and name; it must not be changed afterwards
    /// @return whether anything was written
    /// @throws FilterRefused when the kernel refuses
    public boolean write(NftTable wanted) {
        if (!wanted.family().equals(family) || !wanted.name().equals(name)) {
            throw new IllegalArgumentException(
                    "table " + wanted.family() + " " + wanted.name() + " given to the writer of " + family + " "
                            + name);
        }
        if (suspected.getAndSet(false) && last != null && !stands(last)) {
            last = null;
        }
        NftTable before = last;
        last = null;
        boolean written = before == null ? state(wanted) : change(wanted.changesFrom(before));
        last = wanted;
        return written;
    }

    /// Somebody else has changed the kernel's rules: the next write looks whether the table still stands. Chains,
    /// sets, maps and the number of rules are looked at, not the elements.
    public void suspect() {
        suspected.set(true);
    }

    private boolean stands(NftTable table) {
        return filter.objects(family, name).containsAll(table.objects());
    }

    /// What stands may be of a kind that cannot become what is wanted, as a set with another type. Then the table is
    /// made anew, still in one transaction.
    private boolean state(NftTable wanted) {
        Set<String> present = filter.objects(family, name);
        try {
            filter.apply(wanted.restated(present));
        } catch (FilterRefused e) {
            if (present.isEmpty()) {
                throw e;
            }
            filter.apply(NftTable.removal(family, name) + wanted.restated(Set.of()));
        }
        return true;
    }

    private boolean change(String script) {
        if (script.isEmpty()) {
            return false;
        }
        filter.apply(script);
        return true;
    }
}
