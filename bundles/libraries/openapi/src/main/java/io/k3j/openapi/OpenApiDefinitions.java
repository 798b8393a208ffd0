package io.k3j.openapi;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Field;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.Shape.ListType;
import io.k3j.schema.Shape.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The definitions a document refers to, each rendered once; a reference renders what it leads to. Types hold each
/// other, so what is referred to is noted and rendered later, one after the other. For one document and one thread.
final class OpenApiDefinitions {
    static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private final Schemas schemas;
    /// Whether it is version 3: references lead elsewhere there, and more can be said.
    private final boolean three;
    /// By name, sorted as in upstream's documents. An empty one is noted and not rendered yet.
    private final Map<String, Struct> made = new TreeMap<>();
    /// Those that are noted.
    private final Deque<Shape> waiting = new ArrayDeque<>();

    OpenApiDefinitions(Schemas schemas, boolean three) {
        this.schemas = schemas;
        this.three = three;
    }

    /// Everything referred to so far, and what that leads to. To be called last.
    Struct all() {
        while (!waiting.isEmpty()) {
            Shape s = waiting.pop();
            made.put(s.definition(), definition(s));
        }
        return Struct.copyOf(made);
    }

    /// A reference to a built-in definition, as a schema. `Patch` is not in the schema: a patch has four forms, and
    /// none of them has fields to name.
    /// @throws IllegalArgumentException when there is no such definition
    Struct builtIn(String name) {
        if (name.equals(META + "Patch")) {
            made.putIfAbsent(name, Struct.of("type", "object", "description",
                    "A patch: JSON patch, merge patch, strategic merge patch or apply configuration."));
        } else {
            want(schemas.definition(name));
        }
        return Struct.of("$ref", pointer(name));
    }

    /// A reference to a kind; a custom kind gets a definition named after its group.
    ///
    /// @param shape with a definition for a built-in kind, without for a custom one
    Struct kind(Gvk kind, Shape shape) {
        if (!shape.definition().isEmpty()) {
            want(shape);
            return Struct.of("$ref", pointer(shape.definition()));
        }
        String name = customName(kind);
        if (!made.containsKey(name)) {
            made.put(name, Struct.EMPTY);
            made.put(name, custom().definition(shape, kind));
        }
        return Struct.of("$ref", pointer(name));
    }

    /// A reference to a built-in kind of any group; any object for an unknown one.
    Struct reference(Gvk kind) {
        return schemas.shape(kind).map(s -> kind(kind, s)).orElse(Struct.of("type", "object"));
    }

    /// A reference to the list of a kind.
    ///
    /// @param plural the resource's name
    Struct list(Gvk kind, String plural, Shape shape) {
        if (!shape.definition().isEmpty()) {
            return builtIn(shape.definition() + "List");
        }
        String name = customName(kind) + "List";
        made.putIfAbsent(name, custom().list(kind, plural, kind(kind, shape)));
        return Struct.of("$ref", pointer(name));
    }

    /// `Status` stands for any object: its type fields have the words all have.
    private OpenApiCustom custom() {
        return new OpenApiCustom(this, schemas.definition(META + "Status"), three);
    }

    /// `com.example.stable.v1.CronTab`: the group turned round, as a package of Java or Go would be called.
    private static String customName(Gvk kind) {
        List<String> parts = new ArrayList<>(List.of(kind.group().split("\\.")));
        Collections.reverse(parts);
        return String.join(".", parts) + "." + kind.version() + "." + kind.kind();
    }

    /// Notes a type once; whoever refers to it need not wait for it.
    private void want(Shape shape) {
        if (made.putIfAbsent(shape.definition(), Struct.EMPTY) == null) {
            waiting.push(schemas.definition(shape.definition()));
        }
    }

    private String pointer(String name) {
        return (three ? "#/components/schemas/" : "#/definitions/") + name;
    }

    /// A built-in type. Scalars with a form of their own (quantities, times) are definitions, too.
    private Struct definition(Shape s) {
        Struct.Builder b = Struct.builder().putUnlessEmpty("description", s.description());
        switch (s.type()) {
            case OBJECT -> object(b, s);
            case QUANTITY -> either(b, "string", "number", "");
            case INT_OR_STRING -> either(b, "integer", "string", "int-or-string");
            case ANY -> b.putUnlessEmpty("type", s.definition().contains("JSON") ? "" : "object");
            case FIELDS -> b.put("type", "object");
            default -> b.put("type", "string").putUnlessEmpty("format", s.format());
        }
        return b.build();
    }

    /// Version 2 cannot say "one of these types" and says string, which is how people write it.
    private void either(Struct.Builder b, String one, String other, String format) {
        b.putUnlessEmpty("format", format);
        if (three) {
            b.put("oneOf", Seq.of(Struct.of("type", one), Struct.of("type", other)));
        } else {
            b.put("type", "string");
        }
    }

    /// A struct. A list kind's `items` are not told to be atomic: upstream's list types have no such marks.
    private void object(Struct.Builder b, Shape s) {
        Struct.Builder properties = Struct.builder();
        List<String> required = new ArrayList<>();
        boolean list = s.field("items") != null && s.field("kind") != null;
        for (Field f : s.fields()) {
            boolean told = !(list && f.name().equals("items")) && !f.shape().wrapped();
            properties.put(f.name(), value(f.shape(), true, told));
            if (f.required()) {
                required.add(f.name());
            }
        }
        b.put("type", "object").putUnlessEmpty("properties", properties.build()).putUnlessEmpty("required", required);
        List<Struct> kinds = schemas.kinds(s.definition()).stream().map(OpenApiDefinitions::gvk).toList();
        b.putUnlessEmpty("x-kubernetes-group-version-kind", kinds);
        if (s.atomic()) {
            b.put("x-kubernetes-map-type", "atomic");
        }
    }

    static Struct gvk(Gvk kind) {
        return Struct.of("group", kind.group(), "kind", kind.kind(), "version", kind.version());
    }

    /// The schema of a value where it stands.
    ///
    /// @param described whether the description where the value stands is wanted; not that of elements
    /// @param told whether a list's type is written down; not that of elements
    private Struct value(Shape s, boolean described, boolean told) {
        Struct.Builder b = Struct.builder();
        String description = described ? s.description() : "";
        b.putUnlessEmpty("description", description);
        if (!s.definition().isEmpty()) {
            want(s);
            reference(b, s, !description.isEmpty());
        } else {
            plain(b, s, told);
        }
        if (s.defaultValue() != null) {
            b.put("default", s.defaultValue());
        }
        if (three) {
            b.putUnlessEmpty("enum", s.choices());
        }
        patch(b, s);
        return b.build();
    }

    /// Version 3 wraps a reference when anything stands beside it, for readers ignore what does.
    private void reference(Struct.Builder b, Shape s, boolean siblings) {
        if (three && (siblings || s.hasRefSiblings())) {
            b.put("allOf", Seq.of(Struct.of("$ref", pointer(s.definition()))));
        } else {
            b.put("$ref", pointer(s.definition()));
        }
        mapType(b, s);
    }

    /// A type without a name: what it is stands where it is used.
    private void plain(Struct.Builder b, Shape s, boolean told) {
        switch (s.type()) {
            case LIST -> {
                b.put("type", "array").put("items", value(s.items(), false, false));
                if (told) {
                    listType(b, s);
                }
            }
            case MAP -> {
                b.put("type", "object").put("additionalProperties", value(s.items(), false, false));
                mapType(b, s);
            }
            case ANY -> b.put("type", "object");
            default -> b.put("type", type(s.type())).putUnlessEmpty("format", s.format());
        }
    }

    /// Only where the place says something: the definition says the rest itself.
    private static void mapType(Struct.Builder b, Shape s) {
        b.putUnlessEmpty("x-kubernetes-map-type", s.mapType());
    }

    /// Upstream writes `atomic` too, although it is the default.
    private static void listType(Struct.Builder b, Shape s) {
        b.putUnlessEmpty("x-kubernetes-list-map-keys", s.mapKeys());
        b.put("x-kubernetes-list-type",
                s.listType() == ListType.MAP ? "map" : s.listType() == ListType.SET ? "set" : "atomic");
    }

    /// What strategic merge patch needs; kubectl makes its patches by these.
    private static void patch(Struct.Builder b, Shape s) {
        b.putUnlessEmpty("x-kubernetes-patch-merge-key", s.mergeKey());
        String strategy = s.patchReplace() ? "replace" : s.patchMerge() ? "merge" : "";
        String keys = s.patchRetainKeys() ? "retainKeys" : "";
        b.putUnlessEmpty("x-kubernetes-patch-strategy",
                strategy.isEmpty() ? keys : keys.isEmpty() ? strategy : strategy + "," + keys);
    }

    /// OpenAPI's word for a scalar; those with a form of their own are strings.
    private static String type(Type type) {
        return switch (type) {
            case INT32, INT64 -> "integer";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            default -> "string";
        };
    }
}
