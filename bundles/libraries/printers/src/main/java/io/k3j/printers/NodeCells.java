package io.k3j.printers;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The cells of nodes.
///
/// | function | column | cell |
/// |---|---|---|
/// | `node.status` | Status | `Ready`, `NotReady` or `Unknown`, then `,SchedulingDisabled` for a cordoned node |
/// | `node.roles` | Roles | from labels, sorted; `<none>` for an agent without one |
/// | `node.internal`, `node.external` | Internal-IP, External-IP | the first address of the type, `<none>` without one |
/// | `node.os`, `node.kernel`, `node.runtime` | OS-Image, Kernel-Version, Container-Runtime | `<unknown>` until told |
final class NodeCells {
    /// The label whose key ends in the role; its value means nothing (upstream's `labelNodeRolePrefix`).
    private static final String ROLE = "node-role.kubernetes.io/";

    private NodeCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("node.status", (o, now) -> status(o));
        cells.put("node.roles", (o, now) -> roles(o.struct("metadata").struct("labels")));
        cells.put("node.internal", (o, now) -> address(o, "InternalIP"));
        cells.put("node.external", (o, now) -> address(o, "ExternalIP"));
        cells.put("node.os", (o, now) -> info(o, "osImage"));
        cells.put("node.kernel", (o, now) -> kernel(o));
        cells.put("node.runtime", (o, now) -> info(o, "containerRuntimeVersion"));
    }

    /// A condition that says `Unknown`, as the node lifecycle controller sets it for a silent node, shows as
    /// `NotReady`; `Unknown` is left for a node that has no such condition at all.
    private static String status(Struct node) {
        String ready = node.struct("status").seq("conditions").find("type", "Ready").text("status");
        String status = ready.isEmpty() ? "Unknown" : ready.equals("True") ? "Ready" : "NotReady";
        return node.struct("spec").flag("unschedulable") ? status + ",SchedulingDisabled" : status;
    }

    /// A role may be in the key of a label or, as older tools write it, in the value of `kubernetes.io/role`.
    private static String roles(Struct labels) {
        List<String> roles = new ArrayList<>();
        labels.texts().forEach((key, value) -> {
            if (key.startsWith(ROLE) && key.length() > ROLE.length()) {
                roles.add(key.substring(ROLE.length()));
            } else if (key.equals("kubernetes.io/role") && !value.isEmpty()) {
                roles.add(value);
            }
        });
        return Cells.orNone(String.join(",", roles.stream().distinct().sorted().toList()));
    }

    private static String address(Struct node, String type) {
        return Cells.orNone(node.struct("status").seq("addresses").find("type", type).text("address"));
    }

    /// With the architecture behind it, once the node has told.
    private static String kernel(Struct node) {
        String architecture = node.struct("status").struct("nodeInfo").text("architecture");
        return info(node, "kernelVersion") + (architecture.isEmpty() ? "" : " (" + architecture + ")");
    }

    private static String info(Struct node, String field) {
        String text = node.struct("status").struct("nodeInfo").text(field);
        return text.isEmpty() ? Ages.UNKNOWN : text;
    }
}
