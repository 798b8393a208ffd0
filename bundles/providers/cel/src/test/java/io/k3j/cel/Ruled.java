package io.k3j.cel;

import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelType;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.Structural;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Schemas with rules, by short names.
final class Ruled {
    private static final Schemas SCHEMAS = new Schemas();

    private Ruled() {
    }

    /// @param kind as `array of string`
    /// @param most how large it may be, null for no limit
    static Struct schema(String kind, @Nullable Long most) {
        if (kind.startsWith("array of ")) {
            String of = kind.substring("array of ".length());
            return limited(type("array").with("items", schema(of, inner(of) ? most : null)), "maxItems", most);
        }
        if (kind.startsWith("map of ")) {
            return limited(type("object").with("additionalProperties", schema(kind.substring("map of ".length()),
                    null)), "maxProperties", most);
        }
        return switch (kind) {
            case "numbers" -> type("array").with("items", type("number"));
            case "texts" -> limited(type("object").with("additionalProperties", schema("string", most)),
                    "maxProperties", most);
            case "object" -> object("required", type("string"), "optional", type("string")).with("required",
                    Seq.of("required"));
            case "string", "text" -> limited(type("string"), "maxLength", most);
            case "byte", "date", "date-time", "duration" -> limited(type("string").with("format", kind), "maxLength",
                    most);
            case "chosen" -> limited(type("string").with("enum", Seq.of("A", "B", "C", "LongValue")), "maxLength",
                    most);
            case "int-or-string" -> limited(Struct.of("x-kubernetes-int-or-string", true), "maxLength", most);
            case "replaced" -> object("str", schema("string", most), "before", schema("string", 2L), "after",
                    schema("string", 4L));
            case "split" -> object("str", schema("string", most), "separator", schema("string", most));
            default -> type(kind);
        };
    }

    /// Limits of what stands in a list.
    private static boolean inner(String kind) {
        return kind.equals("text") || kind.startsWith("map of object");
    }

    private static Struct type(String name) {
        return Struct.of("type", name);
    }

    private static Struct object(Object... properties) {
        return type("object").with("properties", Struct.of(properties));
    }

    private static Struct limited(Struct schema, String by, @Nullable Long most) {
        return most == null ? schema : schema.with(by, most);
    }

    /// What rules of a schema see.
    static CelDeclarations declared(Struct schema) {
        Shape shape = Objects.requireNonNull(Structural.shape(SCHEMAS, object("a", schema)).child("a"));
        CelType self = new CelType.Shaped("selfType", shape, true);
        return CelDeclarations.of(Map.of("self", self)).with("oldSelf", self);
    }
}
