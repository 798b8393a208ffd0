package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import org.jspecify.annotations.Nullable;

/// A row that is there and cannot be decoded: damaged, or encrypted with a key that is not known here. It takes the
/// object's place, so that nobody mistakes the object for deleted; reading it is an error 500 that names the key,
/// as upstream answers when it cannot transform or decode a row.
///
/// Key and revisions can be told, content cannot: a write to it is refused as a read is.
public final class Unreadable extends Item {
    private final Trouble trouble;
    private final byte[] row;
    private final @Nullable Item last;

    private Unreadable(String storeKey, Stored stored, Trouble trouble, @Nullable Item last) {
        super(storeKey, stored.row, stored.createRevision, stored.revision, -1);
        this.row = stored.row;
        this.trouble = trouble;
        this.last = last;
    }

    /// A row as it lies in the store, sealed where it is.
    record Stored(byte[] row, long createRevision, long revision) {
    }

    /// Why a row cannot be decoded.
    ///
    /// @param why for the operator, without anything of the content
    /// @param sealed whether another key might open it
    /// @param passing whether its own key is only not to be had now
    /// @param key names what it waits for, the same for all rows that can be read at the same time; empty when it is
    /// not passing
    record Trouble(String why, boolean sealed, boolean passing, String key) {
    }

    /// What stands for a row, with nothing known of before.
    static Unreadable of(String storeKey, Stored stored, Trouble trouble) {
        return new Unreadable(storeKey, stored, trouble, null);
    }

    /// The same, remembering what could be read there last: views go on with that version. Versions that could not
    /// be read in between are not kept.
    Unreadable after(@Nullable Item before) {
        Item known = before == null ? null : before.readable();
        return known == null ? this : new Unreadable(storeKey(), new Stored(row, createRevision(), revision()),
                trouble, known);
    }

    /// Whether another key might open it; if not, only another row helps.
    boolean sealed() {
        return trouble.sealed;
    }

    /// Whether it may be readable later, without another key or row.
    boolean passing() {
        return trouble.passing;
    }

    /// What it waits for, where it is [#passing].
    String waitsFor() {
        return trouble.key;
    }

    /// The row as it lies in the store.
    byte[] row() {
        return row;
    }

    /// Why it cannot be read, without anything of the content.
    public String why() {
        return trouble.why;
    }

    @Override
    public void check() {
        throw fault(this, trouble.why);
    }

    @Override
    public @Nullable Item readable() {
        return last;
    }

    /// It passes every selector, so that a list that might hold it fails rather than leaves it out.
    @Override
    public long mark() {
        return LabelMarks.ANY;
    }

    @Override
    public byte[] bytes() {
        throw fault(this, trouble.why);
    }

    @Override
    public int holeIndex() {
        throw fault(this, trouble.why);
    }

    /// 500 for who wants to read a row that cannot be read.
    static ApiFault fault(Item item, @Nullable String why) {
        return ApiFault.internal("cannot read the stored object " + item.storeKey() + " of revision " + item.revision()
                + ": " + why);
    }
}
