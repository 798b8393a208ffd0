package io.k3j.schemagen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.kubernetes.client.proto.Meta;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/// The protobuf messages of the Java client, by definition name.
final class Messages {
    private static final String OWN = "k8s.io.apimachinery.pkg.runtime.";
    private final Map<String, Descriptor> byDefinition = new LinkedHashMap<>();

    /// Where a JSON field stands in a message.
    record Place(List<Integer> numbers, FieldDescriptor field) {
    }

    Messages() {
        try (JarFile jar = new JarFile(Path.of(Meta.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toFile())) {
            jar.stream().map(e -> e.getName()).filter(n -> n.endsWith(".class") && !n.contains("$")).sorted()
                    .forEach(n -> add(n.substring(0, n.length() - 6).replace('/', '.')));
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("the protobuf jar cannot be read", e);
        }
    }

    private void add(String outer) {
        try {
            FileDescriptor file = (FileDescriptor) Class.forName(outer).getMethod("getDescriptor").invoke(null);
            file.getMessageTypes().forEach(m -> byDefinition.put(definition(m.getFullName()), m));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(outer, e);
        }
    }

    /// Upstream's name of the definition behind a message.
    static String definition(String message) {
        return "io.k8s." + message.substring("k8s.io.".length())
                .replace("apiextensions_apiserver", "apiextensions-apiserver");
    }

    Set<String> definitions() {
        return byDefinition.keySet();
    }

    @Nullable
    Descriptor find(String definition) {
        return byDefinition.get(definition);
    }

    /// Finds a JSON field, also inside a message that Go embeds (one that is no JSON field itself).
    static @Nullable Place place(Descriptor message, String json, Set<String> all) {
        for (FieldDescriptor f : message.getFields()) {
            if (json(f).equalsIgnoreCase(json)) {
                return new Place(List.of(f.getNumber()), f);
            }
        }
        for (FieldDescriptor f : message.getFields()) {
            boolean embedded = f.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !f.isRepeated()
                    && all.stream().noneMatch(json(f)::equalsIgnoreCase);
            Place inner = embedded ? place(f.getMessageType(), json, all) : null;
            if (inner != null) {
                List<Integer> numbers = new ArrayList<>(List.of(f.getNumber()));
                numbers.addAll(inner.numbers());
                return new Place(List.copyOf(numbers), inner.field());
            }
        }
        return null;
    }

    /// The JSON name; three names of JSON schema differ from protobuf by more than case.
    static String json(FieldDescriptor f) {
        String name = f.getName();
        if (!f.getContainingType().getName().equals("JSONSchemaProps")) {
            return name;
        }
        return switch (name) {
            case "ref", "schema" -> "$" + name;
            default -> name.startsWith("xKubernetes") ? dashed(name) : name;
        };
    }

    private static String dashed(String camel) {
        StringBuilder b = new StringBuilder();
        for (char c : camel.toCharArray()) {
            b.append(Character.isUpperCase(c) ? "-" + Character.toLowerCase(c) : String.valueOf(c));
        }
        return b.toString();
    }

    /// Whether it is the envelope's own package, which is no part of the schema.
    static boolean envelope(String message) {
        return message.startsWith(OWN) && !message.endsWith("RawExtension");
    }
}
