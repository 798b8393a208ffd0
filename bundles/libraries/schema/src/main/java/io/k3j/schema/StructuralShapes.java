package io.k3j.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import io.k3j.schema.Shape.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Makes shapes from a CRD's schema: what upstream's `schema.NewStructural` makes, with all of a schema read at once,
/// because it is bounded and read again and again. Pure. What a structural schema may not hold is ignored where it
/// stands: [StructuralCheck] tells of it when a CRD is written.
final class StructuralShapes {
    /// What a schema may restrict in `metadata`.
    private static final Set<String> NAMES = Set.of("name", "generateName");
    private static final String PRESERVE = "x-kubernetes-preserve-unknown-fields";
    /// The `metadata` of all objects: a CRD cannot change what is known of it.
    private final Shape meta;
    private final SchemaPatterns patterns = new SchemaPatterns();

    StructuralShapes(Schemas builtIn) {
        meta = builtIn.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    }

    /// An object's fields, and the schema it was made from. `atomic` is in the facts of a CRD, never here.
    private record Own(String description, boolean atomic, FieldTable fields, Struct source) implements Body {
    }

    /// The shape of the kind itself.
    Shape root(Struct schema) {
        return make(named(schema), true, schema);
    }

    /// Who makes an object has to name it: nothing is filled in there, and `metadata` is restricted by names only. In
    /// objects within the object more may be said.
    private static Struct named(Struct schema) {
        Struct properties = schema.struct("properties");
        for (String name : List.of("apiVersion", "kind", "metadata")) {
            if (properties.get(name) instanceof Struct s) {
                properties = properties.with(name, s.without("default"));
            }
        }
        if (properties.get("metadata") instanceof Struct meta && meta.has("properties")) {
            Struct.Builder names = Struct.builder();
            meta.struct("properties").forEach((name, v) -> {
                if (NAMES.contains(name) && v instanceof Struct s) {
                    names.put(name, s.without("default"));
                }
            });
            properties = properties.with("metadata", meta.with("properties", names.build()));
        }
        return schema.has("properties") ? schema.with("properties", properties) : schema;
    }

    /// The shape of any value below it.
    private Shape node(Struct schema) {
        return make(schema, schema.flag("x-kubernetes-embedded-resource"), schema);
    }

    /// @param object whether it is a whole object, with type and metadata
    /// @param source as it was written
    private Shape make(Struct s, boolean object, Struct source) {
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
        return pruned(facts, new Own(description, false, new FieldTable(fields(s, object)), source));
    }

    /// What is filled in has no fields that nobody knows: upstream's `PruneDefaults`. A CRD may keep such defaults.
    private static Shape pruned(Facts facts, Own own) {
        Shape shape = new Shape(facts, own);
        Object otherwise = facts.defaultValue();
        if (otherwise == null) {
            return shape;
        }
        Object known = Pruning.pruned(shape, otherwise);
        return known == otherwise ? shape : new Shape(facts.otherwise(known), own);
    }

    /// The type as it is walked. A schema without `type` still tells by `properties` or `items` what it is about: so do
    /// the branches of `allOf` and the like, which may not name a type.
    ///
    /// @param object whether it is a whole object, which is never a MAP: it has `metadata`
    /// @param map whether free fields are allowed
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

    /// The `x-kubernetes-` extensions as bits of [Facts].
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

    /// Of a whole object the type fields and `metadata` come first, with what the schema demands of them.
    private List<Field> fields(Struct s, boolean object) {
        List<Field> fields = new ArrayList<>();
        List<String> required = s.seq("required").texts();
        Struct properties = s.struct("properties");
        if (object) {
            fields.add(field("apiVersion", typeField(properties.struct("apiVersion")), required));
            fields.add(field("kind", typeField(properties.struct("kind")), required));
            fields.add(field("metadata", metadata(properties.struct("metadata")), required));
        }
        properties.forEach((name, schema) -> {
            boolean standard = object && (name.equals("apiVersion") || name.equals("kind") || name.equals("metadata"));
            if (!standard && schema instanceof Struct inner) {
                fields.add(field(name, node(inner), required));
            }
        });
        return fields;
    }

    private Shape typeField(Struct s) {
        return silent(s) ? new Shape(Facts.of(Type.STRING), Body.NONE) : node(s.with("type", "string"));
    }

    /// `metadata` is what it is everywhere; a schema may restrict it by rules, and the values of `name` and
    /// `generateName`.
    private Shape metadata(Struct s) {
        if (silent(s)) {
            return meta;
        }
        Struct properties = s.struct("properties");
        List<Field> fields = meta.fields().stream().map(f -> properties.get(f.name()) instanceof Struct inner
                ? new Field(f.name(), node(inner), f.required(), f.pointer(), f.emission(), f.numbers())
                : f).toList();
        Facts f = meta.facts();
        return new Shape(new Facts(f.type(), f.definition(), f.description(), f.items(), f.flags(), f.mergeKey(),
                f.mapKeys(), f.defaultValue(), f.choices(), f.format(), rules(s)),
                new Own(meta.description(), false, new FieldTable(fields), Struct.EMPTY));
    }

    /// Whether a schema demands nothing but a type.
    private static boolean silent(Struct s) {
        return s.without("type").without("description").isEmpty();
    }

    /// As a pointer: a custom resource keeps `0`, `""` and `false` as they were written. Never in protobuf.
    private static Field field(String name, Shape shape, List<String> required) {
        return new Field(name, shape, required.contains(name), true, Field.Emission.OMIT, List.of());
    }

    private SchemaRules rules(Struct s) {
        Struct not = s.struct("not");
        Shape never = s.has("not") ? node(not) : null;
        return SchemaRules.of(s, matcher(s.text("pattern")),
                new SchemaRules.Branches(branches(s, "allOf"), branches(s, "anyOf"), branches(s, "oneOf"), never));
    }

    private List<Shape> branches(Struct s, String name) {
        return s.seq(name).structs().stream().map(this::node).toList();
    }

    /// Whether a text holds the pattern anywhere, as JSON Schema means it. A pattern that is none fits nothing, so that
    /// no value passes unchecked.
    private Predicate<String> matcher(String pattern) {
        if (pattern.isEmpty()) {
            return text -> true;
        }
        try {
            Pattern compiled = patterns.compile(pattern);
            return text -> compiled.matcher(text).find();
        } catch (PatternSyntaxException e) {
            return text -> false;
        }
    }
}
