package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;

/// What can be wrong with the downward API, in files and in variables, as upstream's `validateDownwardAPIVolumeSource`,
/// `validateObjectFieldSelector` and `validateContainerResourceFieldSelector`. Upstream names the place of the source,
/// not that of the item; so does this. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `path` | as in the items of a ConfigMap |
/// | the source | either `fieldRef` or `resourceFieldRef` |
/// | `fieldRef.fieldPath` | one of [#FIELDS] or [#OF_VARIABLES], or a single label or annotation |
/// | `resourceFieldRef` | of a file names a container; one of [#RESOURCES] or an amount of huge pages |
/// | `divisor` | one of the usual units of the resource |
/// | `mode` | nine bits |
final class DownwardProblems {
    private static final List<String> FIELDS = List.of("metadata.annotations", "metadata.labels", "metadata.name",
            "metadata.namespace", "metadata.uid");
    private static final List<String> OF_VARIABLES = List.of("metadata.name", "metadata.namespace", "metadata.uid",
            "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP",
            "status.podIPs");
    /// Fields that selectors may name, beside the others: neither files nor variables have them.
    private static final List<String> OTHER_FIELDS = List.of("spec.restartPolicy", "spec.schedulerName",
            "status.phase");
    private static final List<String> RESOURCES = List.of("limits.cpu", "limits.ephemeral-storage", "limits.memory",
            "requests.cpu", "requests.ephemeral-storage", "requests.memory");
    private static final List<String> UNITS = List.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi",
            "1Ti", "1Pi", "1Ei");

    private DownwardProblems() {
    }

    /// @param p where the source stands, as `volumes[0].downwardAPI`
    static void check(Struct source, Problems p) {
        VolumeProblems.mode(source, "defaultMode", p);
        source.seq("items").structs().forEach(item -> item(item, p));
    }

    private static void item(Struct item, Problems p) {
        if (p.present(item, "path")) {
            VolumeProblems.file(item.text("path"), p.at("path"));
        }
        if (item.has("fieldRef")) {
            field(item.struct("fieldRef"), FIELDS, p.at("fieldRef"));
            if (item.has("resourceFieldRef")) {
                p.invalid("resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            }
        } else if (item.has("resourceFieldRef")) {
            resource(item.struct("resourceFieldRef"), true, p.at("resourceFieldRef"));
        } else {
            p.required("one of fieldRef and resourceFieldRef is required");
        }
        VolumeProblems.mode(item, "mode", p);
    }

    /// Checks a `fieldRef` of an environment variable at its place.
    static void variable(Struct ref, Problems p) {
        field(ref, OF_VARIABLES, p);
    }

    private static void field(Struct ref, List<String> allowed, Problems p) {
        if (!p.present(ref, "fieldPath")) {
            return;
        }
        String path = ref.text("fieldPath");
        // the node's old name, which upstream still takes
        String meant = path.equals("spec.host") ? "spec.nodeName" : path;
        int key = path.endsWith("']") ? path.indexOf("['") : -1;
        if (!ref.text("apiVersion", "v1").equals("v1")) {
            p.at("fieldPath").invalid(path,
                    "error converting fieldPath: unsupported pod version: " + ref.text("apiVersion"));
        } else if (key > 0 && key + 2 <= path.length() - 2) {
            subscript(path, path.substring(0, key), path.substring(key + 2, path.length() - 2), p);
        } else if (!FIELDS.contains(meant) && !OF_VARIABLES.contains(meant) && !OTHER_FIELDS.contains(meant)) {
            p.at("fieldPath").invalid(path, "error converting fieldPath: field label not supported: " + path);
        } else if (!allowed.contains(meant)) {
            p.at("fieldPath").unsupported(meant, allowed);
        }
    }

    private static void subscript(String path, String map, String key, Problems p) {
        switch (map) {
            case "metadata.labels" -> p.invalid(key, Names.qualified(key));
            case "metadata.annotations" -> p.invalid(key, Names.qualified(key.toLowerCase(Locale.ROOT)));
            default -> p.at("fieldPath").invalid(path,
                    "error converting fieldPath: field label does not support subscript: " + path);
        }
    }

    /// Checks a `resourceFieldRef` at its place.
    ///
    /// @param file whether it is for a file, which is no container's own
    static void resource(Struct ref, boolean file, Problems p) {
        String resource = ref.text("resource");
        boolean huge = resource.startsWith("limits.hugepages-") || resource.startsWith("requests.hugepages-");
        if ((!file || p.present(ref, "containerName")) && !huge) {
            p.requiredOneOf(ref, "resource", RESOURCES);
        }
        if (ref.has("divisor")) {
            divisor(resource, ref, p.at("divisor"));
        }
    }

    private static void divisor(String resource, Struct ref, Problems p) {
        String divisor;
        try {
            Quantity q = Quantity.of(ref.get("divisor"));
            divisor = q.signum() == 0 ? "1" : q.toString();
        } catch (IllegalArgumentException e) {
            p.invalid(ref.get("divisor"), String.valueOf(e.getMessage()));
            return;
        }
        String of = resource.substring(resource.indexOf('.') + 1);
        String named = switch (of) {
            case "cpu", "memory" -> of;
            case "ephemeral-storage" -> "local ephemeral storage";
            default -> of.startsWith(ResourceTraits.HUGE_PAGES) ? "hugepages" : "";
        };
        if (of.equals("cpu")) {
            if (!divisor.equals("1") && !divisor.equals("1m")) {
                p.invalid(resource, "only divisor's values 1m and 1 are supported with the cpu resource");
            }
        } else if (!named.isEmpty() && !UNITS.contains(divisor)) {
            p.invalid(resource, "only divisor's values " + String.join(", ", UNITS) + " are supported with the "
                    + named + " resource");
        }
    }
}
