package io.k3j.apirequests;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Target;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Stored objects as clients see them: in the version of the path and in the form negotiated. JSON in the stored
/// version is the stored bytes with the revision spliced in; everything else is transcoded.
///
/// Nothing that is made is kept, so an object costs what it costs each time; watches keep their frames themselves. Any
/// thread; nothing blocks.
public final class Renderer {
    private static final byte[] BRACE = {'{'};
    private final Protobuf protobuf;
    private final Responses answers;
    private final Tables tables;
    /// Most kinds whose heads are kept, more than a cluster has at a time: kinds come and go with their definitions.
    static final int MAX_HEADS = 4_096;
    /// How the stored bytes of a version begin: `{"apiVersion":…,"kind":…,` in that order, which the stored form fixes.
    private final Map<Gvk, byte[]> heads = new ConcurrentHashMap<>();

    /// @param answers for what is no stored object's bytes
    public Renderer(Protobuf protobuf, Responses answers, Tables tables) {
        this.protobuf = protobuf;
        this.answers = answers;
        this.tables = tables;
    }

    /// How tables are made.
    public Tables tables() {
        return tables;
    }

    /// What the endpoints of a kind can give: protobuf for kinds of Kubernetes' own, a Table and metadata for all.
    public Form.Offer offer(ResourceKind kind) {
        return offer(kind.gvk(), true);
    }

    /// What an endpoint can give that answers objects of a kind, with rows and metadata of them or without.
    public Form.Offer offer(Gvk kind, boolean rows) {
        return new Form.Offer(protobuf.knows(kind), rows, rows, false, answers.offersCbor());
    }

    /// Whether a kind is one of Kubernetes' own, whose list items go without `apiVersion` and `kind`: upstream's typed
    /// lists leave them out, lists of custom resources have them.
    public boolean builtIn(Gvk kind) {
        return protobuf.knows(kind);
    }

    /// One object's bytes in a form, without line end.
    ///
    /// @param revision shown as `resourceVersion`; 0 shows none, as for an object that is not stored yet
    /// @throws io.k3j.clientapi.ApiFault 500 when the item cannot be read, 503 while the kind's bundle is away
    public byte[] bytes(Target target, Item item, long revision, Form form) {
        if (asStored(target, item, form)) {
            return revision == 0 ? item.bytes() : Json.withRevision(item.bytes(), revision);
        }
        return encoded(tree(target, item, revision, form), form);
    }

    /// Whether an object's bytes in a form are the stored ones with a revision.
    boolean asStored(Target target, Item item, Form form) {
        return form.type() == Form.Type.JSON && form.as() == Form.As.OBJECT && !form.pretty()
                && inVersion(item, target.kind().gvk()) && target.conforms(item);
    }

    /// A tree's bytes in a form, JSON without line end.
    byte[] encoded(Struct tree, Form form) {
        return form.type() == Form.Type.JSON && !form.pretty() ? Json.bytes(tree) : answers.encoded(form, tree);
    }

    /// One object as a tree in a form; for a Table one with a single row.
    Struct tree(Target target, Item item, long revision, Form form) {
        return switch (form.as()) {
            case OBJECT, DISCOVERY -> target.object(item, revision).document();
            // is as it is stored in all versions, so nobody is asked for it
            case METADATA -> Tables.metadataOnly(item.object().withRevision(revision), form.version());
            case TABLE -> tables.of(target, target.object(item, revision), form, Tables.Include.METADATA, true);
        };
    }

    /// An object as an element of a list.
    Struct bare(Target target, Struct document) {
        return builtIn(target.kind().gvk()) ? document.without("apiVersion").without("kind") : document;
    }

    /// Writes one object as an element of a JSON list.
    void item(Target target, Item item, OutputStream out) throws IOException {
        byte[] bytes = item.bytes();
        if (!inVersion(item, target.kind().gvk()) || !target.conforms(item)) {
            out.write(Json.bytes(bare(target, target.fresh(item).document())));
            return;
        }
        int from = 0;
        if (builtIn(target.kind().gvk())) {
            out.write(BRACE);
            from = Json.afterKind(bytes);
        }
        int hole = item.holeIndex();
        out.write(bytes, from, hole - from);
        if (item.revision() != 0) {
            out.write(Json.revision(bytes, hole, item.revision()));
        }
        out.write(bytes, hole, bytes.length - hole);
    }

    /// By the first bytes, which costs less than decoding. Bytes in another order read as another version and are
    /// decoded, which is right too.
    private boolean inVersion(Item item, Gvk wanted) {
        byte[] head = head(wanted);
        byte[] bytes = item.bytes();
        return bytes.length > head.length && Arrays.equals(bytes, 0, head.length, head, 0, head.length);
    }

    /// Full, the heads are all made anew: those in use come back at once.
    byte[] head(Gvk kind) {
        byte[] known = heads.get(kind);
        if (known != null) {
            return known;
        }
        if (heads.size() >= MAX_HEADS) {
            heads.clear();
        }
        return heads.computeIfAbsent(kind, g -> ("{\"apiVersion\":\"" + g.apiVersion() + "\",\"kind\":\""
                + g.kind() + "\",").getBytes(StandardCharsets.UTF_8));
    }
}
