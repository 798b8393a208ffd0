package io.k3j.model;

import java.util.List;

/// The four ways to change an object by description, as
/// <https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/> tells.
public sealed interface Patch {
    /// What strict validation of fields says of the patch itself, as `duplicate field "spec.paused"`, in the order of
    /// its text.
    default List<String> strict() {
        return List.of();
    }

    /// RFC 6902: a list of operations.
    record Json(Seq operations, List<String> strict) implements Patch {
        /// Of which there is nothing to say.
        public Json(Seq operations) {
            this(operations, List.of());
        }
    }

    /// RFC 7386: a tree laid over the object; null removes.
    record Merge(Struct changes, List<String> strict) implements Patch {
        /// Of which there is nothing to say.
        public Merge(Struct changes) {
            this(changes, List.of());
        }
    }

    /// Kubernetes' own merge that knows list keys and `$patch` directives; built-in kinds only.
    record Strategic(Struct changes, List<String> strict) implements Patch {
        /// Of which there is nothing to say.
        public Strategic(Struct changes) {
            this(changes, List.of());
        }
    }

    /// Server-side apply: the fields one manager wants.
    record Apply(Struct wanted) implements Patch {
    }
}
