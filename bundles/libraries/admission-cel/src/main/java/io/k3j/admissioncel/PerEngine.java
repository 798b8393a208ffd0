package io.k3j.admissioncel;

import io.k3j.celapi.Cel;
import java.lang.ref.WeakReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What was compiled by one engine, once; by another one anew. It is the engine that keeps it ([BoundEngine]), so that
/// the code of one that was unbound can go at once. Any thread: the first who needs it compiles, others wait for him.
/// @param <T> what is compiled; must not refer to this
public final class PerEngine<T> {
    private final Function<Cel, T> compiled;
    /// A short way to what the engine keeps.
    private volatile WeakReference<Made<T>> last = new WeakReference<>(null);

    private record Made<T>(BoundEngine engine, T value) {
    }

    /// @param compiled takes milliseconds, and does not fail for what users have written
    public PerEngine(Function<Cel, T> compiled) {
        this.compiled = compiled;
    }

    /// What the engine has made.
    public T by(BoundEngine engine) {
        Made<T> made = last.get();
        return made != null && made.engine == engine ? made.value : make(engine).value;
    }

    private synchronized Made<T> make(BoundEngine engine) {
        Made<T> made = known(engine);
        if (made == null) {
            made = new Made<>(engine, compiled.apply(engine.cel()));
            engine.keep(this, made);
        }
        last = new WeakReference<>(made);
        return made;
    }

    @SuppressWarnings("unchecked") // nobody else keeps anything under this
    private @Nullable Made<T> known(BoundEngine engine) {
        return (Made<T>) engine.kept(this);
    }
}
