package io.k3j.supervisor;

import io.k3j.clusteragreement.AgreedRecord;
import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The records that are sealed with the server token, on their way from one token to the next. What other requests
/// change in the old ones meanwhile, as encryption keys or authorities, comes along: the old ones are deleted only at
/// the revision that was copied. For one thread; blocks on the datastore.
final class RecordMove {
    /// Each one means that somebody has just changed the old record; so many people do not work at once.
    private static final int ATTEMPTS = 5;

    private final Datastore store;
    private final String before;
    private final String next;
    private final RandomGenerator random;
    /// The old record as it was copied last, and its revision.
    private Struct copied = Struct.EMPTY;
    private long revision;
    /// The revision of the old agreement that was copied last, 0 for none.
    private long agreed;

    /// @param before the password that seals the records now
    /// @param next the one that is to seal them
    RecordMove(Datastore store, String before, String next, RandomGenerator random) {
        this.store = store;
        this.before = before;
        this.next = next;
        this.random = random;
    }

    /// Makes the new records; the old ones stay. The presence of the bootstrap record tells other servers that both
    /// exist, so it is made last.
    /// @param files complete the record
    /// @param passwords what `cred/passwd` will hold
    void copy(BootstrapFiles files, String passwords, Instant now) throws IOException {
        copyAgreement();
        copied = read();
        Struct fields = files.read(Optional.of(copied)).with(BootstrapFiles.PASSWORDS,
                BootstrapFiles.field(passwords, now.truncatedTo(ChronoUnit.SECONDS).toString()));
        new BootstrapData(store, next, random).save(fields);
    }

    /// The old record, of the revision noted here or of a later one: then the deletion finds that out.
    private Struct read() throws IOException {
        return readThere()
                .orElseThrow(() -> new IOException("the bootstrap record of the old token has gone; try again"));
    }

    private Optional<Struct> readThere() throws IOException {
        Optional<Entry> row = store.get(BootstrapSeal.key(before));
        revision = row.map(Entry::revision).orElse(0L);
        return row.isEmpty() ? Optional.empty() : new BootstrapData(store, before, random).read();
    }

    /// One that an earlier rotation to the same token has left is replaced.
    private void copyAgreement() throws IOException {
        Optional<AgreedRecord> old = AgreedRecord.read(store, before);
        agreed = old.map(AgreedRecord::revision).orElse(0L);
        if (old.isPresent()) {
            long there = AgreedRecord.read(store, next).map(AgreedRecord::revision).orElse(0L);
            new AgreedRecord(old.get().agreement(), old.get().by(), old.get().at(), there).write(store, next, random);
        }
    }

    /// Deletes the old records, unless another server that has adopted the token has just done so: it deletes only what
    /// was copied as it is.
    /// @throws IOException when they change all the time; the old token opens them on
    void finish() throws IOException {
        for (int attempt = 0; !gone(BootstrapSeal.key(before), revision); attempt++) {
            giveUp(attempt);
            Optional<Struct> changed = readThere();
            if (changed.isPresent()) {
                new BootstrapData(store, next, random).replace(record -> carried(record, changed.get()));
                copied = changed.get();
            }
        }
        for (int attempt = 0; !gone(AgreedRecord.key(before), agreed); attempt++) {
            giveUp(attempt);
            copyAgreement();
        }
    }

    private static void giveUp(int attempt) throws IOException {
        if (attempt == ATTEMPTS) {
            throw new IOException("the server token was changed, but the records of the old one change all the time and"
                    + " were not deleted; change the token once more");
        }
    }

    /// Other servers that have adopted the token delete the old records, too.
    private boolean gone(String key, long at) {
        return store.get(key).isEmpty() || at > 0 && store.delete(key, at) instanceof CommitResult.Committed;
    }

    /// The new record with what has changed in the old one since it was copied; the passwords are the new one's own.
    private Optional<Struct> carried(Struct record, Struct changed) {
        Struct merged = record;
        for (String field : changed.names()) {
            boolean differs = !Objects.equals(changed.get(field), copied.get(field));
            if (differs && !field.equals(BootstrapFiles.PASSWORDS)) {
                merged = merged.with(field, changed.get(field));
            }
        }
        return merged.equals(record) ? Optional.empty() : Optional.of(merged);
    }
}
