package io.k3j.printers;

import io.k3j.model.Seq;
import java.util.Map;

/// The cells of role bindings and cluster role bindings (`rbac.authorization.k8s.io`).
///
/// | function | column | cell |
/// |---|---|---|
/// | `binding.role` | Role | `kind/name`: the kind tells a Role from a ClusterRole of the same name |
/// | `binding.users`, `.groups`, `.accounts` | Users, Groups, ServiceAccounts | the subjects of each kind |
final class RbacCells {
    private RbacCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("binding.role",
                (o, now) -> o.struct("roleRef").text("kind") + "/" + o.struct("roleRef").text("name"));
        cells.put("binding.users", (o, now) -> subjects(o.seq("subjects"), "User"));
        cells.put("binding.groups", (o, now) -> subjects(o.seq("subjects"), "Group"));
        cells.put("binding.accounts", (o, now) -> subjects(o.seq("subjects"), "ServiceAccount"));
    }

    /// Users and groups are names alone, service accounts `namespace/name`. A binding without subjects of the kind has
    /// an empty cell, as upstream.
    private static String subjects(Seq subjects, String kind) {
        return String.join(", ", subjects.structs().stream().filter(s -> s.text("kind").equals(kind))
                .map(s -> kind.equals("ServiceAccount") ? s.text("namespace") + "/" + s.text("name") : s.text("name"))
                .toList());
    }
}
