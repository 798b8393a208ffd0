package io.k3j.admissioncel;

import io.k3j.celapi.Cel;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What was compiled by one engine, once; by another one anew, so that the code of one that was swapped can go. Any
/// thread: the first who needs it compiles, others wait for him.
/// @param <T> what is compiled
public final class PerEngine<T> {
    private final Function<Cel, T> compiled;
    private volatile @Nullable Made<T> made;

    private record Made<T>(Cel cel, T value) {
    }

    /// @param compiled takes milliseconds, and does not fail for what users have written
    public PerEngine(Function<Cel, T> compiled) {
        this.compiled = compiled;
    }

    /// What the engine has made.
    public T by(Cel cel) {
        Made<T> now = made;
        return now != null && now.cel == cel ? now.value : make(cel);
    }

    private synchronized T make(Cel cel) {
        Made<T> now = made;
        if (now != null && now.cel == cel) {
            return now.value;
        }
        T value = compiled.apply(cel);
        made = new Made<>(cel, value);
        return value;
    }
}
