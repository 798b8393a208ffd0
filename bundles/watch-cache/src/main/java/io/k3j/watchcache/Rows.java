package io.k3j.watchcache;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Gvk;
import org.jspecify.annotations.Nullable;

/// Rows of the store as items. Those of stock Kubernetes (protobuf, or JSON in another order) are brought into
/// our stored form; they stay as they are in the store until their object changes.
public final class Rows {
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Protobuf protobuf;
    private final AtRest atRest;

    public Rows(Protobuf protobuf, AtRest atRest) {
        this.protobuf = protobuf;
        this.atRest = atRest;
    }

    /// A row as an item; null when it is none of an object (it is left alone).
    /// @throws io.k3j.encryption.UnreadableRow when it cannot be decrypted
    @Nullable
    public Item item(Entry row) {
        return item(row.key(), row.value(), row.createRevision(), row.revision());
    }

    /// The same from its parts.
    @Nullable
    public Item item(String key, byte[] value, long createRevision, long revision) {
        try {
            return new Item(key, ours(atRest.open(key, value)), createRevision, revision);
        } catch (MalformedInput | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "row skipped key={0} revision={1}: {2}", key, revision,
                    e.getMessage());
            return null;
        }
    }

    private byte[] ours(byte[] value) {
        if (Protobuf.enveloped(value)) {
            return Json.stored(protobuf.object(value, new Gvk("", "", "")));
        }
        return startsAsOurs(value) ? value : Json.stored(Json.object(value));
    }

    private static boolean startsAsOurs(byte[] value) {
        try {
            Json.hole(value);
            return true;
        } catch (MalformedInput e) {
            return false;
        }
    }
}
