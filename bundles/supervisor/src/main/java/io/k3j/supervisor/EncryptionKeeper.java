package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Keeps the encryption configuration of this server the same as that of the bootstrap record, and changes both. A
/// change is in the record first and on the disk then; other servers take it over within seconds, without a restart,
/// and say so by [EncryptionMarks].
final class EncryptionKeeper {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String CONFIG = BootstrapFiles.ENCRYPTION;
    private static final String STATE = "EncryptionHash";

    private final Layout layout;
    private final Supplier<@Nullable Datastore> datastore;
    private final Supplier<String> password;
    private final EncryptionMarks marks;
    private final InstantSource clock;
    private final RandomGenerator random;
    private long seen = -1;
    private boolean followed;

    // where the record lies and how it is opened
    @SuppressWarnings("checkstyle:ParameterNumber")
    EncryptionKeeper(Layout layout, Supplier<@Nullable Datastore> datastore, Supplier<String> password,
            EncryptionMarks marks, InstantSource clock, RandomGenerator random) {
        this.layout = layout;
        this.datastore = datastore;
        this.password = password;
        this.marks = marks;
        this.clock = clock;
        this.random = random;
    }

    /// Looks once, if there is a datastore.
    void step() {
        Datastore store = datastore.get();
        if (store != null) {
            step(store, true);
        }
    }

    /// Looks once, at the record, too, when it may have `changed` or could not be followed before.
    /// @return whether nothing is left to do before it changes
    boolean step(Datastore store, boolean changed) {
        try {
            follow(store, changed);
            Optional<EncryptionState> now = EncryptionState.read(layout);
            return now.isEmpty() || marks.show(store, now.get());
        } catch (DatastoreUnavailable away) {
            LOG.log(Level.DEBUG, "Not now", away);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Cannot follow the encryption configuration, tried again: " + failed.getMessage());
        }
        return false;
    }

    private synchronized void follow(Datastore store, boolean changed) throws IOException {
        if (changed || !followed) {
            followed = false;
            follow(store);
            followed = true;
        }
    }

    private void follow(Datastore store) throws IOException {
        Optional<Entry> entry = store.get(BootstrapSeal.key(password.get()));
        if (entry.isEmpty() || entry.get().revision() == seen || entry.get().value().length == 0) {
            return;
        }
        Optional<Struct> record = new Bootstrap(store, password.get(), random).read();
        Optional<EncryptionState> theirs = record.flatMap(EncryptionKeeper::state);
        if (theirs.isPresent() && !theirs.equals(EncryptionState.read(layout))) {
            theirs.get().write(layout);
            LOG.log(Level.INFO, "Took over the encryption configuration stage=" + theirs.get().stage());
        }
        seen = entry.get().revision();
    }

    private static Optional<EncryptionState> state(Struct record) {
        return BootstrapFiles.content(record, CONFIG)
                .map(text -> EncryptionState.of(text, BootstrapFiles.content(record, STATE)));
    }

    /// What is in force.
    Optional<EncryptionState> current() throws IOException {
        return EncryptionState.read(layout);
    }

    /// Puts `next` in the place of `before`, in the record and on the disk.
    /// @throws Refusal 409 when another server was faster, 503 when the datastore is away
    synchronized EncryptionState change(Optional<EncryptionState> before, EncryptionState next)
            throws IOException, Refusal {
        Datastore store = store();
        Bootstrap bootstrap = new Bootstrap(store, password.get(), random);
        String when = Instant.ofEpochSecond(clock.instant().getEpochSecond()).toString();
        boolean done = bootstrap.replace(record -> {
            Optional<String> there = BootstrapFiles.content(record, CONFIG);
            return there.equals(before.map(EncryptionState::text))
                    ? Optional.of(record.with(CONFIG, BootstrapFiles.field(next.text(), when)).with(STATE,
                            BootstrapFiles.field(next.mark(), when)))
                    : Optional.empty();
        });
        if (!done) {
            throw new Refusal(409, "another server has just changed the encryption configuration; look at it with:"
                    + " k3s secrets-encrypt status");
        }
        next.write(layout);
        marks.show(store, next);
        LOG.log(Level.INFO, "Changed the encryption configuration stage=" + next.stage());
        return next;
    }

    private Datastore store() throws Refusal {
        Datastore store = datastore.get();
        if (store == null) {
            throw new Refusal(503, "the datastore is away");
        }
        return store;
    }

    /// Why the servers do not all have what this one has, empty when they do.
    Optional<String> disagreement() throws IOException, Refusal {
        Optional<EncryptionState> now = current();
        return now.isEmpty() ? Optional.empty() : marks.disagreement(store(), now.get());
    }

    /// Waits until all servers have what this one has.
    /// @throws Refusal 503 naming the server that has not
    void awaitAgreement() throws IOException, Refusal {
        marks.await(store(), current().orElseThrow());
    }

    /// The servers' marks.
    EncryptionMarks marks() {
        return marks;
    }
}
