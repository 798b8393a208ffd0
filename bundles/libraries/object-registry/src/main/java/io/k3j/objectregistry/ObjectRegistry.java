package io.k3j.objectregistry;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Protobuf;
import io.k3j.watchcache.Rows;

/// What can be done with the objects of all kinds; upstream's generic registry store. Any thread.
public final class ObjectRegistry {
    private final ObjectReads reads;
    private final ObjectWrites writes;
    private final ObjectDeletes deletes;
    private final Patches patches;

    /// Over a store. Starts nothing.
    ///
    /// @param storage the datastore, what memory holds of it, and the fence between them
    /// @param kinds with their hooks
    /// @param admissions asked before anything is written
    /// @param protobuf for rows that stock Kubernetes has written, and for what is a built-in kind
    /// @param metadata gives names, uids and times
    public ObjectRegistry(Storage storage, Kinds kinds, Admissions admissions, Protobuf protobuf, Metadata metadata) {
        this(storage, kinds, admissions, protobuf, metadata, CommitObserver.NONE);
    }

    /// The same, and somebody hears how long the datastore takes.
    @SuppressWarnings("checkstyle:ParameterNumber") // each comes from elsewhere
    public ObjectRegistry(Storage storage, Kinds kinds, Admissions admissions, Protobuf protobuf, Metadata metadata,
            CommitObserver observer) {
        FieldManagement fields = new FieldManagement(metadata);
        StoreCommits commits = new StoreCommits(storage, new Rows(protobuf, storage.store().atRest()), kinds, observer);
        this.reads = new ObjectReads(storage.log(), storage.fence(), storage.past());
        this.writes = new ObjectWrites(commits, storage, new Shaping(admissions, metadata, fields), metadata);
        this.deletes = new ObjectDeletes(commits, storage, admissions, metadata);
        this.patches = new Patches(new ObjectDecoder(protobuf), fields);
    }

    /// Gets and lists.
    public ObjectReads reads() {
        return reads;
    }

    /// Creates and changes.
    public ObjectWrites writes() {
        return writes;
    }

    /// Deletes.
    public ObjectDeletes deletes() {
        return deletes;
    }

    /// Patches, to be written.
    public Patches patches() {
        return patches;
    }

    /// 503 for who was the leader: its write was not carried out, and the new leader will do the same in its way.
    public static ApiFault notLeading() {
        return ApiFault.unavailable("this server is not the leader any more");
    }
}
