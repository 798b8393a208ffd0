package io.k3j.resourcesbuiltin;

import io.k3j.model.HumanDuration;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The cells of all other kinds.
final class OtherCells {
    private OtherCells() {
    }

    static void into(Map<String, Cells.Cell> cells) {
        cells.put("configmap.data", (o, now) -> (long) o.struct("data").size() + o.struct("binaryData").size());
        cells.put("secret.data", (o, now) -> (long) o.struct("data").size());
        cells.put("serviceaccount.secrets", (o, now) -> (long) o.seq("secrets").size());
        cells.put("component.status", (o, now) -> health(o));
        cells.put("component.message", (o, now) -> o.seq("conditions").find("type", "Healthy").text("message"));
        cells.put("component.error", (o, now) -> o.seq("conditions").find("type", "Healthy").text("error"));
        cells.put("quota.request", (o, now) -> quota(o.struct("status"), false));
        cells.put("quota.limit", (o, now) -> quota(o.struct("status"), true));
        cells.put("pdb.min", (o, now) -> given(o.struct("spec"), "minAvailable"));
        cells.put("pdb.max", (o, now) -> given(o.struct("spec"), "maxUnavailable"));
        cells.put("binding.role",
                (o, now) -> o.struct("roleRef").text("kind") + "/" + o.struct("roleRef").text("name"));
        cells.put("binding.users", (o, now) -> subjects(o.seq("subjects"), "User"));
        cells.put("binding.groups", (o, now) -> subjects(o.seq("subjects"), "Group"));
        cells.put("binding.accounts", (o, now) -> subjects(o.seq("subjects"), "ServiceAccount"));
        cells.put("csr.duration", (o, now) -> duration(o.struct("spec")));
        cells.put("csr.condition", (o, now) -> request(o.struct("status")));
        cells.put("webhooks.count", (o, now) -> (long) o.seq("webhooks").size());
        cells.put("policy.validations", (o, now) -> (long) o.struct("spec").seq("validations").size());
        cells.put("policy.mutations", (o, now) -> (long) o.struct("spec").seq("mutations").size());
        cells.put("policy.kind", (o, now) -> paramKind(o.struct("spec").struct("paramKind")));
        cells.put("policy.ref", (o, now) -> paramRef(o.struct("spec").struct("paramRef")));
        cells.put("flowschema.distinguisher",
                (o, now) -> Cells.orNone(o.struct("spec").struct("distinguisherMethod").text("type")));
        cells.put("flowschema.missing", (o, now) -> dangling(o.struct("status").seq("conditions")));
        cells.put("level.shares", (o, now) -> given(limited(o), "nominalConcurrencyShares"));
        cells.put("level.queues", (o, now) -> given(queuing(o), "queues"));
        cells.put("level.hand", (o, now) -> given(queuing(o), "handSize"));
        cells.put("level.length", (o, now) -> given(queuing(o), "queueLengthLimit"));
        cells.put("apiservice.service", (o, now) -> service(o.struct("spec").struct("service")));
        cells.put("apiservice.available", (o, now) -> available(o.struct("status").seq("conditions")));
        cells.put("claim.state", (o, now) -> claim(o));
        cells.put("resourceslice.node", (o, now) -> o.struct("spec").text("nodeName"));
        cells.put("hpa.reference", (o, now) -> o.struct("spec").struct("scaleTargetRef").text("kind") + "/"
                + o.struct("spec").struct("scaleTargetRef").text("name"));
        cells.put("hpa.min", (o, now) -> given(o.struct("spec"), "minReplicas", "<unset>"));
        cells.put("hpa.targets", OtherCells::targets);
    }

    private static String targets(Struct hpa, Instant now) {
        return ScalerCells.targets(hpa);
    }

    private static String health(Struct o) {
        return switch (o.seq("conditions").find("type", "Healthy").text("status")) {
            case "True" -> "Healthy";
            case "False" -> "Unhealthy";
            default -> "Unknown";
        };
    }

    private static String quota(Struct status, boolean limits) {
        List<String> all = new ArrayList<>();
        for (String name : status.struct("hard").names().stream().sorted().toList()) {
            if (name.startsWith("limits") == limits) {
                Object used = status.struct("used").get(name);
                all.add(name + ": " + Objects.requireNonNullElse(used, "0") + "/" + status.struct("hard").get(name));
            }
        }
        return String.join(", ", all);
    }

    private static String given(Struct of, String field) {
        return given(of, field, of.isEmpty() ? Cells.NONE : "N/A");
    }

    private static String given(Struct of, String field, String otherwise) {
        Object value = of.get(field);
        return value == null ? otherwise : String.valueOf(value);
    }

    private static String subjects(Seq subjects, String kind) {
        return String.join(", ", subjects.structs().stream().filter(s -> s.text("kind").equals(kind))
                .map(s -> kind.equals("ServiceAccount") ? s.text("namespace") + "/" + s.text("name") : s.text("name"))
                .toList());
    }

    private static String duration(Struct spec) {
        return spec.has("expirationSeconds") ? HumanDuration.of(Duration.ofSeconds(spec.whole("expirationSeconds", 0)))
                : Cells.NONE;
    }

    private static String request(Struct status) {
        List<String> types = status.seq("conditions").structs().stream().map(c -> c.text("type")).toList();
        List<String> parts = new ArrayList<>();
        if (!types.contains("Approved") && !types.contains("Denied")) {
            parts.add("Pending");
        }
        parts.addAll(types.stream().filter(t -> t.equals("Approved") || t.equals("Denied")).distinct().toList());
        if (types.contains("Failed")) {
            parts.add("Failed");
        }
        if (!status.text("certificate").isEmpty()) {
            parts.add("Issued");
        }
        return String.join(",", parts);
    }

    private static String paramKind(Struct kind) {
        return kind.isEmpty() ? "<unset>" : kind.text("apiVersion") + "/" + kind.text("kind");
    }

    private static String paramRef(Struct ref) {
        if (ref.isEmpty()) {
            return "<unset>";
        }
        String name = ref.text("name").isEmpty() ? "*" : ref.text("name");
        return ref.text("namespace").isEmpty() ? name : ref.text("namespace") + "/" + name;
    }

    private static String dangling(Seq conditions) {
        String status = conditions.find("type", "Dangling").text("status");
        return status.isEmpty() ? "?" : status;
    }

    private static Struct limited(Struct level) {
        return level.struct("spec").struct("limited");
    }

    private static Struct queuing(Struct level) {
        return limited(level).struct("limitResponse").struct("queuing");
    }

    private static String service(Struct ref) {
        return ref.isEmpty() ? "Local" : ref.text("namespace") + "/" + ref.text("name");
    }

    private static String available(Seq conditions) {
        Struct c = conditions.find("type", "Available");
        String status = c.text("status", "Unknown");
        return status.equals("True") || c.isEmpty() ? status : status + " (" + c.text("reason") + ")";
    }

    private static String claim(Struct claim) {
        Struct status = claim.struct("status");
        List<String> states = new ArrayList<>();
        if (!claim.struct("metadata").text("deletionTimestamp").isEmpty()) {
            states.add("deleted");
        }
        if (!status.has("allocation")) {
            states.add(states.isEmpty() ? "pending" : "");
        } else {
            states.add("allocated");
        }
        if (!status.seq("reservedFor").isEmpty()) {
            states.add("reserved");
        }
        return String.join(",", states.stream().filter(s -> !s.isEmpty()).toList());
    }
}
