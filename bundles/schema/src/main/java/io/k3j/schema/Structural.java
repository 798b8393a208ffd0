package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// Shapes of custom resources, from the `openAPIV3Schema` of a CRD. See
/// <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/>. Pure.
public final class Structural {
    private Structural() {
    }

    /// The shape of a custom resource, with `apiVersion`, `kind` and the standard `metadata` added. Whatever
    /// [#check] would find is taken for the best.
    public static Shape shape(Schemas builtIn, Struct openApiV3Schema) {
        return new StructuralShapes(builtIn).root(openApiV3Schema);
    }

    /// What keeps a schema from being structural, in upstream's words; `path` is the schema's place in the
    /// CRD, as `spec.versions[0].schema.openAPIV3Schema`.
    public static List<Violation> check(Struct openApiV3Schema, String path) {
        return new StructuralCheck().root(openApiV3Schema, path);
    }
}
