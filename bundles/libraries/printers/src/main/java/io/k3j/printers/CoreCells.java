package io.k3j.printers;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The cells of config maps, secrets, component statuses and resource quotas.
///
/// | function | column | cell |
/// |---|---|---|
/// | `configmap.data` | Data | how many keys there are, text and binary together |
/// | `secret.data` | Data | how many keys there are; never a value |
/// | `component.status`, `.message`, `.error` | Status, Message, Error | of the condition `Healthy` |
/// | `quota.request`, `quota.limit` | Request, Limit | `name: used/hard` of each resource |
final class CoreCells {
    private CoreCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("configmap.data", (o, now) -> (long) o.struct("data").size() + o.struct("binaryData").size());
        cells.put("secret.data", (o, now) -> (long) o.struct("data").size());
        cells.put("component.status", (o, now) -> health(o));
        cells.put("component.message", (o, now) -> o.seq("conditions").find("type", "Healthy").text("message"));
        cells.put("component.error", (o, now) -> o.seq("conditions").find("type", "Healthy").text("error"));
        cells.put("quota.request", (o, now) -> quota(o.struct("status"), false));
        cells.put("quota.limit", (o, now) -> quota(o.struct("status"), true));
    }

    private static String health(Struct o) {
        return switch (o.seq("conditions").find("type", "Healthy").text("status")) {
            case "True" -> "Healthy";
            case "False" -> "Unhealthy";
            default -> "Unknown";
        };
    }

    /// Each resource is in one of the two columns: those that begin with `limits.` in one, all others in the other.
    /// Sorted, as upstream does it; what is not counted yet shows as 0.
    private static String quota(Struct status, boolean limits) {
        List<String> all = new ArrayList<>();
        for (String name : status.struct("hard").names().stream().sorted().toList()) {
            if (name.startsWith("limits.") == limits) {
                all.add(name + ": " + Cells.quantity(status.struct("used").get(name)) + "/"
                        + Cells.quantity(status.struct("hard").get(name)));
            }
        }
        return String.join(", ", all);
    }
}
