package io.k3j.schema;

import io.k3j.model.Gvk;
import java.util.List;
import java.util.Optional;

/// The built-in types of Kubernetes, read from `schema.bin` as they are asked for. Make one and share it:
/// safe for any number of threads.
public final class Schemas {
    /// Opens the built-in schema.
    public Schemas() {
    }

    /// The shape of a kind, empty when it is not built in.
    public Optional<Shape> shape(Gvk kind) {
        throw new UnsupportedOperationException();
    }

    /// A definition by upstream's name (`io.k8s.api.core.v1.PodSpec`).
    /// @throws IllegalArgumentException when there is none
    public Shape definition(String name) {
        throw new UnsupportedOperationException();
    }

    /// Every kind there is, lists and option kinds too, in no order of meaning.
    public List<Gvk> kinds() {
        throw new UnsupportedOperationException();
    }
}
