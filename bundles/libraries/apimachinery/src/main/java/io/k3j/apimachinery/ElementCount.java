package io.k3j.apimachinery;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// How many elements a value has: objects, lists, and nulls, which stand for objects of a type. Each becomes what its
/// type says, with defaults, whatever little of it was written. The walk ends where the bound is reached. Pure.
public final class ElementCount {
    private static final int LONGEST = 256;
    private final long enough;
    private long count;

    private ElementCount(long enough) {
        this.enough = enough;
    }

    /// The number of elements.
    ///
    /// @param value a tree, as deep as JSON is read at most
    /// @param enough where the walk may end
    /// @return below `enough` the number in the whole value, else `enough`
    public static long atLeast(@Nullable Object value, long enough) {
        ElementCount walk = new ElementCount(enough);
        walk.add(value);
        return walk.count;
    }

    private void add(@Nullable Object value) {
        switch (value) {
            case Struct s -> {
                count++;
                for (int i = 0; i < s.size() && count < enough; i++) {
                    add(s.value(i));
                }
            }
            case Seq s -> {
                count++;
                for (int i = 0; i < s.size() && count < enough; i++) {
                    add(s.get(i));
                }
            }
            case Null n -> count++;
            case null, default -> {
            }
        }
    }

    /// The field in which most elements are, as `spec.containers`; empty where no single one has half of them.
    ///
    /// @param most as many as are too many
    public static String place(Struct object, long most) {
        StringBuilder path = new StringBuilder();
        Struct at = object;
        for (int field = fullest(at, most); field >= 0 && path.length() < LONGEST; field = fullest(at, most)) {
            String name = at.name(field);
            path.append(path.isEmpty() ? "" : ".")
                    .append(name, 0, Math.min(name.length(), LONGEST - Math.min(LONGEST, path.length())));
            at = at.value(field) instanceof Struct s ? s : Struct.EMPTY;
        }
        return path.toString();
    }

    private static int fullest(Struct at, long most) {
        for (int i = 0; i < at.size(); i++) {
            if (atLeast(at.value(i), most / 2) >= most / 2) {
                return i;
            }
        }
        return -1;
    }
}
