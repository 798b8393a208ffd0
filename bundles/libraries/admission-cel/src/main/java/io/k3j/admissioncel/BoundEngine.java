package io.k3j.admissioncel;

import io.k3j.celapi.Cel;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// An engine as long as it is bound, and all that it has compiled: with the last reference to this, both can go.
/// Whoever evaluates holds it meanwhile, so that an engine may be unbound at any time. Any thread.
public final class BoundEngine {
    private final Cel cel;
    /// By what keeps them, which goes with the object that the expressions stand in.
    private final Map<PerEngine<?>, Object> made = new WeakHashMap<>();

    /// @param cel the engine
    public BoundEngine(Cel cel) {
        this.cel = cel;
    }

    /// The engine.
    public Cel cel() {
        return cel;
    }

    synchronized void keep(PerEngine<?> owner, Object compiled) {
        made.put(owner, compiled);
    }

    synchronized @Nullable Object kept(PerEngine<?> owner) {
        return made.get(owner);
    }

    /// What is kept, for tests.
    synchronized int size() {
        return made.size();
    }
}
