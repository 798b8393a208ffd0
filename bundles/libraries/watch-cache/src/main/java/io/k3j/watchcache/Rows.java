package io.k3j.watchcache;

import io.k3j.cbor.Cbor;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.datastoreapi.Entry;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.UnreadableRow;
import io.k3j.model.Gvk;

/// Rows of the store as items. Those of stock Kubernetes (protobuf, CBOR, or JSON in another order) are brought into
/// our stored form; they stay as they are in the store until their object changes. So a datastore that K3s has written
/// can be taken over.
///
/// Any thread; blocks only as [AtRest] does.
public final class Rows {
    private final Protobuf protobuf;
    private final AtRest atRest;

    /// @param protobuf knows the kinds whose rows may lie there as protobuf
    /// @param atRest opens rows
    public Rows(Protobuf protobuf, AtRest atRest) {
        this.protobuf = protobuf;
        this.atRest = atRest;
    }

    /// A row as an item, an [Unreadable] when it cannot be decoded; no row is an exception.
    public Item item(Entry row) {
        return item(row.key(), row.value(), row.createRevision(), row.revision());
    }

    /// The same from its parts.
    ///
    /// @param value as it lies in the store, sealed where it is; nobody changes it from now on
    public Item item(String key, byte[] value, long createRevision, long revision) {
        try {
            return new Item(key, ours(atRest.open(key, value)), createRevision, revision);
        } catch (UnreadableRow sealed) {
            return Unreadable.of(key, new Unreadable.Stored(value, createRevision, revision),
                    new Unreadable.Trouble(String.valueOf(sealed.getMessage()), true, sealed.passing(),
                            sealed.key()));
        } catch (MalformedInput | IllegalArgumentException e) {
            String why = RowCipher.sealed(value) ? "it is encrypted with the key " + RowCipher.keyName(value)
                    + ", and only Secrets are decrypted" : String.valueOf(e.getMessage());
            return Unreadable.of(key, new Unreadable.Stored(value, createRevision, revision),
                    new Unreadable.Trouble(why, false, false, ""));
        }
    }

    /// The row once more, when a key for it may have come; an [Unreadable] again when it cannot be read yet.
    Item again(Unreadable row) {
        return item(row.storeKey(), row.row(), row.createRevision(), row.revision());
    }

    /// Protobuf is told by its envelope (`k8s` and a zero), which names the kind; CBOR, in which custom resources lie
    /// where the gate `CBORServingAndStorage` is or was on, by its tag. JSON that begins in another order is written
    /// anew, so that its revision can be spliced in. What is ours is sent to clients as it lies there, so it is looked
    /// at to its end: one damaged object in a list would keep all others of it from everybody.
    private byte[] ours(byte[] value) {
        if (Protobuf.enveloped(value)) {
            return Json.stored(protobuf.object(value, new Gvk("", "", "")));
        }
        if (Cbor.described(value)) {
            return Json.stored(Cbor.object(value));
        }
        if (!startsAsOurs(value)) {
            return Json.stored(Json.object(value));
        }
        Json.check(value);
        return value;
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
