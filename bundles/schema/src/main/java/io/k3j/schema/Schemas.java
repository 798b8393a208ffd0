package io.k3j.schema;

import io.k3j.model.Gvk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The built-in types of Kubernetes, read from `schema.bin` as they are asked for. Make one and share it:
/// safe for any number of threads.
public final class Schemas {
    private final BinFile file;
    private final Stored stored;
    private final Map<Gvk, Integer> kinds;

    /// Opens the built-in schema.
    public Schemas() {
        file = BinFile.load();
        stored = new Stored(file);
        kinds = LinkedHashMap.newLinkedHashMap(file.kinds);
        for (int i = 0, at = file.kindIndex; i < file.kinds; i++, at += 16) {
            kinds.put(new Gvk(file.string(file.number(at)), file.string(file.number(at + 4)),
                    file.string(file.number(at + 8))), file.number(at + 12));
        }
    }

    /// The shape of a kind, empty when it is not built in.
    public Optional<Shape> shape(Gvk kind) {
        Integer definition = kinds.get(kind);
        return definition == null ? Optional.empty() : Optional.of(stored.shape(definition));
    }

    /// A definition by upstream's name (`io.k8s.api.core.v1.PodSpec`).
    /// @throws IllegalArgumentException when there is none
    public Shape definition(String name) {
        int index = file.find(name);
        if (index < 0) {
            throw new IllegalArgumentException("no definition " + name);
        }
        return stored.shape(index);
    }

    /// Every kind there is, lists and option kinds too, in no order of meaning.
    public List<Gvk> kinds() {
        return List.copyOf(kinds.keySet());
    }

    /// The kinds that are of a definition.
    List<Gvk> kinds(String definition) {
        int index = file.find(definition);
        return kinds.entrySet().stream().filter(e -> e.getValue() == index).map(Map.Entry::getKey).toList();
    }
}
