package io.k3j.validation;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What `metadata` of any object must look like, of built-in kinds and custom resources alike: upstream's
/// `ValidateObjectMeta`. See <https://kubernetes.io/docs/concepts/overview/working-with-objects/>. Pure; any thread.
public final class MetadataRules {
    /// How many bytes all annotations of an object may have together, keys and values: upstream's
    /// `TotalAnnotationSizeLimitB`.
    public static final int ANNOTATION_BYTES = 256 * 1024;

    /// The garbage collector's finalizers, which contradict each other: keep the dependents, delete the dependents.
    private static final String ORPHAN = "orphan";
    private static final String FOREGROUND = "foregroundDeletion";
    /// Finalizers of Kubernetes' own, which no domain stands before.
    private static final Set<String> STANDARD = Set.of("kubernetes", ORPHAN, FOREGROUND);
    private static final String OWNERS = "metadata.ownerReferences";

    private MetadataRules() {
    }

    /// Everything wrong with an object's metadata, in upstream's order: names, labels, annotations, owners, finalizers.
    ///
    /// @param write what is being done, with the kind and the object before; an empty `before` means a new object
    /// @param object as it would be stored, so its `name` has been made from `generateName` already
    /// @param name says what is wrong with a name of this kind, as a method of `Names` does
    /// @return a list of the caller's own, with at most [Problems#MOST] and one
    public static List<FieldProblem> problems(Write write, Struct object, Function<String, List<String>> name) {
        Struct meta = object.struct("metadata");
        List<FieldProblem> found = Problems.none().found();
        names(write, meta, name, found);
        labels(meta.struct("labels"), "metadata.labels", found);
        annotations(meta.struct("annotations"), "metadata.annotations", found);
        owners(meta.seq("ownerReferences"), found);
        finalizers(write, meta.seq("finalizers").texts(), found);
        return found;
    }

    /// The prefix is checked too, although the name is made from it already: the user has written the prefix, and the
    /// path in the answer must name it. What an object was made with it keeps, whatever the rules of today are.
    private static void names(Write write, Struct meta, Function<String, List<String>> rule, List<FieldProblem> to) {
        boolean made = write.before().isEmpty();
        String prefix = meta.text("generateName");
        if (made && !prefix.isEmpty()) {
            rule.apply(Names.completed(prefix)).forEach(
                    w -> to.add(FieldProblem.invalid("metadata.generateName", prefix, w)));
        }
        String name = meta.text("name");
        if (name.isEmpty()) {
            to.add(FieldProblem.required("metadata.name", "name or generateName is required"));
        } else if (made) {
            rule.apply(name).forEach(w -> to.add(FieldProblem.invalid("metadata.name", name, w)));
        }
        String namespace = meta.text("namespace");
        if (!write.kind().namespaced() && !namespace.isEmpty()) {
            to.add(FieldProblem.forbidden("metadata.namespace", "not allowed on this type"));
        } else if (write.kind().namespaced() && namespace.isEmpty()) {
            to.add(FieldProblem.required("metadata.namespace", ""));
        } else if (!namespace.isEmpty()) {
            Names.label(namespace).forEach(w -> to.add(FieldProblem.invalid("metadata.namespace", namespace, w)));
        }
    }

    /// Checks a map of labels that stands at `p`; also those of templates and node selectors. Problems are reported at
    /// the map, not at the key, as upstream does.
    public static void labels(Struct labels, Problems p) {
        labels(labels, p.path(), p.found());
    }

    private static void labels(Struct labels, String path, List<FieldProblem> to) {
        labels.texts().forEach((key, value) -> {
            Names.qualified(key).forEach(w -> to.add(FieldProblem.invalid(path, key, w)));
            Names.labelValue(value).forEach(w -> to.add(FieldProblem.invalid(path, value, w)));
        });
    }

    /// Checks a map of annotations that stands at `p`, as that of a template.
    public static void annotations(Struct annotations, Problems p) {
        annotations(annotations, p.path(), p.found());
    }

    private static void annotations(Struct annotations, String path, List<FieldProblem> to) {
        long bytes = 0;
        for (var e : annotations.texts().entrySet()) {
            Names.annotationKey(e.getKey()).forEach(w -> to.add(FieldProblem.invalid(path, e.getKey(), w)));
            bytes += e.getKey().length() + (long) e.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > ANNOTATION_BYTES) {
            to.add(FieldProblem.tooLong(path, ANNOTATION_BYTES));
        }
    }

    /// Checks the metadata of what is made from a template, which has labels and annotations alone: upstream's
    /// `ValidateTemplateObjectMeta`.
    ///
    /// @param p its place
    public static void template(Struct metadata, Problems p) {
        annotations(metadata.struct("annotations"), p.at("annotations"));
        labels(metadata.struct("labels"), p.at("labels"));
        metadata.forEach((field, value) -> {
            boolean unset = value instanceof Null || List.of("", 0L, Seq.EMPTY).contains(value);
            if (!unset && !field.equals("annotations") && !field.equals("labels")) {
                p.at(field).forbidden("cannot be set");
            }
        });
    }

    /// Whether owners exist is not asked here: the garbage collector finds out later. At most one of them is the
    /// controller. As upstream, no problem says which of the references has it.
    private static void owners(Seq owners, List<FieldProblem> to) {
        String controller = "";
        boolean told = false;
        for (int i = 0; i < owners.size(); i++) {
            Struct owner = owners.struct(i);
            owner(owner, to);
            if (!owner.flag("controller")) {
                continue;
            }
            String name = owner.text("kind") + "/" + owner.text("name");
            if (!controller.isEmpty() && !told) {
                // once: the text holds all of them
                told = true;
                to.add(FieldProblem.invalid(OWNERS, owners, "Only one reference can have Controller set to true. Found"
                        + " \"true\" in references for " + controller + " and " + name));
            }
            controller = controller.isEmpty() ? name : controller;
        }
    }

    private static void owner(Struct owner, List<FieldProblem> to) {
        String version = owner.text("apiVersion");
        int slash = version.indexOf('/');
        if (slash == version.length() - 1 || slash != version.lastIndexOf('/')) {
            to.add(FieldProblem.invalid(OWNERS + ".apiVersion", version, "version must not be empty"));
        }
        for (String field : List.of("kind", "name", "uid")) {
            if (owner.text(field).isEmpty()) {
                to.add(FieldProblem.invalid(OWNERS + "." + field, "", "must not be empty"));
            }
        }
        if (version.equals("v1") && owner.text("kind").equals("Event")) {
            to.add(FieldProblem.invalid(OWNERS, owner, "/v1, Kind=Event is disallowed from being an owner"));
        }
    }

    /// What is wrong with a finalizer that is neither one of Kubernetes' own nor begins with somebody's domain, which
    /// the older groups of kinds refuse; empty when nothing is.
    public static List<String> standardFinalizer(String name) {
        return name.indexOf('/') >= 0 || STANDARD.contains(name) ? List.of()
                : List.of("name is neither a standard finalizer name nor is it fully qualified");
    }

    /// Checks whether an object's finalizers, but those it had, are [#standardFinalizer]: upstream's
    /// `ValidateObjectMeta` of the core group, which not all groups use.
    public static void standardFinalizers(Write write, Struct object, List<FieldProblem> to) {
        Seq finalizers = object.struct("metadata").seq("finalizers");
        if (finalizers.isEmpty()) {
            return;
        }
        Struct before = write.before().orElse(Struct.EMPTY).struct("metadata");
        Set<String> known = new HashSet<>(before.seq("finalizers").texts());
        for (int i = 0; i < finalizers.size() && to.size() <= Problems.MOST; i++) {
            String name = finalizers.text(i);
            for (String wrong : standardFinalizer(name)) {
                if (!known.contains(name)) {
                    to.add(FieldProblem.invalid("metadata.finalizers[" + i + "]", name, wrong));
                }
            }
        }
    }

    /// Who deletes has seen which finalizers are to be waited for. Adding one to an object that is being deleted would
    /// keep it without anybody's knowing, so only removals are left.
    private static void finalizers(Write write, List<String> finalizers, List<FieldProblem> to) {
        for (String f : finalizers) {
            Names.qualified(f).forEach(w -> to.add(FieldProblem.invalid("metadata.finalizers", f, w)));
        }
        if (finalizers.contains(ORPHAN) && finalizers.contains(FOREGROUND)) {
            to.add(FieldProblem.invalid("metadata.finalizers", Seq.copyOf(finalizers),
                    "finalizer " + ORPHAN + " and " + FOREGROUND + " cannot be both set"));
        }
        Struct before = write.before().orElse(Struct.EMPTY).struct("metadata");
        if (!before.text("deletionTimestamp").isEmpty()) {
            Set<String> known = new HashSet<>(before.seq("finalizers").texts());
            List<String> added = finalizers.stream().filter(f -> !known.contains(f)).toList();
            if (!added.isEmpty()) {
                to.add(FieldProblem.forbidden("metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers"
                                + " []string{\"" + String.join("\", \"", added) + "\"}"));
            }
        }
    }
}
