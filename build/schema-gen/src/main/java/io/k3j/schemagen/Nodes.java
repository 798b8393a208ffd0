package io.k3j.schemagen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Value types: from a protobuf field where there is one, for it tells more, else from a Java type.
final class Nodes {
    static final String QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    static final String INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    static final String TIME = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
    static final String MICRO_TIME = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
    static final String RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension";
    private static final String JSON = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON";
    private static final Map<String, String> SPECIAL = Map.of(
            QUANTITY, "QUANTITY", INT_OR_STRING, "INT_OR_STRING", TIME, "TIME", MICRO_TIME, "MICRO_TIME", RAW, "ANY",
            "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1", "FIELDS", JSON, "ANY",
            JSON + "SchemaPropsOrBool", "ANY", JSON + "SchemaPropsOrArray", "ANY",
            JSON + "SchemaPropsOrStringArray", "ANY");
    private final Map<Class<?>, String> definitions = new HashMap<>();

    void name(Class<?> type, String definition) {
        String before = definitions.put(type, definition);
        if (before != null) {
            throw new IllegalStateException(type + " is both " + before + " and " + definition);
        }
    }

    /// The special form of a definition, or null when it is an ordinary object.
    static @Nullable String special(String definition) {
        return SPECIAL.get(definition);
    }

    Node fromField(FieldDescriptor f) {
        if (f.isMapField()) {
            return Node.of("MAP", one(f.getMessageType().findFieldByName("value")));
        }
        return f.isRepeated() ? Node.of("LIST", one(f)) : one(f);
    }

    private Node one(FieldDescriptor f) {
        return switch (f.getType()) {
            case STRING -> Node.of("STRING");
            case INT32 -> Node.of("INT32");
            case INT64 -> Node.of("INT64");
            case DOUBLE -> Node.of("NUMBER");
            case BOOL -> Node.of("BOOLEAN");
            case BYTES -> Node.of("BYTES");
            case MESSAGE -> message(f.getMessageType());
            default -> throw new IllegalStateException("not expected: " + f.getFullName());
        };
    }

    private Node message(Descriptor m) {
        String definition = Messages.definition(m.getFullName());
        String special = special(definition);
        if (special != null) {
            return definition.contains("SchemaPropsOr") ? schema(definition) : Node.ref(special, definition);
        }
        if (definition.endsWith("meta.v1.Duration")) {
            return Node.of("DURATION");
        }
        boolean wrapper = m.getFields().size() == 1 && m.getFields().get(0).isRepeated()
                && m.getFields().get(0).getType() == FieldDescriptor.Type.STRING
                && (m.getName().equals("ExtraValue") || m.getName().equals("Verbs"));
        return wrapper ? Node.of("LIST", Node.of("STRING")).wrappedList() : Node.ref("OBJECT", definition);
    }

    /// A JSON schema where other values may stand too; its items tell what a struct in there is.
    private static Node schema(String definition) {
        String props = definition.substring(0, definition.indexOf("Or"));
        Node any = Node.ref("ANY", definition);
        return new Node(any.type(), definition, Node.ref("OBJECT", props), false, "", Node.Rules.NONE, "", List.of());
    }

    /// From the text of `types.tsv`.
    static Node fromText(String type) {
        int colon = type.indexOf(':');
        if (colon > 0) {
            return Node.of(type.startsWith("map") ? "MAP" : "LIST", fromText(type.substring(colon + 1)));
        }
        return switch (type) {
            case "string" -> Node.of("STRING");
            case "time" -> Node.ref("TIME", TIME);
            case "duration" -> Node.of("DURATION");
            case "quantity" -> Node.ref("QUANTITY", QUANTITY);
            default -> Node.ref("OBJECT", type);
        };
    }

    Node fromJava(Type type, String hint) {
        if (type instanceof ParameterizedType p) {
            Type last = p.getActualTypeArguments()[p.getActualTypeArguments().length - 1];
            return Node.of(p.getRawType() == Map.class ? "MAP" : "LIST", fromJava(last, hint));
        }
        return switch (hint) {
            case "microTime" -> Node.ref("MICRO_TIME", MICRO_TIME);
            case "raw" -> Node.ref("ANY", RAW);
            case "duration" -> Node.of("DURATION");
            default -> hint.startsWith("io.") ? Node.ref("OBJECT", hint) : simple((Class<?>) type);
        };
    }

    private Node simple(Class<?> type) {
        return switch (type.getSimpleName()) {
            case "String" -> Node.of("STRING");
            case "Integer" -> Node.of("INT32");
            case "Long" -> Node.of("INT64");
            case "Double" -> Node.of("NUMBER");
            case "Boolean" -> Node.of("BOOLEAN");
            case "byte[]" -> Node.of("BYTES");
            case "Object" -> Node.of("ANY");
            case "OffsetDateTime" -> Node.ref("TIME", TIME);
            case "Quantity" -> Node.ref("QUANTITY", QUANTITY);
            case "IntOrString" -> Node.ref("INT_OR_STRING", INT_OR_STRING);
            default -> object(type);
        };
    }

    private Node object(Class<?> type) {
        String definition = definitions.get(type);
        if (definition == null) {
            throw new IllegalStateException("no definition for " + type);
        }
        return Node.ref("OBJECT", definition);
    }
}
