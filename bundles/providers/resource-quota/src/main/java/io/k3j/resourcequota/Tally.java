package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the objects of one resource use of one quota: a sum that each change of an object moves. Keeps nothing of an
/// object, but of those that use less at some time though nothing changes. For one thread at a time.
final class Tally {
    /// What an object is counted as, until when, and as what from then on.
    private record Timed(ResourceList amounts, Instant expiry, ResourceList rest) {
    }

    private final QuotaSpec spec;
    private final Evaluator evaluator;
    private final Map<String, Timed> timed = new HashMap<>();
    private ResourceList sum = ResourceList.EMPTY;
    private ResourceList released = ResourceList.EMPTY;

    Tally(QuotaSpec spec, Evaluator evaluator) {
        this.spec = spec;
        this.evaluator = evaluator;
    }

    QuotaSpec spec() {
        return spec;
    }

    /// An object came, changed or went.
    /// @return whether the sum is another one
    boolean changed(@Nullable Obj before, @Nullable Obj after, Instant now) {
        ResourceList was = before == null ? ResourceList.EMPTY : forget(before);
        return move(was, after == null ? ResourceList.EMPTY : remember(after, now));
    }

    private ResourceList forget(Obj object) {
        Timed known = timed.remove(object.uid());
        return known != null ? known.amounts : counted(object.tree(), Instant.MIN);
    }

    private ResourceList remember(Obj object, Instant now) {
        ResourceList is = counted(object.tree(), now);
        evaluator.expiry(object.tree()).ifPresent(
                at -> timed.put(object.uid(), new Timed(is, at, counted(object.tree(), Instant.MAX))));
        return is;
    }

    private ResourceList counted(Struct object, Instant now) {
        return spec.counted(evaluator, object, evaluator.usage(object, now));
    }

    private boolean move(ResourceList was, ResourceList is) {
        ResourceList difference = is.minus(was).withoutZeros();
        sum = sum.plus(difference);
        released = released.plus(was.above(is).withoutZeros());
        return !difference.isEmpty();
    }

    /// Counts those anew whose time has come.
    void expire(Instant now) {
        timed.replaceAll((uid, t) -> {
            if (t.expiry.isBefore(now) && !t.amounts.equals(t.rest)) {
                move(t.amounts, t.rest);
                return new Timed(t.rest, t.expiry, t.rest);
            }
            return t;
        });
    }

    /// When [#expire] has something to do next, [Instant#MAX] for never.
    Instant nextExpiry() {
        return timed.values().stream().filter(t -> !t.amounts.equals(t.rest)).map(Timed::expiry)
                .min(Instant::compareTo).orElse(Instant.MAX);
    }

    /// What is used now; zero for every name that nothing is used of.
    ResourceList sum() {
        ResourceList zero = ResourceList.EMPTY;
        for (String name : spec.names()) {
            zero = evaluator.counts(name) ? zero.plus(ResourceList.of(name, Quantity.ZERO)) : zero;
        }
        return zero.plus(sum).only(spec.names()::contains);
    }

    /// What objects gave up since [#settled], be it used again or not.
    ResourceList released() {
        return released;
    }

    /// So much of what was released has been told.
    void settled(ResourceList told) {
        released = released.above(told).withoutZeros();
    }
}
