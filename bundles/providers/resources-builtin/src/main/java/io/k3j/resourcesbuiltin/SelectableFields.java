package io.k3j.resourcesbuiltin;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The fields of field selectors beside name and namespace. See
/// <https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/>. Pure.
final class SelectableFields {
    private static final List<String> OBJECT = List.of("kind", "namespace", "name", "uid", "apiVersion",
            "resourceVersion", "fieldPath");
    private static final Map<String, List<String>> PATHS = Map.ofEntries(
            Map.entry("Pod", List.of("spec.nodeName", "spec.restartPolicy", "spec.schedulerName",
                    "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.podIPs",
                    "status.nominatedNodeName")),
            Map.entry("Node", List.of("spec.unschedulable")),
            Map.entry("ReplicationController", List.of("status.replicas")),
            Map.entry("Namespace", List.of("status.phase")),
            Map.entry("Secret", List.of("type")), Map.entry("Service", List.of("spec.clusterIP", "spec.type")),
            Map.entry("Job", List.of("status.successful")),
            Map.entry("CertificateSigningRequest", List.of("spec.signerName")),
            Map.entry("ClusterTrustBundle", List.of("spec.signerName")),
            Map.entry("PodCertificateRequest", List.of("spec.signerName", "spec.podName", "spec.nodeName")),
            Map.entry("ResourceSlice", List.of("spec.nodeName", "spec.driver")),
            Map.entry("Event", List.of("reason", "type", "reportingComponent", "reportingController", "source")));

    private SelectableFields() {
    }

    /// The value of a field, empty when it is not selectable.
    ///
    /// @throws ApiFault 400 when it is not and upstream says so in words of the kind
    static Optional<String> of(Gvk kind, Obj object, String field) {
        if (kind.kind().equals("Event") && event(field)) {
            return Optional.of(eventField(object, field));
        }
        if (!PATHS.getOrDefault(kind.kind(), List.of()).contains(field)) {
            return refused(kind, field);
        }
        return Optional.of(switch (field) {
            case "status.podIPs" -> ip(object);
            case "status.successful" -> Long.toString(object.status().whole("succeeded", 0));
            default -> text(object, field);
        });
    }

    /// Empty where the words are those of most kinds, which the server has.
    private static Optional<String> refused(Gvk kind, String field) {
        String why = switch (kind.kind()) {
            case "Job" -> "field label \"" + field + "\" not supported for Job";
            case "ResourceSlice" -> "field label not supported for " + kind.apiVersion() + ", Kind=ResourceSlice: "
                    + field;
            default -> PATHS.containsKey(kind.kind()) ? "" : "\"" + field + "\" is not a known field selector: only"
                    + " \"metadata.name\", \"metadata.namespace\"";
        };
        if (why.isEmpty()) {
            return Optional.empty();
        }
        if (field.equals("metadata.namespace") && !kind.kind().equals("ResourceSlice")) {
            return Optional.of("");
        }
        throw ApiFault.badRequest(why);
    }

    private static boolean event(String field) {
        int dot = field.indexOf('.');
        boolean object = dot > 0 && OBJECT.contains(field.substring(dot + 1))
                && (field.startsWith("involvedObject.") || field.startsWith("regarding."));
        return object || PATHS.getOrDefault("Event", List.of()).contains(field);
    }

    private static String eventField(Obj event, String field) {
        int dot = field.indexOf('.');
        if (dot > 0) {
            String about = event.tree().has("regarding") ? "regarding" : "involvedObject";
            return event.tree().struct(about).text(field.substring(dot + 1));
        }
        return switch (field) {
            case "source" -> {
                String component = event.tree().has("source") ? event.tree().struct("source").text("component")
                        : event.tree().struct("deprecatedSource").text("component");
                yield component.isEmpty() ? reporter(event) : component;
            }
            case "reportingComponent", "reportingController" -> reporter(event);
            default -> event.tree().text(field);
        };
    }

    /// The reporting component of an event, in either version.
    private static String reporter(Obj event) {
        String core = event.tree().text("reportingComponent");
        return core.isEmpty() ? event.tree().text("reportingController") : core;
    }

    private static String ip(Obj pod) {
        return pod.status().seq("podIPs").isEmpty() ? "" : pod.status().seq("podIPs").struct(0).text("ip");
    }

    private static String text(Obj object, String field) {
        Object value = object.tree().at(field.split("\\."));
        boolean counts = field.endsWith("replicas");
        boolean flags = field.equals("spec.unschedulable") || field.equals("spec.hostNetwork");
        return value == null ? counts ? "0" : flags ? "false" : "" : String.valueOf(value);
    }
}
