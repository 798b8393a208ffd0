package io.k3j.scheduler;

import io.k3j.celapi.Cel;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.deviceallocation.DeviceSelectors;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// ResourceClaims as they will be when the scheduler's own writes are seen, so that no device is given twice, and what
/// drivers offer. For any thread, but for [#selectors], which is the scheduling loop's.
final class AssumedDevices implements ClaimedDevices {
    private static final String ALLOCATED = "allocated";
    private static final String ALLOCATION = "allocation";
    private final LiveView claims;
    private final LiveView slices;
    private final LiveView classes;
    private final Map<Key, Obj> assumed = new ConcurrentHashMap<>();
    private volatile @Nullable Cel cel;
    private volatile @Nullable DeviceSelectors selectors;

    AssumedDevices(LiveViews views) {
        this.claims = views.of(BuiltinResources.RESOURCE_CLAIMS).index(ALLOCATED,
                c -> c.status().has(ALLOCATION) ? List.of(ALLOCATED) : List.of());
        this.slices = views.of(BuiltinResources.RESOURCE_SLICES);
        this.classes = views.of(BuiltinResources.DEVICE_CLASSES);
    }

    /// The view of claims.
    LiveView claims() {
        return claims;
    }

    /// The view of slices.
    LiveView offered() {
        return slices;
    }

    /// The view of classes.
    LiveView classes() {
        return classes;
    }

    /// Evaluates selectors by this engine from now on; null: there is none. Loads nothing.
    void engine(@Nullable Cel engine) {
        cel = engine;
    }

    /// No more by this one, unless another has come. What it has compiled goes.
    void without(Cel engine) {
        if (cel == engine) {
            cel = null;
        }
        selectors = null;
    }

    @Override
    public @Nullable DeviceSelectors selectors() {
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

    /// Takes claims for what is about to be written; each has the revision it was changed at.
    void assume(List<Obj> wanted) {
        wanted.forEach(o -> assumed.put(o.key(), o));
    }

    /// Takes over what was written. Another pod's attempt may have assumed something else of a shared claim meanwhile:
    /// that is older, and its write will be refused.
    void confirm(Obj written) {
        assumed.merge(written.key(), written, (there, mine) -> there.revision() > mine.revision() ? there : mine);
    }

    /// Gives up what was to be written; what was written stays.
    void restore(List<Obj> wanted) {
        wanted.forEach(o -> assumed.remove(o.key(), o));
    }

    /// Tells of a claim that is no more.
    void gone(Obj claim) {
        assumed.remove(claim.key());
    }

    @Override
    public Optional<Obj> claim(Key key) {
        return claims.get(key).map(this::newer);
    }

    @Override
    public List<Obj> allocated() {
        Map<Key, Obj> all = new HashMap<>();
        claims.by(ALLOCATED, ALLOCATED).forEach(c -> all.put(c.key(), newer(c)));
        assumed.keySet().forEach(key -> claim(key).ifPresent(c -> all.put(key, c)));
        return all.values().stream().filter(c -> c.status().has(ALLOCATION)).toList();
    }

    private Obj newer(Obj stored) {
        Obj known = assumed.getOrDefault(stored.key(), stored);
        if (stored.revision() > known.revision() || !stored.uid().equals(known.uid())) {
            assumed.remove(known.key(), known);
            return stored;
        }
        return known;
    }

    @Override
    public List<Obj> slices() {
        return slices.list();
    }

    @Override
    public Optional<Obj> deviceClass(String name) {
        return classes.get(Key.of(name));
    }
}
