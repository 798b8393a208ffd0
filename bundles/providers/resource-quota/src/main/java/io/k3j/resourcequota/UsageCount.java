package io.k3j.resourcequota;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The objects of one resource in one namespace, counted for the quotas there as a view tells of them. A view of the
/// namespace alone hears of no other's objects, and begins with everything present, so that no change is counted twice
/// or left out. For kinds that are only counted it shows metadata. Any thread.
final class UsageCount implements View.Listener, AutoCloseable {
    private final List<Tally> tallies;
    private final InstantSource clock;
    private final Consumer<QuotaSpec> due;
    private final View view;
    private boolean synced;

    /// Begins to count.
    /// @param due told of each quota of which more or less is used than before, and of all once everything is counted;
    /// called on the view's thread
    UsageCount(ApiClient api, Gvr resource, List<QuotaSpec> quotas, InstantSource clock, Consumer<QuotaSpec> due) {
        Evaluator evaluator = Evaluators.of(resource);
        this.tallies = quotas.stream().map(q -> new Tally(q, evaluator)).toList();
        this.clock = clock;
        this.due = due;
        Query query = Query.in(quotas.getFirst().key().namespace());
        this.view = Evaluators.readsObjects(resource) ? api.view(resource, query) : api.metadata(resource, query);
    }

    /// Lets the view tell.
    UsageCount begin() {
        view.listen(this);
        return this;
    }

    /// Whether it counts for these quotas.
    boolean serves(List<QuotaSpec> quotas) {
        return tallies.stream().map(Tally::spec).toList().equals(quotas);
    }

    @Override
    public void changed(@Nullable Obj before, @Nullable Obj after) {
        tallies.stream().filter(t -> moved(t, before, after)).forEach(t -> due.accept(t.spec()));
    }

    private synchronized boolean moved(Tally tally, @Nullable Obj before, @Nullable Obj after) {
        return tally.changed(before, after, clock.instant()) && synced;
    }

    @Override
    public void synced() {
        synchronized (this) {
            synced = true;
        }
        tallies.forEach(t -> due.accept(t.spec()));
    }

    /// Whether everything present has been counted.
    synchronized boolean complete() {
        return synced;
    }

    /// What is used of a quota and what was given up, at one moment.
    synchronized Usage of(QuotaSpec quota) {
        Usage usage = Usage.NONE;
        for (Tally tally : tallies) {
            if (tally.spec().equals(quota)) {
                tally.expire(clock.instant());
                usage = new Usage(tally.sum(), tally.released(), tally.nextExpiry());
            }
        }
        return usage;
    }

    /// So much of what was given up has been told.
    synchronized void settled(QuotaSpec quota, ResourceList told) {
        tallies.stream().filter(t -> t.spec().equals(quota)).forEach(t -> t.settled(told));
    }

    @Override
    public void close() {
        view.close();
    }

    /// What is used of a quota.
    /// @param released what objects gave up and nobody has been told of
    /// @param expiry when less is used though nothing changes
    record Usage(ResourceList used, ResourceList released, Instant expiry) {
        /// Nothing.
        static final Usage NONE = new Usage(ResourceList.EMPTY, ResourceList.EMPTY, Instant.MAX);

        /// Both together.
        Usage and(Usage other) {
            return new Usage(used.plus(other.used), released.plus(other.released),
                    expiry.isBefore(other.expiry) ? expiry : other.expiry);
        }
    }
}
