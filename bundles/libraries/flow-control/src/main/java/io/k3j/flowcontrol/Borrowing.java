package io.k3j.flowcontrol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Lends the seats that priority levels do not use to those that could (KEP-1040, "Dispatching and borrowing"). A level
/// keeps what it cannot lend, and what it has used lately up to its own seats; the rest is shared by demand.
final class Borrowing {
    private Borrowing() {
    }

    private record Lent(PriorityLevel level, int least, SeatAllocation.Item item) {
    }

    /// Shares all levels' own seats anew.
    /// @return the fraction of its demand that a level gets between its bounds
    static double share(Collection<PriorityLevel> levels) {
        int left = 0;
        int never = 0;
        int used = 0;
        List<Lent> limited = new ArrayList<>();
        for (PriorityLevel level : levels) {
            SeatDemand.Figures demand = level.measure();
            PriorityLevel.Limits limits = level.limits();
            left += limits.nominal();
            if (level.spec().queuing().exempt()) {
                int least = Math.max(limits.lower(), demand.highest());
                left -= least;
                level.lend(demand.smoothed(), least);
                continue;
            }
            int least = Math.max(limits.lower(), Math.min(limits.nominal(), demand.highest()));
            limited.add(new Lent(level, least,
                    new SeatAllocation.Item(least, limits.upper(), Math.max(least, demand.smoothed()))));
            never += limits.lower();
            used += least;
        }
        return share(limited, left, never, used);
    }

    /// Where exempt requests take so many seats that too few are left, limited levels share what remains above what
    /// they never lend.
    private static double share(List<Lent> limited, int left, int never, int used) {
        boolean scarce = left <= used;
        double part = !scarce || left <= never || used == never ? 0 : (double) (left - never) / (used - never);
        double fraction = scarce ? 0 : SeatAllocation.fraction(left, limited.stream().map(Lent::item).toList());
        for (Lent each : limited) {
            int lower = each.level.limits().lower();
            double seats = scarce ? lower + (each.least - lower) * part : each.item.at(fraction);
            each.level.lend(each.item.target(), (int) Math.round(seats));
        }
        return fraction;
    }
}
