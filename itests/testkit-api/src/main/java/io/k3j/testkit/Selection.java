package io.k3j.testkit;

import io.k3j.clientapi.Query;
import io.k3j.model.Obj;
import org.jspecify.annotations.Nullable;

/// Whether a query selects an object; a field is any path in its tree.
final class Selection {
    private Selection() {
    }

    static boolean matches(Query query, Obj object) {
        boolean here = query.namespace().isEmpty() || query.namespace().equals(object.namespace());
        return here && query.labels().matches(object.labels()) && query.fields().matches(f -> field(object, f));
    }

    private static String field(Obj object, String path) {
        @Nullable
        Object value = object.at(path.split("\\."));
        return value == null ? "" : value.toString();
    }
}
