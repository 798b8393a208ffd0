package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;

/// What can be wrong with the files of `downwardAPI`, in a volume of its own or a projected one, as upstream's
/// `validateDownwardAPIVolumeSource`. Upstream names the place of the source, not that of the item; so does this. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `path` | as in the items of a ConfigMap |
/// | the source | either `fieldRef` or `resourceFieldRef` |
/// | `fieldRef.fieldPath` | one of [#FIELDS], or a single label or annotation: `metadata.labels['key']` |
/// | `resourceFieldRef` | names a container, and one of [#RESOURCES] or an amount of huge pages |
/// | `mode` | nine bits |
final class DownwardProblems {
    private static final List<String> FIELDS = List.of("metadata.annotations", "metadata.labels", "metadata.name",
            "metadata.namespace", "metadata.uid");
    /// Fields that environment variables and selectors may name, beside [#FIELDS]: files do not have them.
    private static final List<String> OTHER_FIELDS = List.of("spec.nodeName", "spec.restartPolicy",
            "spec.schedulerName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.phase",
            "status.podIP", "status.podIPs");
    private static final List<String> RESOURCES = List.of("limits.cpu", "limits.ephemeral-storage", "limits.memory",
            "requests.cpu", "requests.ephemeral-storage", "requests.memory");

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
            field(item.struct("fieldRef"), p.at("fieldRef"));
            if (item.has("resourceFieldRef")) {
                p.invalid("resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
            }
        } else if (item.has("resourceFieldRef")) {
            resource(item.struct("resourceFieldRef"), p.at("resourceFieldRef"));
        } else {
            p.required("one of fieldRef and resourceFieldRef is required");
        }
        VolumeProblems.mode(item, "mode", p);
    }

    private static void field(Struct ref, Problems p) {
        if (!p.present(ref, "fieldPath")) {
            return;
        }
        String path = ref.text("fieldPath");
        int key = path.endsWith("']") ? path.indexOf("['") : -1;
        if (key > 0) {
            subscript(path, path.substring(0, key), path.substring(key + 2, path.length() - 2), p);
        } else if (FIELDS.contains(path) || OTHER_FIELDS.contains(path)) {
            p.oneOf(ref, "fieldPath", FIELDS);
        } else {
            p.at("fieldPath").invalid(path, "error converting fieldPath: field label not supported: " + path);
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

    private static void resource(Struct ref, Problems p) {
        String resource = ref.text("resource");
        boolean huge = resource.startsWith("limits.hugepages-") || resource.startsWith("requests.hugepages-");
        if (p.present(ref, "containerName") && !huge) {
            p.requiredOneOf(ref, "resource", RESOURCES);
        }
    }
}
