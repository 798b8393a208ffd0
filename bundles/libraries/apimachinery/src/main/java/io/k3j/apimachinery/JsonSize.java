package io.k3j.apimachinery;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// How large a value is as JSON, near enough for bounds: escapes are not counted; and how deep. The walk ends where the
/// bound is reached, so a value that contains itself many times costs no more than one that is just too large. Pure.
public final class JsonSize {
    private static final int SCALAR = 4;
    private final long enough;
    private long size;

    private JsonSize(long enough) {
        this.enough = enough;
    }

    /// The size of a value as JSON, in bytes for text in ASCII.
    ///
    /// @param value a tree, null counting as JSON's null
    /// @param enough where the walk may end
    /// @return below `enough` the size of the whole value, else some number that is at least `enough`
    public static long atLeast(@Nullable Object value, long enough) {
        JsonSize walk = new JsonSize(enough);
        walk.add(value);
        return walk.size;
    }

    /// Whether objects and lists nest deeper than so many levels; a scalar has none. Goes no deeper than `levels`, so
    /// it never runs out of stack where `levels` is what decoders allow.
    public static boolean deeper(@Nullable Object value, int levels) {
        switch (value) {
            case Struct s -> {
                boolean deeper = levels < 1;
                for (int i = 0; i < s.size() && !deeper; i++) {
                    deeper = deeper(s.value(i), levels - 1);
                }
                return deeper;
            }
            case Seq s -> {
                boolean deeper = levels < 1;
                for (int i = 0; i < s.size() && !deeper; i++) {
                    deeper = deeper(s.get(i), levels - 1);
                }
                return deeper;
            }
            case null, default -> {
                return false;
            }
        }
    }

    /// Quotes, colons and commas are counted in with the names; numbers and words count four bytes each, whatever they
    /// are.
    private void add(@Nullable Object value) {
        switch (value) {
            case String s -> size += s.length() + 2L;
            case Struct s -> {
                size += 2;
                for (int i = 0; i < s.size() && size < enough; i++) {
                    size += s.name(i).length() + SCALAR;
                    add(s.value(i));
                }
            }
            case Seq s -> {
                size += 2;
                for (int i = 0; i < s.size() && size < enough; i++) {
                    size++;
                    add(s.get(i));
                }
            }
            case null, default -> size += SCALAR;
        }
    }
}
