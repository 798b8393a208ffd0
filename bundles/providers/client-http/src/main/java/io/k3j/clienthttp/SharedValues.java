package io.k3j.clienthttp;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// Lets equal values of different objects be one, as the labels and ports of a Deployment's pods are when nothing else
/// is kept of them. Remembers a bounded number of values, whatever comes; one whose place was taken is kept again by
/// the next object that has it. For one thread.
final class SharedValues {
    private static final int BITS = 12;
    /// Spreads hash codes that differ in few bits (Knuth's multiplicative hashing).
    private static final int SPREAD = 0x9E3779B1;
    private final Object[] recent = new Object[1 << BITS];

    /// An equal object, of values met before where there are any.
    Obj of(Obj object) {
        return object.withTree(struct(object.tree()));
    }

    private Object value(Object value) {
        Object made = switch (value) {
            case Struct s -> struct(s);
            case Seq s -> Seq.owning(s.stream().map(this::value).toArray());
            default -> value;
        };
        int place = made.hashCode() * SPREAD >>> Integer.SIZE - BITS;
        Object known = recent[place];
        if (made.equals(known)) {
            return known;
        }
        recent[place] = made;
        return made;
    }

    private Struct struct(Struct whole) {
        String[] names = new String[whole.size()];
        Object[] values = new Object[whole.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = whole.name(i);
            values[i] = value(whole.value(i));
        }
        return Struct.owning(names, values);
    }
}
