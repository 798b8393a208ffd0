package io.k3j.kindrules;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.function.UnaryOperator;

/// Helpers for defaulting, as upstream's `SetDefaults_…` functions need them. Pure: each returns the very struct that
/// it was given where nothing changes, so that defaulting an object that has its defaults copies nothing. Objects come
/// here decoded by their schema, so that fields have the types it knows.
public final class Fill {
    private Fill() {
    }

    /// Sets a field that is missing, null or an empty text.
    public static Struct in(Struct of, String field, Object value) {
        Object now = of.get(field);
        return now == null || now == Null.NULL || "".equals(now) ? of.with(field, value) : of;
    }

    /// Sets two fields that are missing, null or an empty text.
    public static Struct in(Struct of, String field, Object value, String field2, Object value2) {
        return in(in(of, field, value), field2, value2);
    }

    /// Sets a whole number that is missing or zero, which counts as unset: Go has no pointer for this field.
    public static Struct zero(Struct of, String field, long value) {
        return of.whole(field, 0) == 0 ? of.with(field, value) : of;
    }

    /// Changes a nested struct; returns `of` unchanged when there is none. `change` returns what it was given where
    /// nothing is to change.
    public static Struct inside(Struct of, String field, UnaryOperator<Struct> change) {
        if (!(of.get(field) instanceof Struct s)) {
            return of;
        }
        Struct changed = change.apply(s);
        return changed == s ? of : of.with(field, changed);
    }

    /// Changes every struct of a nested list, in the same way; returns `of` unchanged when there is none.
    public static Struct each(Struct of, String field, UnaryOperator<Struct> change) {
        if (!(of.get(field) instanceof Seq list)) {
            return of;
        }
        Seq all = list.mapped(change);
        return all == list ? of : of.with(field, all);
    }
}
