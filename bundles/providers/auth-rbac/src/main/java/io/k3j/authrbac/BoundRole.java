package io.k3j.authrbac;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// A parsed `RoleBinding` or `ClusterRoleBinding`. Immutable.
///
/// @param kind its own
/// @param role where the role is found; the namespace of a cluster role is empty
/// @param roleKind as the binding says it
/// @param subjects each once
record BoundRole(Key key, String kind, Key role, String roleKind, Set<Subject> subjects) {
    /// Whom a role is bound to.
    ///
    /// @param namespace of a service account, as the binding says it
    /// @param caller the name as callers have it: a service account's is a user's
    record Subject(String kind, String name, String namespace, String caller) {
        static Subject of(Struct subject, String ofBinding) {
            String kind = subject.text("kind");
            String name = subject.text("name");
            return new Subject(kind, name, subject.text("namespace"), kind.equals("ServiceAccount")
                    ? "system:serviceaccount:" + subject.text("namespace", ofBinding) + ":" + name
                    : name);
        }

        boolean group() {
            return kind.equals("Group");
        }

        private String described() {
            return kind.equals("ServiceAccount") ? name + "/" + namespace : name;
        }
    }

    /// Parses a binding.
    static BoundRole of(Obj binding) {
        Struct ref = binding.tree().struct("roleRef");
        String kind = ref.text("kind");
        Set<Subject> subjects = new LinkedHashSet<>();
        for (Struct subject : binding.tree().seq("subjects").structs()) {
            subjects.add(Subject.of(subject, binding.namespace()));
        }
        return new BoundRole(binding.key(), binding.tree().text("kind"),
                new Key(kind.equals("Role") ? binding.namespace() : "", ref.text("name")), kind,
                Collections.unmodifiableSet(subjects));
    }

    /// Why a subject may do something, in upstream's words.
    String reason(Subject subject) {
        return "RBAC: allowed by " + kind + " \"" + key + "\" of " + roleKind + " \"" + role.name() + "\" to "
                + subject.kind + " \"" + subject.described() + "\"";
    }
}
