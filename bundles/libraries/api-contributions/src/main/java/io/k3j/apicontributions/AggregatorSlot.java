package io.k3j.apicontributions;

import io.k3j.apiserverapi.AggregatedApis;
import io.k3j.apiserverapi.AggregatedApis.OpenApiDocument;
import io.k3j.apiserverapi.AggregatedApis.Version;
import io.k3j.componentbase.Signal;
import io.k3j.objectregistry.Completeness;
import io.k3j.objectregistry.Slot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The place of the aggregator among [Contributions]: who serves, whether anybody should, and what the last one served.
/// Unlike of other contributions it is known from the beginning whether there has to be one: the feature of the
/// aggregator says so by a configuration. For any thread.
public final class AggregatorSlot {
    private final Slot<AggregatedApis> services = Slot.highestFirst(Completeness.declared(Set.of(), e -> ""));
    private final Signal signal;
    /// A number: a component that is made anew may come before the one before it goes.
    private final AtomicInteger wanted = new AtomicInteger();
    private volatile boolean seen;
    private volatile List<Version> last = List.of();
    private volatile List<OpenApiDocument> lastOpenApi = List.of();

    /// @param signal raised when a service was added
    AggregatorSlot(Signal signal) {
        this.signal = signal;
    }

    /// A service has come, or its properties have changed.
    void add(AggregatedApis service, Map<String, ?> properties) {
        services.add(service, properties);
        seen = true;
    }

    /// A service goes. What it serves is remembered as it says now: nobody may have asked it since that has changed.
    void remove(AggregatedApis service) {
        last = List.copyOf(service.versions());
        lastOpenApi = List.copyOf(service.openApi());
        services.remove(service);
    }

    /// From now on there has to be one, until this is taken back as often as it was said.
    public void want() {
        wanted.incrementAndGet();
    }

    /// Takes one [#want] back.
    public void unwant() {
        wanted.decrementAndGet();
        signal.raise();
    }

    /// Who serves; null when nobody does.
    public @Nullable AggregatedApis serving() {
        List<Slot.Entry<AggregatedApis>> all = services.state().all();
        return all.isEmpty() ? null : all.getFirst().service();
    }

    /// The same, after up to two seconds of waiting for one that is starting or being replaced.
    public @Nullable AggregatedApis await() {
        signal.await(() -> serving() != null || !isWanted(), ReplacementWait.MILLIS);
        return serving();
    }

    /// Whether there has to be one.
    public boolean isWanted() {
        return wanted.get() > 0;
    }

    /// Whether one has been there since the start, or need not be. Stays so while it is replaced.
    public boolean started() {
        return seen || !isWanted();
    }

    /// What other servers serve; what they did while one that is wanted is away. The same list until one changes.
    public List<Version> versions() {
        AggregatedApis now = serving();
        return now != null ? now.versions() : isWanted() ? last : List.of();
    }

    /// What other servers say in OpenAPI 2; what they did while one that is wanted is away. Changes as [#versions].
    public List<OpenApiDocument> openApi() {
        AggregatedApis now = serving();
        return now != null ? now.openApi() : isWanted() ? lastOpenApi : List.of();
    }
}
