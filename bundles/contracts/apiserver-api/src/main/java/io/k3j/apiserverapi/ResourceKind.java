package io.k3j.apiserverapi;

import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One row of the API's table of contents: everything the server must know to serve a resource in
/// one version. Built-in kinds and CRDs give the same rows.
public record ResourceKind(Gvr gvr, Gvk gvk, Names names, boolean namespaced, Set<String> verbs,
        List<Subresource> subresources, Storage storage, Shape shape, List<Column> columns, Strategy strategy) {

    /// Singular, short names and categories, as `kubectl api-resources` shows them.
    public record Names(String singular, List<String> shortNames, List<String> categories) {
    }

    /// A path below the object. `kind` is what it takes and gives; `verbs` as in discovery.
    /// @param connection a request stays for as long as both ends like; served by a [Connect]
    /// @param needs the verb that a request needs beside its own, whatever that is; empty: none
    /// @param scope what a write through it may touch
    public record Subresource(String name, Gvk kind, Set<String> verbs, boolean connection, String needs,
            Scope scope) {
        /// One that shows or takes an object.
        public Subresource(String name, Gvk kind, Set<String> verbs, Scope scope) {
            this(name, kind, verbs, false, "", scope);
        }
    }

    /// What a write through a subresource may touch; everything else stays as it is.
    /// @param takes the fields, as names from the root; empty: all, which the kind's hooks narrow
    /// @param metadata labels, annotations and their like, too
    /// @param generation a change counts for `metadata.generation`
    public record Scope(List<List<String>> takes, boolean metadata, boolean generation) {
        /// Everything.
        public static final Scope WHOLE = new Scope(List.of(), true, true);
        /// The status, with metadata.
        public static final Scope STATUS = new Scope(List.of(List.of("status")), true, true);
        /// The status and nothing else, as of custom resources.
        public static final Scope STATUS_ONLY = new Scope(List.of(List.of("status")), false, true);
    }

    /// Where objects are kept: a key prefix that ends in `/`, as `/registry/pods/`, and the version they
    /// are stored in. An empty prefix: not stored (reviews, bindings).
    public record Storage(String prefix, Gvk version) {
        /// Whether objects are kept at all.
        public boolean stored() {
            return !prefix.isEmpty();
        }
    }

    /// One column of the Table form. `priority` 1 is shown by `-o wide` only. `path` is a JSONPath for
    /// CRDs and empty when the kind's hooks give the cells.
    public record Column(String name, String type, String format, String description, int priority, String path) {
    }

    /// What differs between kinds when writing.
    /// @param unconditionalUpdate an update without resourceVersion is allowed
    /// @param createOnUpdate an update of a missing object creates it
    /// @param graceful deletion waits for somebody else to confirm (pods)
    /// @param generation `metadata.generation` counts changes of anything but metadata and status
    /// @param status the `status` field is written through the `status` subresource only
    /// @param statusOnCreate a new object keeps the status it comes with (nodes)
    /// @param orphans a deletion that names no policy leaves dependents alone (as `batch/v1` has done from the start)
    /// @param annotations `metadata.generation` counts changes of annotations, too (deployments)
    /// @param returned a deletion that is done is answered with the object, not with a Status (services)
    public record Strategy(boolean unconditionalUpdate, boolean createOnUpdate, boolean graceful, boolean generation,
            boolean status, boolean statusOnCreate, boolean orphans, boolean annotations, boolean returned) {
        /// One whose new objects have no status, and that deletes dependents.
        public Strategy(boolean unconditionalUpdate, boolean createOnUpdate, boolean graceful, boolean generation,
                boolean status) {
            this(unconditionalUpdate, createOnUpdate, graceful, generation, status, false, false);
        }

        /// One whose deletion is answered with a Status, unless somebody else has to confirm it.
        @SuppressWarnings("checkstyle:ParameterNumber") // what plug-ins are built against
        public Strategy(boolean unconditionalUpdate, boolean createOnUpdate, boolean graceful, boolean generation,
                boolean status, boolean statusOnCreate, boolean orphans, boolean annotations) {
            this(unconditionalUpdate, createOnUpdate, graceful, generation, status, statusOnCreate, orphans,
                    annotations, graceful);
        }

        /// One whose generation does not count changes of annotations.
        @SuppressWarnings("checkstyle:ParameterNumber") // what plug-ins are built against
        public Strategy(boolean unconditionalUpdate, boolean createOnUpdate, boolean graceful, boolean generation,
                boolean status, boolean statusOnCreate, boolean orphans) {
            this(unconditionalUpdate, createOnUpdate, graceful, generation, status, statusOnCreate, orphans, false);
        }
    }

    /// A subresource by name.
    public Optional<Subresource> subresource(String name) {
        return subresources.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}
