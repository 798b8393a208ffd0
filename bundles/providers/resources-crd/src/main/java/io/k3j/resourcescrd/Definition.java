package io.k3j.resourcescrd;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Column;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Scope;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.apiserverapi.ResourceKind.Subresource;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.Structural;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One CustomResourceDefinition and the API rows it adds. Immutable.
final class Definition {
    static final String GROUP = "apiextensions.k8s.io";
    static final Gvr RESOURCE = new Gvr(GROUP, "v1", "customresourcedefinitions");
    static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";
    static final String TERMINATING = "Terminating";
    private static final Set<String> VERBS = Set.of("create", "delete", "deletecollection", "get", "list", "patch",
            "update", "watch");
    private static final Set<String> CHANGE = Set.of("get", "patch", "update");
    private static final Column AGE = new Column("Age", "date", "", "Time of creation.", 0,
            ".metadata.creationTimestamp");

    private final Obj object;
    private final Map<Gvk, ResourceKind> rows = new LinkedHashMap<>();
    private final Map<Gvk, Struct> versions = new LinkedHashMap<>();
    private final Map<Gvk, VersionRules> rules = new LinkedHashMap<>();
    /// By `apiVersion`, of versions that are not served too.
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    /// Parses a definition; it has no rows before its names are accepted, and none where they are built in.
    Definition(Obj object, Schemas schemas) {
        this(object, schemas, null);
    }

    /// @param before what it replaces; compiled rules of versions that did not change are kept
    Definition(Obj object, Schemas schemas, @Nullable Definition before) {
        this.object = object;
        if (holds("Established") && !builtIn()) {
            for (Struct version : object.spec().seq("versions").structs()) {
                ResourceKind row = row(version, schemas);
                shapes.put(row.gvk().apiVersion(), row.shape());
                // its objects are deleted in the version in which nobody has to convert them
                if (version.flag("served") || going() && version.flag("storage")) {
                    rows.put(row.gvk(), row);
                    versions.put(row.gvk(), version);
                    rules.put(row.gvk(), kept(before, row, version));
                }
            }
        }
    }

    private static VersionRules kept(@Nullable Definition before, ResourceKind row, Struct version) {
        VersionRules known = before != null && version.equals(before.versions.get(row.gvk()))
                ? before.rules.get(row.gvk())
                : null;
        return known != null ? known : VersionRules.of(row.shape());
    }

    /// Whether a condition is true.
    boolean holds(String condition) {
        return object.status().seq("conditions").find("type", condition).text("status").equals("True");
    }

    /// Whether it is being deleted: no new object is taken, and those there are go.
    boolean going() {
        return object.terminating() || holds(TERMINATING);
    }

    /// Whether Kubernetes itself has the resource that it asks for, or was given.
    boolean builtIn() {
        String group = object.spec().text("group");
        return BuiltInResources.has(group, object.spec().struct("names").text("plural"))
                || BuiltInResources.has(group, object.status().struct("acceptedNames").text("plural"));
    }

    /// The definition object.
    Obj object() {
        return object;
    }

    /// A row per served version; of one that goes for the stored one as well, without verbs where it is not served.
    Map<Gvk, ResourceKind> rows() {
        return rows;
    }

    /// The row in the storage version, which nobody has to convert objects to; another one when that is not served.
    Optional<ResourceKind> storedRow() {
        return rows.values().stream().filter(r -> r.gvk().equals(r.storage().version())).findFirst()
                .or(() -> rows.values().stream().findFirst());
    }

    /// The schema of a version, served or not; empty when it is none of this definition.
    Optional<Shape> shape(String apiVersion) {
        return Optional.ofNullable(shapes.get(apiVersion));
    }

    /// The kind of its objects, in whatever version.
    GroupKind kind() {
        return new GroupKind(object.spec().text("group"), object.status().struct("acceptedNames").text("kind"));
    }

    /// A kind in no particular version.
    record GroupKind(String group, String kind) {
        static GroupKind of(Gvk kind) {
            return new GroupKind(kind.group(), kind.kind());
        }
    }

    /// Whether a webhook converts its objects.
    boolean converts() {
        return object.spec().struct("conversion").text("strategy").equals("Webhook");
    }

    /// The element of `spec.versions` of a kind; the empty struct when the kind is of another definition.
    Struct version(Gvk kind) {
        return versions.getOrDefault(kind, Struct.EMPTY);
    }

    /// The validation rules of a served version; null when the kind is of another definition.
    @Nullable
    VersionRules rules(Gvk kind) {
        return rules.get(kind);
    }

    /// The storage version.
    static String storageVersion(Struct spec) {
        for (Struct version : spec.seq("versions").structs()) {
            if (version.flag("storage")) {
                return version.text("name");
            }
        }
        return "";
    }

    private ResourceKind row(Struct version, Schemas schemas) {
        Struct spec = object.spec();
        Struct names = object.status().struct("acceptedNames");
        String group = spec.text("group");
        Gvr gvr = new Gvr(group, version.text("name"), names.text("plural"));
        Gvk gvk = new Gvk(group, version.text("name"), names.text("kind"));
        Struct subresources = version.struct("subresources");
        boolean served = version.flag("served");
        Shape shape = Structural.shape(schemas, version.struct("schema").struct("openAPIV3Schema"));
        return new ResourceKind(gvr, gvk,
                new Names(names.text("singular"), names.seq("shortNames").texts(), names.seq("categories").texts()),
                spec.text("scope").equals("Namespaced"), served ? VERBS : Set.of(),
                served ? subresources(gvk, subresources) : List.of(),
                new Storage("/registry/" + group + "/" + names.text("plural") + "/",
                        new Gvk(group, storageVersion(spec), gvk.kind())),
                shape, columns(version), new Strategy(false, false, false, true, subresources.has("status")));
    }

    private static List<Subresource> subresources(Gvk kind, Struct declared) {
        List<Subresource> all = new ArrayList<>();
        if (declared.has("status")) {
            all.add(new Subresource("status", kind, CHANGE, Scope.STATUS_ONLY));
        }
        if (declared.has("scale")) {
            all.add(new Subresource("scale", Gvk.of("autoscaling/v1", "Scale"), CHANGE, Scope.WHOLE));
        }
        return List.copyOf(all);
    }

    private static List<Column> columns(Struct version) {
        List<Column> all = new ArrayList<>(List.of(new Column("Name", "string", "name", "Name of the object.", 0,
                ".metadata.name")));
        for (Struct c : version.seq("additionalPrinterColumns").structs()) {
            all.add(new Column(c.text("name"), c.text("type"), c.text("format"), c.text("description"),
                    (int) c.whole("priority", 0), c.text("jsonPath")));
        }
        if (version.seq("additionalPrinterColumns").isEmpty()) {
            all.add(AGE);
        }
        return List.copyOf(all);
    }
}
