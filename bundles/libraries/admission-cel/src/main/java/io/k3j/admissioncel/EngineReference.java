package io.k3j.admissioncel;

import io.k3j.celapi.Cel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine a component has now: for the bind and unbind methods of a dynamic reference. What an engine has compiled
/// goes when it is unbound, whether something is written afterwards or not. Any thread.
public final class EngineReference implements Supplier<@Nullable BoundEngine> {
    private volatile @Nullable BoundEngine now;

    /// Null while there is none.
    @Override
    public @Nullable BoundEngine get() {
        return now;
    }

    /// OSGi binds a successor before it unbinds the last one.
    public synchronized void bind(Cel cel) {
        now = new BoundEngine(cel);
    }

    /// Nothing when another one has come.
    public synchronized void unbind(Cel cel) {
        BoundEngine bound = now;
        if (bound != null && bound.cel() == cel) {
            now = null;
        }
    }
}
