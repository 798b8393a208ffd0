package io.k3j.model;

/// The four ways to change an object by description, as
/// <https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/> tells.
public sealed interface Patch {
    /// RFC 6902: a list of operations.
    record Json(Seq operations) implements Patch {
    }

    /// RFC 7386: a tree laid over the object; null removes.
    record Merge(Struct changes) implements Patch {
    }

    /// Kubernetes' own merge that knows list keys and `$patch` directives; built-in kinds only.
    record Strategic(Struct changes) implements Patch {
    }

    /// Server-side apply: the fields one manager wants.
    record Apply(Struct wanted) implements Patch {
    }
}
