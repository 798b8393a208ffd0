package io.k3j.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.schema.Shape.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Makes shapes from a CRD's schema.
final class StructuralShapes {
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    private final Shape meta;

    StructuralShapes(Schemas builtIn) {
        meta = builtIn.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    }

    /// An object's fields, and what it was made from.
    private record Own(String description, boolean atomic, FieldTable fields, Struct source) implements Body {
    }

    Shape root(Struct schema) {
        return make(schema, true);
    }

    private Shape node(Struct schema) {
        return make(schema, schema.flag("x-kubernetes-embedded-resource"));
    }

    /// @param object whether it is a whole object, with type and metadata
    private Shape make(Struct s, boolean object) {
        Struct more = s.struct("additionalProperties");
        boolean free = s.flag("additionalProperties");
        Type type = type(s, object, !more.isEmpty() || free);
        Shape items = type == Type.LIST ? node(s.struct("items"))
                : !more.isEmpty() ? node(more) : free ? Shape.ANY : null;
        Object otherwise = s.get("default");
        String description = s.text("description");
        Facts facts = new Facts(type, "", () -> description, items, flags(s, type), "",
                List.copyOf(s.seq("x-kubernetes-list-map-keys").texts()), otherwise == Null.NULL ? null : otherwise,
                s.seq("enum"), s.text("format"), rules(s));
        return new Shape(facts, new Own(description, false, new FieldTable(fields(s, object)), s));
    }

    private static Type type(Struct s, boolean object, boolean map) {
        if (s.flag("x-kubernetes-int-or-string")) {
            return Type.INT_OR_STRING;
        }
        return switch (s.text("type")) {
            case "object" -> map && !object && s.struct("properties").isEmpty() ? Type.MAP : Type.OBJECT;
            case "array" -> Type.LIST;
            case "string" -> Type.STRING;
            case "integer" -> Type.INT64;
            case "number" -> Type.NUMBER;
            case "boolean" -> Type.BOOLEAN;
            default ->
                object || !s.struct("properties").isEmpty() ? Type.OBJECT : s.has("items") ? Type.LIST : Type.ANY;
        };
    }

    private static int flags(Struct s, Type type) {
        int flags = s.flag(PRESERVE) ? Facts.KEEPS_UNKNOWN : 0;
        flags |= s.flag("x-kubernetes-embedded-resource") ? Facts.EMBEDDED : 0;
        flags |= s.flag("nullable") ? Facts.NULLABLE : 0;
        flags |= s.text("x-kubernetes-map-type").equals("atomic") ? Facts.ATOMIC : 0;
        if (type == Type.LIST) {
            flags |= s.text("x-kubernetes-list-type").equals("map") ? Facts.LIST_MAP : 0;
            flags |= s.text("x-kubernetes-list-type").equals("set") ? Facts.LIST_SET : 0;
        }
        return flags;
    }

    private List<Field> fields(Struct s, boolean object) {
        List<Field> fields = new ArrayList<>();
        List<String> required = s.seq("required").texts();
        Struct properties = s.struct("properties");
        if (object) {
            fields.add(field("apiVersion", new Shape(Facts.of(Type.STRING), Body.NONE), required));
            fields.add(field("kind", new Shape(Facts.of(Type.STRING), Body.NONE), required));
            fields.add(field("metadata", meta, required));
        }
        properties.forEach((name, schema) -> {
            boolean standard = object && (name.equals("apiVersion") || name.equals("kind") || name.equals("metadata"));
            if (!standard && schema instanceof Struct inner) {
                fields.add(field(name, node(inner), required));
            }
        });
        return fields;
    }

    private static Field field(String name, Shape shape, List<String> required) {
        return new Field(name, shape, required.contains(name), true, Field.Emission.OMIT, List.of());
    }

    private Rules rules(Struct s) {
        Struct not = s.struct("not");
        Shape never = s.has("not") ? node(not) : null;
        return Rules.of(s, matcher(s.text("pattern")),
                new Rules.Branches(branches(s, "allOf"), branches(s, "anyOf"), branches(s, "oneOf"), never));
    }

    private List<Shape> branches(Struct s, String name) {
        return s.seq(name).structs().stream().map(this::node).toList();
    }

    /// A pattern that is none fits nothing.
    private static Predicate<String> matcher(String pattern) {
        if (pattern.isEmpty()) {
            return text -> true;
        }
        Pattern compiled = compiled(pattern);
        return compiled == null ? text -> false : text -> compiled.matcher(text).find();
    }

    static @Nullable Pattern compiled(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            return null;
        }
    }
}
