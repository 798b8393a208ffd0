package io.k3j.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One Kubernetes object: its tree, which never carries `metadata.resourceVersion`, and the revision
/// it was committed at (0: not committed yet). Immutable; every `with…` gives another object.
///
/// See <https://kubernetes.io/docs/concepts/overview/working-with-objects/>.
public final class Obj {
    private final Struct tree;
    private final Struct metadata;
    private final long revision;

    private Obj(Struct tree, long revision) {
        this.tree = tree;
        this.metadata = tree.struct("metadata");
        this.revision = revision;
    }

    /// An object from a tree as a client sends it: a `resourceVersion` in it becomes the revision.
    /// @throws NumberFormatException when it is not a number
    public static Obj of(Struct document) {
        String version = document.struct("metadata").text("resourceVersion");
        return new Obj(document.withoutAt("metadata", "resourceVersion"),
                version.isEmpty() ? 0 : Long.parseLong(version));
    }

    /// An object as it is stored: a tree without `resourceVersion`, and its revision.
    public static Obj stored(Struct tree, long revision) {
        return new Obj(tree, revision);
    }

    /// The tree without `metadata.resourceVersion`.
    public Struct tree() {
        return tree;
    }

    /// The tree with `metadata.resourceVersion`, as clients see it.
    public Struct document() {
        return revision == 0 ? tree : tree.withAt(Long.toString(revision), "metadata", "resourceVersion");
    }

    /// The revision of the last change, 0 before the first.
    public long revision() {
        return revision;
    }

    /// Group, version and kind.
    public Gvk gvk() {
        return Gvk.of(tree.text("apiVersion"), tree.text("kind"));
    }

    /// Namespace and name.
    public Key key() {
        return new Key(namespace(), name());
    }

    /// The `metadata` field, without `resourceVersion`.
    public Struct metadata() {
        return metadata;
    }

    /// `metadata.name`.
    public String name() {
        return metadata.text("name");
    }

    /// `metadata.namespace`, empty for cluster-wide objects.
    public String namespace() {
        return metadata.text("namespace");
    }

    /// `metadata.uid`.
    public String uid() {
        return metadata.text("uid");
    }

    /// `metadata.generation`.
    public long generation() {
        return metadata.whole("generation", 0);
    }

    /// `metadata.labels`.
    public Map<String, String> labels() {
        return metadata.struct("labels").texts();
    }

    /// `metadata.annotations`.
    public Map<String, String> annotations() {
        return metadata.struct("annotations").texts();
    }

    /// `metadata.finalizers`.
    public List<String> finalizers() {
        return metadata.seq("finalizers").texts();
    }

    /// `metadata.ownerReferences`.
    public List<Struct> owners() {
        return metadata.seq("ownerReferences").structs();
    }

    /// The owner reference with `controller: true`.
    public Optional<Struct> controller() {
        return owners().stream().filter(o -> o.flag("controller")).findFirst();
    }

    /// Whether `metadata.deletionTimestamp` is set.
    public boolean terminating() {
        return !metadata.text("deletionTimestamp").isEmpty();
    }

    /// The `spec` field.
    public Struct spec() {
        return tree.struct("spec");
    }

    /// The `status` field.
    public Struct status() {
        return tree.struct("status");
    }

    /// The value below a chain of fields, or null.
    public @Nullable Object at(String... path) {
        return tree.at(path);
    }

    /// The same object with another tree.
    public Obj withTree(Struct changed) {
        return new Obj(changed, revision);
    }

    /// The same object at a revision.
    public Obj withRevision(long at) {
        return new Obj(tree, at);
    }

    /// The same object with the value below a chain of fields set.
    public Obj with(@Nullable Object value, String... path) {
        return new Obj(tree.withAt(value, path), revision);
    }

    /// The same object without the field below a chain of fields.
    public Obj without(String... path) {
        return new Obj(tree.withoutAt(path), revision);
    }

    /// A controller's reference to this object, as `ownerReferences` holds them.
    public Struct ownerReference() {
        return Struct.of("apiVersion", tree.text("apiVersion"), "kind", tree.text("kind"), "name", name(), "uid",
                uid(), "controller", true, "blockOwnerDeletion", true);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Obj o && o.revision == revision && o.tree.equals(tree);
    }

    @Override
    public int hashCode() {
        return tree.hashCode() * 31 + Long.hashCode(revision);
    }

    /// Kind, key and revision; never the content.
    @Override
    public String toString() {
        return tree.text("kind") + " " + key() + " @" + revision;
    }
}
