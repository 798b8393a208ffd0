package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/// One holder's try at one `Lease`, as client-go's leader election: whoever's name stands in it and was renewed
/// within its duration holds it. See <https://kubernetes.io/docs/concepts/architecture/leases/>.
///
/// A lease is judged by when *we* last saw it change, never by its own clock, as the clocks of servers differ. Ours
/// counts from before the renewal was sent, anybody else's from when we saw it: so who loses it knows first. One
/// thread, except for [#until] and [#held].
public final class LeaseHold {
    private final ApiClient api;
    private final Key key;
    private final String holder;
    private final Timing timing;
    private final TimeSource time;
    private final InstantSource clock;
    private long seenRevision;
    private String seenHolder = "";
    /// Since when the lease has been seen with its holder; of the monotonic clock, as all here.
    private Instant seenSince = Instant.MIN;
    private Instant freeAt = Instant.MIN;
    private volatile Instant until = Instant.MIN;
    private volatile boolean held;

    /// Upstream's three numbers of an election (15, 10 and 2 seconds by default).
    ///
    /// @param lease how long the lease stands without being renewed, as it is written
    /// @param renewDeadline how long a holder believes in it without having renewed it; shorter
    /// @param retry how long to wait between tries; shorter still
    public record Timing(Duration lease, Duration renewDeadline, Duration retry) {
        /// When everybody else may take it: the holder has surely given it up by then.
        Duration givenUp() {
            Duration sure = renewDeadline.plus(retry);
            return sure.compareTo(lease) < 0 ? sure : lease;
        }
    }

    /// A hold on the lease `key` in the name of `holder`. All its instants are of the monotonic clock but those
    /// written into the lease.
    ///
    /// @param api in whose identity the lease is read and written
    /// @param holder as `spec.holderIdentity`; another one for each process
    public LeaseHold(ApiClient api, Key key, String holder, Timing timing, TimeSource time) {
        this.api = api;
        this.key = key;
        this.holder = holder;
        this.timing = timing;
        this.time = time;
        this.clock = time.monotonic();
    }

    /// Takes or renews the lease where possible; called again at each renewal. Blocks for a read and a write of the
    /// API. What the API refuses, a conflict with a faster one included, is no exception: then it is held as long
    /// as its time is not over.
    ///
    /// @return whether it is held now
    public boolean renew() {
        try {
            held = tried();
        } catch (ApiFault fault) {
            held = held();
        }
        return held;
    }

    /// Notes the lease as somebody found it, without trying anything. What is older than known is no news.
    public void saw(Obj lease) {
        if (lease.revision() > seenRevision) {
            note(lease, clock.instant());
        }
    }

    /// An event of another's renewal moves the time at which it may be taken; its holder's change alone moves
    /// `seenSince`.
    private void note(Obj lease, Instant now) {
        String by = lease.spec().text("holderIdentity");
        if (!by.equals(seenHolder)) {
            seenHolder = by;
            seenSince = now;
        }
        seenRevision = lease.revision();
        freeAt = by.isEmpty() || ours(lease) ? Instant.MIN : now.plus(stands(lease));
    }

    /// Whether another has it, and has been seen to for so long; tells a steady leader from one that has just
    /// begun.
    public boolean theirs(Duration atLeast) {
        Instant now = clock.instant();
        return now.isBefore(freeAt) && !seenSince.plus(atLeast).isAfter(now);
    }

    /// Whether nobody has it and has had it for so long, though somebody had once.
    public boolean nobodys(Duration atLeast) {
        Instant now = clock.instant();
        return seenRevision > 0
                && Stream.of(freeAt, seenSince, until).noneMatch(busy -> busy.plus(atLeast).isAfter(now));
    }

    /// Whether the last [#renew] said so and its time is not over.
    public boolean held() {
        return held && clock.instant().isBefore(until);
    }

    /// Until when it is held at least, as of the last renewal; far in the past when it is not. Any thread.
    public Instant until() {
        return held ? until : Instant.MIN;
    }

    /// When it may be taken from anyone who has it; past when it is ours or nobody's.
    public Instant freeAt() {
        return freeAt;
    }

    /// The revision of the lease as we wrote or saw it last.
    public long revision() {
        return seenRevision;
    }

    /// Lets go, so that another need not wait for the time to be over. Failing to is not told. Blocks for a read
    /// and a write. Only when the work that was bound to the lease has ended.
    public void release() {
        if (!held) {
            return;
        }
        held = false;
        try {
            api.find(BuiltinResources.LEASES, key).filter(this::ours)
                    .ifPresent(l -> api.update(BuiltinResources.LEASES, written(l, ""), WriteOptions.PLAIN));
        } catch (ApiFault late) {
            // the others wait for the time to be over
        }
    }

    /// A lease whose revision is new was renewed just now, whatever it says: its time begins anew.
    private boolean tried() {
        Optional<Obj> found = api.find(BuiltinResources.LEASES, key);
        Instant begin = clock.instant();
        if (found.isEmpty()) {
            return taken(api.create(BuiltinResources.LEASES, written(fresh(), holder), WriteOptions.PLAIN), begin);
        }
        Obj lease = found.get();
        if (!ours(lease) && lease.revision() != seenRevision) {
            note(lease, begin);
        }
        return (ours(lease) || !begin.isBefore(freeAt))
                && taken(api.update(BuiltinResources.LEASES, written(lease, holder), WriteOptions.PLAIN), begin);
    }

    /// A write that is not at the newest revision is refused, so only one of several gets here.
    private boolean taken(Obj lease, Instant begin) {
        note(lease, begin);
        until = begin.plus(timing.renewDeadline);
        return true;
    }

    /// A holder with our timing gives up early; any other is believed as long as its lease says.
    private Duration stands(Obj lease) {
        long seconds = lease.spec().whole("leaseDurationSeconds", timing.lease.toSeconds());
        return seconds == timing.lease.toSeconds() ? timing.givenUp() : Duration.ofSeconds(seconds);
    }

    private boolean ours(Obj lease) {
        return lease.spec().text("holderIdentity").equals(holder);
    }

    private Obj fresh() {
        return Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                Struct.of("name", key.name(), "namespace", key.namespace())));
    }

    /// `leaseTransitions` counts changes of the holder, letting go included. A lease without a holder says one
    /// second, as client-go's.
    private Obj written(Obj lease, String by) {
        Struct old = lease.spec();
        boolean same = old.text("holderIdentity").equals(by);
        String now = Times.micros(time.instant());
        Struct spec = old.with("holderIdentity", by)
                .with("leaseDurationSeconds", by.isEmpty() ? 1 : timing.lease.toSeconds())
                .with("renewTime", now);
        if (!same) {
            spec = spec.with("acquireTime", now).with("leaseTransitions",
                    old.isEmpty() ? 0 : old.whole("leaseTransitions", 0) + 1);
        }
        return lease.with(spec, "spec");
    }
}
