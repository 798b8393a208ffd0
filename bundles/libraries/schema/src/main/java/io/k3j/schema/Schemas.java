package io.k3j.schema;

import io.k3j.model.Gvk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The built-in types of Kubernetes, read from `schema.bin` as they are asked for.
///
/// Make one and share it: the bytes of the file are held once per instance, and so is every definition that was looked
/// at. Safe for any number of threads; nothing blocks.
public final class Schemas {
    private final BinFile file;
    private final BuiltinShapes stored;
    /// To the position of a definition. One definition may be several kinds: `DeleteOptions` is one in every group.
    private final Map<Gvk, Integer> kinds;

    /// Opens the built-in schema: finds the parts of the file and reads the names of the kinds, no definition.
    /// @throws IllegalStateException when the file is missing, damaged or of another version, so the product was built
    ///     wrongly
    public Schemas() {
        file = BinFile.load();
        stored = new BuiltinShapes(file);
        kinds = LinkedHashMap.newLinkedHashMap(file.kinds);
        for (int i = 0, at = file.kindIndex; i < file.kinds; i++, at += 16) {
            kinds.put(new Gvk(file.string(file.number(at)), file.string(file.number(at + 4)),
                    file.string(file.number(at + 8))), file.number(at + 12));
        }
    }

    /// Whether a kind is built in. Nothing is read for the answer.
    public boolean has(Gvk kind) {
        return kinds.containsKey(kind);
    }

    /// The shape of a kind, empty when it is not built in. A new object each time: keep it, and do not compare shapes
    /// by identity.
    public Optional<Shape> shape(Gvk kind) {
        Integer definition = kinds.get(kind);
        return definition == null ? Optional.empty() : Optional.of(stored.shape(definition));
    }

    /// The shape of a definition, which need not be a kind, by upstream's name.
    ///
    /// @param name as the OpenAPI document has it: `io.k8s.api.core.v1.PodSpec`
    /// @throws IllegalArgumentException when there is none
    public Shape definition(String name) {
        int index = file.find(name);
        if (index < 0) {
            throw new IllegalArgumentException("no definition " + name);
        }
        return stored.shape(index);
    }

    /// Every kind there is, lists and option kinds too, in no order of meaning. A copy.
    public List<Gvk> kinds() {
        return List.copyOf(kinds.keySet());
    }

    /// The kinds that are of a definition, in the order of the schema; empty for a type that is no kind, and for a name
    /// nobody knows. What OpenAPI writes as `x-kubernetes-group-version-kind`.
    public List<Gvk> kinds(String definition) {
        int index = file.find(definition);
        return kinds.entrySet().stream().filter(e -> e.getValue() == index).map(Map.Entry::getKey).toList();
    }
}
