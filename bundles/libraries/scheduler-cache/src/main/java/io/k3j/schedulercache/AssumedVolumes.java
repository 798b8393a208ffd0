package io.k3j.schedulercache;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Claims and volumes as they will be when the scheduler's own writes are seen: upstream's `AssumeCache`. Without it an
/// attempt could choose a volume that one before has chosen, or another node than its own claims were given. One object
/// each at most; it goes when a newer one is seen, or none any more. For any thread.
public final class AssumedVolumes implements ClaimedVolumes {
    private final ClaimedVolumes seen;
    /// Claims have a namespace and volumes have none, so their keys differ.
    private final Map<Key, Obj> assumed = new ConcurrentHashMap<>();

    /// Over what is seen.
    public AssumedVolumes(ClaimedVolumes seen) {
        this.seen = seen;
    }

    /// Takes objects for what is about to be written; each has the revision it was changed at.
    public void assume(List<Obj> wanted) {
        wanted.forEach(o -> assumed.put(o.key(), o));
    }

    /// Takes over what was written in place of what was to be, which may have been given up meanwhile.
    public void confirm(Obj wanted, Obj written) {
        assumed.replace(wanted.key(), wanted, written);
    }

    /// Gives up what was to be written; what was written stays.
    public void restore(List<Obj> wanted) {
        wanted.forEach(o -> assumed.remove(o.key(), o));
    }

    /// Tells of an object that is no more.
    public void gone(Obj object) {
        assumed.remove(object.key());
    }

    @Override
    public Optional<Obj> claim(Key key) {
        return seen.claim(key).map(this::newer);
    }

    @Override
    public Optional<Obj> volume(String name) {
        return seen.volume(name).map(this::newer);
    }

    @Override
    public List<Obj> volumesOf(String storageClass) {
        List<Obj> volumes = seen.volumesOf(storageClass);
        return assumed.isEmpty() ? volumes : volumes.stream().map(this::newer).toList();
    }

    @Override
    public Optional<Obj> storageClass(String name) {
        return seen.storageClass(name);
    }

    @Override
    public CsiObjects csi() {
        return seen.csi();
    }

    private Obj newer(Obj stored) {
        Obj known = assumed.getOrDefault(stored.key(), stored);
        if (stored.revision() > known.revision() || !stored.uid().equals(known.uid())) {
            assumed.remove(known.key(), known);
            return stored;
        }
        return known;
    }
}
