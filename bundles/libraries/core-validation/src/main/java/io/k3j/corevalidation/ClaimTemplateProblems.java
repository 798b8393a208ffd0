package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.MetadataRules;
import io.k3j.validation.Problems;
import java.util.List;

/// What can be wrong with a PersistentVolumeClaim that is made for a pod, as upstream's
/// `ValidatePersistentVolumeClaimTemplate` and `ValidatePersistentVolumeClaimSpec`. Pure; any thread.
///
/// | field | what must be so |
/// |---|---|
/// | `metadata` | labels and annotations, and nothing else |
/// | `spec.accessModes` | at least one; `ReadWriteOncePod` alone |
/// | `spec.resources` | a request of storage above zero |
/// | `spec.volumeMode` | `Block` or `Filesystem` |
/// | `spec.dataSource`, `spec.dataSourceRef` | the same, by kind and name |
/// | `spec.storageClassName`, `spec.volumeAttributesClassName` | DNS subdomains |
public final class ClaimTemplateProblems {
    private static final List<String> MODES = List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
            "ReadWriteOncePod");
    private static final String ALONE = "ReadWriteOncePod";
    private static final String ACCESS = "accessModes";
    private static final String STORAGE = "storage";
    private static final String SOURCE = "dataSource";
    private static final String REFERENCE = "dataSourceRef";
    private static final String GROUP = "apiGroup";

    private ClaimTemplateProblems() {
    }

    /// Checks the template of an ephemeral volume.
    ///
    /// @param p its place
    static void check(Struct template, Problems p) {
        MetadataRules.template(template.struct("metadata"), p.at("metadata"));
        spec(template.struct("spec"), p.at("spec"));
    }

    /// Checks the spec of a claim.
    ///
    /// @param p its place
    public static void spec(Struct spec, Problems p) {
        modes(spec.seq(ACCESS), p.at(ACCESS));
        LabelSelectorRules.check(spec.struct("selector"), p.at("selector"));
        size(spec.struct("resources").struct("requests"), p.at("resources").key(STORAGE));
        for (String field : List.of("storageClassName", "volumeAttributesClassName")) {
            if (!spec.text(field).isEmpty()) {
                p.at(field).invalid(spec.text(field), Names.subdomain(spec.text(field)));
            }
        }
        if (spec.has("volumeMode") && !List.of("Block", "Filesystem").contains(spec.text("volumeMode"))) {
            p.at("volumeMode").unsupported(spec.text("volumeMode"), List.of("Block", "Filesystem"));
        }
        sources(spec, p);
    }

    private static void modes(Seq modes, Problems p) {
        if (modes.isEmpty()) {
            p.required("at least 1 access mode is required");
        }
        modes.texts().stream().filter(mode -> !MODES.contains(mode)).forEach(mode -> p.unsupported(mode, MODES));
        if (modes.contains(ALONE) && modes.stream().anyMatch(mode -> !ALONE.equals(mode))) {
            p.forbidden("may not use ReadWriteOncePod with other access modes");
        }
    }

    private static void size(Struct requests, Problems p) {
        if (!requests.has(STORAGE)) {
            p.required("");
            return;
        }
        try {
            Quantity size = Quantity.of(requests.get(STORAGE));
            if (size.signum() <= 0) {
                p.invalid(size.toString(), "must be greater than zero");
            }
        } catch (IllegalArgumentException e) {
            p.invalid(requests.get(STORAGE), String.valueOf(e.getMessage()));
        }
    }

    private static void sources(Struct spec, Problems p) {
        for (String field : List.of(SOURCE, REFERENCE)) {
            if (spec.has(field)) {
                source(spec.struct(field), p.at(field));
            }
        }
        Struct reference = spec.struct(REFERENCE);
        String namespace = reference.text("namespace");
        if (!namespace.isEmpty()) {
            p.at(REFERENCE).at("namespace").invalid(namespace, Names.label(namespace));
        }
        if (spec.has(SOURCE) && !namespace.isEmpty()) {
            p.invalid(Struct.EMPTY, "may not be specified when dataSourceRef.namespace is specified");
        } else if (spec.has(SOURCE) && spec.has(REFERENCE) && !same(spec.struct(SOURCE), reference)) {
            p.invalid(Struct.EMPTY, "must match dataSourceRef");
        }
    }

    private static boolean same(Struct source, Struct reference) {
        return List.of(GROUP, "kind", "name").stream().allMatch(f -> source.text(f).equals(reference.text(f)));
    }

    private static void source(Struct source, Problems p) {
        p.present(source, "name");
        p.present(source, "kind");
        String group = source.text(GROUP);
        if (!group.isEmpty()) {
            p.at(GROUP).invalid(group, Names.subdomain(group));
        } else if (!source.text("kind").equals("PersistentVolumeClaim")) {
            p.invalid(source.text("kind"),
                    "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
    }
}
