package io.k3j.schemagen;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.k3j.schemagen.Definition.Property;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Brings classes, messages and overlay together.
final class Definitions {
    /// Messages that are no definitions of their own.
    private static final List<String> NO_DEFINITION = List.of(".ExtraValue", "meta.v1.Duration", ".Verbs",
            "meta.v1.Timestamp", "meta.v1.TypeMeta", "core.v1.Preconditions");
    private final ModelClasses classes = new ModelClasses();
    private final Messages messages = new Messages();
    private final Overlay overlay = new Overlay();
    private final Nodes nodes = new Nodes();
    private final List<String> unnumbered = new ArrayList<>();
    private final Map<String, Definition> made = new TreeMap<>();

    /// Every definition, by name.
    Map<String, Definition> all() {
        Set<String> names = names();
        for (String name : names) {
            classes.find(name).filter(c -> Nodes.special(name) == null).ifPresent(c -> nodes.name(c, name));
        }
        for (String name : names) {
            made.put(name, make(name));
        }
        checkReferences();
        if (!unnumbered.isEmpty()) {
            throw new IllegalStateException("no protobuf field for " + unnumbered);
        }
        return made;
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>(overlay.messages.keySet());
        names.addAll(overlay.types.keySet());
        for (String d : messages.definitions()) {
            String inPackage = d.substring(0, d.lastIndexOf('.'));
            boolean wanted = overlay.groups.containsKey(inPackage) && NO_DEFINITION.stream().noneMatch(d::endsWith);
            if (wanted || Nodes.special(d) != null) {
                names.add(d);
            }
        }
        return names;
    }

    private Definition make(String name) {
        String special = Nodes.special(name);
        Optional<Class<?>> type = classes.find(name);
        String description = type.map(ModelClasses::description).orElse("");
        boolean atomic = overlay.rules(name, ".").mapType().equals("atomic");
        if (special != null) {
            return new Definition(name, special, description, atomic, List.of(), List.of());
        }
        Map<String, List<String>> rows = overlay.types.get(name);
        if (rows != null) {
            List<String> own = Objects.requireNonNull(rows.get("."), "the row of a type itself");
            return new Definition(name, "OBJECT", own.get(4), atomic, fromRows(name, rows), gvk(name, false));
        }
        List<Property> properties = type.isPresent() ? fromClass(name, type.get()) : fromMessage(name);
        boolean kind = type.filter(ModelClasses::isKind).isPresent();
        return new Definition(name, "OBJECT", description, atomic, properties, gvk(name, kind));
    }

    private List<Property> fromClass(String name, Class<?> type) {
        List<ModelClasses.Member> members = ModelClasses.members(type);
        Set<String> all = new HashSet<>();
        members.forEach(m -> all.add(m.name()));
        Descriptor message = messages.find(name);
        List<Property> properties = new ArrayList<>();
        for (ModelClasses.Member m : members) {
            boolean typeMeta = isTypeMeta(name, m.name(), type);
            Messages.Place place = message == null || typeMeta ? null : Messages.place(message, m.name(), all);
            boolean numbered = place != null || overlay.messages.getOrDefault(name, Map.of()).containsKey(m.name());
            if (message != null && !numbered && !typeMeta) {
                unnumbered.add(name + "." + m.name());
            }
            properties.add(property(name, m, place));
        }
        return properties;
    }

    private boolean isTypeMeta(String name, String field, Class<?> type) {
        return (field.equals("apiVersion") || field.equals("kind"))
                && (ModelClasses.isKind(type) || overlay.kinds.containsKey(name));
    }

    private Property property(String name, ModelClasses.Member m,
            Messages.@org.jspecify.annotations.Nullable Place at) {
        List<String> row = overlay.messages.getOrDefault(name, Map.of()).get(m.name());
        List<Integer> numbers = at != null ? at.numbers() : row == null ? List.of() : numbers(row.get(2));
        Node node = at != null ? nodes.fromField(at.field()) : nodes.fromJava(m.type(), row == null ? "" : row.get(3));
        return new Property(m.name(), told(name, m.name(), node, m.description()), m.required(),
                overlay.flags(name, m.name()), numbers);
    }

    private Node told(String name, String field, Node node, String description) {
        return node.described(description, overlay.rules(name, field), overlay.defaultJson(name, field),
                overlay.choices(name, field));
    }

    private static List<Integer> numbers(String text) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split("\\.")) {
            if (!part.isEmpty()) {
                numbers.add(Integer.valueOf(part));
            }
        }
        return numbers;
    }

    private List<Property> fromMessage(String name) {
        List<Property> properties = new ArrayList<>();
        if (overlay.kinds.containsKey(name)) {
            properties.add(new Property("apiVersion", Node.of("STRING"), false, "", List.of()));
            properties.add(new Property("kind", Node.of("STRING"), false, "", List.of()));
        }
        Descriptor message = messages.find(name);
        if (message != null) {
            for (FieldDescriptor f : message.getFields()) {
                Node node = told(name, f.getName(), nodes.fromField(f), "");
                properties.add(new Property(f.getName(), node, false, overlay.flags(name, f.getName()),
                        List.of(f.getNumber())));
            }
        }
        return properties;
    }

    /// Of a definition that neither jar has.
    private List<Property> fromRows(String name, Map<String, List<String>> rows) {
        List<Property> properties = new ArrayList<>();
        if (overlay.kinds.containsKey(name)) {
            properties.add(new Property("apiVersion", Node.of("STRING"), false, "", List.of()));
            properties.add(new Property("kind", Node.of("STRING"), false, "", List.of()));
        }
        rows.forEach((field, row) -> {
            if (!field.equals(".")) {
                Node node = told(name, field, Nodes.fromText(row.get(3)), row.get(4));
                boolean required = !field.equals("metadata");
                properties.add(new Property(field, node, required, overlay.flags(name, field), numbers(row.get(2))));
            }
        });
        return properties;
    }

    private List<String> gvk(String name, boolean kind) {
        int dot = name.lastIndexOf('.');
        String inPackage = name.substring(0, dot);
        String version = inPackage.substring(inPackage.lastIndexOf('.') + 1);
        String listed = overlay.kinds.get(name);
        String simple = name.substring(dot + 1);
        if ("*".equals(listed)) {
            Set<String> every = new LinkedHashSet<>();
            overlay.groups.forEach((p, g) -> every.add(g + "/" + p.substring(p.lastIndexOf('.') + 1) + "/" + simple));
            return List.copyOf(every);
        }
        if (listed != null) {
            return List.of(listed + "/" + version + "/" + simple);
        }
        String group = overlay.groups.get(inPackage);
        return kind && group != null ? List.of(group + "/" + version + "/" + simple) : List.of();
    }

    private void checkReferences() {
        made.values().forEach(d -> d.properties().forEach(p -> check(d.name() + "." + p.name(), p.node())));
    }

    private void check(String where, Node node) {
        if (!node.ref().isEmpty() && !made.containsKey(node.ref())) {
            throw new IllegalStateException(where + " refers to " + node.ref() + ", which is not there");
        }
        if (node.items() != null) {
            check(where, node.items());
        }
    }
}
