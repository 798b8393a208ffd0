package io.k3j.resourcequota;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiResource;
import io.k3j.model.Gvr;
import io.k3j.resourcequota.UsageCount.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The counts that the quotas of one namespace need: of the resources they name, as long as these are served. Any
/// thread.
final class NamespaceUsage {
    /// How soon it is looked again which resources are served when a quota names what none is, as that of a CRD that
    /// comes later.
    static final Duration LOOK_AGAIN = Duration.ofSeconds(30);
    private final Duration period;
    private final ApiClient api;
    private final InstantSource clock;
    private final Consumer<QuotaSpec> due;
    private final Map<Gvr, UsageCount> counts = new HashMap<>();
    private List<QuotaSpec> quotas = List.of();
    private Instant looked = Instant.MIN;
    private boolean unserved;

    /// @param period how soon it is looked again when all are served, which may go: `resource-quota-sync-period`
    /// @param due told of quotas that need another look; must not block
    NamespaceUsage(ApiClient api, InstantSource clock, Duration period, Consumer<QuotaSpec> due) {
        this.period = period;
        this.api = api;
        this.clock = clock;
        this.due = due;
    }

    /// Counts what these quotas want, and nothing else; none: nothing at all.
    synchronized void follow(List<QuotaSpec> wanted) {
        if (wanted.equals(quotas) && clock.instant().isBefore(looked.plus(period()))) {
            return;
        }
        Map<Gvr, List<QuotaSpec>> needed = needed(wanted);
        for (Gvr gone : List.copyOf(counts.keySet())) {
            UsageCount count = counts.get(gone);
            if (count != null && !count.serves(needed.getOrDefault(gone, List.of()))) {
                counts.remove(gone);
                count.close();
            }
        }
        needed.forEach((resource, some) -> counts.computeIfAbsent(resource,
                r -> new UsageCount(api, r, some, clock, due).begin()));
        unserved = wanted.stream().anyMatch(q -> !q.served(needed.keySet()));
        quotas = wanted;
        looked = clock.instant();
    }

    /// How soon [#follow] has to look again though no quota changes.
    synchronized Duration period() {
        return unserved && LOOK_AGAIN.compareTo(period) < 0 ? LOOK_AGAIN : period;
    }

    private Map<Gvr, List<QuotaSpec>> needed(List<QuotaSpec> wanted) {
        Map<Gvr, List<QuotaSpec>> needed = new HashMap<>();
        for (ApiResource r : wanted.isEmpty() ? List.<ApiResource>of() : api.resources()) {
            if (r.namespaced() && r.can("list") && r.can("watch") && !Evaluators.ignored(r.resource())) {
                Evaluator evaluator = Evaluators.of(r.resource());
                wanted.stream().filter(q -> q.counts(evaluator))
                        .forEach(q -> needed.computeIfAbsent(r.resource(), k -> new ArrayList<>()).add(q));
            }
        }
        return needed;
    }

    /// Whether everything that a quota wants has been counted once.
    synchronized boolean complete() {
        return counts.values().stream().allMatch(UsageCount::complete);
    }

    /// What is used of one of the quotas, in all.
    synchronized Usage of(QuotaSpec quota) {
        return counts.values().stream().map(c -> c.of(quota)).reduce(Usage.NONE, Usage::and);
    }

    /// So much of what was given up has been told.
    synchronized void settled(QuotaSpec quota, ResourceList told) {
        counts.values().forEach(c -> c.settled(quota, told));
    }

    /// Counts no more.
    synchronized void close() {
        follow(List.of());
        counts.values().forEach(UsageCount::close);
        counts.clear();
    }
}
