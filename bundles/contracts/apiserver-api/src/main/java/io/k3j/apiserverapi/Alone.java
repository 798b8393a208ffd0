package io.k3j.apiserverapi;

import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The context of a write that nobody serves: no other versions, nothing is checked, warnings go nowhere.
final class Alone implements Write.Context {
    private final Map<Object, Object> notes = new HashMap<>();

    @Override
    public long revision() {
        return 0;
    }

    @Override
    public List<ResourceKind> equivalents() {
        return List.of();
    }

    @Override
    public Struct converted(Struct object, ResourceKind to) {
        return object;
    }

    @Override
    public Struct accepted(Struct document, ResourceKind as) {
        return document;
    }

    @Override
    public void warn(String text) {
        // nobody is told
    }

    @Override
    public int round() {
        return 0;
    }

    @Override
    public void reinvoke() {
        // there is one round
    }

    @Override
    public Map<Object, Object> notes() {
        return notes;
    }
}
