package io.k3j.watchcache;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.lang.ref.SoftReference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One version of one stored object: its bytes as they lie in the store, decoded only when somebody looks. The
/// decoded form is kept as long as the heap has room. A row that cannot be decoded is one too, an [Unreadable]: it
/// is there, and anyone who asks what it holds gets a fault.
///
/// Never changed; any thread. Two who decode at once get two equal objects. Most of the heap of a server is made of
/// these, so each field counts.
public sealed class Item implements SnapshotTree.Marked permits Unreadable {
    private final String storeKey;
    private final byte[] bytes;
    private final long revision;
    private final long createRevision;
    /// Sixteen bits are enough: only `apiVersion` and `kind` stand before it.
    private final short hole;
    /// By how much its protobuf form is shorter, 0 when that is not known: kept in what alignment leaves free.
    private short shorter;
    private volatile @Nullable SoftReference<Obj> decoded;

    /// A version of an object.
    ///
    /// @param storeKey as in [StorageKeys]
    /// @param bytes in stored form; nobody changes them from now on
    /// @param createRevision of the version with which the key came to be
    /// @param revision of this version, which is its `resourceVersion`
    /// @throws io.k3j.codec.MalformedInput when they are not
    public Item(String storeKey, byte[] bytes, long createRevision, long revision) {
        this(storeKey, bytes, createRevision, revision, Json.hole(bytes));
    }

    /// `hole` as in [#holeIndex], -1 for bytes that are not in stored form.
    Item(String storeKey, byte[] bytes, long createRevision, long revision, int hole) {
        this.storeKey = storeKey;
        this.bytes = bytes;
        this.revision = revision;
        this.createRevision = createRevision;
        this.hole = (short) hole;
        if (this.hole != hole) {
            throw new MalformedInput("its apiVersion and kind are longer than 32 KiB");
        }
    }

    /// Makes sure that the content can be told. For those who pass bytes on without a look at them.
    /// @throws io.k3j.clientapi.ApiFault 500 naming the key when it cannot
    public void check() {
        // what is in stored form can be read
    }

    /// This version when it can be read, else the last one before it that could; null when none is known. For
    /// views, which keep an object's last readable version rather than lose it.
    @Nullable
    public Item readable() {
        return this;
    }

    /// How many bytes of the store it holds.
    int size() {
        return bytes.length;
    }

    /// The key in the store.
    public String storeKey() {
        return storeKey;
    }

    /// The object's namespace and name, from the store's key: the last segments behind `prefix`.
    ///
    /// @param prefix of the resource, as [StorageKeys#scope] without a namespace says it
    public Key key(String prefix) {
        int slash = storeKey.indexOf('/', prefix.length());
        return slash < 0 ? Key.of(storeKey.substring(prefix.length()))
                : new Key(storeKey.substring(prefix.length(), slash), storeKey.substring(slash + 1));
    }

    /// The stored bytes, without `resourceVersion`; nobody changes them.
    ///
    /// @throws io.k3j.clientapi.ApiFault as [#check]
    public byte[] bytes() {
        return bytes;
    }

    /// The revision of this version.
    public long revision() {
        return revision;
    }

    /// The revision of the first version since the key was last absent.
    public long createRevision() {
        return createRevision;
    }

    /// Where `resourceVersion` is spliced in: the index in [#bytes] right behind `"metadata":{`.
    public int holeIndex() {
        return hole;
    }

    /// How many bytes it takes as an element of a protobuf list, 0 when nobody has said so. Any thread.
    public int protobufBytes() {
        int by = shorter;
        return by == 0 ? 0 : bytes.length - by;
    }

    /// Remembers that, so that lists need not count once more. It follows from bytes and revision alone, so it does not
    /// matter who says it last.
    public void protobufBytes(int count) {
        int by = bytes.length - count;
        shorter = by == (short) by ? (short) by : 0;
    }

    /// The object, with its `resourceVersion`, decoded at most once while it is looked at: for who looks often.
    ///
    /// @throws io.k3j.clientapi.ApiFault as [#check]
    public Obj object() {
        Obj known = known();
        if (known == null) {
            known = decoded(bytes());
            decoded = new SoftReference<>(known);
        }
        return known;
    }

    /// The object for who looks once, as lists do: nothing that was decoded for it is kept.
    /// @throws io.k3j.clientapi.ApiFault as [#check]
    public Obj fresh() {
        Obj known = known();
        return known == null ? decoded(bytes()) : known;
    }

    /// The object without anything but its metadata, not kept.
    ///
    /// @throws io.k3j.clientapi.ApiFault as [#check]
    public Obj head() {
        Obj known = known();
        return known == null ? headOf(bytes()) : known;
    }

    /// What is still there of the decoded form: the collector takes it when the heap is short.
    private @Nullable Obj known() {
        SoftReference<Obj> ref = decoded;
        return ref == null ? null : ref.get();
    }

    private Obj headOf(byte[] stored) {
        try {
            return Obj.stored(Json.head(stored), revision);
        } catch (MalformedInput damaged) {
            throw Unreadable.fault(this, damaged.getMessage());
        }
    }

    private Obj decoded(byte[] stored) {
        try {
            return Obj.stored(Json.object(stored), revision);
        } catch (MalformedInput damaged) {
            throw Unreadable.fault(this, damaged.getMessage());
        }
    }

    /// What can be said of its labels, see [LabelMarks]. Made anew with each call: the tree keeps it.
    @Override
    public long mark() {
        return LabelMarks.of(bytes, hole);
    }

    /// The object's labels, read from the bytes unless it is decoded already.
    /// @throws io.k3j.clientapi.ApiFault as [#check]
    public Map<String, String> labels() {
        Obj known = known();
        if (known != null) {
            return known.labels();
        }
        byte[] stored = bytes();
        try {
            return Json.labels(stored, holeIndex());
        } catch (MalformedInput damaged) {
            throw Unreadable.fault(this, damaged.getMessage());
        }
    }

    /// Key and revision; never the content.
    @Override
    public String toString() {
        return storeKey + " @" + revision;
    }
}
