package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// One holder's try at one `Lease`, as client-go's leader election: whoever's name stands in it and was
/// renewed within its duration holds it. See <https://kubernetes.io/docs/concepts/architecture/leases/>.
///
/// A lease is judged by when *we* last saw it change, never by its own clock. One thread.
public final class LeaseHold {
    private final ApiClient api;
    private final Key key;
    private final String holder;
    private final Duration duration;
    private final InstantSource clock;
    private long seenRevision;
    private Instant seenAt = Instant.MIN;
    private boolean held;

    /// A hold on the lease `key` in the name of `holder`, lost when not renewed for `duration`.
    public LeaseHold(ApiClient api, Key key, String holder, Duration duration, InstantSource clock) {
        this.api = api;
        this.key = key;
        this.holder = holder;
        this.duration = duration;
        this.clock = clock;
    }

    /// Takes or renews the lease where possible; called again at each renewal.
    /// @return whether it is held now
    public boolean renew() {
        try {
            held = tried();
        } catch (ApiFault fault) {
            held = held && clock.instant().isBefore(seenAt.plus(duration));
        }
        return held;
    }

    /// Whether the last [#renew] said so and its time is not over.
    public boolean held() {
        return held && clock.instant().isBefore(seenAt.plus(duration));
    }

    /// Lets go, so that another need not wait for the time to be over. Failing to is not told.
    public void release() {
        if (!held) {
            return;
        }
        held = false;
        try {
            api.find(Resources.LEASES, key).filter(this::ours)
                    .ifPresent(l -> api.update(Resources.LEASES, written(l, ""), WriteOptions.PLAIN));
        } catch (ApiFault late) {
            // the others wait for the time to be over
        }
    }

    private boolean tried() {
        Optional<Obj> found = api.find(Resources.LEASES, key);
        if (found.isEmpty()) {
            return seen(api.create(Resources.LEASES, written(fresh(), holder), WriteOptions.PLAIN));
        }
        Obj lease = found.get();
        if (lease.revision() != seenRevision && !ours(lease)) {
            seen(lease);
        }
        boolean free = lease.spec().text("holderIdentity").isEmpty();
        boolean over = !clock.instant().isBefore(seenAt.plus(duration));
        return (ours(lease) || free || over)
                && seen(api.update(Resources.LEASES, written(lease, holder), WriteOptions.PLAIN));
    }

    private boolean seen(Obj lease) {
        seenRevision = lease.revision();
        seenAt = clock.instant();
        return ours(lease);
    }

    private boolean ours(Obj lease) {
        return lease.spec().text("holderIdentity").equals(holder);
    }

    private Obj fresh() {
        return Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace())));
    }

    private Obj written(Obj lease, String by) {
        Struct old = lease.spec();
        boolean same = old.text("holderIdentity").equals(by);
        String now = Times.micros(clock.instant());
        Struct spec = old.with("holderIdentity", by)
                .with("leaseDurationSeconds", by.isEmpty() ? 1 : duration.toSeconds())
                .with("renewTime", now);
        if (!same) {
            spec = spec.with("acquireTime", now).with("leaseTransitions",
                    old.isEmpty() ? 0 : old.whole("leaseTransitions", 0) + 1);
        }
        return lease.with(spec, "spec");
    }
}
