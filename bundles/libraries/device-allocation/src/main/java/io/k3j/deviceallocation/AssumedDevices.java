package io.k3j.deviceallocation;

import io.k3j.celapi.Cel;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// ResourceClaims as they will be when the scheduler's own writes are seen, so that no device is given twice, and what
/// drivers offer. For any thread.
public final class AssumedDevices implements ClaimedDevices {
    private static final String ALLOCATED = "allocated";
    private static final String ALLOCATION = "allocation";
    private static final String MADE = "made";
    private static final String RESOURCE = "resource";
    private final InstantSource clock;
    private final LiveView claims;
    private final LiveView slices;
    private final LiveView classes;
    /// What is being written. It holds whatever the view tells meanwhile, which sees the finalizer before the devices.
    private final Map<Key, Obj> writing = new ConcurrentHashMap<>();
    /// What was written, until the view has it.
    private final Map<Key, Obj> written = new ConcurrentHashMap<>();
    /// How often slices have changed.
    private final AtomicLong changes = new AtomicLong();
    private volatile Offered offered = new Offered(-1, DevicePools.of(List.of()));
    private @Nullable Cel cel;
    private @Nullable DeviceSelectors selectors;

    /// @param changes of slices before they were looked at
    private record Offered(long changes, DevicePools pools) {
    }

    /// Over what is seen.
    ///
    /// @param clock the time of day
    public AssumedDevices(LiveViews views, InstantSource clock) {
        this.clock = clock;
        this.claims = views.of(BuiltinResources.RESOURCE_CLAIMS).index(ALLOCATED,
                c -> c.status().has(ALLOCATION) ? List.of(ALLOCATED) : List.of()).index(MADE, AssumedDevices::owner);
        this.slices = views.of(BuiltinResources.RESOURCE_SLICES);
        this.slices.listen((before, after) -> changes.incrementAndGet());
        this.classes = views.of(BuiltinResources.DEVICE_CLASSES).index(RESOURCE, ExtendedResources::of);
    }

    private static List<String> owner(Obj claim) {
        return ExtendedClaim.marked(claim) ? claim.controller().map(o -> List.of(o.text("uid"))).orElse(List.of())
                : List.of();
    }

    /// The view of claims.
    public LiveView claims() {
        return claims;
    }

    /// The view of slices.
    public LiveView offered() {
        return slices;
    }

    /// The view of classes.
    public LiveView classes() {
        return classes;
    }

    /// Evaluates selectors by this engine from now on; null: there is none. Loads nothing.
    public synchronized void engine(@Nullable Cel engine) {
        cel = engine;
    }

    /// No more by this one, unless another has come. What it has compiled goes.
    public synchronized void without(Cel engine) {
        if (cel == engine) {
            cel = null;
        }
        selectors = null;
    }

    @Override
    public synchronized @Nullable DeviceSelectors selectors() {
        Cel engine = cel;
        DeviceSelectors known = selectors;
        if (engine == null) {
            selectors = null;
            return null;
        }
        if (known == null || known.cel() != engine) {
            known = new DeviceSelectors(engine);
            selectors = known;
        }
        return known;
    }

    /// Takes claims for what is about to be written, until [#restore].
    public void assume(List<Obj> wanted) {
        wanted.forEach(o -> writing.put(o.key(), o));
    }

    /// Takes over what was written, unless something newer was.
    void confirm(Obj done) {
        written.merge(done.key(), done, (there, mine) -> there.revision() > mine.revision() ? there : mine);
    }

    /// The end of writing: what was written stays. Another pod's attempt may have assumed something else of a shared
    /// claim meanwhile, which stays too: if it is older its write will be refused.
    void restore(List<Obj> wanted) {
        wanted.forEach(o -> writing.remove(o.key(), o));
    }

    /// Tells of a claim that is no more.
    public void gone(Obj claim) {
        written.remove(claim.key());
    }

    @Override
    public Optional<Obj> claim(Key key) {
        return claims.get(key).map(this::newer);
    }

    @Override
    public List<Obj> allocated() {
        Map<Key, Obj> all = new HashMap<>();
        // in this order: what leaves one of the first two is in the next
        writing.forEach((key, wanted) -> (ExtendedClaim.planned(wanted) ? Optional.of(wanted) : claim(key))
                .ifPresent(c -> all.put(key, c)));
        written.forEach((key, done) -> claim(key).or(() -> unseen(done)).ifPresent(c -> all.putIfAbsent(key, c)));
        claims.by(ALLOCATED, ALLOCATED).forEach(c -> all.computeIfAbsent(c.key(), key -> newer(c)));
        return all.values().stream().filter(c -> c.status().has(ALLOCATION)).toList();
    }

    /// What was made here is newer than the view; what the view does not have any more is gone.
    private Optional<Obj> unseen(Obj done) {
        if (done.revision() > claims.revision()) {
            return Optional.of(done);
        }
        written.remove(done.key(), done);
        return Optional.empty();
    }

    private Obj newer(Obj stored) {
        Obj pending = writing.get(stored.key());
        if (pending != null && pending.uid().equals(stored.uid())) {
            return pending;
        }
        Obj known = written.getOrDefault(stored.key(), stored);
        if (stored.revision() > known.revision() || !stored.uid().equals(known.uid())) {
            written.remove(known.key(), known);
            return stored;
        }
        return known;
    }

    @Override
    public DevicePools pools() {
        long now = changes.get();
        Offered known = offered;
        if (known.changes() != now) {
            known = new Offered(now, DevicePools.of(slices.list()));
            offered = known;
        }
        return known.pools();
    }

    @Override
    public Optional<Obj> deviceClass(String name) {
        return classes.get(Key.of(name));
    }

    @Override
    public Optional<Obj> classOf(String resource) {
        return ExtendedResources.chosen(classes.by(RESOURCE, resource));
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public List<Obj> made(String pod) {
        return claims.by(MADE, pod);
    }
}
