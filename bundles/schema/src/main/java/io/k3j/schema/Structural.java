package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// Shapes of custom resources, from the `openAPIV3Schema` of a CRD. See
/// <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/>.
public final class Structural {
    private Structural() {
    }

    /// The shape of a custom resource, with `apiVersion`, `kind` and the standard `metadata` added.
    public static Shape shape(Schemas builtIn, Struct openApiV3Schema) {
        throw new UnsupportedOperationException();
    }

    /// What keeps a schema from being structural, in upstream's words; `path` is the schema's place in the CRD.
    public static List<Violation> check(Struct openApiV3Schema, String path) {
        throw new UnsupportedOperationException();
    }
}
