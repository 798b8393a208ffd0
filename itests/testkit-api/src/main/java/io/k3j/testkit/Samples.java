package io.k3j.testkit;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/// Objects with every field of their kind set, each text telling its field's name.
public final class Samples {
    /// How often one definition may stand inside itself.
    private static final int NESTED = 1;
    private final Map<String, Integer> open = new HashMap<>();

    private Samples() {
    }

    /// An object of a kind. A definition that holds itself does so once.
    public static Struct of(Gvk kind, Shape shape) {
        Struct.Builder b = Struct.builder().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        new Samples().object(shape).forEach((name, v) -> {
            if (!b.has(name)) {
                b.put(name, v);
            }
        });
        return b.build();
    }

    private Struct object(Shape shape) {
        Struct.Builder b = Struct.builder();
        open.merge(shape.definition(), 1, Integer::sum);
        for (Field f : shape.fields()) {
            if (!f.numbers().isEmpty() && room(f.shape())) {
                b.put(f.name(), value(f.shape(), f.name()));
            }
        }
        open.merge(shape.definition(), -1, Integer::sum);
        return b.build();
    }

    private boolean room(Shape shape) {
        return switch (shape.type()) {
            case LIST, MAP -> room(shape.items());
            case ANY -> shape.items() == Shape.ANY || room(shape.items());
            case OBJECT -> open.getOrDefault(shape.definition(), 0) < NESTED + 1;
            default -> true;
        };
    }

    private Object value(Shape shape, String name) {
        return switch (shape.type()) {
            case OBJECT -> object(shape);
            case MAP -> Struct.of(name, value(shape.items(), name), "other", value(shape.items(), name));
            case LIST -> Seq.of(value(shape.items(), name), value(shape.items(), name));
            case STRING -> name;
            case DURATION -> "1m30.5s";
            case INT32 -> 32L;
            case INT64 -> -64_000_000_000L;
            case NUMBER -> 0.25;
            case BOOLEAN -> true;
            case INT_OR_STRING -> name.length() % 2 == 0 ? (Object) name : 7L;
            case QUANTITY -> "1500m";
            case TIME -> "2026-11-20T09:00:00Z";
            case MICRO_TIME -> "2026-11-20T09:00:00.123456Z";
            case BYTES -> Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
            case FIELDS -> Struct.of("f:" + name, Struct.EMPTY);
            case ANY -> any(shape, name);
        };
    }

    private Object any(Shape shape, String name) {
        if (shape.items() == Shape.ANY) {
            return Struct.of("kind", "Any", "value", name);
        }
        return shape.definition().endsWith("StringArray") ? Seq.of(name) : object(shape.items());
    }
}
