package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// Shapes of custom resources, from the `openAPIV3Schema` of a CRD. See
/// <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/>. Pure; any
/// thread. Both methods walk the whole schema and go as deep as it does: the caller bounds its size first
/// (`SchemaBounds` of `resources-crd`).
public final class Structural {
    private Structural() {
    }

    /// The shape of a custom resource, with `apiVersion`, `kind` and the standard `metadata` added. Whatever [#check]
    /// would find is taken for the best. To be made once for each version of a CRD and kept.
    ///
    /// @param builtIn for the shape of `metadata`
    /// @param openApiV3Schema as the CRD has it; an empty one gives a resource with type fields and `metadata` only
    public static Shape shape(Schemas builtIn, Struct openApiV3Schema) {
        return new StructuralShapes(builtIn).root(openApiV3Schema);
    }

    /// What keeps a schema from being structural, in upstream's words. See "Specifying a structural schema" of that
    /// page.
    ///
    /// @param openApiV3Schema as the CRD has it
    /// @param path the schema's place in the CRD, as `spec.versions[0].schema.openAPIV3Schema`
    /// @return all there is, in the order of the schema; empty for a structural one
    public static List<Violation> check(Struct openApiV3Schema, String path) {
        return new StructuralCheck().root(openApiV3Schema, path);
    }
}
