package io.k3j.schema;

import io.k3j.model.Seq;
import io.k3j.model.Struct;

/// What an applier really said, of an object that was typed: typing adds fields that Go always writes. Pure.
public final class DeclaredFields {
    private DeclaredFields() {
    }

    /// The fields of `typed` that `said` has.
    public static Struct of(Struct said, Struct typed) {
        Struct.Builder now = Struct.builder();
        typed.forEach((name, value) -> {
            Object was = said.get(name);
            if (was != null) {
                now.put(name, of(was, value));
            }
        });
        return now.build();
    }

    /// Lists are compared place by place; where typing has changed their number it is taken as typed.
    private static Object of(Object said, Object typed) {
        if (said instanceof Struct s && typed instanceof Struct t) {
            return of(s, t);
        }
        if (said instanceof Seq s && typed instanceof Seq t && s.size() == t.size()) {
            Object[] all = new Object[t.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = of(s.get(i), t.get(i));
            }
            return Seq.owning(all);
        }
        return typed;
    }
}
